from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    handover_self_approval = fields.Boolean(
        string="Managers Approve Their Own Handovers",
        help="For a company with a single handover manager. The event says so.",
    )
