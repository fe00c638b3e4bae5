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

    @property
    def _handover_protected(self):
        # with stock: the goods leave from where it was agreed, whoever sells them
        return tuple({"warehouse_id"} & set(self._fields))

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        lines = record.order_line.filtered(
            lambda line: not line.display_type and line.has_access("read")
        )
        sections += self._handover_section(
            "order_lines",
            record.env._("Products"),
            [
                self._handover_row(
                    line.name.splitlines()[0] if line.name else line.display_name,
                    record.env._(
                        "%(quantity)s %(unit)s",
                        quantity=f"{line.product_uom_qty:g}",
                        unit=line.product_uom_id.name or "",
                    ),
                    self._handover_amount(line, "price_subtotal"),
                )
                for line in lines[: self._handover_card_rows]
            ],
            len(lines),
            record.env,
        )
        return sections + self._handover_invoice_section(
            record.env, Domain("id", "in", self._handover_invoice_ids(record))
        )

    @api.model
    def _handover_invoice_ids(self, record):
        """Return the ids of the invoices of an order, which are then searched as the
        reader."""
        return record.sudo().invoice_ids.ids
