"""The cockpit: what it shows to whom, and what it asks the database for that."""

import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_request_background import STEPS
from odoo.addons.crm_handover_cockpit import board
from odoo.addons.crm_handover_cockpit.models import handover_request_cockpit

from ..common import IN_NO_WAY_CONCERNED, SALESMAN, HandoverCommon


class CockpitCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brewery = cls.make_customer(name="Brewery", is_company=True)
        cls.bakery = cls.make_customer(cls.other, name="Bakery", is_company=True)
        cls.deal = cls.make_lead(
            name="Big", partner_id=cls.brewery.id, expected_revenue=5000
        )
        cls.offer = cls.make_lead(
            name="Small", partner_id=cls.bakery.id, expected_revenue=300
        )

    def handover(self, state="draft", **values):
        """Brewery and its deal go to Bruno, the bakery's deal to Chen."""
        if state == "approved":
            tomorrow = fields.Datetime.now() + timedelta(days=1)
            values.setdefault("date_planned", tomorrow)
        request = self.make_request(records=self.deal | self.offer, **values)
        mine = request.with_user(self.anna)
        mine.add_records("res.partner", self.brewery.ids)
        self.give(request, self.offer, self.chen)
        self.bring(mine, state)
        return request

    def give(self, request, record, successor):
        line = self.line(request, record)
        line.with_user(self.anna).successor_id = successor

    def line(self, request, record):
        return request.sudo().line_ids.filtered(
            lambda line: (line.res_model, line.res_id) == (record._name, record.id)
        )

    def cockpit(self, request, user):
        self.env.flush_all()
        self.env.invalidate_all()
        answer = request.with_user(user).get_cockpit()
        # plain values: the client gets them
        return json.loads(json.dumps(answer))

    def cards(self, cockpit):
        """The names of the customers by who takes them."""
        return {
            column["name"]: [card["name"] for card in column["cards"]]
            for column in cockpit["columns"]
        }

    def left(self, request, user):
        """What is left: ``{key: [labels of its cures]}``, without what is done."""
        return {
            item["key"]: [cure["label"] for cure in item["cures"]]
            for item in self.cockpit(request, user)["left"]
            if not item["done"]
        }


