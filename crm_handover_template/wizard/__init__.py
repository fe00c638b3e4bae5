from . import handover_template_chooser
from . import handover_request_template
from . import handover_request_prepare
from . import handover_request_generate
