from odoo import api, fields, models

from ..models.handover_guard import door, single
from ..models.handover_named import needs


class HandoverRequestExtend(models.TransientModel):
    """Asks until when a temporary handover is to last."""

    _name = "handover.request.extend"
    _description = "Another End of a Handover"
    _inherit = ["handover.request.wizard"]

    date_return = fields.Datetime(
        string="Comes Back On",
        required=True,
        compute="_compute_date_return",
        precompute=True,
        store=True,
        readonly=False,
        help="When the records are to come back: sooner at once, later when an approver"
        " agrees.",
    )

    @api.depends("request_id")
    @needs("request_id")
    def _compute_date_return(self):
        for dialog in self:
            dialog.date_return = dialog.request_id.date_return

    @door
    def action_extend(self):
        """Ask for this end, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_extend(self.date_return)
        return {"type": "ir.actions.act_window_close"}
