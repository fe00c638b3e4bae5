from odoo import fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("visits_moved", "Visits handed over")],
        ondelete=kept("visits_moved"),
    )

    def _texts(self):
        count = (self.data or {}).get("visits")
        return super()._texts() | {"visits": self.env._("visits: %s", count)}
