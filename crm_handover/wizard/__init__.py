from . import (
    handover_request_evidence,
    handover_request_generate,
    handover_request_line_decline,
    handover_request_prepare,
    handover_request_refuse,
)
