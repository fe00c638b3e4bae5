from odoo import fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("came_meanwhile", "New records go along")],
        ondelete=kept("came_meanwhile"),
    )

    def _texts(self):
        rule = (self.data or {}).get("new_records")
        return super()._texts() | {
            "new_records": self.env["handover.request"]._new_rule(self.env, rule)
        }
