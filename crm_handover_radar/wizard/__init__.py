from . import handover_radar_row
