"""The approver's second thought: within ten minutes, and by nobody else."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon

RUN = "odoo.addons.crm_handover.models.handover_request_run"
ELSE = ("anna", "bruno", "chen", "other", "leader", "manager", "employee", "portal")


class TestUndo(HandoverCommon):
    def undo(self, request, user=None):
        done = request.with_user(user or self.approver).action_undo_approval()
        self.assertIs(done, True)
        self.env.invalidate_all()

    def after(self, request, minutes, seconds):
        """The time so long after the approval, as its event has it."""
        approved = request.sudo().event_ids.filtered(lambda e: e.code == "approved")
        return freeze_time(
            approved.sorted("id")[-1].date + timedelta(minutes=minutes, seconds=seconds)
        )

    def test_before_the_start_it_waits_for_a_decision_again(self):
        lead, declined = self.make_lead(), self.make_lead()
        request = self.make_request("approved", lead | declined)
        line = request.line_ids.filtered(lambda line: line.res_id == declined.id)
        line.with_user(self.bruno).action_decline("On leave")
        self.undo(request)
        self.assertEqual(request.state, "submitted")
        self.assertFalse(request.date_approved or request.digest)
        self.assertEqual(set(request.line_ids.mapped("decision")), {"pending"})
        self.assertOwner(lead | declined, self.anna)
        todo = request.sudo().activity_ids.filtered("active")
        self.assertEqual(todo.user_id, self.approver)
        codes = request.event_ids.sorted("id").mapped("code")
        self.assertEqual(codes[-1], "undone")
        for user in (self.anna, self.manager):
            self.assertTrue(request.with_user(user).verify()["ok"])
        # nobody else takes the records meanwhile, and its content stays as it is
        with self.assertRefused(UserError, lead.name):
            self.make_request("submitted", lead)
        with self.assertRefused(UserError):
            request.with_user(self.anna).purpose = "Another"
        with freeze_time(request.date_planned + timedelta(hours=1)):
            self.run_cron()
        self.assertOwner(lead, self.anna)
        request.with_user(self.leader).action_approve()
        request.with_user(self.leader).action_run()
        self.assertOwner(lead | declined, self.bruno)
        self.assertTrue(request.with_user(self.manager).verify()["ok"])

    def test_afterwards_it_goes_back_as_a_return_does(self):
        kept, moved = self.make_lead(), self.make_lead()
        todo = self.make_todo(kept)
        request = self.make_request("transferred", kept | moved)
        moved.with_user(self.approver).user_id = self.chen
        self.env.cr.flush()
        self.undo(request)
        self.assertEqual(request.state, "returned")
        self.assertOwner(kept, self.anna)
        self.assertEqual(todo.user_id, self.anna)
        self.assertOwner(moved, self.chen)
        self.assertEqual(self.codes(request)[moved], "changed_since")
        codes = request.event_ids.sorted("id").mapped("code")
        self.assertEqual(codes[-2:], ["returning", "returned"])
        self.assertTrue(request.with_user(self.manager).verify()["ok"])
        confirmed = self.make_request("done", self.make_lead())
        self.undo(confirmed)
        self.assertEqual(confirmed.state, "returned")

    def test_ten_minutes_and_no_more(self):
        for state, after in (("approved", "submitted"), ("transferred", "returned")):
            request = self.make_request(state, self.make_lead())
            with self.after(request, 10, 1):
                self.assertFalse(request.with_user(self.approver).can_undo)
                with self.assertRefused(UserError, "10 minutes ago"):
                    self.undo(request)
            request.invalidate_recordset()
            with self.after(request, 9, 59):
                self.assertTrue(request.with_user(self.approver).can_undo)
                self.undo(request)
            self.assertEqual(request.state, after)

    def test_nobody_but_who_approved_it(self):
        for state in ("approved", "transferred"):
            request = self.make_request(state, self.make_lead())
            for login in ELSE:
                user = getattr(self, login)
                with self.subTest(state=state, by=login):
                    with self.assertRefused(AccessError):
                        self.undo(request, user)
                    if request.with_user(user).has_access("read"):
                        self.assertFalse(request.with_user(user).can_undo)
        group = self.env.ref("sales_team.group_sale_manager")
        self.approver.group_ids -= group
        with self.assertRefused(AccessError):
            self.undo(request)

    def test_once(self):
        for state in ("approved", "transferred"):
            request = self.make_request(state, self.make_lead())
            self.undo(request)
            with self.assertNothingChanged(), self.assertRefused(UserError, "no appro"):
                self.undo(request)
        for state in ("draft", "submitted", "refused", "cancelled"):
            with self.assertRefused(AccessError, "who approved it"):
                self.undo(self.make_request(state, self.make_lead()))

    def test_only_the_last_approval_counts(self):
        request = self.make_request("approved")
        self.undo(request)
        request.with_user(self.leader).action_approve()
        with self.assertRefused(AccessError):
            self.undo(request)
        self.undo(request, self.leader)
        self.assertEqual(request.state, "submitted")

    def test_what_is_at_work_is_left_at_work(self):
        request = self.make_request("running")
        with self.assertNothingChanged(), self.assertRefused(UserError, "at work now"):
            self.undo(request)
        # and on the way back as well
        request = self.make_request("transferred", self.make_lead())
        with patch(f"{RUN}.INLINE_LIMIT", -1):
            self.undo(request)
        self.assertEqual(request.state, "running")
        with self.assertRefused(UserError, "at work now"):
            self.undo(request)
        self.run_cron()
        self.assertEqual(request.state, "returned")
