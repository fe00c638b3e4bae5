"""The cockpit on the screen: by mouse, by keyboard, on a phone, for everybody."""

import re
from datetime import timedelta

from odoo import fields
from odoo.tools import file_path

from .test_accessibility import AccessibilityCase

# from the list on: the handover, and what is left to do
CLICKS = {"submit": 2, "approve": 3, "accept": 2}
CARD = ".o_handover_card"
# a screen of the usual size shows all of it; columns of cards scroll alone
AT_A_GLANCE = (
    ".o_handover_cockpit_content, .o_handover_cockpit_page, .o_handover_cockpit_side"
)
# what a drag asks, and Share and Next: it is written, and the next one comes
DRAG_CALLS = 2
SHARE_CALLS = 3


class CockpitTourCase(AccessibilityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brewery = cls.make_customer(name="Brewery", is_company=True)
        cls.deal = cls.make_lead(partner_id=cls.brewery.id, expected_revenue=84_000)
        cls.alone = cls.make_lead(name="Alone")

    def handover(self, state):
        request = self.make_request(
            records=self.deal | self.alone,
            date_planned=fields.Datetime.now() + timedelta(days=3),
        )
        mine = request.with_user(self.anna)
        mine.add_records("res.partner", self.brewery.ids)
        line = request.line_ids.filtered(lambda line: line.res_name == "Alone")
        line.with_user(self.anna).successor_id = self.chen
        self.bring(mine, state)
        return request

    def path(self, request):
        return f"handovers/{request.id}/handover-cockpit"


class TestCockpitTours(CockpitTourCase):
    browser_size = "1440x900"

    def test_predecessor_splits_and_submits(self):
        request = self.handover("draft")
        waiting = self.make_lead(name="Waiting")
        request.with_user(self.anna).add_records("crm.lead", waiting.ids)
        line = request.line_ids.filtered(lambda line: line.res_name == "Waiting")
        north = self.make_team("North", self.leader, self.chen)
        line.with_user(self.anna).pool_team_id = north
        self.look(self.anna, self.path(request), CARD, most=1, unscrolled=AT_A_GLANCE)
        with self.counting() as calls:
            self.tour("handover_cockpit_split", self.anna)
        drags = calls.count("handover.request.allocate")
        asked = calls.count("handover.request.get_cockpit_moved")
        self.assertTrue(drags)
        self.assertLessEqual(drags + asked, DRAG_CALLS * drags)
        # opened from the list, and from the form: after a drag all of it is not asked
        self.assertEqual(calls.count("handover.request.get_cockpit"), 2, calls)
        takers = {
            line.res_name: line.successor_id or line.pool_team_id
            for line in request.line_ids
        }
        self.assertEqual(
            takers,
            {
                "Brewery": self.bruno, "Deal": self.bruno, "Alone": self.chen,
                "Waiting": north,
            },
        )  # fmt: skip
        self.tour(
            "handover_cockpit_link", self.anna, path=f"/odoo/handovers/{request.id}"
        )
        self.tour("handover_cockpit_submit", self.anna)
        self.assertEqual(request.state, "submitted")

    def test_approver_decides_and_successor_accepts(self):
        request = self.handover("submitted")
        self.look(
            self.leader, self.path(request), ".o_handover_approve",
            unscrolled=AT_A_GLANCE,
        )  # fmt: skip
        self.tour("handover_cockpit_approve", self.leader)
        self.assertEqual(request.state, "approved")
        self.look(
            self.leader, self.path(request), ".o_handover_undo_approval",
            unscrolled=AT_A_GLANCE,
        )  # fmt: skip
        self.tour(
            "handover_cockpit_undo", self.leader, path=f"/odoo/{self.path(request)}"
        )
        self.assertEqual(request.state, "approved")
        codes = request.sudo().event_ids.sorted("id").mapped("code")
        self.assertEqual(codes[-3:], ["approved", "undone", "approved"])
        self.look(self.bruno, self.path(request), ".o_handover_accept")
        self.tour("handover_cockpit_accept", self.bruno)
        decisions = {line.res_name: line.decision for line in request.line_ids}
        self.assertEqual(
            decisions, {"Brewery": "accepted", "Deal": "accepted", "Alone": "pending"}
        )
        # who decides reads what was declined with the decision; the rest has moved
        alone = request.line_ids.filtered(lambda line: line.res_name == "Alone")
        alone.with_user(self.chen).action_decline("No time")
        request.with_user(self.leader).action_run()
        self.look(
            self.leader, self.path(request), ".o_handover_declines .o_handover_cure",
            unscrolled=AT_A_GLANCE,
        )  # fmt: skip

    def test_predecessor_briefs_one_customer_after_the_other(self):
        deals = self.env["crm.lead"].browse(
            self.make_lead(
                name=f"Deal {n}",
                partner_id=self.make_customer(name=f"Customer {n}").id,
                expected_revenue=1000 * n,
            ).id
            for n in range(1, 14)
        )
        request = self.make_request(records=deals)
        path = f"handovers/{request.id}/handover-briefing"
        # all customers, and what is known of the first one
        self.look(self.anna, path, ".o_handover_briefing_flow textarea", most=2)
        with self.counting() as calls:
            self.start_tour(
                f"/odoo/{self.path(request)}",
                "handover_briefing_all",
                login=self.anna.login,
            )
        # the cockpit, the way to the flow and what the flow opens with come besides
        self.assertLessEqual(len(calls), SHARE_CALLS * len(deals) + 5, calls)
        cards = request.sudo().line_ids.card_id
        self.assertEqual(set(cards.mapped("state")), {"released"})
        self.assertEqual(set(cards.mapped("note")), {"Calls on Mondays"})

    def test_onboarding_shows_the_way_in_five_stops(self):
        tour = self.env["web_tour.tour"].search([("name", "=", "crm_handover_tour")])
        self.assertTrue(tour)
        self.tour("crm_handover_tour", self.anna, path="/odoo")
        request = self.Request.search([("requester_id", "=", self.anna.id)])
        self.assertEqual((request.state, request.successor_id), ("draft", self.bruno))

    def test_few_clicks(self):
        path = "crm_handover_cockpit/static/tests/tours/handover_cockpit_tours.js"
        with open(file_path(path), encoding="utf-8") as file:
            text = file.read()
        for name, most in CLICKS.items():
            tour = text.partition(f'"handover_cockpit_{name}"')[2].partition("});")[0]
            clicks = re.findall(r'run: "click"|^ +(?:open|inDialog),', tour, re.M)
            self.assertEqual(len(clicks), most, name)
        path = "crm_handover_review/static/tests/tours/handover_calls_tours.js"
        with open(file_path(path), encoding="utf-8") as file:
            called, found, _rest = file.read().partition("Called: 1 of 2")
        self.assertTrue(found)
        self.assertEqual(called.count('run: "click"'), 1, "a customer who was called")


class RoleTourCase(CockpitTourCase):
    """Predecessor, superior and successor, in any language and on any screen."""

    def go_all_the_way(self):
        request = self.handover("draft")
        path = f"/odoo/{self.path(request)}"
        self.tour("handover_role_giver", self.anna, path=path)
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.line_ids.successor_id, self.bruno)
        self.assertIn(
            "Calls on Mondays", request.sudo().line_ids.card_id.mapped("note")
        )
        self.tour("handover_role_approver", self.leader, path=path)
        self.assertEqual(request.state, "approved")
        self.tour("handover_role_taker", self.bruno, path=path)
        self.assertEqual({*request.line_ids.mapped("decision")}, {"accepted"})
        request.with_user(self.leader).action_run()
        request.with_user(self.env.ref("base.user_root"))._follow_up()
        self.tour("handover_role_caller", self.bruno, path=path)
        followups = self.env["handover.followup"].sudo()
        mine = followups.search([("request_id", "=", request.id)])
        self.assertTrue(mine.filtered("date_contact"))
        return request


class TestCockpitPhoneTours(RoleTourCase):
    browser_size = "390x844"
    touch_enabled = True
    SECONDS = 30

    def test_each_goes_their_part_of_the_way(self):
        self.go_all_the_way()

    def test_each_screen_is_for_everybody(self):
        request = self.handover("submitted")
        for user, ready in (
            (self.leader, ".o_handover_approve"), (self.anna, CARD), (self.bruno, CARD),
        ):  # fmt: skip
            with self.subTest(user.login):
                self.look(user, self.path(request), ready)
        path = f"handovers/{request.id}/handover-briefing"
        self.look(self.anna, path, ".o_handover_briefing_flow textarea")
        overview = "action-crm_handover.handover_request_action_overview"
        self.look(self.leader, overview, ".o_handover_under_way_card")
