from . import handover_request_upload
