"""What the company says about records that a successor neither accepts nor declines."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form

from ..common import HandoverCommon

ACTIVITY = "crm_handover.mail_activity_type_acceptance"


class TestAcceptance(HandoverCommon):
    def approve(self, request):
        request.with_user(self.anna).action_submit()
        request.with_user(self.approver).action_approve()

    def todos(self, request):
        """Who is asked for an answer."""
        kind = self.env.ref(ACTIVITY)
        return request.activity_ids.filtered(
            lambda todo: todo.activity_type_id == kind
        ).user_id

    def test_silence_counts_at_once_by_default(self):
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        self.assertOwner(lead, self.bruno)
        self.assertFalse(self.todos(request))
        self.assertFalse(request.asks_successors)

    # ------------------------------------------------------------
    # NEEDED
    # ------------------------------------------------------------

    def test_nothing_moves_before_the_answer(self):
        self.company.handover_acceptance = "needed"
        lead = self.make_lead()
        request = self.make_request(records=lead)
        self.approve(request)
        self.assertEqual(request.state, "approved")
        self.assertEqual(self.todos(request), self.bruno)
        self.run_cron()
        self.assertEqual(request.state, "approved")
        self.assertOwner(lead, self.anna)
        self.assertIn(
            "waiting for Bruno to accept",
            request.with_user(self.anna).next_step["text"],
        )

        request.line_ids.with_user(self.bruno).action_accept()
        self.assertFalse(self.todos(request))
        self.run_cron()
        self.assertEqual(request.state, "transferred")
        self.assertOwner(lead, self.bruno)

    def test_what_is_not_accepted_by_the_planned_time_stays(self):
        self.company.handover_acceptance = "needed"
        taken, left = self.make_lead(), self.make_lead(name="Left")
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.make_request(records=taken | left, date_planned=tomorrow)
        self.approve(request)
        line = request.line_ids.filtered(lambda line: line.res_id == taken.id)
        line.with_user(self.bruno).action_accept()
        self.assertEqual(self.todos(request), self.bruno)
        with freeze_time(tomorrow + timedelta(hours=1)):
            self.run_cron()
        self.assertEqual(request.state, "transferred")
        self.assertFalse(self.todos(request))
        self.assertEqual(self.codes(request), {taken: "done", left: "declined"})
        self.assertOwner(taken, self.bruno)
        self.assertOwner(left, self.anna)
        line = request.line_ids - line
        self.assertEqual((line.state, line.decision), ("skipped", "pending"))
        self.assertIn("did not accept", line.result_message)

    def test_a_time_that_passed_before_the_approval_waits_for_the_answer(self):
        self.company.handover_acceptance = "needed"
        lead = self.make_lead()
        soon = fields.Datetime.now() + timedelta(hours=1)
        request = self.make_request("submitted", lead, date_planned=soon)
        with freeze_time(soon + timedelta(hours=1)):
            request.with_user(self.approver).action_approve()
            self.run_cron()
        self.assertEqual(request.state, "approved")
        self.assertOwner(lead, self.anna)

    def test_a_cover_that_nobody_answers_ends_with_its_end(self):
        """It does not start and go back, nor keep its records from others."""
        self.company.handover_acceptance = "needed"
        lead = self.make_lead()
        end = fields.Datetime.now() + timedelta(days=2)
        request = self.make_request(records=lead, kind="temporary", date_return=end)
        self.approve(request)
        other = self.make_request(records=lead, successor_id=self.chen.id)
        with freeze_time(end + timedelta(minutes=1)):
            [cause] = [
                cause
                for cause in request.with_user(self.anna).get_causes()["causes"]
                if cause["code"] == "end_past"
            ]
            self.assertEqual(cause["severity"], "blocker")
            self.run_cron()
            self.assertEqual(request.state, "needs_review")
            self.assertIn("its end is past", str(request.refusal_reason))
            self.assertOwner(lead, self.anna)
            self.assertFalse(request.line_ids.reserved)
            other.with_user(self.anna).action_submit()
        self.assertEqual(other.state, "submitted")

    def test_a_cover_whose_end_is_past_does_not_start(self):
        lead = self.make_lead()
        end = fields.Datetime.now() + timedelta(days=2)
        request = self.make_request("approved", lead, kind="temporary", date_return=end)
        late = self.make_request(
            "submitted", self.make_lead(), kind="temporary", date_return=end
        )
        with freeze_time(end + timedelta(minutes=1)):
            request.with_user(self.approver).action_run()
            self.assertEqual(request.state, "needs_review")
            with self.assertRefused(UserError, "end is past"):
                late.with_user(self.approver).action_approve()
        self.assertOwner(lead, self.anna)

    def test_superior_hands_over_what_is_accepted(self):
        self.company.handover_acceptance = "needed"
        taken, left = self.make_lead(), self.make_lead(name="Left")
        request = self.make_request(records=taken | left)
        self.approve(request)
        request.line_ids[0].with_user(self.bruno).action_accept()
        request.with_user(self.leader).action_run()
        self.assertOwner(taken, self.bruno)
        self.assertOwner(left, self.anna)

    def test_the_last_of_several_successors_starts_it(self):
        self.company.handover_acceptance = "needed"
        first, second = self.make_lead(), self.make_lead(name="Second")
        request = self.make_request(records=first | second)
        request.line_ids[1].with_user(self.anna).successor_id = self.chen
        self.approve(request)
        self.assertEqual(self.todos(request), self.bruno | self.chen)
        request.line_ids[0].with_user(self.bruno).action_accept()
        self.run_cron()
        self.assertEqual(request.state, "approved")
        self.assertEqual(self.todos(request), self.chen)
        request.line_ids[1].with_user(self.chen).action_decline("Too much")
        self.run_cron()
        self.assertOwner(first, self.bruno)
        self.assertOwner(second, self.anna)

    def test_what_goes_back_needs_no_acceptance(self):
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        self.company.handover_acceptance = "needed"
        request.with_user(self.leader).action_return()
        self.assertEqual(request.state, "returned")
        self.assertOwner(lead, self.anna)

    def test_the_check_before_the_approval_does_not_complain(self):
        self.company.handover_acceptance = "needed"
        request = self.make_request()
        self.assertEqual(request.with_user(self.anna).preflight()["findings"], [])

    # ------------------------------------------------------------
    # SILENCE AFTER SOME DAYS
    # ------------------------------------------------------------

    def test_silence_counts_after_some_days(self):
        self.company.handover_silence_days = 3
        lead = self.make_lead()
        request = self.make_request(records=lead)
        self.approve(request)
        self.assertEqual(request.state, "approved")
        self.assertEqual(
            request.acceptance_end, request.date_approved + timedelta(days=3)
        )
        self.assertEqual(self.todos(request), self.bruno)
        with freeze_time(request.date_approved + timedelta(days=2)):
            self.run_cron()
        self.assertOwner(lead, self.anna)
        with freeze_time(request.date_approved + timedelta(days=3, hours=1)):
            self.run_cron()
        self.assertEqual(request.state, "transferred")
        self.assertOwner(lead, self.bruno)

    def test_nobody_takes_the_time_to_decline_away(self):
        self.company.handover_silence_days = 3
        request = self.make_request()
        self.approve(request)
        self.assertFalse(request.with_user(self.leader).can_run)
        with self.assertRefused(UserError, "Bruno may still decline"):
            request.with_user(self.leader).action_run()
        request.line_ids.with_user(self.bruno).action_accept()
        self.assertTrue(request.with_user(self.leader).can_run)
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "transferred")

    def test_a_later_plan_is_kept(self):
        self.company.handover_silence_days = 1
        later = fields.Datetime.now() + timedelta(days=5)
        lead = self.make_lead()
        request = self.make_request("submitted", lead, date_planned=later)
        request.with_user(self.approver).action_approve()
        with freeze_time(later - timedelta(days=2)):
            self.run_cron()
        self.assertOwner(lead, self.anna)
        with freeze_time(later + timedelta(hours=1)):
            self.run_cron()
        self.assertOwner(lead, self.bruno)

    def test_who_takes_it_back_takes_the_question_back(self):
        self.company.handover_acceptance = "needed"
        request = self.make_request()
        self.approve(request)
        request.with_user(self.anna).action_cancel()
        self.assertFalse(self.todos(request))

    # ------------------------------------------------------------
    # SETTINGS
    # ------------------------------------------------------------

    def test_administrator_sets_it_for_the_company(self):
        admin = self.admin
        # the page of CRM is for who manages sales
        admin.group_ids |= self.env.ref("sales_team.group_sale_manager")
        settings = self.env["res.config.settings"].with_user(admin)
        form = Form(settings.with_company(self.company))
        form.handover_acceptance = "needed"
        form.handover_overlap_days = 14
        form.handover_reminders = False
        form.save().execute()
        self.assertRecordValues(
            self.company,
            [
                {
                    "handover_acceptance": "needed",
                    "handover_overlap_days": 14,
                    "handover_reminders": False,
                }
            ],
        )
        self.assertEqual(self.abroad.handover_acceptance, "silence")

    def test_overlap_is_proposed_and_can_be_chosen(self):
        self.company.handover_overlap_days = 14
        start = fields.Datetime.to_datetime("2099-05-04 10:00:00")
        request = self.make_request(date_planned=start)
        self.assertEqual(str(request.date_overlap_end), "2099-05-18")
        mine = request.with_user(self.anna)
        mine.date_planned = start + timedelta(days=30)
        self.assertEqual(str(request.date_overlap_end), "2099-06-17")
        mine.date_overlap_end = "2099-07-01"
        mine.date_planned = start
        self.assertEqual(str(request.date_overlap_end), "2099-07-01")
        self.bring(request, "submitted")
        version = request.version
        self.company.handover_overlap_days = 7
        request.invalidate_recordset()
        self.assertEqual(str(request.date_overlap_end), "2099-07-01")
        self.assertEqual(request.version, version)

    def test_no_overlap_is_fixed_by_default(self):
        self.assertFalse(self.make_request().date_overlap_end)

    def test_reminders_can_be_switched_off(self):
        request = self.make_request("transferred")
        day = fields.Date.today() - timedelta(days=3)
        request.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.anna.id,
            handover_step_date=day, date_deadline=day,
        )  # fmt: skip
        self.assertEqual(self.Request._open_steps_of().user_id, self.anna)
        self.company.handover_reminders = False
        self.assertFalse(self.Request._open_steps_of())
