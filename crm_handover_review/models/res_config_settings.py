from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_review_days = fields.Char(
        related="company_id.handover_review_days", readonly=False
    )
    handover_review_audience = fields.Selection(
        related="company_id.handover_review_audience", readonly=False, required=True
    )
    handover_contact_days = fields.Integer(
        related="company_id.handover_contact_days", readonly=False
    )
    handover_alarm_days = fields.Integer(
        related="company_id.handover_alarm_days", readonly=False
    )
    handover_customer_rating = fields.Boolean(
        related="company_id.handover_customer_rating", readonly=False
    )
    handover_customer_rating_days = fields.Integer(
        related="company_id.handover_customer_rating_days", readonly=False
    )
    handover_max_open = fields.Integer(
        related="company_id.handover_max_open", readonly=False
    )
