from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    _handover_bundle_paths = ("commercial_partner_id",)
    _handover_mark_paths = {
        "territory": ("country_id", "state_id"),
        "language": ("lang",),
        "tag": ("category_id",),
    }
