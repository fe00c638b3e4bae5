from odoo import fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("level_approved", "Level approved")],
        ondelete=kept("level_approved"),
    )

    def _texts(self):
        data = self.data or {}
        return super()._texts() | {
            "level": self.env._("level “%s”", data.get("level")),
        }
