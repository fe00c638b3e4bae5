from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "handover.mixin"]

    _handover_facts = {"email": "email", "phone": "phone"}

    @api.model
    def _handover_meeting_domain(self, records):
        return super()._handover_meeting_domain(records) | Domain(
            "partner_ids", "in", records.ids
        )
