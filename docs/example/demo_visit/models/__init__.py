from . import demo_visit
from . import handover_request
from . import handover_request_event
from . import handover_request_review
