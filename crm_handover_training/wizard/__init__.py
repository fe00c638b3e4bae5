from . import handover_request_sign_training
from . import handover_request_train
from . import handover_request_waive_training
from . import handover_training_attend
