from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_archive_guard = fields.Boolean(
        related="company_id.handover_archive_guard", readonly=False
    )
