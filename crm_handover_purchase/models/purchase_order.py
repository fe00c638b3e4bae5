from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.day_texts import day_text


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "handover.mixin"]

    _handover_facts = {
        "stage": "state",
        "deadline": "date_planned",
        "amount": "amount_total",
        "currency": "currency_id",
        "invoicing": "invoice_status",
    }
    # whom something is bought from is no customer: nobody asks them to rate
    _handover_customer_field = ""

    _handover_card_fields = (
        "partner_id", "partner_ref", "state", "amount_total", "date_order",
        "date_planned", "invoice_status", "receipt_status", "origin", "note",
    )  # fmt: skip

    handover_outstanding = fields.Boolean(
        "Outstanding",
        compute="_compute_handover_outstanding",
        search="_search_handover_outstanding",
        help="The order is confirmed, and something of it has still to come or to be"
        " billed.",
    )

    def _compute_handover_outstanding(self):
        asked = Domain("id", "in", self.ids) & self._handover_outstanding_domain()
        found = self.sudo().search(asked)
        for order in self:
            order.handover_outstanding = order._origin.id in found._ids

    def _search_handover_outstanding(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._handover_outstanding_domain()

    @api.model
    def _handover_outstanding_domain(self):
        """Return the domain of confirmed orders that a buyer still looks after.

        Where Inventory receives, it says what has come, short deliveries that are
        closed included. Else it is typed in, and then only asked of what is billed by
        what has come: where bills go by the order, few type it in.
        """
        short = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s < %s",
                model._field_to_sql(alias, "qty_received", query),
                model._field_to_sql(alias, "product_qty", query),
            )
        )
        typed_in = Domain("qty_received_method", "=", "manual")
        by_receipt = Domain("product_id.purchase_method", "=", "receive")
        rest = Domain("invoice_status", "!=", "invoiced") | Domain(
            "order_line", "any", typed_in & by_receipt & short
        )
        if "receipt_status" in self._fields:
            rest |= Domain("receipt_status", "in", ["pending", "partial"])
        return Domain("state", "=", "purchase") & rest

    # ------------------------------------------------------------
    # CARD
    # ------------------------------------------------------------

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        env, size = record.env, self._handover_card_rows
        lines = record.order_line.filtered(lambda line: not line.display_type)
        rows = [self._handover_line_row(line) for line in lines[:size]]
        sections += self._handover_section(
            "order_lines", env._("Products"), rows, len(lines), env
        )
        bills = record.invoice_ids._filtered_access("read")
        rows = [self._handover_bill_row(bill) for bill in bills[:size]]
        return sections + self._handover_section(
            "bills", env._("Vendor Bills"), rows, len(bills), env
        )

    @api.model
    def _handover_line_row(self, line):
        ordered = f"{line.product_qty:g} {line.product_uom_id.name or ''}".strip()
        return self._handover_row(
            (line.name or line.display_name).partition("\n")[0],
            line.env._(
                "received: %(received)s of %(ordered)s",
                received=f"{line.qty_received:g}",
                ordered=ordered,
            ),
            self._handover_amount(line, "price_subtotal"),
        )

    @api.model
    def _handover_bill_row(self, bill):
        due = bill.state == "posted" and day_text(bill.env, bill.invoice_date_due)
        label = "payment_state" if bill.state == "posted" else "state"
        return self._handover_row(
            bill.display_name,
            self._handover_amount(bill, "amount_total"),
            self._handover_label(bill, label),
            due,
            record=bill,
        )
