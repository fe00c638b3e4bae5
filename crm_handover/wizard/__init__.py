from . import handover_request_wizard
from . import handover_request_closed
from . import handover_request_evidence
from . import handover_request_generate
from . import handover_request_line_decline
from . import handover_request_prepare
from . import handover_request_refuse
