# in the order of loading: what others inherit comes first
from . import handover_held_work
from . import handover_request_archive
from . import handover_request_event
from . import mail_activity
from . import res_company
from . import res_config_settings
from . import res_groups
from . import res_users
