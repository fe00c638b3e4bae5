from . import handover_request_judge
