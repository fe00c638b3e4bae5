from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_cover_days = fields.Integer(
        related="company_id.handover_cover_days", readonly=False
    )
    handover_light_days = fields.Integer(
        related="company_id.handover_light_days", readonly=False
    )
