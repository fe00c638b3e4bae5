# in the order of loading: what others inherit comes first
from . import handover_request_line_files
from . import handover_request_files
from . import handover_request_loose_file
from . import handover_request_private_link
from . import ir_attachment
from . import res_config_settings
