from odoo import fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverRequestRate(models.TransientModel):
    """Asks how well a handover worked."""

    _name = "handover.request.rate"
    _description = "Rate Handover"
    _inherit = ["handover.request.wizard"]

    rating = fields.Selection(
        [
            ("0", "None"),
            ("1", "Bad"),
            ("2", "Poor"),
            ("3", "Fair"),
            ("4", "Good"),
            ("5", "Very Good"),
        ],
        default="0",
        required=True,
        help="How well it worked, from bad to good.",
    )
    comment = fields.Text(help="What worked well, and what did not.")
    lesson = fields.Text(
        help="What is to be done otherwise next time; managers make it a step of"
        " the plan."
    )

    @door
    def action_rate(self):
        """Rate the handover like this, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_rate(int(self.rating), self.comment, self.lesson)
        return {"type": "ir.actions.act_window_close"}
