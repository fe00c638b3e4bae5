from odoo import api, fields, models


class HandoverRequestSignoff(models.Model):
    """One person's confirmation that a handover is complete."""

    _name = "handover.request.signoff"
    _description = "Handover Confirmation"
    _inherit = ["handover.guard"]
    _order = "date, id"
    _rec_name = "user_id"

    request_id = fields.Many2one(
        "handover.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", string="For", required=True, ondelete="restrict"
    )
    signed_by_id = fields.Many2one(
        "res.users", string="Confirmed By", required=True, ondelete="restrict"
    )
    role = fields.Selection(
        [("predecessor", "Predecessor"), ("successor", "Successor")], required=True
    )
    date = fields.Datetime(required=True)
    comment = fields.Text()

    _once = models.UniqueIndex(
        "(request_id, user_id)", "Everybody confirms a handover once."
    )

    @api.model
    def _creation_problem(self):
        return self.env._("Use the button “Confirm”.")
