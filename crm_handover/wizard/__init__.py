from . import handover_request_evidence
from . import handover_request_generate
from . import handover_request_line_decline
from . import handover_request_prepare
from . import handover_request_refuse

# training
from . import handover_request_sign_training
from . import handover_request_train
from . import handover_request_waive_training
from . import handover_training_attend

# review
from . import handover_request_judge
