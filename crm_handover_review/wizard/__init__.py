from . import handover_request_rate
