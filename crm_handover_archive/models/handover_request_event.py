from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("archived", "Archived with work")], ondelete=kept("archived")
    )

    @api.model
    def _closed_parts(self):
        # an administrator says why; how much somebody has is told to who leads them
        return super()._closed_parts() | {
            "archived": {"reason": "superiors", "held": "superiors"}
        }

    def _texts(self):
        held = (self.data or {}).get("held")
        if not isinstance(held, dict):
            return super()._texts()
        count = sum(held.values())
        return super()._texts() | {"held": self.env._("with open work: %s", count)}
