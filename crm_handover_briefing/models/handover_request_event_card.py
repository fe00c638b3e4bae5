from odoo import fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[
            ("released", "Briefing cards released"),
            ("understood", "Briefing cards understood"),
        ],
        ondelete=kept("released", "understood"),
    )

    def _texts(self):
        count = (self.data or {}).get("cards")
        return super()._texts() | {"cards": self.env._("Cards: %s", count)}
