from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    owner_writes = fields.Integer(help="How often `write` was called with an owner.")
    tracked = fields.Char(help="Which fields were about to be tracked.")

    def _track_prepare(self, fields_iter):
        names = ", ".join(sorted(fields_iter))
        for lead in self.with_context(tracking_disable=True):
            lead.tracked = names
        return super()._track_prepare(fields_iter)

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            for lead in self:
                lead.owner_writes += 1
                lead.referred = f"now with {lead.user_id.name}"
        return result
