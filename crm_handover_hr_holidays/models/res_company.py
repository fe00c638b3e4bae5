from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    handover_leave_days = fields.Integer(
        string="Days of Leave With Cover",
        default=3,
        help="From so many days on, a time-off request proposes who stands in for the"
        " employee's open work; 0: never.",
    )
    _handover_leave_days_positive = models.Constraint(
        "CHECK (handover_leave_days >= 0)",
        "Days of leave with cover: 0 or more.",
    )
