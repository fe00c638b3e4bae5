from . import handover_request_spreadsheet
