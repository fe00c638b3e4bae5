from . import handover_template
