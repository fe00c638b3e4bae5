"""The briefing in the web client, as predecessor and successor."""

from .test_tours import TourCase


class CardTourCase(TourCase):
    def make_briefed(self):
        lead = self.make_lead(expected_revenue=1200)
        request = self.make_request("approved", records=lead)
        anna = request.with_user(self.anna)
        card_id = anna.line_ids.action_open_card()["res_id"]
        card = self.env["handover.card"].browse(card_id)
        card.with_user(self.anna).promises = "Price stays until May"
        anna.action_release_cards()
        return card


class TestCardTours(CardTourCase):
    def test_predecessor_writes_and_releases(self):
        request = self.make_request(records=self.make_lead(expected_revenue=1200))
        anna = request.with_user(self.anna)
        anna.add_records("res.partner", self.make_customer().ids)
        self.tour("handover_card_write", self.anna, request)
        cards = self.env["handover.card"].search([("request_id", "=", request.id)])
        self.assertEqual(cards.mapped("state"), ["released", "released"])
        self.assertIn("Price stays until May", cards.mapped("promises"))

    def test_successor_asks(self):
        card = self.make_briefed()
        path = f"/odoo/handover-cards/{card.id}"
        self.tour("handover_card_ask", self.bruno, path=path)
        question = card.message_ids[:1]
        self.assertEqual(question.author_id, self.bruno.partner_id)
        self.assertEqual(question.notified_partner_ids, self.anna.partner_id)


class TestCardPhoneTours(CardTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_successor_reads_and_understands(self):
        card = self.make_briefed()
        self.tour("handover_card_read", self.bruno, path="/odoo/my-handover-cards")
        self.assertEqual(card.state, "understood")
