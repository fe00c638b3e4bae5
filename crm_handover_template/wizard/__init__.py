from . import handover_request_template
from . import handover_request_prepare
from . import handover_request_generate
