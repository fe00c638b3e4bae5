from . import handover_radar
from . import handover_radar_field
from . import handover_radar_muted
from . import handover_radar_size
from . import handover_radar_written
from . import res_users
