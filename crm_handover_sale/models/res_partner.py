from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        theirs = Domain("partner_id", "child_of", record.commercial_partner_id.id)
        return [
            *sections,
            *self._handover_order_sections(record.env, theirs),
            *self._handover_invoice_section(record.env, theirs),
        ]
