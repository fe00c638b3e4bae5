from . import helpdesk_ticket
from . import handover_engine
from . import handover_request
