from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "handover.mixin"]

    _handover_facts = {"email": "email", "phone": "phone"}
    _handover_meeting_links = ("partner_ids",)
