from odoo import fields, models


class HandoverTopic(models.Model):
    """What a successor is trained on: a plan brings its topics to a handover."""

    _name = "handover.topic"
    _description = "Handover Topic"
    _inherit = ["handover.typed"]
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one(
        "mail.activity.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="The plan whose handovers have this topic.",
    )
    sequence = fields.Integer(default=10, help="Its place in the list.")
    name = fields.Char(
        string="Topic", required=True, translate=True, help="What is taught."
    )
    description = fields.Text(
        translate=True, help="What the successor knows or can do afterwards."
    )
    minutes = fields.Integer(default=30, required=True, help="How long it takes.")

    _takes_time = models.Constraint(
        "CHECK (minutes > 0 AND minutes <= 1440)",
        "A topic takes between a minute and a day.",
    )
