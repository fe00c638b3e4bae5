"""Who gives is looked for by where the records are, not by where people are now."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..common import MANAGER, SALESMAN, HandoverCommon


class MovedCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_abroad = cls.make_user("managerabroad", MANAGER, cls.abroad)
        cls.boss = cls.make_user("bigboss", SALESMAN)
        cls.second = cls.make_team("Second Team", cls.boss)

    def move_abroad(self, user):
        """Somebody leaves their teams, and works in another company from now on."""
        memberships = self.env["crm.team.member"].search([("user_id", "=", user.id)])
        memberships.action_archive()
        user.write(
            {
                "company_id": self.abroad.id,
                "company_ids": [Command.set(self.abroad.ids)],
            }
        )


class TestMovedToAnotherCompany(MovedCase):
    def setUp(self):
        super().setUp()
        self.lead = self.make_lead()
        self.leads = [self.make_lead() for _person in range(3)]
        self.shared = self.make_customer()
        self.move_abroad(self.anna)

    def test_manager_leader_and_they_themselves_hand_over_what_stayed(self):
        people = self.manager, self.leader, self.anna
        for by, lead in zip(people, self.leads, strict=True):
            with self.subTest(by=by.login):
                request = self.make_request(
                    "transferred", lead, by, company_id=self.company.id
                )
                self.assertOwner(lead, self.bruno)
                self.assertEqual(lead.company_id, self.company)
                request.with_user(self.anna).action_confirm()
                request.with_user(self.bruno).action_confirm()
                self.assertEqual(request.state, "done")

    def test_handover_that_names_no_company_is_made_where_they_meet(self):
        values = {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}
        request = self.Request.with_user(self.anna).create(values)
        self.assertEqual(request.company_id, self.company)
        self.assertFalse(request.coordinator_id)
        self.manager.company_ids |= self.abroad
        both = {"allowed_company_ids": (self.abroad | self.company).ids}
        manager = self.Request.with_user(self.manager).with_context(**both)
        self.assertEqual(manager.create(values).company_id, self.company)
        # who does not work there makes none there
        with self.assertRefused(ValidationError, "works in Abroad"):
            self.Request.with_user(self.manager_abroad).create(values)

    def test_what_names_no_company_went_along_with_them(self):
        request = self.make_request(
            records=self.env["crm.lead"], by=self.manager, company_id=self.company.id
        )
        request.with_user(self.manager).action_collect()
        self.assertEqual(set(self.codes(request)), {self.lead, *self.leads})
        with self.assertRefused(UserError, "do not belong"):
            request.with_user(self.manager).add_records("res.partner", self.shared.ids)
        self.assertOwner(self.shared, self.anna)

    def test_they_see_their_handover_and_nothing_else_there(self):
        request = self.make_request("submitted", self.lead, self.manager)
        other = self.make_request("submitted", self.make_lead(self.chen), self.manager,
                                  predecessor_id=self.chen.id)  # fmt: skip
        mine = self.Request.with_user(self.anna).search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(mine, request)
        self.assertEqual(mine.line_ids.mapped("res_name"), ["Deal"])
        self.assertTrue(mine.event_ids.mapped("code"))
        with self.assertRefused(AccessError):
            other.with_user(self.anna).read(["name"])
        with self.assertRefused(AccessError):
            self.lead.with_user(self.anna).read(["name"])
        for call in (lambda: mine.action_approve(), lambda: mine.action_run()):
            with self.assertRefused(AccessError):
                call()

    def test_who_works_there_now_decides_nothing(self):
        request = self.make_request("submitted", self.lead, self.manager)
        for user in (self.manager_abroad, self.foreigner):
            with self.assertRefused(AccessError):
                request.with_user(user).action_approve()
        with self.assertRefused((AccessError, UserError)):
            self.make_request(records=self.lead, by=self.manager_abroad)

    def test_they_are_offered_while_something_of_theirs_is_there(self):
        users = self.env["res.users"].with_user(self.manager)
        domain = [("handover_company_ids", "in", self.company.ids)]
        self.assertIn(self.anna, users.search(domain))
        task = self.make_task(self.anna)
        for lead in (self.lead, *self.leads):
            lead.user_id = self.bruno
        self.assertIn(self.anna, users.search(domain))
        self.assertEqual(self.anna.handover_company_ids, self.company | self.abroad)
        task.user_ids = self.bruno
        self.assertNotIn(self.anna, users.search(domain))
        with self.assertRefused(ValidationError, "nothing in"):
            self.make_request(records=self.env["crm.lead"], by=self.manager)

    def test_dialog_for_others(self):
        form = Form(self.env["handover.request.prepare"].with_user(self.manager))
        form.predecessor_id = self.anna
        form.successor_id = self.bruno
        self.assertFalse(form.obstacle)
        action = form.save().action_prepare()
        request = self.Request.browse(action["res_id"])
        self.assertEqual(set(self.codes(request)), {self.lead, *self.leads})

    def test_dialog_leads_them_to_what_stayed(self):
        Dialog = self.env["handover.request.prepare"].with_user(self.anna)
        here = Dialog.create({})
        self.assertIn("Home", here.elsewhere)
        action = here.action_elsewhere()
        there = Dialog.with_context(**action["context"]).create(
            {"successor_id": self.bruno.id}
        )
        self.assertEqual(there.company_id, self.company)
        self.assertFalse(there.elsewhere)
        self.assertEqual([kind["count"] for kind in there.portfolio["kinds"]], [4])
        request = self.Request.browse(there.action_prepare()["res_id"])
        self.assertEqual(request.company_id, self.company)
        self.assertFalse(request.coordinator_id)
        request.with_user(self.anna).action_submit()
        self.assertEqual(request.approver_id, self.leader)

    def test_nobody_else_is_led_there(self):
        dialog = self.env["handover.request.prepare"].with_user(self.bruno).create({})
        self.assertFalse(dialog.elsewhere)
        with self.assertRefused(UserError, "Nothing of yours"):
            dialog.action_elsewhere()

    def test_their_team_still_has_what_they_left(self):
        task = self.make_task(self.anna)
        request = self.make_request(
            records=self.env["crm.lead"], by=self.leader, predecessor_id=False,
            source_team_id=self.team.id,
        )  # fmt: skip
        request.with_user(self.leader).action_collect()
        self.assertEqual(set(self.codes(request)), {self.lead, *self.leads, task})


class TestFormerMembers(MovedCase):
    def test_leader_of_the_former_team_hands_over_what_names_it(self):
        old, task = self.make_lead(), self.make_task(self.anna)
        self.team.crm_team_member_ids.filtered(
            lambda member: member.user_id == self.anna
        ).action_archive()
        self.second.crm_team_member_ids = [Command.create({"user_id": self.anna.id})]
        new = self.make_lead(team_id=self.second.id)
        request = self.make_request(records=self.env["crm.lead"], by=self.leader)
        request.with_user(self.leader).action_collect()
        self.assertEqual(set(self.codes(request)), {old})
        for record in (new, task):
            with self.assertRefused(UserError, "do not belong"):
                request.with_user(self.leader).add_records(record._name, record.ids)
        # it is for others to decide, and their present leader has all of it
        request.with_user(self.leader).action_submit()
        self.assertEqual(request.approver_id, self.boss)
        with self.assertRefused(AccessError):
            request.with_user(self.leader).action_approve()
        all_of_it = self.make_request(records=new, by=self.boss)
        all_of_it.with_user(self.boss).action_collect()
        self.assertLessEqual({new, task}, set(self.codes(all_of_it)))

    def test_figures_of_the_person_stay_out_of_sight(self):
        lead = self.make_lead(self.other, team_id=self.team.id)
        self.make_todo(self.make_lead(self.other, team_id=False), self.other)
        self.make_task(self.other, project_id=False)
        dialog = self.env["handover.request.prepare"].with_user(self.leader)
        dialog = dialog.with_company(self.company).create(
            {"predecessor_id": self.other.id}
        )
        self.assertEqual(dialog.portfolio["todos"], [])
        self.assertFalse(dialog.portfolio["staying"])
        [kind] = dialog.portfolio["kinds"]
        self.assertEqual(kind["count"], 1)
        self.assertOwner(lead, self.other)

    def test_leader_of_no_team_of_theirs_hands_nothing_over(self):
        self.make_lead()
        with self.assertRefused(AccessError):
            self.make_request(records=self.env["crm.lead"], by=self.boss)

    def test_team_of_somebody_archived(self):
        """Archived memberships count: their tasks are their last team's."""
        task, theirs = self.make_task(self.anna), self.make_task(self.chen)
        gone = self.make_task(self.bruno)
        self.anna.active = False
        self.team.crm_team_member_ids.filtered(
            lambda member: member.user_id == self.bruno
        ).action_archive()
        request = self.make_request(
            records=self.env["crm.lead"], by=self.leader, predecessor_id=False,
            source_team_id=self.team.id, successor_id=self.other.id,
        )  # fmt: skip
        request.with_user(self.leader).action_collect()
        self.assertEqual(set(self.codes(request)), {task, theirs})
        self.assertOwner(gone, self.bruno)
