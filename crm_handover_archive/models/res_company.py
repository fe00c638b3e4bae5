from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    handover_archive_guard = fields.Boolean(
        string="Archive Guard",
        default=True,
        help="Nobody of this company is archived while they have open work: records,"
        " to-dos, meetings, handovers that wait for them.",
    )
