# in the order of loading: what others inherit comes first
from . import handover_request_cover
from . import handover_request_cover_reminder
from . import handover_request_cover_new
from . import handover_request_cover_credit
from . import handover_request_cover_light
from . import handover_request_line
from . import handover_engine_light
from . import handover_mixin_light
from . import mail_activity
from . import handover_request_cover_digest
from . import handover_credit
from . import handover_request_event
from . import res_company
from . import res_config_settings
