from odoo import api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "handover.mixin"]

    _handover_facts = {
        "stage": "state",
        "deadline": "validity_date",
        "amount": "amount_total",
        "currency": "currency_id",
        "invoicing": "invoice_status",
    }

    _handover_card_fields = (
        "partner_id", "state", "amount_total", "validity_date", "commitment_date",
        "invoice_status", "note",
    )  # fmt: skip

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        lines = record.order_line.filtered(
            lambda line: not line.display_type and line.has_access("read")
        )
        rows = [
            self._handover_order_line_row(line)
            for line in lines[: self._handover_card_rows]
        ]
        title = record.env._("Products")
        sections += self._handover_section(
            "order_lines", title, rows, len(lines), record.env
        )
        return sections + self._handover_invoice_section(
            record.env, Domain("id", "in", self._handover_invoice_ids(record))
        )

    @api.model
    def _handover_order_line_row(self, line):
        quantity = f"{line.product_uom_qty:g} {line.product_uom_id.name or ''}".strip()
        return self._handover_row(
            (line.name or line.display_name).partition("\n")[0],
            quantity,
            self._handover_amount(line, "price_subtotal"),
        )

    @api.model
    def _handover_invoice_ids(self, record):
        """Return the ids of the invoices of an order, which are then searched as the
        reader."""
        return record.sudo().invoice_ids.ids
