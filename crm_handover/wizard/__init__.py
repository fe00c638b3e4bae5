from . import (
    handover_request_evidence,
    handover_request_generate,
    handover_request_judge,
    handover_request_line_decline,
    handover_request_refuse,
)
