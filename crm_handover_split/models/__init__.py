# in the order of loading: what others inherit comes first
from . import handover_bundle
from . import handover_request_allocation
from . import handover_request_allocation_facts
from . import handover_request_matrix
from . import handover_request_line
from . import crm_lead
from . import project_task
from . import res_partner
