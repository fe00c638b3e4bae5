from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverRequestSignTraining(models.TransientModel):
    """Asks a successor to sign off the training."""

    _name = "handover.request.sign.training"
    _description = "Sign Off Training"

    request_id = fields.Many2one("handover.request", required=True, ondelete="cascade")
    attended_count = fields.Integer(compute="_compute_attended_count")
    comment = fields.Text()

    @api.depends("request_id")
    @api.depends_context("uid")
    def _compute_attended_count(self):
        for wizard in self:
            wizard.attended_count = sum(
                trainee.attended_count
                for trainee in wizard.request_id.trainee_ids
                if trainee.user_id == self.env.user
            )

    @api.constrains("request_id")
    def _check_request(self):
        # a wizard must not tell the name of what its owner may not see; constraints
        # are checked as superuser
        self.sudo(False).request_id.check_access("read")

    @door
    def action_sign(self):
        """Sign off the training, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_sign_training(self.comment)
        return {"type": "ir.actions.act_window_close"}
