from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_managers = fields.Boolean(
        related="company_id.handover_managers", readonly=False
    )
