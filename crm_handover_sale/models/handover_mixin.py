from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_handover.day_texts import day_text

QUOTATION = ("draft", "sent")
ORDER = ("sale",)


class HandoverMixin(models.AbstractModel):
    """What a card says about orders and invoices, as far as its reader may read."""

    _inherit = "handover.mixin"

    @api.model
    def _handover_order_sections(self, env, domain):
        """Return the sections of quotations and orders.

        :param env: the environment of the reader
        :param domain: which orders the card is about
        :return: sections, as :meth:`_handover_card_sections` does; none without rows
        """
        Order = env["sale.order"]
        if not Order.has_access("read"):
            return []
        sections = []
        titles = {"quotations": env._("Quotations"), "orders": env._("Orders")}
        for key, title in titles.items():
            states = QUOTATION if key == "quotations" else ORDER
            theirs = domain & Domain("state", "in", states)
            orders = Order.search(
                theirs, order="date_order desc, id desc", limit=self._handover_card_rows
            )
            rows = [self._handover_order_row(order) for order in orders]
            count = Order.search_count(theirs) if orders else 0
            sections += self._handover_section(key, title, rows, count, env)
        return sections

    @api.model
    def _handover_order_row(self, order):
        env = order.env
        if order.state in QUOTATION:
            until = order.validity_date and env._(
                "valid until %s", day_text(env, order.validity_date)
            )
            facts = (self._handover_label(order, "state"), until)
        else:
            facts = (
                day_text(env, order.date_order),
                self._handover_label(order, "invoice_status"),
            )
        amount = self._handover_amount(order, "amount_total")
        return self._handover_row(order.display_name, amount, *facts, record=order)

    @api.model
    def _handover_invoice_section(self, env, domain):
        """Return the section of invoices and credit notes, those unpaid first.

        :param env: the environment of the reader
        :param domain: which invoices the card is about
        :return: at most one section, as :meth:`_handover_card_sections` does
        """
        Move = env["account.move"]
        if not Move.has_access("read"):
            return []
        domain &= Domain("move_type", "in", ["out_invoice", "out_refund"])
        domain &= Domain("state", "!=", "cancel")
        settled = Domain("payment_state", "in", ["paid", "reversed"])
        order = "invoice_date desc, id desc"
        size = self._handover_card_rows
        moves = Move.search(domain & ~settled, order=order, limit=size)
        moves += Move.search(domain & settled, order=order, limit=size)[
            : size - len(moves)
        ]
        rows = [self._handover_invoice_row(move) for move in moves]
        count = Move.search_count(domain) if moves else 0
        return self._handover_section("invoices", env._("Invoices"), rows, count, env)

    @api.model
    def _handover_invoice_row(self, move):
        env = move.env
        if move.state == "draft":
            facts = (self._handover_label(move, "state"),)
        else:
            due = (
                move.invoice_date_due
                and move.payment_state != "paid"
                and env._("due on %s", day_text(env, move.invoice_date_due))
            )
            open_amount = move.payment_state == "partial" and env._(
                "open: %s", self._handover_amount(move, "amount_residual")
            )
            facts = (self._handover_label(move, "payment_state"), open_amount, due)
        amount = self._handover_amount(move, "amount_total")
        return self._handover_row(move.display_name, amount, *facts, record=move)
