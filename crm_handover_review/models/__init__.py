# in the order of loading: what others inherit comes first
from . import handover_request_follow_up
from . import handover_request_alarm
from . import handover_request_judge
from . import handover_request_customer_rating
from . import handover_request_outcome
from . import handover_request_judgement
from . import handover_customer_rating
from . import handover_request_review
from . import handover_review_measure
from . import handover_followup
from . import handover_followup_refresh
from . import res_company
from . import res_config_settings
