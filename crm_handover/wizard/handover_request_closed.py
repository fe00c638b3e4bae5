from odoo import api, fields, models

from ..models.handover_guard import door, single


class HandoverRequestClosed(models.TransientModel):
    """Asks which closed records are handed over all the same."""

    _name = "handover.request.closed"
    _description = "Hand Over Closed Records"
    _inherit = ["handover.request.wizard"]

    told = fields.Char(
        related="request_id.closed_told", related_sudo=False, string="Closed"
    )
    line_ids = fields.Many2many(
        "handover.request.line",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        domain="[('request_id', '=', request_id)]",
        string="Records",
        help="Remove those that stay with who closed them.",
    )

    @api.depends("request_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.request_id._closed_lines()

    @door
    def action_include(self):
        """Have these records handed over although they are closed, as the caller.

        :return: a window action
        """
        single(self)
        lines = self.line_ids & self.request_id._closed_lines()
        lines.write({"although_closed": True})
        return {"type": "ir.actions.act_window_close"}
