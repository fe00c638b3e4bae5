from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    owner_writes = fields.Integer(help="How often `write` was called with an owner.")

    def _track_prepare(self, fields_iter):
        return super()._track_prepare({*fields_iter, "referred"})

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            for lead in self:
                lead.owner_writes += 1
                lead.referred = f"now with {lead.user_id.name}"
        return result
