from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    handover_review_days = fields.Char(
        string="Handover Reviews After",
        default="7, 30, 90",
        help="After how many days it is looked at what became of a handover.",
    )
    handover_review_audience = fields.Selection(
        [
            ("superiors", "Superiors, and everybody their own"),
            ("participants", "Everybody who takes part in the handover"),
        ],
        string="Figures of Handovers Are Seen By",
        default="superiors",
        required=True,
        help="Who sees the figures of the reviews.",
    )
    handover_contact_days = fields.Integer(
        string="First Contact Within",
        default=7,
        help="Within how many days after a handover customers hear from the successor.",
    )
    handover_alarm_days = fields.Integer(
        string="Superior Is Told After",
        default=3,
        help="For how many days something is wrong before a superior is asked as well.",
    )
    handover_customer_rating = fields.Boolean(
        string="Customers Rate Handovers",
        help="Customers with whom the successor has talked get one mail, and rate.",
    )
    handover_customer_rating_days = fields.Integer(
        string="Customers Are Asked After",
        default=30,
        help="With the first review that is so many days after the handover, or with"
        " the last one.",
    )
    handover_max_open = fields.Integer(
        string="Open Records per Person",
        help="With more open records than this a successor has too much to do. 0: no"
        " limit.",
    )

    _handover_contact_days_positive = models.Constraint(
        "CHECK (handover_contact_days > 0)",
        "Customers hear from the successor within one day at the least.",
    )
    _handover_alarms_positive = models.Constraint(
        "CHECK (handover_alarm_days >= 0 AND handover_max_open >= 0"
        " AND handover_customer_rating_days >= 0)",
        "Days and numbers of records are not negative.",
    )

    @api.constrains("handover_review_days")
    def _check_handover_review_days(self):
        for company in self:
            problem = self.env["handover.request"]._review_days_problem(
                company.handover_review_days
            )
            if problem:
                raise ValidationError(problem)
