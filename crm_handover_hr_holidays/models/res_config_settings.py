from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_leave_days = fields.Integer(
        related="company_id.handover_leave_days", readonly=False
    )
