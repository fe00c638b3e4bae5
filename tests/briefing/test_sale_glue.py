"""The glue to sales, with the cards and without them."""

from unittest.mock import patch

from odoo.addons.crm_handover_briefing.models.handover_mixin import HandoverMixin

from ..sale.test_sale import SaleCase


class TestSaleGlue(SaleCase):
    def test_it_tells_the_same_with_the_cards_and_without_them(self):
        quotation = self.make_order()
        lead = self.make_lead(partner_id=self.customer.id)
        order = self.make_order(opportunity_id=lead.id)
        records = (self.customer, lead, order)
        told = [self.sections(record, self.anna) for record in records]
        # what is left then: the core, which tells nothing, and the glue
        with patch.object(HandoverMixin, "_handover_card_sections", lambda *_: []):
            alone = [self.sections(record, self.anna) for record in records]
        self.assertEqual(
            [set(sections) for sections in alone],
            [{"quotations"}, {"quotations"}, {"order_lines"}],
        )
        for sections, more in zip(alone, told, strict=True):
            self.assertIn("record", more)
            for key, rows in sections.items():
                self.assertEqual(rows, more[key])
        found = [row["res_id"] for row in alone[0]["quotations"]]
        self.assertEqual(found, (order | quotation).ids)

    def test_the_card_of_an_order_shows_what_the_glue_names(self):
        order = self.make_order(note="<p>Beside the door</p>")
        request = self.make_request(records=order)
        line = request.with_user(self.anna).line_ids
        card = self.env["handover.card"].browse(line.action_open_card()["res_id"])
        facts = card.with_user(self.anna).facts
        keys = [section["key"] for section in facts]
        self.assertEqual((keys[0], keys[-1]), ("record", "order_lines"))
        details = [row["detail"] for row in facts[0]["rows"]]
        self.assertIn("Beside the door", details)
        self.assertTrue([text for text in details if "100.00" in text], details)
