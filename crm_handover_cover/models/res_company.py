from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    handover_cover_days = fields.Integer(
        string="Reminder of a Cover",
        default=1,
        help="So many days before a temporary handover starts, and before it comes"
        " back, its people are reminded; 0: never.",
    )
    handover_light_days = fields.Integer(
        string="Light Cover Up To",
        default=7,
        help="Where somebody is away for so many days at the most, it is proposed that"
        " nothing changes its owner; 0: never.",
    )
    _handover_light_days_positive = models.Constraint(
        "CHECK (handover_light_days >= 0)",
        "Light cover: 0 days or more.",
    )
    _handover_cover_days_positive = models.Constraint(
        "CHECK (handover_cover_days >= 0)",
        "Reminder of a cover: 0 days or more.",
    )
