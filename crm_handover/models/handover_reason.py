from odoo import fields, models


class HandoverReason(models.Model):
    """Why work passes on. Managers edit the list."""

    _name = "handover.reason"
    _description = "Handover Reason"
    _inherit = ["handover.typed"]
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="The reason, as people read it on handovers and in notes.",
    )
    sequence = fields.Integer(default=10, help="Its place in the list.")
    active = fields.Boolean(
        default=True, help="Archived, it is offered no more; old handovers keep it."
    )
    description = fields.Text(translate=True, help="When to choose this reason.")
    leaves = fields.Boolean(
        string="Leaves the Company",
        default=True,
        help="The predecessor leaves: what they follow besides, of others or closed,"
        " ends with a permanent handover.",
    )
    plan_id = fields.Many2one(
        "mail.activity.plan",
        domain=[("res_model", "=", "handover.request")],
        ondelete="set null",
        help="The steps that a handover for this reason takes.",
    )
