from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    _handover_duplicate_fields = ("email_normalized", "phone_sanitized")
