from . import handover_request_prepare
