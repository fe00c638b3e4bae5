from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverRequestWaiveTraining(models.TransientModel):
    """Asks a manager why a handover is done without training."""

    _name = "handover.request.waive.training"
    _description = "Waive Training"

    request_id = fields.Many2one("handover.request", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    @api.constrains("request_id")
    def _check_request(self):
        # a wizard must not tell the name of what its owner may not see; constraints
        # are checked as superuser
        self.sudo(False).request_id.check_access("read")

    @door
    def action_waive(self):
        """Waive the training with this reason, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_waive_training(self.reason)
        return {"type": "ir.actions.act_window_close"}
