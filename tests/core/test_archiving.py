"""Whose work is being handed over is not archived in the middle of it."""

import pkgutil
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon


def without_the_guard(cls):
    """Have core's button look at handovers: the guard keeps to-dos, and does not."""
    if "handover_archive_guard" in cls.env["res.company"]._fields:
        path = "odoo.addons.crm_handover{}.models.res_users.ResUsers._check_archiving"
        check = pkgutil.resolve_name(path.format(""))
        cls.startClassPatcher(patch(path.format("_archive"), check))


class TestArchiving(HandoverCommon):
    """By core's button alone, which deletes to-dos."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        without_the_guard(cls)
        # archiving a member of a sales team takes rights on teams as well
        cls.boss = cls.make_user(
            "boss", "base.group_system,sales_team.group_sale_manager"
        )

    def test_predecessor_of_what_is_under_way_stays(self):
        self.make_todo(self.make_lead())
        for state in ("submitted", "approved", "running"):
            request = self.make_request(state, self.make_lead())
            with self.assertRefused(
                UserError, f"Anna .* finish, cancel or stop {request.name} first"
            ):
                self.anna.with_user(self.boss).action_archive()
            request.with_user(self.manager).action_cancel()
        self.assertTrue(self.anna.active)

    def test_all_handovers_are_named(self):
        one = self.make_request("submitted")
        two = self.make_request("submitted", self.make_lead())
        people = self.anna | self.chen
        with self.assertRefused(UserError) as caught:
            people.with_user(self.boss).action_archive()
        for name in (one.name, two.name):
            self.assertIn(name, str(caught.exception))
        self.assertNotIn("Chen", str(caught.exception))

    def test_to_dos_of_the_predecessor_are_not_lost(self):
        lead = self.make_lead()
        todo = self.make_todo(lead)
        request = self.make_request("approved", lead)
        with self.assertRefused(UserError):
            self.anna.with_user(self.boss).action_archive()
        request.with_user(self.leader).action_run()
        self.anna.with_user(self.boss).action_archive()
        self.assertFalse(self.anna.active)
        self.assertEqual(todo.user_id, self.bruno)

    def test_before_and_afterwards_nothing_holds_anybody_back(self):
        for state in ("draft", "refused", "cancelled", "transferred", "done"):
            self.make_request(state, self.make_lead())
        self.anna.with_user(self.boss).action_archive()
        self.assertFalse(self.anna.active)

    def test_successor_and_approver_may_go(self):
        self.make_request("approved")
        people = self.bruno | self.leader | self.approver
        people.with_user(self.boss).action_archive()
        self.assertFalse(any(people.mapped("active")))

    def test_a_script_that_writes_the_flag_is_not_held_up(self):
        self.make_request("approved")
        self.anna.with_user(self.boss).write({"active": False})
        self.assertFalse(self.anna.active)

    def test_who_may_not_archive_learns_nothing(self):
        request = self.make_request("submitted")
        for user in (self.bruno, self.manager, self.employee, self.portal):
            with self.assertRefused(AccessError) as caught:
                self.anna.with_user(user).action_archive()
            self.assertNotIn(request.name, str(caught.exception))

    def test_handover_of_another_company_counts_too(self):
        """Whichever company the administrator works in at the moment."""
        request = self.make_request("submitted")
        self.boss.company_ids = [Command.link(self.abroad.id)]
        elsewhere = self.anna.with_user(self.boss).with_company(self.abroad)
        with self.assertRefused(UserError, request.name):
            elsewhere.action_archive()


class TestWhoIsMissing(HandoverCommon):
    """Who is archived is waited for by nobody: others go on, and know it."""

    ATTENTION = "crm_handover.mail_activity_type_attention"
    APPROVAL = "crm_handover.mail_activity_type_approval"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        without_the_guard(cls)
        cls.boss = cls.make_user(
            "boss", "base.group_system,sales_team.group_sale_manager"
        )

    def archive(self, user):
        user.with_user(self.boss).action_archive()
        self.env.invalidate_all()

    def assertTold(self, request, user, *texts):
        [todo] = request._todos(self.ATTENTION)
        self.assertEqual(todo.user_id, user)
        for text in texts:
            self.assertIn(text, todo.note)

    def test_next_approver_is_asked(self):
        request = self.make_request("submitted")
        self.assertEqual(request.approver_id, self.leader)
        self.archive(self.leader)
        asked = request.approver_id
        self.assertTrue(asked.active)
        self.assertEqual(request._todos(self.APPROVAL).user_id, asked)
        self.assertEqual(request.event_ids[-1].code, "reassigned")
        self.assertFalse(request._todos(self.ATTENTION))
        request.with_user(asked).action_approve()
        self.assertEqual(request.state, "transferred")

    def test_by_a_script_as_well_and_one_to_do_is_left(self):
        request = self.make_request("submitted")
        self.leader.with_user(self.boss).write({"active": False})
        [todo] = request._todos(self.APPROVAL)
        self.assertEqual(todo.user_id, request.approver_id)
        self.assertNotEqual(todo.user_id, self.leader)

    def test_nobody_left_to_approve_is_said(self):
        request = self.make_request("submitted")
        path = "odoo.addons.crm_handover.models.handover_request_people.HandoverRequest"
        with patch(f"{path}._find_approver", side_effect=UserError("nobody")):
            self.archive(self.leader)
        self.assertTold(request, self.anna, "Leader", "name an approver")

    def test_approver_of_what_is_approved(self):
        request = self.make_request("approved")
        self.archive(self.approver)
        self.assertEqual(request.state, "approved")
        self.assertTold(request, self.leader, "Approver, who approved it, has left")

    def test_successor_of_what_is_under_way(self):
        request = self.make_request("approved")
        self.archive(self.bruno)
        self.assertTold(request, self.approver, "Bruno, who was to take over, has left")

    def test_coordinator_and_their_steps(self):
        request = self.make_request("approved", coordinator_id=self.chen.id)
        step = request.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.chen.id
        )
        step.sudo().handover_step_date = fields.Date.today()
        plain = request.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.chen.id
        )
        self.archive(self.chen)
        self.assertEqual(step.user_id, self.approver)
        # deleted by Odoo, or kept for nobody by the guard
        self.assertFalse(plain.exists().user_id)
        self.assertTold(request, self.approver, "Chen, who coordinated it, has left")

    def test_predecessor_to_whom_it_comes_back(self):
        end = fields.Datetime.now() + timedelta(days=9)
        request = self.make_request("done", kind="temporary", date_return=end)
        self.archive(self.anna)
        self.assertTold(request, self.approver, "to whom the records come back")

    def test_whose_work_goes_with_a_team(self):
        end = fields.Datetime.now() + timedelta(days=9)
        values = {
            "predecessor_id": False, "source_team_id": self.team.id,
            "kind": "temporary", "date_return": end,
        }  # fmt: skip
        lead = self.make_lead(self.chen)
        request = self.make_request("approved", lead, by=self.leader, **values)
        with self.assertRefused(UserError, f"Chen .*{request.name}"):
            self.archive(self.chen)
        request.with_user(self.approver).action_run()
        self.archive(self.chen)
        self.assertTold(request, self.leader, "to whom the records come back")

    def test_to_whom_what_was_stopped_comes_back(self):
        end = fields.Datetime.now() + timedelta(days=9)
        request = self.make_request("done", kind="temporary", date_return=end)
        # what had moved before it was stopped is with the successor
        request._trusting().write({"state": "cancelled"})
        self.archive(self.anna)
        self.assertTold(request, self.approver, "to whom the records come back")

    def test_who_gets_what_is_on_records_of_others(self):
        request = self.make_request(
            "approved", elsewhere="one", elsewhere_user_id=self.chen.id
        )
        self.archive(self.chen)
        self.assertTold(request, self.approver, "Chen, who was to take over, has left")
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "needs_review")
        self.assertIn("Chen left meanwhile", request.refusal_reason)

    def test_who_was_to_decide_on_a_later_end(self):
        end = fields.Datetime.now() + timedelta(days=9)
        request = self.make_request("transferred", kind="temporary", date_return=end)
        later = fields.Datetime.to_string(end + timedelta(days=5))
        request.with_user(self.anna).action_extend(later)
        self.assertEqual(request._todos(self.APPROVAL).user_id, self.approver)
        self.archive(self.approver)
        [todo] = request._todos(self.APPROVAL)
        self.assertEqual(todo.user_id, self.leader)
        self.assertTrue(request.with_user(self.leader).can_decide_extension)
        event = request.event_ids.sorted("id")[-1]
        self.assertEqual(event.code, "reassigned")
        self.assertEqual(event.data["people"], self.leader.name)
        # a deputy goes on, whatever becomes of the days: there is nobody else
        row = self.env["handover.deputy"].create(
            {
                "user_id": self.leader.id, "deputy_id": self.manager.id,
                "date_from": "2020-01-01", "date_to": "2099-01-01",
            }
        )  # fmt: skip
        self.archive(self.leader)
        row.unlink()
        self.assertEqual(request._todos(self.APPROVAL).user_id, self.manager)
        self.assertTrue(request.with_user(self.manager).waiting_for_me)

    def test_who_has_not_confirmed(self):
        request = self.make_request("transferred", by=self.leader)
        self.archive(self.anna)
        self.assertTold(request, self.leader, "Anna has left without confirming")

    def test_requester_of_a_draft(self):
        request = self.make_request(by=self.leader, coordinator_id=self.chen.id)
        self.archive(self.leader)
        self.assertTold(request, self.chen, "Leader, who prepared it, has left")

    def test_two_who_leave_are_one_to_do(self):
        request = self.make_request("approved", coordinator_id=self.chen.id)
        self.archive(self.bruno)
        self.archive(self.approver)
        self.assertTold(request, self.chen, "Bruno", "Approver")

    def test_what_is_over_calls_nobody(self):
        requests = [
            self.make_request(state, self.make_lead())
            for state in ("done", "cancelled", "refused")
        ]
        for user in (self.bruno, self.approver, self.leader):
            self.archive(user)
        for request in requests:
            self.assertFalse(request._todos(self.ATTENTION), request.state)

    def test_who_may_not_archive_changes_nothing(self):
        request = self.make_request("submitted")
        with self.assertNothingChanged(), self.assertRefused(AccessError):
            self.leader.with_user(self.bruno).write({"active": False})
        self.assertEqual(request.approver_id, self.leader)
