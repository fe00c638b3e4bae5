from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    _handover_duplicate_fields = ("email_normalized", "phone_sanitized", "vat")
    # the people of a company may share its address
    _handover_duplicate_unit = "commercial_partner_id"
