from odoo import fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverRequestWaiveTraining(models.TransientModel):
    """Asks a manager why a handover is done without training."""

    _name = "handover.request.waive.training"
    _description = "Waive Training"
    _inherit = ["handover.request.wizard"]

    reason = fields.Text(
        required=True, help="Why the handover is done without the training."
    )

    @door
    def action_waive(self):
        """Waive the training with this reason, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_waive_training(self.reason)
        return {"type": "ir.actions.act_window_close"}