class TestCockpit(CockpitCase):
    def test_examples(self):
        self.assertExamples(board, at_least=4)

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    def test_the_predecessor_sees_all_of_it(self):
        self.make_todo(self.deal, date_deadline=fields.Date.today() - timedelta(days=2))
        self.make_meeting(self.deal)
        request = self.handover()
        cockpit = self.cockpit(request, self.anna)
        self.assertEqual(
            self.cards(cockpit),
            {"Bruno": ["Brewery"], "Chen": ["Bakery"], "Nobody yet": []},
        )
        figures = cockpit["figures"]
        self.assertEqual(
            {name: figures[name] for name in figures if name != "kinds"},
            {
                "customers": 2, "others": 0, "records": 3, "value": 5300, "todos": 2,
                "late": 1, "meetings": 1,
            },
        )  # fmt: skip
        [card] = cockpit["columns"][0]["cards"]
        self.assertEqual(card["main"], "Big")
        self.assertEqual(card["meeting"]["name"], "Visit")
        self.assertEqual(len(card["line_ids"]), 2)
        self.assertTrue(cockpit["is_draft"])
        self.assertEqual(len(cockpit["stages"]), 6)

    def test_a_successor_sees_the_own_part(self):
        request = self.handover("approved")
        cockpit = self.cockpit(request, self.chen)
        self.assertEqual(self.cards(cockpit), {"Chen": ["Bakery"]})
        self.assertEqual(cockpit["figures"]["records"], 1)
        self.assertEqual([taker["name"] for taker in cockpit["takers"]], ["Chen"])
        # nothing about the other successor, nor of what goes there
        for name in ("Bruno", "Brewery", "Big", "5000"):
            self.assertNotIn(name, json.dumps(cockpit["columns"]), name)
        self.assertNotIn("Bruno", cockpit["title"])
        self.assertFalse(cockpit["is_draft"])

    def test_figures_are_of_what_the_reader_may_open(self):
        self.make_meeting(self.deal, privacy="private")
        request = self.handover("submitted")
        # records are opened for a successor once it is approved
        cockpit = self.cockpit(request, self.bruno)
        self.assertEqual(cockpit["figures"]["value"], 0)
        self.assertEqual(cockpit["figures"]["meetings"], 0)
        self.assertFalse(cockpit["columns"][0]["cards"][0]["stage"])
        self.assertEqual(self.cockpit(request, self.anna)["figures"]["value"], 5300)

    def test_loads_are_for_who_deals_out_or_decides(self):
        self.make_lead(self.chen)
        request = self.handover("submitted")
        loads = {
            user: [
                column["before"] for column in self.cockpit(request, user)["columns"]
            ]
            for user in (self.anna, self.leader, self.approver, self.chen)
        }
        self.assertEqual(loads[self.approver], [0, 1])
        # they may not open everybody's, and a part would be a wrong number
        self.assertEqual(loads[self.anna], [False, False])
        self.assertEqual(loads[self.leader], [False, False])
        self.assertEqual(loads[self.chen], [1])
        coordinated = self.make_request(
            records=self.make_lead(), coordinator_id=self.other.id
        )
        columns = self.cockpit(coordinated, self.other)["columns"]
        self.assertEqual([column["before"] for column in columns], [False])

    def test_unreleased_cards_are_their_writers(self):
        request = self.handover("approved")
        mine = request.with_user(self.anna)
        mine.action_view_cards()
        cards = self.env["handover.card"].search([("request_id", "=", request.id)])
        card = cards.filtered(lambda card: card.res_name == "Big")
        card.with_user(self.anna).write({"risk": "high", "risk_measure": "Call"})
        [found] = self.cockpit(request, self.bruno)["columns"][0]["cards"]
        self.assertEqual((found["risk"], found["briefing"]), ("none", "open"))
        for one in cards:
            # of which one tells something
            one.with_user(self.anna).action_release()
        self.assertEqual(self.cockpit(request, self.anna)["ring"]["percent"], 50)
        self.assertEqual(self.cockpit(request, self.leader)["ring"]["percent"], 50)
        cockpit = self.cockpit(request, self.bruno)
        [found] = cockpit["columns"][0]["cards"]
        self.assertEqual((found["risk"], found["briefing"]), ("high", "released"))
        self.assertEqual(cockpit["ring"]["percent"], 100)
        card.with_user(self.bruno).message_post(
            body="Who signs?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(
            self.left(request, self.anna)[f"question_{card.line_id.id}"], ["Answer"]
        )

    def test_of_several_who_give_each_sees_what_is_theirs(self):
        chens = self.make_lead(self.chen, name="Chen's")
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.action_collect()
        request.action_submit()
        request.with_user(self.approver).action_approve()
        line = self.line(request, chens)
        opened = line.with_user(self.bruno).action_open_card()
        dialogs = self.env[opened["res_model"]].with_user(self.bruno)
        facts = dialogs.browse(opened["res_id"])
        self.assertTrue(facts.untold.startswith("Chen "), facts.untold)
        request.action_view_cards()
        card = line.card_id
        card.with_user(self.chen).promises = "Price stays"
        card.with_user(self.chen).action_release()
        card.with_user(self.bruno).message_post(
            body="Who signs?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        names = [self.anna.name, self.chen.name]
        self.assertEqual(request.from_ids.mapped("name"), names)
        rows = self.Request.with_user(self.manager).get_overview()["under_way"]
        [row] = [row for row in rows if row["id"] == request.id]
        for shown in (row, self.cockpit(request, self.manager)):
            self.assertEqual([face["name"] for face in shown["givers"]], names)
        # who deals them out sees whose each customer is, to one of these it is no news
        for user, told in ((self.manager, {*names}), (self.chen, {""})):
            columns = self.cockpit(request, user)["columns"]
            found = {card["from"] for column in columns for card in column["cards"]}
            self.assertEqual(found, told, user.name)
        key = f"question_{line.id}"
        for user, sees in ((self.chen, True), (self.manager, True), (self.anna, False)):
            self.assertEqual(key in self.left(request, user), sees, user.name)

    # ------------------------------------------------------------
    # DOORS
    # ------------------------------------------------------------

    def test_doors_refuse(self):
        request = self.handover()
        for login in IN_NO_WAY_CONCERNED:
            theirs = request.with_user(getattr(self, login))
            for call in (
                theirs.get_cockpit, theirs.get_cockpit_cards, theirs.action_open_cockpit
            ):  # fmt: skip
                with self.assertRefused(AccessError):
                    call()
        mine = request.with_user(self.anna)
        for offset in ("1", 1.5, [1]):
            with self.assertRefused(UserError):
                mine.get_cockpit_cards(self.bruno.id, offset)
        with self.assertRefused(UserError):
            (mine | self.make_request().with_user(self.anna)).get_cockpit()

    def test_more_cards_come_on_demand(self):
        leads = [self.make_lead(name=f"Deal {n}") for n in range(5)]
        request = self.make_request(records=self.env["crm.lead"].union(*leads))
        self.patch(handover_request_cockpit, "FIRST", 2)
        mine = request.with_user(self.anna)
        column = self.cockpit(request, self.anna)["columns"][0]
        self.assertEqual((len(column["cards"]), column["total"]), (2, 5))
        # a record without a customer is none
        self.assertEqual(column["customers"], 0)
        figures = self.cockpit(request, self.anna)["figures"]
        self.assertEqual((figures["customers"], figures["others"]), (0, 5))
        left = [item["text"] for item in self.cockpit(request, self.anna)["left"]]
        self.assertIn("To brief: 5, the biggest first", left)
        # a screen that has more of them gets as many again, and no endless number
        again = mine.get_cockpit({str(self.bruno.id): 4})["columns"][0]
        self.assertEqual(len(again["cards"]), 4)
        self.patch(handover_request_cockpit, "MOST_SHOWN", 3)
        again = mine.get_cockpit({str(self.bruno.id): 10**6})["columns"][0]
        self.assertEqual(len(again["cards"]), 3)
        for shown in ([1], {"x": 3}, {"1": "3"}, {"1": True}, 5):
            with self.assertRefused(UserError):
                mine.get_cockpit(shown)
        rest = mine.get_cockpit_cards(self.bruno.id, 2)
        names = [card["name"] for card in (*column["cards"], *rest["cards"])]
        self.assertEqual(sorted(names), [f"Deal {n}" for n in range(5)])
        self.assertEqual(rest["total"], 5)
        self.assertFalse(mine.get_cockpit_cards(self.chen.id)["cards"])
        # of others, a successor gets nothing
        self.bring(mine, "submitted")
        self.assertFalse(mine.get_cockpit_cards(False, 0)["cards"])

    def test_after_a_move_comes_what_changed(self):
        hospital = self.make_customer(self.other, name="Hospital", is_company=True)
        visit = self.make_lead(
            name="Visit", partner_id=hospital.id, expected_revenue=900
        )
        request = self.handover()
        mine = request.with_user(self.anna)
        mine.add_records("crm.lead", visit.ids)
        before = self.cockpit(request, self.anna)
        both = self.line(request, self.deal) | self.line(request, self.brewery)
        line = self.line(request, self.deal)
        for taker, ids in (
            (self.chen, line.ids),
            (self.chen, both.ids),
            (None, both.ids),
        ):
            mine.allocate(
                [{"successor_id": taker and taker.id or False, "line_ids": ids}]
            )
            self.env.invalidate_all()
            moved = json.loads(json.dumps(mine.get_cockpit_moved(ids)))
            after = self.cockpit(request, self.anna)
            for name in ("version", "title", "takers", "ring"):
                self.assertEqual(moved[name], after[name], name)
            self.assertEqual(
                moved["left"], [item for item in after["left"] if item.get("of_draft")]
            )
            columns = {column["id"]: column for column in after["columns"]}
            for head in moved["columns"]:
                self.assertFalse(head["cards"])
                self.assertEqual({**columns[head["id"]], "cards": []}, head)
            # both parts of the customer, and nobody else
            self.assertEqual({card["name"] for card in moved["cards"]}, {"Brewery"})
            for card in moved["cards"]:
                place = card.pop("place")
                self.assertEqual(columns[card["taker"]]["cards"][place], card)
            found = {id_ for card in moved["cards"] for id_ in card["line_ids"]}
            self.assertEqual(found, {*both.ids})
        self.assertGreater(after["version"], before["version"])
        # what is not on it is nothing of it
        others = self.make_request().sudo().line_ids.ids
        self.assertEqual(mine.get_cockpit_moved(others)["cards"], [])
        with self.assertRefused(AccessError):
            request.with_user(self.other).get_cockpit_moved(both.ids)

    def test_as_many_queries_however_many_records(self):
        request = self.handover()
        mine = request.with_user(self.anna)
        counts = []
        for more in (20, 40):
            companies = [
                self.make_customer(self.other, name=f"C{n}", is_company=True)
                for n in range(more)
            ]
            leads = [self.make_lead(partner_id=company.id) for company in companies]
            mine.add_records("crm.lead", [lead.id for lead in leads])
            self.cockpit(request, self.anna)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            mine.get_cockpit()
            counts.append(self.env.cr.sql_log_count - before)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            mine.get_cockpit_moved(self.line(request, self.deal).ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[:2], counts[2:])

    # ------------------------------------------------------------
    # WHAT IS LEFT
    # ------------------------------------------------------------

    def test_what_is_left_in_a_draft(self):
        request = self.handover()
        self.give(request, self.offer, self.env["res.users"])
        left = self.left(request, self.anna)
        self.assertEqual(left["nobody"][0], "Give to Bruno")
        self.assertIn("Brewery", left["brief"][0])
        self.assertEqual(self.left(request, self.leader), {})
        # the cure is the door of the split
        [give] = [
            cure
            for item in self.cockpit(request, self.anna)["left"]
            for cure in item["cures"]
            if cure["type"] == "give"
        ]
        request.with_user(self.anna).allocate(
            [{"successor_id": give["taker"], "line_ids": give["line_ids"]}]
        )
        self.assertNotIn("nobody", self.left(request, self.anna))

    def test_a_team_s_pool_is_a_column(self):
        head = self.make_user("head", SALESMAN)
        north = self.make_team("North", head, self.chen)
        pool = f"Pool of {north.name}"
        request = self.make_request(
            records=self.deal | self.offer, successor_id=False,
            target_team_id=north.id, to_pool=True,
        )  # fmt: skip
        mine = request.with_user(self.anna)
        mine.add_records("res.partner", self.brewery.ids)
        cockpit = self.cockpit(request, self.anna)
        self.assertEqual(
            self.cards(cockpit),
            # a customer always belongs to somebody
            {head.name: ["Brewery"], pool: ["Brewery", "Bakery"], "Nobody yet": []},
        )
        self.assertNotIn("nobody", self.left(request, self.anna))
        self.assertIn({"id": -north.id, "name": pool}, cockpit["takers"])
        customer, deals, _nobody = cockpit["columns"]
        self.assertEqual(deals["id"], -north.id)
        self.assertFalse(customer["cards"][0]["pooled_ids"])
        line = self.line(request, self.deal)
        self.assertEqual(deals["cards"][0]["pooled_ids"], line.ids)
        more = mine.get_cockpit_cards(False, 0, north.id)
        self.assertEqual(more["total"], 2)
        # out of it, and back by what the step before says
        mine.allocate([{"successor_id": self.bruno.id, "line_ids": line.ids}])
        self.assertIn("Brewery", self.cards(self.cockpit(mine, self.anna))["Bruno"])
        mine.allocate([{"successor_id": False, "line_ids": line.ids}])
        [give, *_others] = [
            cure
            for item in self.cockpit(request, self.anna)["left"]
            for cure in item["cures"]
            if cure["type"] == "give" and cure["taker"] < 0
        ]
        self.assertEqual((give["label"], give["taker"]), (f"Give to {pool}", -north.id))
        mine.allocate([{"pool_team_id": -give["taker"], "line_ids": give["line_ids"]}])
        self.bring(mine, "transferred")
        cockpit = self.cockpit(request, self.leader)
        self.assertEqual(cockpit["ring"]["percent"], 100)
        self.assertNotIn("Not Handed Over", self.cards(cockpit))
        self.assertEqual(
            cockpit["title"], f"{head.name} and {pool} took over from Anna"
        )

    def test_what_is_left_for_each(self):
        request = self.handover("approved")
        self.assertIn("accept", self.left(request, self.bruno))
        self.assertIn("brief", self.left(request, self.anna))
        self.assertNotIn("accept", self.left(request, self.anna))
        mine = self.line(request, self.offer).with_user(self.chen)
        mine.action_decline("on leave")
        cockpit = self.cockpit(request, self.anna)
        self.assertEqual(self.cards(cockpit)["Declined"], ["Bakery"])
        self.assertEqual(cockpit["columns"][-1]["cards"][0]["reason"], "on leave")
        self.assertIn("unsettled", self.left(request, self.anna))
        request.with_user(self.approver).action_run()
        self.assertIn("confirm", self.left(request, self.bruno))
        self.env["handover.followup"].sudo()._follow(request.sudo())
        self.assertIn("call", self.left(request, self.bruno))

    def test_a_card_says_by_which_rule_it_was_given(self):
        request = self.handover()
        line = self.line(request, self.deal)
        mine = request.with_user(self.anna)
        both = [{"successor_id": self.chen.id, "line_ids": line.ids}]
        mine.allocate(both)
        self.bring(mine, "transferred")
        # for who takes over as well: it is about nobody else
        for user in (self.anna, self.chen, self.leader):
            cards = [
                card
                for column in self.cockpit(request, user)["columns"]
                for card in column["cards"]
                if line.id in card["line_ids"]
            ]
            self.assertIn("by hand", [why["text"] for why in cards[0]["why"]])

    def test_another_handover_with_the_same_records_is_a_click_away(self):
        request = self.handover()
        other = self.make_request(records=self.deal)
        left = self.left(request, self.anna)
        self.assertEqual(left[f"also_{other.id}"], ["Look at It"])
        self.assertNotIn(f"also_{other.id}", self.left(request, self.leader))
        # of several things in the way, what nobody takes is told once
        self.give(request, self.offer, self.env["res.users"])
        self.bring(other.with_user(self.anna), "submitted")
        told = [item["text"] for item in self.cockpit(request, self.anna)["left"]]
        self.assertTrue([text for text in told if "nobody takes" in text])
        self.assertTrue([text for text in told if other.name in text])
        self.assertFalse([text for text in told if "without a successor" in text])

    def test_what_goes_on_in_the_background_is_told_with_how_far_it_is(self):
        request = self.handover()
        self.assertIs(self.cockpit(request, self.anna)["work"], False)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("crm_handover.background_from", 1)
        for _n in range(STEPS["collect"].factor + 1):
            self.make_lead()
        request.with_user(self.anna).action_collect()
        answer = self.cockpit(request, self.anna)
        self.assertEqual(answer["work"], {"percent": 0})
        self.assertIn("in the background", answer["step"]["text"])
        self.assertIn("Stop", [button["label"] for button in answer["buttons"]])
        self.assertEqual(self.cockpit(request, self.leader)["work"], {"percent": 0})
        # on the form it is told once, with the bar
        form = Form(request.with_user(self.anna))
        self.assertTrue(form._get_modifier("next_step", "invisible"))

    def test_a_customer_is_accepted_at_once(self):
        request = self.make_request(
            "approved", self.deal | self.make_lead(partner_id=self.deal.partner_id.id)
            | self.make_lead(name="Alone"),
        )  # fmt: skip
        line = self.line(request, self.deal)
        for user in (self.anna, self.chen, self.leader):
            with self.assertRefused(AccessError):
                line.with_user(user).action_accept_customer()
        self.assertIs(line.with_user(self.bruno).action_accept_customer(), True)
        decisions = {one.res_name: one.decision for one in request.line_ids}
        self.assertEqual(decisions.pop("Alone"), "pending")
        self.assertEqual(set(decisions.values()), {"accepted"})

    def test_links_in_mails_open_it(self):
        request = self.make_request("submitted")
        action = request._get_access_action(access_uid=self.leader.id)
        self.assertEqual(
            action["url"], f"/odoo/handovers/{request.id}/handover-cockpit"
        )

    def test_a_later_end_is_decided_on_where_it_is_read(self):
        end = fields.Datetime.now().replace(microsecond=0) + timedelta(days=9)
        request = self.handover("transferred", kind="temporary", date_return=end)
        later = fields.Datetime.to_string(end + timedelta(days=9))
        request.with_user(self.anna).action_extend(later)
        self.assertNotIn("end", self.left(request, self.anna))
        self.assertNotIn("end", self.left(request, self.bruno))
        left = self.cockpit(request, self.leader)["left"]
        [item] = [item for item in left if item["key"] == "end"]
        approve, _refuse = item["cures"]
        self.assertEqual(approve["args"], [request.ids, later])
        call = getattr(request.with_user(self.leader), approve["method"])
        call(*approve["args"][1:])
        self.assertEqual(fields.Datetime.to_string(request.date_return), later)
        self.assertNotIn("end", self.left(request, self.leader))

    def test_the_decision_is_for_who_decides(self):
        self.make_lead(name="Lost", active=False)
        self.make_customer(name="Gone", active=False)
        request = self.handover("submitted")
        for user in (self.anna, self.bruno):
            self.assertFalse(self.cockpit(request, user)["decision"])
        # where else the database names somebody is not counted each time
        scan = self.startPatcher(patch.object(type(request), "_portfolio_elsewhere"))
        decision = self.cockpit(request, self.leader)["decision"]
        scan.assert_not_called()
        self.assertTrue(decision["can_approve"] and decision["can_refuse"])
        self.assertEqual((decision["briefed"], decision["cards"]), (0, 2))
        # what the dialog told, beside what the check says
        self.assertIn(
            "Leads and Opportunities: 1 · closed or archived, history stays true",
            decision["stays"],
        )
        self.assertEqual(len(decision["stays"]), 2)
        self.assertGreater(decision["more"]["stays"], 0)

    def test_who_decides_reads_what_was_declined_and_why(self):
        request = self.handover("approved")
        self.assertFalse(self.cockpit(request, self.leader)["decision"])
        for record, reason in ((self.deal, "No time"), (self.brewery, "No time")):
            self.line(request, record).with_user(self.bruno).action_decline(reason)
        told = {
            item["text"]: item["detail"]
            for item in self.cockpit(request, self.anna)["left"]
        }
        self.assertEqual(told.get("Declined: Brewery"), "No time")
        # the others have nothing to do with it
        answer = self.cockpit(request, self.chen)
        self.assertFalse(answer["decision"])
        self.assertFalse([x for x in answer["left"] if "Declined" in x["text"]])
        # the superior reads it with the decision, once, and gives it to somebody there
        answer = self.cockpit(request, self.leader)
        self.assertFalse({"unsettled", "declined"} & {x["key"] for x in answer["left"]})
        self.assertFalse([x for x in answer["left"] if "Declined" in x["text"]])
        decision = answer["decision"]
        self.assertFalse(decision["can_approve"] or decision["can_refuse"])
        [item] = decision["declines"]
        self.assertEqual(
            (item["text"], item["detail"]), ("Declined: Brewery", "No time")
        )
        give, see = item["cures"]
        lines = self.line(request, self.deal) | self.line(request, self.brewery)
        self.assertCountEqual(give["args"][0], lines.ids)
        self.assertEqual(see["domain"][-1][:2], ["id", "in"])
        dialog = getattr(lines.with_user(self.leader), give["method"])()
        self.assertCountEqual(dialog["context"]["default_line_ids"], lines.ids)
        # also once the others have moved, until it is decided on
        request.with_user(self.leader).action_run()
        [item] = self.cockpit(request, self.leader)["decision"]["declines"]
        self.assertEqual(item["detail"], "No time")
        lines.with_user(self.leader).action_give_to(self.chen.id)
        self.assertFalse(self.cockpit(request, self.leader)["decision"])

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def title(self, request):
        return self.cockpit(request, self.anna)["title"]

    def stages(self, request):
        return self.cockpit(request, self.anna)["stages"]

    # near midnight, a day is another one where the reader is
    @freeze_time(fields.Datetime.now().replace(hour=9))
    def test_headlines(self):
        now = fields.Datetime.now()
        for days, title in (
            (0, "Anna leaves today"), (1, "Anna leaves tomorrow"),
            (3, f"Anna leaves on {now + timedelta(days=3):%A}"),
        ):  # fmt: skip
            request = self.make_request(
                date_planned=now + timedelta(days=days, minutes=1),
                date_overlap_end=(now + timedelta(days=days)).date(),
            )
            self.assertEqual(self.title(request), title)
            self.assertEqual(self.cockpit(request, self.anna)["days_left"], days)
        self.reason.leaves = False
        request = self.make_request(date_planned=now + timedelta(days=1))
        self.assertEqual(self.title(request), "Anna hands over tomorrow")
        request = self.make_request(
            kind="temporary", date_planned=now + timedelta(days=1),
            date_return=now + timedelta(days=30),
        )  # fmt: skip
        self.assertIn("Anna is away from", self.title(request))
        stages = {row["key"]: row["detail"] for row in self.stages(request)}
        day = day_text(request.with_user(self.anna).env, request.date_planned)
        self.assertEqual(stages["brief"], f"you · until {day}")
        self.assertEqual(stages["approve"], f"until {day}")
        self.assertRegex(stages["move"], rf"^{day}, \d+:\d\d")
        request = self.make_request("transferred")
        self.assertEqual(self.title(request), "Bruno took over from Anna")
        for state in ("refused", "cancelled", "running"):
            self.assertIn("Anna", self.title(self.make_request(state)), state)

    def test_headlines_name_all_who_give_and_who_got_something(self):
        request = self.handover("approved")
        self.assertIn("Anna leaves", self.title(request))
        self.line(request, self.offer).with_user(self.chen).action_decline("No time")
        request.with_user(self.leader).action_run()
        self.assertEqual(self.title(request), "Bruno took over from Anna")
        deals = [self.make_lead(name=name) for name in ("One", "Two")]
        request = self.make_request(records=deals[0] | deals[1])
        self.give(request, deals[1], self.chen)
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(self.title(request), "Bruno and Chen took over from Anna")
        self.assertEqual(request.with_user(self.leader).headline, self.title(request))
        now = fields.Datetime.now()
        several = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
                "reason_id": self.reason.id,
                "date_planned": now + timedelta(days=40),
                "date_overlap_end": (now + timedelta(days=40)).date(),
            }
        )
        day = day_text(self.env, several.date_overlap_end)
        title = self.cockpit(several, self.manager)["title"]
        self.assertEqual(title, f"Anna and Chen leave on {day}")

    def test_every_state_opens_for_everybody_who_reads_it(self):
        for state in (
            "draft", "submitted", "refused", "cancelled", "approved", "running",
            "transferred", "done",
        ):  # fmt: skip
            request = self.make_request(state)
            for user in (self.anna, self.bruno, self.leader, self.manager):
                with self.subTest(state=state, user=user.login):
                    self.assertEqual(self.cockpit(request, user)["state"], state)

    # ------------------------------------------------------------
    # AFTERWARDS
    # ------------------------------------------------------------

    def test_who_was_called(self):
        request = self.handover("transferred")
        followups = self.env["handover.followup"].sudo()
        followups._follow(request.sudo())
        cockpit = self.cockpit(request, self.bruno)
        self.assertEqual(cockpit["columns"][0]["cards"][0]["called"], "no")
        line = self.line(request, self.deal)
        followups.search([("line_id", "=", line.id)])._trusting().write(
            {"date_contact": fields.Datetime.now()}
        )
        cockpit = self.cockpit(request, self.bruno)
        # the customer has heard, whichever of the records it was about
        self.assertEqual(cockpit["columns"][0]["cards"][0]["called"], "yes")
        self.assertEqual(cockpit["ring"]["percent"], 100)
        self.assertEqual(self.cockpit(request, self.leader)["ring"]["percent"], 50)
        # the predecessor knows what moved, and not who was called
        self.assertEqual(self.cockpit(request, self.anna)["ring"]["title"], "moved")

    def test_it_is_how_a_handover_opens(self):
        request = self.make_request()
        action = request.with_user(self.anna)._open_form()
        self.assertEqual(action["tag"], "handover_cockpit")
        self.assertEqual(action["context"], {"active_id": request.id})
        empty = self.make_request(records=self.env["crm.lead"])
        self.assertEqual(empty.with_user(self.anna)._open_form()["res_id"], empty.id)


