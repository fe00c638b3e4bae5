from odoo import api, fields, models

from ..models.handover_guard import door, single


class HandoverRequestRefuse(models.TransientModel):
    """Asks for the reason of a refusal."""

    _name = "handover.request.refuse"
    _description = "Refuse Handover"

    request_id = fields.Many2one("handover.request", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    @api.constrains("request_id")
    def _check_request(self):
        # a wizard must not tell the name of what its owner may not see; constraints
        # are checked as superuser
        self.sudo(False).request_id.check_access("read")

    @door
    def action_refuse(self):
        """Refuse the handover with this reason, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
