"""The glue to purchases; run by ../radar/test_beside.py, where the add-ons are."""

from odoo import Command

BUYER = "purchase.group_purchase_user"


class PurchaseTests:
    @classmethod
    def get_ready(cls):
        super().get_ready()
        for user in (cls.anna, cls.bruno):
            user.group_ids |= cls.env.ref(BUYER)
        cls.vendor = cls.make_customer(cls.other, name="Mill")
        cls.goods, cls.service = cls.env["product.product"].create(
            [
                {"name": name, "type": kind, "purchase_method": method}
                for name, kind, method in (
                    ("Malt", "consu", "receive"),
                    ("Rent", "service", "purchase"),
                )
            ]  # fmt: skip
        )

    def make_purchase(self, product=None, state="purchase", received=0, **values):
        line = {
            "product_id": (product or self.goods).id, "product_qty": 3,
            "price_unit": 10, "tax_ids": False,
        }  # fmt: skip
        values = {
            "partner_id": self.vendor.id, "user_id": self.anna.id,
            "order_line": [Command.create(line)], **values,
        }  # fmt: skip
        order = self.make("purchase.order", **values)
        order.write({"state": state})
        order.order_line.qty_received = received
        return order

    def bill(self, *orders):
        """Have everything of them billed that can be."""
        self.env.flush_all()
        ids = [order.id for order in orders]
        self.env.cr.execute(
            "UPDATE purchase_order SET invoice_status = 'invoiced' WHERE id = ANY(%s)",
            [ids],
        )
        self.env.invalidate_all()

    def test_purchases_are_collected_change_hands_and_come_back(self):
        asked = [
            self.make_purchase(state=state) for state in ("draft", "sent", "to approve")
        ]
        ordered, to_bill, short = (
            self.make_purchase(received=received) for received in (0, 3, 1)
        )
        done = self.make_purchase(received=3)
        rent = self.make_purchase(self.service)
        self.make_purchase(state="cancel")
        self.make_purchase(user_id=self.other.id)
        self.bill(short, done, rent)
        going = ordered.union(*asked, to_bill, short)
        self.assertEqual(
            (going | done | rent).filtered("handover_outstanding"),
            ordered | to_bill | short,
        )
        request = self.make_request(records=self.env["crm.lead"])
        request.with_user(self.anna).action_collect()
        lines = request.line_ids.filtered(lambda one: one.res_model == going._name)
        self.assertEqual(set(lines.mapped("res_id")), set(going.ids))
        names = ["partner_id", "state", "date_order", "date_planned", "amount_total"]
        before = going.read(names, load=None)
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOwner(going, self.bruno)
        self.assertEqual(going.read(names, load=None), before)
        self.assertTrue(self.notes(ordered))
        request.with_user(self.leader).action_return()
        self.assertOwner(going, self.anna)

    def test_who_does_not_buy_is_named_before(self):
        order = self.make_purchase()
        request = self.make_request(records=order, successor_id=self.chen.id)
        found = request.with_user(self.anna).preflight()
        self.assertFalse(found["ok"])
        self.assertEqual(found["counts"]["successor_no_access"], 1)
        self.assertFalse(order.with_user(self.chen).has_access("read"))

    def test_the_card_of_a_purchase(self):
        order = self.make_purchase(received=1)
        sections = order._handover_card_sections(order.with_user(self.anna))
        [row] = [s["rows"] for s in sections if s["key"] == "order_lines"][0]
        self.assertEqual(row["text"], "Malt")
        self.assertIn("received: 1 of 3", row["detail"])
        self.assertIn("30.00", row["detail"])
        self.assertNotIn("bills", [section["key"] for section in sections])
