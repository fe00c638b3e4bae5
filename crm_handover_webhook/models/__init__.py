from . import handover_webhook
from . import handover_webhook_event
from . import handover_request_webhook
