from . import handover_request_prepare
from . import handover_request_happened
