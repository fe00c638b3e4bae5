"""What belongs to a customer: contacts follow, what colleagues have is asked for."""

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon


class TestColleagues(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brewery = cls.make_customer(name="Brewery", is_company=True)
        cls.person = cls.make_customer(name="Person", parent_id=cls.brewery.id)
        cls.below = cls.make_customer(name="Below", parent_id=cls.person.id)
        cls.theirs = cls.make_customer(
            cls.chen, name="Theirs", parent_id=cls.brewery.id
        )
        cls.deal = cls.make_lead(cls.chen, name="Of Chen", partner_id=cls.person.id)
        group = cls.env.ref("sales_team.group_sale_salesman_all_leads")
        (cls.anna | cls.leader).group_ids += group

    def draft(self, by=None, **values):
        request = self.make_request(records=self.brewery, by=by, **values)
        return request.with_user(by or self.anna)

    def found(self, request):
        return {one["code"]: one for one in request.preflight()["findings"]}

    def names(self, request):
        return sorted(request.line_ids.mapped("res_name"))

    def rows(self, request):
        action = request.action_view_colleagues()
        rows = request.env["handover.colleague.row"].search(action["domain"])
        return rows.filtered(lambda row: row.res_model == "crm.lead")

    # ------------------------------------------------------------
    # CONTACTS
    # ------------------------------------------------------------

    def test_contacts_of_the_same_owner_follow(self):
        request = self.draft()
        self.assertIn(": 2", self.found(request)["contacts"]["message"])
        request.line_ids.successor_id = self.chen
        self.assertIs(request.action_add_contacts(), True)
        self.assertEqual(len(request.line_ids), 3)
        self.assertEqual(request.line_ids.successor_id, self.chen)
        self.assertNotIn(self.theirs.id, request.line_ids.mapped("res_id"))
        self.assertNotIn("contacts", self.found(request))
        for user in (self.bruno, self.other, self.chen):
            with self.assertRefused(AccessError):
                request.with_user(user).action_add_contacts()
        request.action_submit()
        with self.assertRefused(UserError):
            request.action_add_contacts()

    def test_the_action_menu_has_the_switch(self):
        for switch, count in ((False, 1), (True, 3)):
            wizard = self.env["handover.request.generate"].with_user(self.anna)
            wizard = wizard.create(
                {
                    "res_model": "res.partner", "res_ids": self.brewery.ids,
                    "successor_id": self.bruno.id, "with_contacts": switch,
                }
            )  # fmt: skip
            request = self.Request.browse(wizard.action_generate()["res_id"])
            self.assertEqual(request.line_count, count)

    # ------------------------------------------------------------
    # COLLEAGUES
    # ------------------------------------------------------------

    def test_a_colleague_is_asked(self):
        request = self.draft()
        self.assertIn("Colleagues", self.found(request)["colleagues"]["message"])
        row = self.rows(request)
        self.assertRecordValues(row, [
            {"user_id": self.chen.id, "successor_id": self.bruno.id,
             "res_id": self.deal.id, "asked": False}
        ])  # fmt: skip
        self.assertIs(row.action_ask(), True)
        todo = self.asked()
        self.assertEqual(todo.summary, "Is it to go along to Bruno?")
        self.assertIn(f"res_id={self.deal.id}", todo.note)
        self.assertTrue(row.asked)
        # once, also in a dialog that is opened anew, with what came since
        more = self.make_lead(self.chen, name="Too", partner_id=self.person.id)
        self.rows(request).action_ask()
        self.assertEqual(self.asked(), todo)
        self.assertEqual(todo.summary, "Are they to go along to Bruno?")
        # who agrees hands it over
        self.assertEqual(self.deal.user_id, self.chen)
        along = self.make_request(
            records=self.deal, by=self.chen, predecessor_id=self.chen.id
        )
        self.assertIn("Of Chen", todo.note)
        along.with_user(self.chen).action_submit()
        self.assertNotIn("Of Chen", todo.note)
        self.assertIn("Too", todo.note)
        more.user_id = self.bruno
        self.env.cr.flush()
        self.assertFalse(self.asked())

    def asked(self):
        return self.env["mail.activity"].search(
            [("user_id", "=", self.chen.id), ("handover_asked_by_id", "!=", False)]
        )

    def test_nobody_is_asked_about_what_does_not_come(self):
        ends = {
            "cancelled": ("action_cancel", []), "taken back": ("action_draft", []),
            "refused": ("action_refuse", ["No"]),
        }  # fmt: skip
        for end, (method, args) in ends.items():
            request = self.draft()
            self.rows(request).action_ask()
            request.action_submit()
            self.assertTrue(self.asked(), end)
            user = self.approver if end == "refused" else self.anna
            getattr(request.with_user(user), method)(*args)
            self.assertFalse(self.asked(), end)
            if end == "taken back":
                request.action_cancel()
        request = self.draft()
        self.rows(request).action_ask()
        request.unlink()
        self.assertFalse(self.asked())

    def test_who_leads_them_makes_a_draft(self):
        request = self.draft(self.leader)
        row = self.rows(request)
        action = row.action_ask()
        draft = self.Request.browse(action["res_id"])
        self.assertRecordValues(draft, [
            {"predecessor_id": self.chen.id, "successor_id": self.bruno.id,
             "requester_id": self.leader.id, "state": "draft"}
        ])  # fmt: skip
        self.assertEqual(draft.line_ids.mapped("res_id"), self.deal.ids)
        self.assertIn(request.name, draft.purpose)
        self.assertFalse(self.deal.activity_ids)

    def test_nobody_sees_more_than_they_may_read(self):
        allowed = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.anna.group_ids = [Command.unlink(allowed.id)]
        request = self.draft()
        self.assertFalse(request._colleague_records())
        self.assertNotIn("colleagues", self.found(request))
        with self.assertRefused(UserError):
            request.action_view_colleagues()

    def test_a_row_opens_nothing(self):
        """Made by hand, it does what its maker may do anyway."""
        request = self.draft()
        away = self.make_lead(self.foreigner, company_id=self.abroad.id)
        row = self.env["handover.colleague.row"].with_user(self.anna).create(
            {
                "request_id": request.id, "user_id": self.foreigner.id,
                "successor_id": self.bruno.id, "res_model": "crm.lead",
                "res_id": away.id, "name": "Away",
            }
        )  # fmt: skip
        with self.assertRefused(AccessError):
            row.action_ask()
        row.res_model = "res.users"
        with self.assertRefused(UserError):
            row.action_ask()
        with self.assertRefused(AccessError):
            row.with_user(self.other).action_ask()
