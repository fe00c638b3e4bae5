from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    _handover_value_field = "expected_revenue"
    _handover_mark_paths = {
        "territory": ("country_id", "state_id"),
        "language": ("lang_id.code",),
        "tag": ("tag_ids",),
    }
