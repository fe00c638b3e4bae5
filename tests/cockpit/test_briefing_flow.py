"""Briefing one customer after the other: order, what is there, and what is shared."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover_cockpit.models import handover_request_cockpit

from .test_cockpit import CockpitCase


class TestBriefingFlow(CockpitCase):
    def briefing(self, request, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        answer = request.with_user(user or self.anna).get_briefing()
        # plain values: the client gets them
        return json.loads(json.dumps(answer))

    def customer(self, request, name, user=None):
        request = request.with_user(user or self.anna)
        [row] = [c for c in request.get_briefing()["customers"] if c["name"] == name]
        return request.get_briefing_customer(row["line_ids"])

    def test_what_matters_most_comes_first(self):
        quiet = self.make_customer(name="Quiet", is_company=True)
        soon = self.make_customer(name="Soon", is_company=True)
        risky = self.make_customer(name="Risky", is_company=True)
        self.make_meeting(soon, partner_ids=[(6, 0, soon.ids)])
        request = self.handover()
        mine = request.with_user(self.anna)
        mine.add_records("res.partner", (quiet | soon | risky).ids)
        self.line(request, risky).with_user(self.anna).risk = "high"
        customers = self.briefing(request)["customers"]
        self.assertEqual(
            [customer["name"] for customer in customers],
            ["Brewery", "Bakery", "Risky", "Soon", "Quiet"],
        )
        # on the card of the deal, which goes along with its customer
        self.assertEqual(customers[0]["line_ids"][0], self.line(request, self.deal).id)
        self.assertEqual(len(customers[0]["line_ids"]), 2)
        self.assertEqual([customers[0]["value"], customers[2]["risk"]], [5000, "high"])

    def test_what_is_written_is_shared_with_all_of_a_customer(self):
        request = self.handover()
        customer = self.customer(request, "Brewery")
        self.assertEqual(len(customer["card_ids"]), 2)
        card = self.env["handover.card"].browse(customer["card_id"])
        self.assertEqual(card.line_id, self.line(request, self.deal))
        card.with_user(self.anna).write({"promises": "Two crates"})
        cards = card.browse(customer["card_ids"])
        cards.with_user(self.anna).action_release()
        self.assertEqual(set(cards.mapped("state")), {"released"})
        shared = {
            c["name"]: c["is_shared"] for c in self.briefing(request)["customers"]
        }
        self.assertEqual(shared, {"Brewery": True, "Bakery": False})
        customer = self.customer(request, "Brewery")
        self.assertFalse(customer["card_ids"])
        self.assertEqual(customer["texts"]["promises"], "Two crates")
        # what is changed is to be shared again
        card.with_user(self.anna).write({"promises": "Three crates"})
        shared = {
            c["name"]: c["is_shared"] for c in self.briefing(request)["customers"]
        }
        self.assertFalse(shared["Brewery"])

    def test_a_customer_about_whom_there_is_nothing_to_say_is_done(self):
        request = self.handover()
        for name in ("Brewery", "Bakery"):
            self.assertIn("brief", self.left(request, self.anna))
            cards = self.customer(request, name)["card_ids"]
            self.env["handover.card"].browse(cards).with_user(
                self.anna
            ).action_release()
        customers = self.briefing(request)["customers"]
        self.assertEqual([c["is_shared"] for c in customers], [True, True])
        self.assertNotIn("brief", self.left(request, self.anna))
        # the ring tells what is written
        self.assertEqual(self.cockpit(request, self.anna)["ring"]["percent"], 0)

    def test_of_several_people_each_briefs_on_their_own_customers(self):
        self.offer.user_id = self.chen
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [(6, 0, (self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.add_records("crm.lead", (self.deal | self.offer).ids)
        for user, name in ((self.anna, "Brewery"), (self.chen, "Bakery")):
            self.assertIn("brief", self.left(request, user))
            answer = self.briefing(request, user)
            self.assertTrue(answer["can_share"])
            self.assertEqual([c["name"] for c in answer["customers"]], [name])
            cards = self.customer(request, name, user)["card_ids"]
            self.env["handover.card"].browse(cards).with_user(user).action_release()
            self.assertNotIn("brief", self.left(request, user))
        # who takes a part, and gives none, has none to write
        with self.assertRefused(AccessError):
            self.briefing(request, self.bruno)

    def test_what_the_database_knows_is_there(self):
        self.make_todo(self.deal)
        request = self.handover("approved")
        customer = self.customer(request, "Brewery")
        facts = {fact["name"]: fact["text"] for fact in customer["facts"]}
        self.assertIn("Call", facts["Next step"])
        self.assertEqual(facts["Stage"], self.deal.stage_id.name)
        self.assertEqual(customer["taker"], "Bruno")
        self.assertIn("record", [section["key"] for section in customer["sections"]])
        card = self.env["handover.card"].browse(customer["card_id"])
        card.with_user(self.anna).action_release()
        card.with_user(self.bruno).message_post(
            body="Who signs?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        [question] = self.customer(request, "Brewery")["questions"]
        self.assertEqual((question["who"], question["text"]), ("Bruno", "Who signs?"))
        card.with_user(self.anna).message_post(
            body="Li", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(self.customer(request, "Brewery")["questions"])

    def test_who_does_not_write_the_briefing_is_refused(self):
        request = self.handover("approved")
        line = self.line(request, self.deal)
        for login in ("bruno", "chen", "leader", "approver", "other", "projectuser"):
            mine = request.with_user(getattr(self, login))
            for method, args in (
                ("action_brief", ()),
                ("get_briefing", ()),
                ("get_briefing_customer", (line.ids,)),
            ):
                with self.assertRefused(AccessError):
                    getattr(mine, method)(*args)

    def test_of_very_many_records_the_list_of_cards_opens(self):
        request = self.handover()
        mine = request.with_user(self.anna)
        with patch.object(handover_request_cockpit, "MOST_RECORDS", 1):
            action = mine.action_brief()
            self.assertEqual(action["res_model"], "handover.card")
            found = self.env["handover.card"].search(action["domain"])
            self.assertEqual(found.line_id, request.line_ids)
            for refused in (mine.get_briefing, mine.get_briefing_customer):
                with self.assertRefused(UserError):
                    refused()
            # of one that was chosen, no others are looked at
            self.assertTrue(mine.get_briefing_customer(found[0].line_id.ids)["card_id"])
        self.assertEqual(mine.action_brief()["tag"], "handover_briefing_flow")

    def test_records_of_another_handover_are_refused(self):
        request = self.handover()
        strange = self.make_request(records=self.make_lead(name="Strange"))
        mine = request.with_user(self.anna)
        with self.assertRefused(UserError):
            mine.get_briefing_customer(strange.line_ids.ids)
        first = mine.get_briefing_customer()
        self.assertEqual(first["card_id"], self.customer(request, "Brewery")["card_id"])

    def test_the_line_of_what_is_left_opens_it(self):
        request = self.handover()
        [item] = [
            item
            for item in self.cockpit(request, self.anna)["left"]
            if item["key"] == "brief"
        ]
        self.assertEqual(item["cures"][0]["method"], "action_brief")
        action = request.with_user(self.anna).action_brief()
        self.assertEqual(action["context"], {"active_id": request.id})
