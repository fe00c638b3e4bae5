from odoo import api, models
from odoo.fields import Domain


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        # the glue of Odoo between deals and orders may be missing
        if "opportunity_id" not in self.env["sale.order"]._fields:
            return sections
        orders = Domain("opportunity_id", "=", record.id)
        return sections + self._handover_order_sections(record.env, orders)
