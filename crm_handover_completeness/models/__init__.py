from . import handover_mixin
from . import handover_check
from . import handover_check_kinds
from . import handover_request_completeness
from . import handover_request_gap_todo
from . import handover_request_line
from . import crm_lead
from . import res_partner
