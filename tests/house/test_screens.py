"""What holds for every list and calendar of ours, computed."""

from datetime import timedelta

from lxml import etree

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import safe_eval

from ..common import HandoverCommon

# the client asks for these when somebody clicks on a figure under the clock
ASKED_BY_THE_CLOCK = {
    "filter_activities_my", "activities_overdue", "activities_today",
    "activities_upcoming_all",
}  # fmt: skip
OURS = "crm_handover"


class ScreensCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = [
            cls.env[name]
            for name in sorted(cls.env.registry)
            if name.startswith("handover.")
        ]

    def actions(self, model):
        """The actions of ours of a kind, with their name in the code."""
        data = self.env["ir.model.data"].search(
            [("model", "=", model), ("module", "=like", f"{OURS}%")]
        )
        return {row.complete_name: self.env[model].browse(row.res_id) for row in data}


class TestClock(ScreensCase):
    def filters(self, model):
        arch = etree.fromstring(model.get_view(view_type="search")["arch"])
        return {
            node.get("name"): node.get("domain")
            for node in arch.iter("filter")
            if node.get("domain")
        }

    def test_a_figure_under_the_clock_opens_what_it_counts(self):
        mixin = self.env.registry["mail.activity.mixin"]
        found = [model for model in self.models if isinstance(model, mixin)]
        self.assertIn(self.Request, found)
        for model in found:
            if model._abstract:
                continue
            with self.subTest(model._name):
                self.assertLessEqual(ASKED_BY_THE_CLOCK, set(self.filters(model)))

    def test_each_finds_its_day(self):
        today = fields.Date.today()
        requests = {}
        for name, days in (("overdue", -1), ("today", 0), ("upcoming_all", 1)):
            requests[name] = self.make_request()
            self.make_todo(requests[name], date_deadline=today + timedelta(days=days))
        other = self.make_request()
        self.make_todo(other, self.bruno, date_deadline=today)
        filters = self.filters(self.Request)
        mine = self.Request.with_user(self.anna)
        drafts = other.union(*requests.values())
        for name, request in requests.items():
            domain = safe_eval(filters[f"activities_{name}"], {"uid": self.anna.id})
            found = mine.search([*domain, ("id", "in", drafts.ids)])
            self.assertEqual(found, request.with_user(self.anna))


class TestCalendar(ScreensCase):
    def test_every_handover_has_a_day(self):
        arch = self.Request.get_view(view_type="calendar")["arch"]
        start = etree.fromstring(arch).get("date_start")
        planned = fields.Datetime.now() + timedelta(days=9)
        requests = self.Request
        for state in ("draft", "submitted", "running", "transferred", "cancelled"):
            requests |= self.make_request(state)
        later = self.make_request("approved", date_planned=planned)
        self.assertTrue(all(request[start] for request in requests | later))
        self.assertEqual(later[start], planned)
        moved = self.make_request("transferred")
        self.assertEqual(moved[start], moved.date_started)
        # the calendar asks the database
        today = fields.Datetime.now() - timedelta(days=1)
        found = self.Request.search([(start, ">=", today), (start, "<", planned)])
        self.assertLessEqual(requests, found)
        self.assertNotIn(later, found)


class TestEmptyLists(ScreensCase):
    def test_what_an_empty_list_says_is_html(self):
        for name, action in self.actions("ir.actions.act_window").items():
            if action.target == "new" or not action.help:
                continue
            with self.subTest(name):
                self.assertTrue(action.help.strip().startswith("<p "), action.help)

    def test_what_is_no_list_says_nothing(self):
        for name, action in self.actions("ir.actions.client").items():
            with self.subTest(name):
                self.assertFalse(action.help)


class TestWhoLeaves(ScreensCase):
    def test_the_systems_own_user_is_nobody_who_leaves(self):
        system = self.env["res.users"].browse(SUPERUSER_ID)
        everybody = self.env["res.users"].with_context(active_test=False)
        company = {"company_id": self.company.id, "predecessor_id": self.anna.id}
        for model in self.models:
            for name, field in model._fields.items():
                if field.comodel_name != "res.users" or not field.domain:
                    continue
                if not field.context.get("active_test", True):
                    with self.subTest(f"{model._name}.{name}"):
                        self.assertIsInstance(field.domain, str)
                        people = everybody.search(safe_eval(field.domain, company))
                        self.assertNotIn(system, people)
                        self.assertIn(self.anna, people)
        self.make_lead(system)
        self.assertNotIn(
            system.id, self.Request.with_user(self.admin)._left_people().ids
        )
        with self.assertRefused(ValidationError, "an employee"):
            self.make_request(predecessor_id=system.id, by=self.manager, records=[])


class TestCards(ScreensCase):
    def test_a_name_that_a_card_is_to_show_has_room(self):
        """Odoo gives the name beside an avatar no width of its own."""
        shown = 0
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "=like", f"{OURS}%")]
        )
        for view in self.env["ir.ui.view"].browse(data.mapped("res_id")):
            for field in etree.fromstring(view.arch).xpath("//kanban//field"):
                if "display_avatar_name" in (field.get("options") or ""):
                    shown += 1
                    with self.subTest(view=view.name, field=field.get("name")):
                        self.assertIn("flex-grow-1", field.get("class", "").split())
        self.assertGreater(shown, 4)
