from . import handover_mixin
from . import crm_lead
from . import res_partner
from . import sale_order
