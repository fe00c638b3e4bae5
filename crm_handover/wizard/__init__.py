from . import (
    handover_request_evidence,
    handover_request_generate,
    handover_request_judge,
    handover_request_line_decline,
    handover_request_prepare,
    handover_request_refuse,
    handover_request_sign_training,
    handover_request_train,
    handover_request_waive_training,
    handover_training_attend,
)
