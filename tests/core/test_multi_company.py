"""A handover stays in its company, and so does whoever looks at it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import MANAGER, SALESMAN, HandoverCommon


class TestMultiCompany(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        both = [Command.set((cls.company | cls.abroad).ids)]
        cls.rover = cls.make_user("rover", SALESMAN, company_ids=both)
        cls.taker = cls.make_user("taker", SALESMAN, cls.abroad)
        cls.both_taker = cls.make_user("bothtaker", SALESMAN, company_ids=both)
        cls.boss = cls.make_user("boss", MANAGER, company_ids=both)

    def abroad_lead(self, owner):
        return self.make_lead(owner, company_id=self.abroad.id, team_id=False)

    def rovers(self, company, **values):
        return (
            self.Request.with_user(self.rover)
            .with_company(company)
            .create({"predecessor_id": self.rover.id, **values})
        )

    def test_company_is_where_the_requester_works_now(self):
        self.assertEqual(self.rovers(self.company).company_id, self.company)
        self.assertEqual(self.rovers(self.abroad).company_id, self.abroad)

    def test_only_records_of_the_company_are_collected(self):
        home, shared = self.make_lead(self.rover), self.make_customer(self.rover)
        abroad = self.abroad_lead(self.rover)
        request = self.rovers(self.company, successor_id=self.bruno.id)
        request.action_collect()
        self.assertEqual(set(self.codes(request)), {home, shared})
        with self.assertRefused(UserError, "do not exist or do not belong"):
            request.add_records("crm.lead", abroad.ids)

    def test_record_stays_in_its_company(self):
        """Core moves a lead to the company of its new owner; a handover does not."""
        leads = self.make_lead(self.rover) | self.make_lead(self.rover, team_id=False)
        free = self.make_lead(self.rover, team_id=False)
        free.company_id = False
        request = self.rovers(self.company, successor_id=self.both_taker.id)
        self.both_taker.company_id = self.abroad
        request.add_records("crm.lead", (leads | free).ids)
        self.bring(request, "transferred")
        self.assertOwner(leads | free, self.both_taker)
        self.assertEqual(leads.mapped("company_id"), self.company)
        self.assertFalse(free.company_id)

    def test_successor_works_in_the_company(self):
        for call in (
            lambda: self.rovers(self.company, successor_id=self.taker.id),
            lambda: self.rovers(self.abroad, successor_id=self.bruno.id),
        ):
            with self.assertRefused(UserError):
                call()

    def test_successor_who_lost_the_company(self):
        lead = self.make_lead()
        request = self.make_request("approved", lead, successor_id=self.both_taker.id)
        self.both_taker.write(
            {
                "company_id": self.abroad.id,
                "company_ids": [Command.set(self.abroad.ids)],
            }
        )
        request.with_user(self.approver).action_run()
        self.assertOwner(lead, self.anna)
        self.assertEqual(lead.company_id, self.company)
        self.assertIn(
            (request.state, *self.codes(request).values()),
            [("transferred", "other_company"), ("needs_review", False)],
        )

    def test_requester_does_not_write_into_a_foreign_company(self):
        with self.assertRefused((AccessError, UserError)):
            self.make_request(company_id=self.abroad.id)
        request = self.make_request(records=self.env["crm.lead"])
        with self.assertRefused((AccessError, UserError)):
            request.with_user(self.anna).company_id = self.abroad
        with self.assertRefused(AccessError):
            self.Request.with_user(self.anna).with_context(
                allowed_company_ids=self.abroad.ids
            ).create({"predecessor_id": self.anna.id})

    def test_manager_sees_the_companies_switched_on(self):
        home = self.make_request("submitted")
        lead = self.abroad_lead(self.rover)
        abroad = self.rovers(self.abroad, successor_id=self.taker.id)
        abroad.add_records("crm.lead", lead.ids)
        requests = self.Request.with_user(self.boss)
        for companies, seen in (
            (self.company, home),
            (self.abroad, abroad),
            (self.company | self.abroad, home | abroad),
        ):
            mine = requests.with_context(allowed_company_ids=companies.ids)
            for model in (mine, mine.env["handover.request.line"]):
                found = model.search(
                    [("company_id", "in", (self.company | self.abroad).ids)]
                )
                field = "id" if model._name == "handover.request" else "request_id"
                self.assertEqual(set(found.mapped(field)), set(seen.mapped(field)
                    if field == "id" else seen))  # fmt: skip

    def test_manager_of_another_company_decides_nothing(self):
        request = self.make_request("submitted")
        mine = request.with_user(self.foreigner)
        for call in (
            lambda: mine.action_approve(),
            lambda: mine.action_refuse("No"),
            lambda: mine.action_cancel(),
            lambda: mine.preflight(),
            lambda: mine.read(["state"]),
            lambda: mine.event_ids.with_user(self.foreigner).read(["code"]),
        ):
            with self.assertRefused(AccessError):
                call()

    def test_foreign_approver_is_never_asked(self):
        self.team.user_id = False
        request = self.make_request("submitted")
        self.assertIn(self.company, request.approver_id.company_ids)
        self.assertNotEqual(request.approver_id, self.foreigner)
        with self.assertRefused(UserError):
            self.make_request(records=self.make_lead(), approver_id=self.foreigner.id)

    def test_forged_company_in_the_context_of_a_method(self):
        request = self.make_request("submitted")
        forged = request.with_user(self.foreigner).with_context(
            allowed_company_ids=[self.company.id]
        )
        with self.assertRefused(AccessError):
            forged.action_approve()

    def test_branch_office(self):
        """What a record without a company belongs to is everybody's."""
        customer = self.make_customer(self.rover)
        self.assertFalse(customer.company_id)
        request = self.rovers(self.abroad, successor_id=self.taker.id)
        request.add_records("res.partner", customer.ids)
        request.action_submit()
        request.with_user(self.foreigner).action_approve()
        self.assertOwner(customer, self.taker)
        self.assertFalse(customer.company_id)