class TestOverview(HandoverCommon):
    """The handovers under way, with faces and values, as the reader may see them."""

    def under_way(self, user):
        self.env.flush_all()
        rows = self.Request.with_user(user).get_overview()["under_way"]
        # plain values: the client and integrations get them
        return {row["id"]: row for row in json.loads(json.dumps(rows))}

    def test_a_card_says_who_what_it_is_worth_and_when(self):
        lead = self.make_lead(expected_revenue=50_000)
        request = self.make_request("submitted", records=lead)
        row = self.under_way(self.anna)[request.id]
        self.assertEqual(row["giver"], {"id": self.anna.id, "name": self.anna.name})
        self.assertEqual([taker["id"] for taker in row["takers"]], self.bruno.ids)
        self.assertIn("50,000", row["value"])
        self.assertEqual((row["state"], row["percent"]), ("submitted", 0))
        self.assertIn(self.anna.name, row["title"])
        # what is noted on the record tells, too
        draft = self.make_request(records=self.make_lead()).with_user(self.anna)
        draft.line_ids.note = "Decides in May"
        draft.action_view_cards()
        draft.action_release_cards()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_card SET note = NULL WHERE request_id = %s", [draft.id]
        )
        self.assertEqual(self.under_way(self.anna)[draft.id]["percent"], 100)
        over = self.make_request("done", records=self.make_lead())
        self.assertNotIn(over.id, self.under_way(self.anna))

    def test_what_is_due_on_the_way_is_on_the_timeline(self):
        request = self.make_request("transferred")
        day = fields.Date.today() + timedelta(days=3)
        step = self.make_todo(request, date_deadline=day)
        step.sudo().write({"summary": "Return the keys", "handover_step_date": day})
        start = fields.Datetime.now() + timedelta(days=5)
        self.make_training(request, start)
        reviews = self.env["handover.request.review"].sudo()
        reviews = reviews.search([("request_id", "=", request.id)])
        self.assertTrue(reviews)
        names = [
            mark["name"] for mark in self.under_way(self.leader)[request.id]["marks"]
        ]
        self.assertEqual(names[:2], ["Return the keys", "Tools"])
        self.assertIn(f"Review, day {reviews[0].days}", names)
        dates = [
            mark["date"] for mark in self.under_way(self.leader)[request.id]["marks"]
        ]
        self.assertEqual(dates, sorted(dates))

    def make_training(self, request, start):
        meeting = self.make_meeting(
            request, start=start, stop=start + timedelta(hours=1)
        )
        session = self.env["handover.training"].sudo()._trusting()
        return session.create(
            {
                "request_id": request.id, "name": "Tools", "event_id": meeting.id,
                "trainer_id": self.anna.id,
            }
        )  # fmt: skip

    def test_a_share_is_told_ahead_of_the_move(self):
        request = self.make_request(
            "approved", records=self.make_lead() | self.make_lead()
        )
        request.with_user(self.anna).action_view_cards()
        cards = self.env["handover.card"].search([("request_id", "=", request.id)])
        cards[0].with_user(self.anna).note = "Calls on Mondays"
        for card in cards:
            card.with_user(self.anna).action_release()
        row = self.under_way(self.anna)[request.id]
        self.assertEqual((row["percent"], row["percent_name"]), (50, "briefed"))

    def assertOneFigure(self, request, *users):
        """The ring is the same in the cockpit and on the overview, for each reader."""
        for user in users:
            with self.subTest(state=request.state, user=user.login):
                told, listed = (
                    (ring["percent"], ring["title"], ring["lines"][0])
                    for ring in (
                        request.with_user(user).get_cockpit()["ring"],
                        self.under_way(user)[request.id]["ring"],
                    )
                )
                self.assertEqual(listed, told)

    def test_the_ring_is_the_same_on_each_screen(self):
        brewery, bakery = (
            self.make_customer(name=name, is_company=True) for name in ("A", "B")
        )
        deals = self.env["crm.lead"].browse(
            self.make_lead(partner_id=partner.id).id
            for partner in (brewery, brewery, brewery, bakery)
        )
        alone = self.make_lead()
        tasks = self.make_task() | self.make_task()
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.make_request(records=deals | alone, date_planned=tomorrow)
        mine = request.with_user(self.anna)
        mine.add_records("project.task", tasks.ids)
        # it names its customer later
        alone.partner_id = bakery
        self.assertOneFigure(request, self.anna, self.leader, self.manager)
        mine.action_view_cards()
        lines = {line.res_id: line for line in mine.line_ids if line.card_id}
        card = lines[deals[0].id].card_id.with_user(self.anna)
        card.note = "Calls on Mondays"
        card.action_release()
        # of three customers, however many records they have
        self.assertEqual(self.under_way(self.anna)[request.id]["percent"], 33)
        mine.line_ids.filtered(lambda line: line.res_id == deals[3].id)[
            0
        ].successor_id = self.chen
        self.assertOneFigure(request, self.anna, self.leader, self.bruno)
        self.bring(mine, "approved")
        lines[deals[0].id].with_user(self.bruno).action_decline("No time")
        self.assertOneFigure(request, self.anna, self.leader, self.bruno, self.chen)
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "transferred")
        self.assertOneFigure(request, self.anna, self.leader)
        followups = self.env["handover.followup"].sudo()
        followups._follow(request.sudo())
        called = followups.search([("request_id", "=", request.id)], limit=1)
        called._trusting().date_contact = fields.Datetime.now()
        self.assertOneFigure(request, self.anna, self.bruno, self.chen, self.leader)
        self.assertEqual(
            self.under_way(self.leader)[request.id]["percent_name"], "called"
        )

    def test_what_is_at_stake_is_the_same_on_each_screen(self):
        lead = self.make_lead(expected_revenue=50_000)
        request = self.make_request("approved", records=lead)
        line = {"name": "Desk", "price_unit": 700, "product_uom_qty": 1}
        order = self.make(
            "sale.order",
            partner_id=self.make_customer().id,
            user_id=self.anna.id,
            order_line=[Command.create(line)],
        )
        draft = self.make_request(records=self.make_lead(expected_revenue=1000))
        mine = draft.with_user(self.anna)
        mine.add_records("sale.order", order.ids)
        # an order comes of a deal, which is counted
        self.assertEqual(mine.get_cockpit()["figures"]["value"], 1000)
        self.assertIn("1,000", self.under_way(self.anna)[draft.id]["value"])
        self.assertIn("50,000", self.under_way(self.anna)[request.id]["value"])

    def test_a_value_is_of_what_the_reader_may_open(self):
        lead = self.make_lead(expected_revenue=50_000)
        request = self.make_request("approved", records=lead)
        self.assertIn("50,000", self.under_way(self.anna)[request.id]["value"])
        rule = self.env["ir.rule"].create(
            {
                "name": "Nothing large",
                "model_id": self.env["ir.model"]._get("crm.lead").id,
                "domain_force": "[('expected_revenue', '<', 10000)]",
            }
        )
        self.assertEqual(self.under_way(self.anna)[request.id]["value"], "")
        rule.unlink()
        for login in ("other", "foreigner", "projectuser"):
            self.assertFalse(self.under_way(getattr(self, login)), login)

    def test_no_more_queries_for_more_records(self):
        self.make_request("submitted", records=self.make_lead())
        mine = self.Request.with_user(self.anna)

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            mine.get_overview()
            return self.cr.sql_log_count - start

        queries()
        few = queries()
        request = self.make_request(records=self.make_lead(name="More"))
        anna = request.with_user(self.anna)
        anna.add_records("crm.lead", [self.make_lead().id for _n in range(20)])
        before = queries()
        anna.add_records("crm.lead", [self.make_lead().id for _n in range(20)])
        self.assertLessEqual(queries(), before + 1)
        self.assertLess(before - few, 30)
