from odoo import fields, models


class HandoverRequestRefuse(models.TransientModel):
    """Asks for the reason of a refusal."""

    _name = "handover.request.refuse"
    _description = "Refuse Handover"

    request_id = fields.Many2one("handover.request", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse the handover with this reason, as the caller.

        :return: a window action
        """
        self.ensure_one()
        self.check_access("write")
        self.request_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
