from . import handover_request_split
