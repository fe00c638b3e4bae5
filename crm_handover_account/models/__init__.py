from . import handover_mixin
from . import res_partner
from . import sale_order
from . import handover_engine
from . import handover_request
