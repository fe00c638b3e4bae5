from odoo import models

from .handover_asked import CHATTER, asks


class HandoverRequest(models.Model):
    """A handover, whose chatter looks at what it is asked with."""

    _inherit = "handover.request"


for _owner, _names in CHATTER.items():
    asks(HandoverRequest, _owner, _names)
