from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverRequestSplit(models.TransientModel):
    """Splits more records than a screen can show, by a rule."""

    _name = "handover.request.split"
    _description = "Split by a Rule"
    _inherit = ["handover.request.wizard"]

    criterion = fields.Selection(
        selection="_criteria",
        string="Rule",
        required=True,
        default="load",
        help="By which rule the records are dealt out.",
    )
    company_id = fields.Many2one(related="request_id.company_id")
    predecessor_id = fields.Many2one(related="request_id.predecessor_id")
    successor_ids = fields.Many2many(
        "res.users",
        string="Successors",
        domain="[('share', '=', False), ('id', '!=', predecessor_id),"
        " ('company_ids', 'in', company_id)]",
        help="Who takes over; empty: the present successors, or the members of the"
        " target team.",
    )
    keep_together = fields.Boolean(
        string="Keep together",
        default=True,
        help="What belongs together goes to the same person.",
    )

    @api.model
    def _criteria(self):
        criteria = self.env["handover.request"]._split_criteria()
        return [(code, name) for code, name in criteria.items() if code != "hand"]

    @door
    def action_split(self):
        """Split the records by this rule, as the caller.

        :return: the action that closes the dialog
        :raise AccessError: when the caller may not edit the request
        :raise UserError: when nobody takes over, or it is no draft any more
        """
        single(self)
        self.request_id.allocate(
            criterion=self.criterion,
            successor_ids=self.successor_ids.ids,
            keep_together=self.keep_together,
        )
        return {"type": "ir.actions.act_window_close"}
