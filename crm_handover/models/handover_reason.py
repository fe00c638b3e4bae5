from odoo import fields, models


class HandoverReason(models.Model):
    """Why work passes on. Managers edit the list."""

    _name = "handover.reason"
    _description = "Handover Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="When to choose this reason.")
    plan_id = fields.Many2one(
        "mail.activity.plan",
        domain=[("res_model", "=", "handover.request")],
        ondelete="set null",
        help="The steps that a handover for this reason takes.",
    )
