from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverRequestSignTraining(models.TransientModel):
    """Asks a successor to sign off the training."""

    _name = "handover.request.sign.training"
    _description = "Sign Off Training"
    _inherit = ["handover.request.wizard"]

    attended_count = fields.Integer(
        compute="_compute_attended_count", help="In how many sessions the reader was."
    )
    comment = fields.Text(help="What is still open, or what else is to be said.")

    @api.depends("request_id")
    @api.depends_context("uid")
    def _compute_attended_count(self):
        for wizard in self:
            wizard.attended_count = sum(
                trainee.attended_count
                for trainee in wizard.request_id.trainee_ids
                if trainee.user_id == self.env.user
            )

    @door
    def action_sign(self):
        """Sign off the training, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_sign_training(self.comment)
        return {"type": "ir.actions.act_window_close"}
