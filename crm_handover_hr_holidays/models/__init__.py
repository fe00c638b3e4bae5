# in the order of loading: what others inherit comes first
from . import handover_request_absence
from . import handover_request_leave
from . import hr_leave
from . import hr_leave_split
from . import hr_leave_cover
from . import hr_version
from . import resource_calendar_leaves
from . import res_company
from . import res_config_settings
from . import res_users
