"""What happened while somebody was away, for who comes back."""

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import DAY, CoverCommon


class TestWhatHappened(CoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls.make_customer(name="Berta", parent_id=cls.customer.id)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = create_date - interval '1 day'"
            " WHERE id IN %s",
            [(cls.customer | cls.guest)._ids],
        )
        cls.env.invalidate_all()

    def happens(self):
        """Something of each kind, to two customers."""
        lead, lost = self.make_lead(name="Cellar", partner_id=self.guest.id), None
        self.bakery = self.make_customer(name="Bakery")
        lost = self.make_lead(name="Oven", partner_id=self.bakery.id)
        self.lead.name = "Brewhouse"
        request = self.cover(records=self.lead | lead | lost)
        self.lead.with_user(self.bruno).action_set_won()
        lost.with_user(self.bruno).action_set_lost()
        self.make_todo(lead, self.bruno, date_deadline=fields.Date.today() + DAY)
        lead.message_post(
            author_id=self.guest.id, body="When do you come?", message_type="email",
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.make_meeting(lead, self.bruno, name="Tasting")
        self.env["res.partner"].create(
            {"name": "Carla", "parent_id": self.customer.id, "email": "c@brewery.test"}
        )
        return request

    def told_to(self, user, request):
        found = request.with_user(user).get_what_happened()
        return {
            row["name"]: {
                part["kind"]: [one["text"] for one in part["rows"]]
                for part in row["parts"]
            }
            for row in found
        }

    def test_customer_by_customer(self):
        request = self.happens()
        told = self.told_to(self.approver, request)
        self.assertEqual(set(told), {"Bakery", "Brewery"})
        self.assertEqual(told["Bakery"], {"lost": ["Oven"]})
        brewery = told["Brewery"]
        self.assertEqual(brewery["won"], ["Brewhouse"])
        self.assertIn("Call · Bruno", brewery["promised"][0])
        self.assertEqual(brewery["questions"], ["Berta: When do you come?"])
        self.assertIn("Tasting", brewery["meetings"][0])
        self.assertIn("Carla · c@brewery.test", brewery["contacts"])

    def test_an_answer_ends_a_question(self):
        request = self.happens()
        lead = self.env["crm.lead"].search([("name", "=", "Cellar")])
        lead.with_user(self.bruno).message_post(
            body="Tomorrow", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertNotIn("questions", self.told_to(self.approver, request)["Brewery"])

    def test_who_comes_back_gets_it_with_one_message(self):
        request = self.happens()
        request.with_user(self.leader).action_return()
        names, count = self.told(request, "What happened while you were away")
        self.assertEqual((names, count), (["Anna"], 1))
        notice = self.env["mail.message"].search(
            [("res_id", "=", request.id), ("body", "ilike", "while you were away")]
        )
        text = " ".join(html.fromstring(notice.body).text_content().split())
        for word in ("Brewhouse", "Oven", "Tasting", "When do you come?", "Carla"):
            self.assertIn(word, text)
        self.assertEqual(self.told_to(self.anna, request)["Bakery"]["lost"], ["Oven"])

    def test_only_of_what_they_may_read(self):
        request = self.happens()
        # Anna has handed over the deals, and keeps no access while she is away
        told = self.told_to(self.anna, request)
        texts = str(told)
        for word in ("Oven", "Brewhouse", "When do you come?"):
            self.assertNotIn(word, texts)

    def test_who_reads_it(self):
        request = self.cover(coordinator_id=self.other.id)
        for user in (self.anna, self.other, self.leader, self.approver, self.manager):
            with self.subTest(user.name):
                mine = request.with_user(user)
                self.assertTrue(mine.can_see_happened)
                action = mine.action_what_happened()
                dialog = mine.env[action["res_model"]].browse(action["res_id"])
                self.assertIn("Nothing that you may read", str(dialog.happened))
        for user in (self.bruno, self.chen, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                request.with_user(user).action_what_happened()
        permanent = self.make_request("transferred", self.make_lead())
        with self.assertRaises(UserError):
            permanent.with_user(self.anna).get_what_happened()
        self.assertFalse(permanent.with_user(self.anna).can_see_happened)

    def test_texts_of_customers_are_told_as_they_are(self):
        self.lead.name = "<b>Bold</b>"
        request = self.cover()
        self.lead.with_user(self.bruno).action_set_won()
        mine = request.with_user(self.approver)
        action = mine.action_what_happened()
        told = mine.env[action["res_model"]].browse(action["res_id"]).happened
        texts = [
            row["text"]
            for customer in told["customers"]
            for part in customer["parts"]
            for row in part["rows"]
        ]
        self.assertTrue(any("<b>Bold" in text for text in texts), texts)
        # in mails they are text as well
        mail = mine.env["ir.qweb"]._render(
            "crm_handover_cover.handover_happened", {"happened": told}
        )
        self.assertIn("&lt;b&gt;Bold", mail)
