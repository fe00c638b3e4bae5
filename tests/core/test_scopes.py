"""Kinds of record: which are in use, and which of their records are collected."""

from ..common import HandoverCommon


class TestScopes(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Scope = cls.env["handover.scope"]
        cls.leads, cls.tasks = (
            cls.Scope._of_model(model) for model in ("crm.lead", "project.task")
        )

    def collected(self, scope, companies=None):
        domain = scope._collectable_domain(companies or self.company)
        return scope._records().search(domain & scope._owner_domain(self.anna))

    def test_what_is_in_use(self):
        self.assertIn(self.tasks, self.Scope._in_use())
        self.tasks.active = False
        for scopes in (self.Scope, self.Scope.with_context(active_test=False)):
            self.assertNotIn(self.tasks, scopes._in_use())
            self.assertIn(self.leads, scopes._in_use())
            self.assertFalse(scopes._of_model("project.task"))
        self.assertFalse(self.Scope._of_model("res.country"))

    def test_who_reads_no_scopes_has_them_looked_up(self):
        self.assertEqual(
            self.Scope.with_user(self.anna)._of_model("crm.lead"), self.leads
        )

    def test_open_ones_of_somebody(self):
        mine, lost = self.make_lead(), self.make_lead()
        self.make_lead(self.bruno)
        lost.active = False
        self.assertEqual(self.collected(self.leads), mine)

    def test_what_is_private_is_not_collected(self):
        task = self.make_task()
        self.make_task(project_id=False)
        self.assertEqual(self.collected(self.tasks), task)

    def test_companies(self):
        self.anna.company_ids |= self.abroad
        here, anywhere, there = (
            self.make_lead(company_id=company.id, team_id=False)
            for company in (self.company, self.company.browse(), self.abroad)
        )
        self.assertEqual(self.collected(self.leads), here | anywhere)
        both = self.company | self.abroad
        self.assertEqual(self.collected(self.leads, both), here | anywhere | there)
