from odoo import fields, models


class MailActivityPlan(models.Model):
    _inherit = "mail.activity.plan"

    handover_training_required = fields.Boolean(
        string="Training Is Required",
        help="A handover with this plan is done only once each successor has signed off"
        " the training, or a manager has waived it.",
    )
    handover_topic_ids = fields.One2many(
        "handover.topic",
        "plan_id",
        string="Training Topics",
        copy=True,
        help="What successors are trained in, when a handover has this plan.",
    )
