from odoo import fields, models

from ..models.handover_guard import door, single


class HandoverRequestRefuse(models.TransientModel):
    """Asks for the reason of a refusal."""

    _name = "handover.request.refuse"
    _description = "Refuse Handover"
    _inherit = ["handover.request.wizard"]

    reason = fields.Text(
        required=True, help="Why it is refused; the requester reads it."
    )

    @door
    def action_refuse(self):
        """Refuse the handover with this reason, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
