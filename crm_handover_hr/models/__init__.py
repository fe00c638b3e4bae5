# in the order of loading: what others inherit comes first
from . import handover_request_event
from . import handover_request_manager
from . import handover_request_departure_asked
from . import hr_employee
from . import hr_employee_handover
from . import hr_version
from . import res_company
from . import res_config_settings
