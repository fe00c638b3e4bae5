from . import handover_document_report
