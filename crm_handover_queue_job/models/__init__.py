from . import handover_request
