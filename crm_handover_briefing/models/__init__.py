# in the order of loading: what others inherit comes first
from . import handover_mixin
from . import handover_card
from . import handover_request_briefing
from . import handover_request_line_card
from . import handover_request_event_card
from . import res_partner_services
