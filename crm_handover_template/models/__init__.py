from . import handover_scope
from . import handover_template
from . import handover_template_role
from . import handover_request_template
from . import handover_request_event
