from odoo import api, fields, models

from ..day_texts import day_end
from ..models.handover_guard import door, single
from ..models.handover_named import needs


class HandoverRequestExtend(models.TransientModel):
    """Asks until when a temporary handover is to last."""

    _name = "handover.request.extend"
    _description = "Another End of a Handover"
    _inherit = ["handover.request.wizard"]

    last_day = fields.Date(
        string="Last Day Away",
        help="The last whole day on which the predecessor is away: it ends with the"
        " day, where they are.",
    )
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

    @api.depends("request_id", "last_day")
    @needs("request_id")
    def _compute_date_return(self):
        for dialog in self:
            request, day = dialog.request_id, dialog.last_day
            end = day and day_end(request._zone(), day)
            dialog.date_return = end or request.date_return

    @door
    def action_extend(self):
        """Ask for this end, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.action_extend(self.date_return)
        return {"type": "ir.actions.act_window_close"}
