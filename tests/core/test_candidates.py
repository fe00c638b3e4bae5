"""Who takes over is chosen with what they have already beside their name."""

from datetime import timedelta

from lxml import etree

from odoo import fields

from ..common import HandoverCommon


class TestCandidates(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_customer(cls.chen)
        for revenue in (400, 600):
            cls.make_lead(cls.chen, expected_revenue=revenue)

    def beside(self, user, name="", company=None):
        """What stands beside the candidates: ``{id: text}``, as ``user`` reads it."""
        company = self.company if company is None else company
        users = self.env["res.users"].with_user(user)
        rows = users.with_context(handover_candidates=company.id).web_name_search(
            name, {"display_name": {}}, [("id", "in", (self.bruno | self.chen).ids)]
        )
        self.assertTrue(rows)
        return {
            row["id"]: row["__formatted_display_name"].partition(" \t ")[2]
            for row in rows
        }

    def test_load(self):
        beside = self.beside(self.approver)
        for text in ("Customers 1", "Leads and Opportunities 2", "1,000"):
            self.assertIn(text, beside[self.chen.id])
        self.assertIn("Customers 0", beside[self.bruno.id])
        rows = self.env["res.users"].with_user(self.approver).web_name_search(
            "Chen", {"display_name": {}}
        )  # fmt: skip
        self.assertNotIn("Customers", str(rows), "nobody has asked")

    def test_a_part_is_no_number(self):
        own = self.env.ref("crm.crm_rule_personal_lead")
        self.assertIn(own, self.env["ir.rule"].search([]))
        # the customers are everybody's to read
        self.assertIn("Customers 1", self.beside(self.anna)[self.chen.id])
        for user in (self.anna, self.projectuser):
            self.assertNotIn("Leads", self.beside(user)[self.chen.id])
        # a company that is not the caller's asks for nothing
        self.assertFalse(any(self.beside(self.approver, company=self.abroad).values()))

    def test_who_leaves_themselves(self):
        day = fields.Datetime.now() + timedelta(days=5)
        self.reason.leaves = True
        leaving = self.make_request(
            records=self.make_lead(self.bruno), by=self.bruno, date_planned=day,
            predecessor_id=self.bruno.id, successor_id=self.chen.id,
        )  # fmt: skip
        self.assertIn("leaves on", self.beside(self.leader)[self.bruno.id])
        # who does not see that handover does not learn of it
        self.assertNotIn("leaves", self.beside(self.anna)[self.bruno.id])
        leaving.with_user(self.bruno).write(
            {"kind": "temporary", "date_return": day + timedelta(days=5)}
        )
        self.assertIn("away until", self.beside(self.leader)[self.bruno.id])

    def test_as_many_queries_however_many_candidates(self):
        def queries(users):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            users.with_user(self.approver)._handover_candidate_texts(self.company)
            return self.env.cr.sql_log_count - before

        queries(self.chen)
        few = queries(self.chen)
        self.assertLessEqual(
            queries(self.chen | self.bruno | self.anna | self.other), few
        )

    def test_wherever_somebody_is_chosen_it_stands_beside_them(self):
        chosen = {
            "successor_id": "handover_candidates",
            "elsewhere_user_id": "handover_candidates",
            "handover_stand_in_id": "handover_candidates",
            "approver_id": "handover_away", "coordinator_id": "handover_away",
            "deputy_id": "handover_away",
        }  # fmt: skip
        views = self.env["ir.ui.view"].search(
            [("model", "=like", "handover.%"), ("type", "in", ("form", "list")),
             ("mode", "=", "primary")]
        )  # fmt: skip
        found = set()
        for view in views:
            model = self.env.get(view.model)
            if model is None:
                continue
            arch = etree.fromstring(model.get_view(view.id, view.type)["arch"])
            for node in arch.iter("field"):
                name = node.get("name")
                if name in chosen and self.is_chosen(model, node):
                    found.add((view.model, name))
                    with self.subTest(view=view.xml_id, field=name):
                        self.assertIn(chosen[name], node.get("context") or "")
        self.assertLessEqual(
            {
                ("handover.request", "approver_id"), ("handover.deputy", "deputy_id"),
                ("handover.request", "coordinator_id"),
                ("handover.request", "elsewhere_user_id"),
                ("handover.request.line", "successor_id"),
            },
            found,
        )  # fmt: skip

    def is_chosen(self, model, node):
        """Tell whether people write a field in the view that it is in."""
        ways = [one for one in node.iterancestors("field") if one.get("name")]
        for way in reversed(ways):
            model = self.env[model._fields[way.get("name")].comodel_name]
        view = next(node.iterancestors("form", "list", "kanban", "search"))
        if view.tag == "list" and not view.get("editable"):
            return False
        field = model._fields[node.get("name")]
        fixed = field.readonly or node.get("readonly") in ("1", "True")
        return view.tag in ("form", "list") and not fixed
