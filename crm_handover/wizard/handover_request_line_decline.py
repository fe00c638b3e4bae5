from odoo import fields, models

from ..models.handover_guard import door, single


class HandoverRequestLineDecline(models.TransientModel):
    """Asks a successor for the reason of declining records."""

    _name = "handover.request.line.decline"
    _description = "Decline Records"
    _inherit = ["handover.typed"]

    line_ids = fields.Many2many(
        "handover.request.line",
        required=True,
        string="Records",
        help="The records that are declined.",
    )
    reason = fields.Text(
        required=True,
        help="Why they are declined; who looks after the handover reads it.",
    )

    @door
    def action_decline(self):
        """Decline the records with this reason, as the caller.

        :return: a window action
        """
        single(self)
        self.line_ids.action_decline(self.reason)
        return {"type": "ir.actions.act_window_close"}
