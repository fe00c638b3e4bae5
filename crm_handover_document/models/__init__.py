from . import handover_document
from . import handover_request_document
from . import handover_request_document_values
from . import handover_request_document_annex
from . import handover_request_event
from . import ir_actions_report
from . import ir_attachment
