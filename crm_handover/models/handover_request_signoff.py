from odoo import api, fields, models


class HandoverRequestSignoff(models.Model):
    """One person's confirmation that a handover is complete."""

    _name = "handover.request.signoff"
    _description = "Handover Confirmation"
    _inherit = ["handover.guard"]
    _order = "date, id"
    _rec_name = "user_id"

    request_id = fields.Many2one(
        "handover.request",
        required=True,
        index=True,
        ondelete="cascade",
        help="The handover that is confirmed.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="For",
        required=True,
        ondelete="restrict",
        help="Whose part is confirmed.",
    )
    signed_by_id = fields.Many2one(
        "res.users",
        string="Confirmed By",
        required=True,
        ondelete="restrict",
        help="Who confirmed it: the same person, or a manager in their place.",
    )
    role = fields.Selection(
        [("predecessor", "Predecessor"), ("successor", "Successor")],
        required=True,
        help="Whether that is the predecessor or a successor.",
    )
    date = fields.Datetime(required=True, help="When it was confirmed.")
    comment = fields.Text(help="What was said with it.")

    _once = models.UniqueIndex(
        "(request_id, user_id)", "Everybody confirms a handover once."
    )

    @api.model
    def _creation_problem(self):
        return self.env._("Use the button “Confirm”.")
