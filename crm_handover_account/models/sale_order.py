from odoo import api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _handover_drafts_domain(self, records):
        return Domain("id", "in", records.sudo().invoice_ids.ids)

    @api.model
    def _handover_drafts_records(self, drafts, records):
        return records & drafts.line_ids.sale_line_ids.order_id

    @api.model
    def _handover_draft_home(self, draft, records, giver, taker):
        """Return an order of a draft, once none of its orders is with ``giver``."""
        orders = draft.line_ids.sale_line_ids.order_id
        if orders.filtered(lambda order: order.user_id == giver):
            return records.browse()
        return (orders & records)[:1]
