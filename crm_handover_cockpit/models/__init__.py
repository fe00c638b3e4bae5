# in the order of loading: what others inherit comes first
from . import handover_request_cockpit
from . import handover_request_cockpit_facts
from . import handover_request_cockpit_cards
from . import handover_request_cockpit_words
from . import handover_request_cockpit_ring
from . import handover_request_cockpit_left
from . import handover_request_cockpit_decision
from . import handover_request_cockpit_overview
from . import handover_request_briefing_flow
from . import handover_request_headline
from . import handover_request_links
from . import handover_request_line_customer
