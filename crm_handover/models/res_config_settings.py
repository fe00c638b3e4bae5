from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_self_approval = fields.Boolean(
        related="company_id.handover_self_approval", readonly=False
    )
