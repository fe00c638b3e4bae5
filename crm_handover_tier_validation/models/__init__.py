from . import tier_definition
from . import tier_review
from . import handover_request
from . import handover_request_event
