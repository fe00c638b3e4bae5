from odoo import api, fields, models

from ..models.handover_guard import door, single


class HandoverRequestGive(models.TransientModel):
    """Asks who gets records that this handover does not bring to their successor."""

    _name = "handover.request.give"
    _description = "Give to Somebody Else"
    _inherit = ["handover.request.wizard"]

    predecessor_id = fields.Many2one(related="request_id.predecessor_id")
    company_id = fields.Many2one(related="request_id.company_id")
    line_ids = fields.Many2many(
        "handover.request.line", help="The records that somebody gets."
    )
    all = fields.Boolean(
        string="All Records", help="Somebody gets all that was not handed over."
    )
    line_count = fields.Integer(
        compute="_compute_line_count",
        string="Records",
        help="How many records somebody gets.",
    )
    on_their_own = fields.Boolean(
        compute="_compute_line_count",
        help="They go on handovers of their own, with an approval of their own.",
    )
    from_pool = fields.Boolean(
        compute="_compute_line_count", help="They wait in a team's pool."
    )
    successor_id = fields.Many2one(
        "res.users",
        required=True,
        domain="[('share', '=', False), ('id', '!=', predecessor_id),"
        " ('company_ids', 'in', company_id)]",
        help="Who takes them over.",
    )

    @api.depends("all", "line_ids", "line_ids.request_state")
    def _compute_line_count(self):
        for wizard in self:
            if wizard.all:
                wizard.line_count = wizard.request_id.unsettled_count
                wizard.from_pool, wizard.on_their_own = False, True
                continue
            lines = wizard.line_ids
            wizard.line_count = len(lines)
            wizard.from_pool = bool(lines) and lines._were_pooled()
            wizard.on_their_own = not wizard.from_pool and any(
                line.request_state != "draft" for line in lines
            )

    @door
    def action_give(self):
        """Give the records to this successor, as the caller.

        :return: a window action
        """
        single(self)
        if self.all:
            return self.request_id._give_rest_to(self.successor_id.sudo())
        answer = self.line_ids.action_give_to(self.successor_id.id)
        closing = {"type": "ir.actions.act_window_close"}
        return closing if answer is True else answer
