from . import handover_request_line_facts
