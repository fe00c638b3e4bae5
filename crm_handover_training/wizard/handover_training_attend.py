from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverTrainingAttend(models.TransientModel):
    """Asks who was there."""

    _name = "handover.training.attend"
    _description = "Mark Attendance"
    _inherit = ["handover.typed"]

    training_id = fields.Many2one(
        "handover.training",
        required=True,
        ondelete="cascade",
        help="The session that it is about.",
    )
    known_user_ids = fields.Many2many(
        "res.users", related="training_id.request_id.successor_ids"
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Who Was There",
        compute="_compute_user_ids",
        store=True,
        readonly=False,
        help="Who was there.",
    )

    @api.depends("training_id")
    def _compute_user_ids(self):
        for wizard in self:
            training = wizard.training_id
            wizard.user_ids = (
                training.attended_ids if training.date_marked else training.attendee_ids
            )

    @api.constrains("training_id")
    def _check_training(self):
        # a wizard must not tell the name of what its owner may not see; constraints
        # are checked as superuser
        self.sudo(False).training_id.check_access("read")

    @door
    def action_mark(self):
        """Mark who was there, as the caller.

        :return: a window action
        """
        single(self)
        self.training_id.action_mark_attendance(self.user_ids.ids)
        return {"type": "ir.actions.act_window_close"}
