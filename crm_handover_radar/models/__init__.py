from . import handover_radar
from . import handover_radar_muted
from . import res_users
