"""The whole way, short, on any database: `make smoke` makes several, `dev/smoke.py`.

Nothing is assumed but Odoo and the core. What there is more, languages among it, is
made use of; `HANDOVER_SMOKE` names the variant.
"""

import os
from itertools import cycle

from odoo import Command
from odoo.tools.safe_eval import datetime, safe_eval, time

from ..common import MANAGER
from ..rpc.test_rpc import RpcCase

OURS = "crm_handover%"
REQUEST = "handover.request"
# what has no screen of its own
NO_SCREEN = ("qweb",)


class TestSmoke(RpcCase):
    SECONDS = 5

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.languages = [code for code, _name in cls.env["res.lang"].get_installed()]
        cls.people = cls.anna | cls.bruno | cls.leader | cls.approver | cls.manager
        for user, code in zip(cls.people, cycle(cls.languages), strict=False):
            user.lang = code
        cls.several = os.environ.get("HANDOVER_SMOKE") == "companies"
        if cls.several:
            cls.people.company_ids = [Command.link(cls.abroad.id)]
            currencies = cls.env["res.currency"].with_context(active_test=False)
            other = currencies.search([("id", "!=", cls.company.currency_id.id)])[:1]
            other.active = True
            cls.abroad.currency_id = other
        cls.boss = cls.make_user("boss", f"{MANAGER},base.group_system")

    def make_work(self):
        """What Anna leaves: ``{record: its field that names who has it}``."""
        lead, customer, task = self.make_lead(), self.make_customer(), self.make_task()
        return {
            lead: "user_id",
            customer: "user_id",
            task: "user_ids",
            self.make_todo(lead): "user_id",
            self.make_meeting(lead): "user_id",
        }

    def assertHas(self, user, work):
        for record, name in work.items():
            self.assertEqual(record[name], user, record)

    def go(self, protocol, company, work, judge):
        """From the draft to the confirmed handover, and all of it back."""
        anna, bruno = (self.client(protocol, login) for login in ("anna", "bruno"))
        chief = self.client(protocol, judge)
        values = {
            "predecessor_id": self.anna.id,
            "successor_id": self.bruno.id,
            "company_id": company.id,
        }
        id_ = self.create(anna, REQUEST, values)

        def state():
            [row] = self.call(anna, REQUEST, "read", [id_], fields=["state"])
            return row["state"]

        self.call(anna, REQUEST, "action_collect", [id_])
        found = self.call(anna, REQUEST, "preflight", [id_])
        self.assertTrue(found["ok"], found)
        self.call(anna, REQUEST, "action_submit", [id_])
        self.assertEqual(state(), "submitted")
        self.call(chief, REQUEST, "action_approve", [id_])
        self.assertEqual(state(), "transferred")
        self.assertHas(self.bruno, work)
        for client in (bruno, anna):
            self.call(client, REQUEST, "action_confirm", [id_])
        self.assertEqual(state(), "done")
        self.call(chief, REQUEST, "action_return", [id_])
        self.assertEqual(state(), "returned")
        self.assertHas(self.anna, work)
        self.assertTrue(self.call(chief, REQUEST, "verify", [id_])["ok"])

    def make_both(self):
        """Work in the company, and in the other one where people are in both."""
        values = {"company_id": self.abroad.id, "team_id": False}
        there = {self.make_lead(**values): "user_id"} if self.several else {}
        return self.make_work(), there

    def test_the_whole_way_over_xmlrpc(self):
        work, there = self.make_both()
        self.go("xmlrpc", self.company, work, "leader")
        self.assertHas(self.anna, there)

    def test_the_whole_way_over_json2(self):
        work, there = self.make_both()
        if self.several:
            self.go("json2", self.abroad, there, "manager")
            self.assertHas(self.anna, work)
        else:
            self.go("json2", self.company, work, "manager")

    def ours(self, model):
        """The records of a model that our add-ons bring."""
        data = self.env["ir.model.data"]
        ids = data.search([("model", "=", model), ("module", "=like", OURS)])
        return self.env[model].browse(ids.mapped("res_id"))

    def test_every_view_opens_in_every_language(self):
        views = set()
        for view in self.ours("ir.ui.view").filtered("active"):
            while view.inherit_id:
                view = view.inherit_id
            if view.type not in NO_SCREEN:
                views.add(view)
        self.assertIn(REQUEST, {view.model for view in views})
        for code in self.languages:
            for view in views:
                with self.subTest(view.xml_id, lang=code):
                    model = self.env[view.model].with_context(lang=code)
                    # of other apps somebody may see nothing
                    theirs = model.with_user(self.boss)
                    model = theirs if theirs.has_access("read") else model
                    asked = [(view.id, view.type)]
                    self.assertTrue(model.get_views(asked)["views"][view.type]["arch"])

    def test_a_deal_goes_to_who_manages_what_was_sold_with_it(self):
        """Where an app sells projects: not to whoever has others of the customer."""
        if "project_ids" not in self.env.get("sale.order", self.env["res.users"]):
            return
        customer, deal = self.make_customer(), self.make_lead()
        deal.partner_id = customer
        for user in (self.leader, self.bruno):
            project = self.make(
                "project.project", name=user.name, user_id=user.id,
                partner_id=customer.id, allow_billable=True,
            )  # fmt: skip
        order = {"partner_id": customer.id, "opportunity_id": deal.id}
        self.make("sale.order", **order, project_id=project.id)
        found = self.env["handover.template.role"]._managers(deal, self.company)
        self.assertEqual(found, {deal.id: self.bruno})

    def test_every_menu_opens(self):
        ours, opened = self.ours("ir.ui.menu"), set()
        for user in (self.anna, self.leader, self.manager, self.boss):
            env = self.env(user=user, context={"lang": user.lang})
            known = {
                "uid": user.id, "time": time, "context_today": datetime.datetime.now,
                "allowed_company_ids": user.company_ids.ids,
            }  # fmt: skip
            for menu in ours & ours.browse(env["ir.ui.menu"]._visible_menu_ids()):
                action = menu.sudo().action
                if not action or action._name != "ir.actions.act_window":
                    continue
                with self.subTest(menu.complete_name, user=user.name):
                    row = env[action._name].browse(action.id)._get_action_dict()
                    model = env[row["res_model"]]
                    views = [(False, kind) for kind in row["view_mode"].split(",")]
                    self.assertTrue(model.get_views(views)["views"])
                    domain = safe_eval(row["domain"] or "[]", known)
                    model.search_read(domain, ["display_name"], limit=5)
                    opened.add(action)
        self.assertTrue(opened)
