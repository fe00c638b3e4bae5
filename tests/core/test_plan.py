"""The plan: timetable, steps of the reason, who takes them, who is late."""

import re
from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..common import HandoverCommon
from .test_notices import CHINESE, NoticeCase

REASONS = (
    "resignation", "internal_transfer", "customer_need", "efficiency",
    "reorganisation", "expansion", "absence",
)  # fmt: skip
TODAY = date(2026, 3, 2)
PLANNED_DAY = datetime(2026, 3, 20, 9)


class PlanCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["mail.activity.plan"].create(
            {
                "name": "Leaving",
                "res_model": "handover.request",
                "company_id": False,
                "template_ids": [
                    Command.create(
                        {
                            "summary": summary,
                            "responsible_type": role,
                            "delay_count": abs(days),
                            "delay_from": "after_plan_date"
                            if days > 0
                            else "before_plan_date",
                        }
                    )
                    for summary, role, days in (
                        ("Write down", "predecessor", -10),
                        ("Check access", "coordinator", -2),
                        ("Tell customers", "successor", 1),
                        ("Look again", "approver", 14),
                    )
                ],
            }
        )
        cls.reason.plan_id = cls.plan
        # reminders of decisions have tests of their own
        cls.company.handover_decision_days = 0

    def setUp(self):
        super().setUp()
        clock = freeze_time(datetime(2026, 3, 2, 10))
        clock.start()
        self.addCleanup(clock.stop)

    def planned(self, state="submitted", **values):
        values = {"date_planned": PLANNED_DAY, "approver_id": self.leader.id, **values}
        return self.make_request(state, **values)

    def steps(self, request):
        """Open steps: ``{summary: (user, deadline)}``."""
        request.invalidate_recordset()
        steps = request.sudo().step_ids.filtered("active")
        self.assertEqual(len(steps), len(set(steps.mapped("summary"))))
        return {step.summary: (step.user_id, step.date_deadline) for step in steps}

    def step(self, request, summary):
        request.invalidate_recordset()
        return request.sudo().step_ids.filtered(
            lambda step: step.summary == summary and step.active
        )

    def later(self, days):
        clock = freeze_time(datetime(2026, 3, 2, 10) + timedelta(days=days))
        clock.start()
        self.addCleanup(clock.stop)
        self.env.invalidate_all()


class TestTimetable(PlanCase):
    def test_requester_coordinates_unless_somebody_else_is_named(self):
        self.assertEqual(self.make_request().coordinator_id, self.anna)
        request = self.make_request(coordinator_id=self.chen.id)
        self.assertEqual(request.coordinator_id, self.chen)

    def test_days_follow_each_other(self):
        request = self.planned("draft").with_user(self.anna)
        good = {"date_briefing": "2026-03-10", "date_overlap_end": "2026-04-02"}
        request.write(good)
        for wrong in (
            {"date_briefing": "2026-03-21"},
            {"date_overlap_end": "2026-03-19"},
            {"date_planned": "2026-04-03 09:00:00"},
            {"date_planned": "2026-03-09 09:00:00"},
            {"date_planned": False, "date_overlap_end": "2026-03-09"},
        ):
            with self.assertRefused(ValidationError, request.name):
                request.write(wrong)
        request.write({"date_briefing": "2026-03-20", "date_overlap_end": "2026-03-20"})

    def test_days_are_the_requesters(self):
        self.anna.tz = "Asia/Shanghai"
        request = self.planned("draft").with_user(self.anna)
        # the 21st in Shanghai, the 20th in Greenwich
        request.write(
            {"date_planned": "2026-03-20 17:00:00", "date_briefing": "2026-03-21"}
        )
        with self.assertRefused(ValidationError, "move after the last day"):
            request.date_overlap_end = "2026-03-20"

    def test_who_coordinates_is_an_active_colleague(self):
        request = self.make_request().with_user(self.anna)
        portal, abroad = self.portal, self.foreigner
        self.other.active = False
        for user in (portal, self.other):
            with self.assertRefused(ValidationError, "cannot coordinate"):
                request.coordinator_id = user
        with self.assertRefused(UserError):
            request.coordinator_id = abroad

    def test_frozen_with_the_rest(self):
        request = self.planned().with_user(self.anna)
        for values in (
            {"coordinator_id": self.chen.id},
            {"date_briefing": "2026-03-05"},
            {"date_overlap_end": "2026-03-25"},
        ):
            with self.assertRefused(UserError, "take it back to draft"):
                request.write(values)

    def test_coordinator_sees_the_handover_and_edits_nothing(self):
        request = self.planned(coordinator_id=self.other.id).with_user(self.other)
        self.assertEqual(request.state, "submitted")
        self.assertEqual(len(request.line_ids), 1)
        self.assertTrue(request.event_ids)
        for call in (
            lambda: request.write({"purpose": "Mine"}),
            lambda: request.action_draft(),
            lambda: request.action_cancel(),
            lambda: request.action_approve(),
            lambda: request.action_plan_steps(),
        ):
            with self.assertRefused(AccessError):
                call()

    def test_timetable_is_part_of_what_is_approved(self):
        request = self.planned("approved")
        self.env.cr.execute(
            "UPDATE handover_request SET date_overlap_end = '2026-05-01' WHERE id = %s",
            [request.id],
        )
        request.invalidate_recordset()
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "needs_review")


class TestSteps(PlanCase):
    def test_submitting_schedules_the_plan(self):
        request = self.planned(coordinator_id=self.chen.id)
        self.assertEqual(
            self.steps(request),
            {
                "Write down": (self.anna, date(2026, 3, 10)),
                "Check access": (self.chen, date(2026, 3, 18)),
                "Tell customers": (self.bruno, date(2026, 3, 21)),
                "Look again": (self.leader, date(2026, 4, 3)),
            },
        )
        for user in (self.anna, self.bruno, self.chen, self.leader):
            mine = self.env["mail.activity"].with_user(user)
            names = mine.search([("user_id", "=", user.id)]).mapped("res_name")
            self.assertIn(request.display_name, names)

    def test_planning_again_adds_nothing(self):
        request = self.planned("draft").with_user(self.anna)
        self.assertFalse(request.step_ids)
        self.assertTrue(request.can_plan)
        self.assertIs(request.action_plan_steps(), True)
        before = self.steps(request)
        self.assertEqual(len(before), 4)
        self.step(request, "Write down").with_user(self.anna).action_done()
        del before["Write down"]
        request.action_plan_steps()
        self.assertEqual(self.steps(request), before)
        request.action_submit()
        self.assertEqual(set(self.steps(request)), set(before))

    def test_steps_follow_the_planned_day_unless_somebody_chose_a_day(self):
        request = self.planned("draft").with_user(self.anna)
        request.action_plan_steps()
        self.step(request, "Tell customers").with_user(
            self.bruno
        ).date_deadline = "2026-03-25"
        request.date_planned = "2026-03-30 09:00:00"
        self.assertEqual(
            {name: day for name, (_user, day) in self.steps(request).items()},
            {
                "Write down": date(2026, 3, 20),
                "Check access": date(2026, 3, 28),
                "Tell customers": date(2026, 3, 25),
                "Look again": date(2026, 4, 13),
            },
        )

    def test_steps_follow_the_real_day(self):
        request = self.planned("approved")
        self.later(3)
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "transferred")
        days = self.steps(request)
        self.assertEqual(days["Tell customers"][1], date(2026, 3, 6))
        self.assertEqual(days["Look again"][1], date(2026, 3, 19))

    def test_nobody_is_late_at_once_nor_gains_time(self):
        request = self.planned("draft", date_planned="2026-03-05 09:00:00")
        request = request.with_user(self.anna)
        request.action_plan_steps()
        self.assertEqual(self.steps(request)["Write down"][1], TODAY)
        self.later(1)
        self.assertEqual(request.late_step_count, 1)
        request.action_plan_steps()
        self.assertEqual(self.steps(request)["Write down"][1], TODAY)

    def test_nothing_prepares_what_runs_at_once(self):
        request = self.planned(date_planned=False)
        self.assertEqual(set(self.steps(request)), {"Tell customers", "Look again"})
        # a day that is planned in the draft, and given up again
        request = self.planned("draft").with_user(self.anna)
        request.action_plan_steps()
        self.assertEqual(len(self.steps(request)), 4)
        request.date_planned = False
        request.action_submit()
        self.assertEqual(set(self.steps(request)), {"Tell customers", "Look again"})

    def test_nothing_prepares_what_runs_before_its_time(self):
        request = self.planned("approved")
        self.later(9)
        # the 11th: "Write down" was due on the 10th, and still is
        request.with_user(self.leader).action_run()
        self.assertEqual(
            set(self.steps(request)), {"Write down", "Tell customers", "Look again"}
        )

    def test_what_was_due_on_the_day_it_runs_early_is_needless(self):
        request = self.planned("approved")
        self.later(8)
        # the 10th: "Write down" is due today
        request.with_user(self.leader).action_run()
        self.assertEqual(set(self.steps(request)), {"Tell customers", "Look again"})

    def test_who_leaves_has_no_step_after_the_last_day(self):
        self.plan.template_ids[3].responsible_type = "coordinator"
        self.plan.template_ids[2].responsible_type = "predecessor"
        last = date(2026, 3, 20)
        request = self.planned(date_overlap_end=last)
        self.assertEqual(request.coordinator_id, self.anna)
        self.assertEqual(
            self.steps(request),
            {
                "Write down": (self.anna, date(2026, 3, 10)),
                "Check access": (self.anna, date(2026, 3, 18)),
                # the plan wants Anna, who is there until the 20th
                "Tell customers": (self.anna, last),
                # who coordinates is looked for among those who stay
                "Look again": (self.leader, date(2026, 4, 3)),
            },
        )

    def test_without_a_last_day_the_plan_says_who_stays(self):
        self.plan.template_ids[3].responsible_type = "coordinator"
        self.plan.template_ids[2].responsible_type = "predecessor"
        steps = self.steps(self.planned())
        self.assertEqual(steps["Tell customers"], (self.anna, date(2026, 3, 21)))
        self.assertEqual(steps["Look again"], (self.leader, date(2026, 4, 3)))

    def test_who_is_away_has_no_step_until_they_are_back(self):
        self.plan.template_ids[3].responsible_type = "coordinator"
        away = {"kind": "temporary", "reason_id": self.reason.id}
        steps = self.steps(self.planned(date_return="2026-05-01 09:00:00", **away))
        self.assertEqual(steps["Look again"], (self.leader, date(2026, 4, 3)))
        steps = self.steps(self.planned(date_return="2026-04-01 09:00:00", **away))
        self.assertEqual(steps["Look again"], (self.anna, date(2026, 4, 3)))

    def test_taken_back_it_has_no_steps(self):
        request = self.planned()
        self.step(request, "Write down").with_user(self.anna).action_done()
        request.with_user(self.anna).action_draft()
        self.assertFalse(self.steps(request))
        self.assertEqual(request.step_ids.mapped("summary"), ["Write down"])
        request.with_user(self.anna).action_submit()
        self.assertEqual(len(self.steps(request)), 3)

    def test_who_cannot_is_stood_in_for(self):
        """People who left, are not named or may not see it: the coordinator's."""
        self.plan.template_ids[0].write(
            {"responsible_type": "other", "responsible_id": self.employee.id}
        )
        request = self.planned(coordinator_id=self.chen.id)
        self.assertEqual(self.steps(request)["Write down"][0], self.chen)

        self.plan.template_ids[0].responsible_type = "predecessor"
        lead = self.make_lead(name="Of Anna")
        self.anna.active = False
        request = self.planned(
            records=lead, by=self.manager, coordinator_id=self.chen.id
        )
        self.assertEqual(self.steps(request)["Write down"][0], self.chen)
        self.chen.active = False
        request.with_user(self.manager).action_draft()
        request.with_user(self.manager).coordinator_id = self.manager
        request.with_user(self.manager).action_submit()
        self.assertEqual(self.steps(request)["Write down"][0], self.manager)

    def test_first_of_several_successors(self):
        lead, task = self.make_lead(), self.make_task()
        request = self.planned("draft", records=lead, successor_id=False)
        request = request.with_user(self.anna)
        request.add_records("project.task", task.ids, self.bruno.id)
        request.line_ids[0].successor_id = self.chen
        request.action_plan_steps()
        user = self.steps(request)["Tell customers"][0]
        self.assertEqual(user, request.successor_ids[0])

    def test_of_several_who_give_each_has_the_steps_of_a_predecessor(self):
        self.make_lead()
        request = self.Request.with_user(self.leader).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id, "reason_id": self.reason.id,
                "date_planned": PLANNED_DAY,
            }
        )  # fmt: skip
        request.action_collect()
        request.action_plan_steps()
        steps = self.step(request, "Write down")
        self.assertEqual(len(steps), 2)
        self.assertEqual(steps.user_id, self.anna | self.chen)
        self.assertEqual(set(steps.mapped("date_deadline")), {date(2026, 3, 10)})
        self.assertEqual(len(self.step(request, "Tell customers")), 1)
        # one may be given to somebody else, and what is done is not asked for again
        mine = steps.filtered(lambda step: step.user_id == self.anna)
        mine.user_id = self.leader
        (steps - mine).with_user(self.chen).action_done()
        request.action_plan_steps()
        self.assertEqual(self.step(request, "Write down"), mine)
        # who is nobody's predecessor here any more has no step of one
        request.line_ids.unlink()
        both = (self.chen | self.bruno).ids
        request.write({"predecessor_ids": [Command.set(both)]})
        request.action_plan_steps()
        self.assertEqual(self.step(request, "Write down").user_id, self.bruno)

    def test_end_of_the_handover_is_the_end_of_its_steps(self):
        for end in (
            lambda request: request.with_user(self.leader).action_refuse("No"),
            lambda request: request.with_user(self.anna).action_cancel(),
        ):
            request = self.planned()
            self.step(request, "Write down").with_user(self.anna).action_done()
            end(request)
            self.assertFalse(self.steps(request))
            feedback = request.step_ids.mapped("feedback")
            self.assertEqual(feedback.count("Cancelled with the handover"), 3)
            with self.assertRefused(UserError, "is over"):
                request.with_user(self.manager).action_plan_steps()
            # another try takes the steps that were not taken
            request.with_user(self.anna).action_draft()
            request.with_user(self.anna).action_submit()
            self.assertEqual(
                set(self.steps(request)),
                {"Check access", "Tell customers", "Look again"},
            )

    def test_given_back_ends_the_steps(self):
        request = self.planned("transferred", date_planned=False)
        self.assertTrue(self.steps(request))
        request.with_user(self.leader).action_return()
        self.assertEqual(request.state, "returned")
        self.assertFalse(self.steps(request))

    def test_steps_outlive_the_confirmation(self):
        request = self.planned("done", date_planned=False)
        self.assertIn("Look again", self.steps(request))

    def test_another_reason_has_other_steps(self):
        request = self.planned("draft").with_user(self.anna)
        request.action_plan_steps()
        request.reason_id = self.env.ref("crm_handover.reason_absence")
        request.action_submit()
        names = set(self.steps(request))
        self.assertFalse(names & set(self.plan.template_ids.mapped("summary")))
        self.assertEqual(len(names), 6)

    def test_a_reason_leads_to_no_plan_of_another_company(self):
        for company in (self.abroad, self.company):
            self.plan.company_id = company
            request = self.planned(records=self.make_lead())
            ours = company == self.company
            with self.subTest(company.name):
                self.assertEqual(len(self.steps(request)), 4 if ours else 0)
                self.assertIs(request.with_user(self.anna).can_plan, ours)

    def test_who_may_plan(self):
        request = self.planned("draft")
        for user in (self.bruno, self.chen):
            with self.assertRefused(AccessError):
                request.with_user(user).action_plan_steps()
        for user in (self.anna, self.leader, self.approver, self.manager):
            self.assertTrue(request.with_user(user).can_plan)
            request.with_user(user).action_plan_steps()
        self.assertFalse(request.with_user(self.bruno).can_plan)
        self.assertEqual(len(self.steps(request)), 4)

    def test_reason_without_a_plan(self):
        self.reason.plan_id = False
        request = self.planned().with_user(self.anna)
        self.assertFalse(request.step_ids)
        self.assertFalse(request.can_plan)
        with self.assertRefused(UserError, "choose a reason that has a plan"):
            request.action_plan_steps()

    def test_marks_of_steps_are_the_codes(self):
        request = self.planned()
        step = self.step(request, "Write down").with_user(self.anna)
        for values in (
            {"handover_step_id": False},
            {"handover_step_date": "2026-09-09"},
            {"handover_reminded": "2026-09-09"},
        ):
            with self.assertRefused(AccessError):
                step.write(values)


class TestLate(PlanCase):
    def test_late_is_seen_and_found(self):
        request = self.planned()
        on_time = self.planned(date_planned="2026-06-20 09:00:00")
        Request = self.Request.with_user(self.leader)
        self.assertEqual(request.with_user(self.leader).late_step_count, 0)
        self.assertNotIn(request, Request.search([("late_step_count", ">", 0)]))
        self.later(9)
        for user, tz, count in (
            (self.leader, "UTC", 1),
            (self.anna, "UTC", 1),
            # the 10th still
            (self.leader, "Pacific/Pago_Pago", 0),
        ):
            mine = request.with_user(user).with_context(tz=tz)
            self.assertEqual(mine.late_step_count, count)
            late = request if count else request.browse()
            for operator, value, found in (
                (">", 0, late),
                ("!=", 0, late),
                ("in", [1, 2], late),
                ("=", 0, request + on_time - late),
                ("<", 1, request + on_time - late),
            ):
                domain = [("late_step_count", operator, value)]
                hits = mine.search([("id", "in", (request + on_time).ids), *domain])
                self.assertEqual(set(hits.ids), set(found.ids), (tz, domain))
        self.step(request, "Write down").with_user(self.anna).action_done()
        self.assertEqual(request.with_user(self.leader).late_step_count, 0)

    def test_views_show_it(self):
        for kind in ("list", "kanban", "search"):
            arch = self.Request.with_user(self.anna).get_view(view_type=kind)["arch"]
            self.assertIn("late_step_count", arch, kind)
        request = self.planned("draft").with_user(self.anna)
        with Form(request) as form:
            form.date_briefing = date(2026, 3, 10)
            form.coordinator_id = self.chen
        self.assertEqual(request.coordinator_id, self.chen)
        self.assertIn("step_ids", request.get_view(view_type="form")["arch"])


class TestPlans(PlanCase):
    def test_every_reason_has_a_plan(self):
        for name in REASONS:
            reason = self.env.ref(f"crm_handover.reason_{name}")
            steps = reason.plan_id.template_ids
            with self.subTest(reason=name):
                self.assertEqual(reason.plan_id.res_model, "handover.request")
                self.assertFalse(reason.plan_id.company_id)
                self.assertTrue(5 <= len(steps) <= 8, len(steps))
                self.assertTrue(all(steps.mapped("summary")))
                people = set(steps.mapped("responsible_type"))
                self.assertLessEqual({"predecessor", "successor"}, people)
                request = self.planned(reason_id=reason.id, records=self.make_lead())
                self.assertEqual(len(self.steps(request)), len(steps))

    def test_managers_edit_plans_of_handovers_only(self):
        mine = self.plan.with_user(self.manager)
        # what is of all companies is theirs who are in all of them
        with self.assertRefused(AccessError):
            mine.name = "Going"
        self.manager.company_ids = self.env["res.company"].search([])
        mine.name = "Going"
        mine.template_ids[0].summary = "Write it all down"
        new = mine.create({"name": "New", "res_model": "handover.request"})
        new.template_ids = [Command.create({"summary": "Look"})]
        new.unlink()
        self.reason.with_user(self.manager).plan_id = False
        foreign = self.env["mail.activity.plan"].create(
            {
                "name": "Visits",
                "res_model": "res.partner",
                "template_ids": [Command.create({"summary": "Go"})],
            }
        )
        for call in (
            lambda: foreign.with_user(self.manager).write({"name": "x"}),
            lambda: foreign.template_ids.with_user(self.manager).write(
                {"summary": "x"}
            ),
            lambda: foreign.with_user(self.manager).unlink(),
        ):
            with self.assertRefused(AccessError):
                call()
        for user in (self.anna, self.approver, self.projectuser):
            with self.assertRefused(AccessError):
                self.plan.with_user(user).write({"name": "x"})
            with self.assertRefused(AccessError):
                self.plan.template_ids.with_user(user).write({"summary": "x"})

    def test_people_of_a_handover_are_not_for_other_plans(self):
        with self.assertRefused(ValidationError, "people of handovers"):
            self.env["mail.activity.plan"].create(
                {
                    "name": "Visits",
                    "res_model": "res.partner",
                    "template_ids": [
                        Command.create(
                            {"summary": "Go", "responsible_type": "successor"}
                        )
                    ],
                }
            )


class TestReminder(PlanCase, NoticeCase):
    def remind(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_handover.ir_cron_handover_request_remind"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_submitting_mails_nobody_about_steps(self):
        request = self.planned("draft").with_user(self.anna)
        self.forget()
        request.action_submit()
        self.assertEqual(len(self.steps(request)), 4)
        self.assertDelivered(leader=1)

    def test_one_digest_a_day_for_who_is_late(self):
        first = self.planned(records=self.make_lead(name="One"))
        second = self.planned(records=self.make_lead(name="Two"))
        self.later(9)
        self.forget()
        self.remind()
        self.assertDelivered(anna=1)
        [mail] = self.mails_to(self.anna)
        text = self.tree(mail).text_content()
        for part in (first.name, second.name, "Write down", "03/10/2026"):
            self.assertIn(part, text)
        self.assertNotIn("Check access", text)
        self.forget()
        self.remind()
        self.assertFalse(self.deliver())
        self.later(10)
        self.remind()
        self.assertDelivered(anna=1)

    def test_who_does_not_decide_is_reminded_and_again(self):
        self.company.handover_decision_days = 3
        request = self.planned()
        self.planned("approved")
        for day, mails in ((2, 0), (3, 1), (4, 0), (5, 0), (6, 1)):
            self.later(day)
            self.forget()
            self.remind()
            with self.subTest(day=day):
                self.assertEqual(dict(self.deliver()), {self.leader.email: 1} if mails
                    else {})  # fmt: skip
        [mail] = self.mails_to(self.leader)
        self.assertEqual(mail["Subject"], "Handovers wait for your decision")
        self.assertIn(request.name, self.tree(mail).text_content())
        request.with_user(self.leader).action_refuse("No")
        self.later(9)
        self.forget()
        self.remind()
        self.assertNotIn(self.leader.email, self.deliver())

    def test_whom_nobody_reminded_today_is_reminded_tomorrow(self):
        """A digest of steps that went out before was not about the decision."""
        self.company.handover_decision_days = 3
        request = self.planned()
        self.later(3)
        self.forget()
        with patch.object(type(request), "_remind", lambda self, user, mine: self):
            self.remind()
        self.assertLess(
            request.sudo().date_decision_asked,
            fields.Datetime.now() - timedelta(days=2),
        )
        self.remind()
        self.assertIn(self.leader.email, self.deliver())

    def test_who_cannot_decide_any_more_is_named(self):
        self.company.handover_decision_days = 3
        request = self.planned(by=self.manager)
        self.team.user_id = self.chen
        self.later(3)
        self.remind()
        todo = request.sudo().activity_ids.filtered(
            lambda a: (
                a.activity_type_id
                == self.env.ref("crm_handover.mail_activity_type_attention")
            )
        )
        self.assertEqual(todo.user_id, self.manager)
        self.assertIn("Leader cannot decide", todo.note)

    def test_readers_see_steps_in_their_own_language(self):
        template = self.plan.template_ids[0]
        template.with_context(lang="zh_CN").summary = "写下来"
        step = self.step(self.planned(), "Write down")
        self.assertEqual(step.handover_step_name, "Write down")
        self.assertEqual(step.with_context(lang="zh_CN").handover_step_name, "写下来")
        step.summary = "Write down by Friday"
        self.assertEqual(
            step.with_context(lang="zh_CN").handover_step_name, "Write down by Friday"
        )

    def test_steps_that_were_not_taken_say_so_in_the_readers_language(self):
        """Whoever had the step, and whoever ended it."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "crm_handover")]
        )._update_translations(["zh_CN"])
        self.plan.template_ids[0].with_context(lang="zh_CN").summary = "写下来"
        request = self.planned()
        mine = request.with_user(self.leader).with_context(lang="zh_CN")
        mine.action_refuse("No")
        self.env.invalidate_all()
        told = {
            lang: {
                (step.handover_step_name, step.handover_step_feedback)
                for step in request.with_context(lang=lang).step_ids
            }
            for lang in ("en_US", "zh_CN")
        }
        self.assertIn(("Write down", "Cancelled with the handover"), told["en_US"])
        self.assertIn(("写下来", "随交接取消"), told["zh_CN"])

    def test_inbox_is_a_choice(self):
        self.anna.notification_type = "inbox"
        self.planned()
        self.later(9)
        self.forget()
        self.remind()
        self.assertFalse(self.deliver())
        [notice] = self.env["mail.notification"].search(
            [
                ("res_partner_id", "=", self.anna.partner_id.id),
                ("mail_message_id.subject", "=", "Late steps of handovers"),
            ]
        )
        self.assertEqual(notice.notification_type, "inbox")

    def test_nobody_is_reminded_of_what_is_over_or_a_draft(self):
        draft = self.planned("draft").with_user(self.anna)
        draft.action_plan_steps()
        self.planned("cancelled")
        self.planned("refused")
        done = self.planned()
        self.step(done, "Write down").with_user(self.anna).action_done()
        self.later(9)
        self.forget()
        self.remind()
        self.assertFalse(self.deliver())

    def test_steps_and_reminder_in_the_language_of_each(self):
        """A Chinese successor reads Chinese, an English predecessor English."""
        request = self.planned(
            reason_id=self.env.ref("crm_handover.reason_resignation").id,
            successor_id=self.li.id,
        )
        steps = request.step_ids
        # the leader has what is left for who coordinates, once Anna has left
        self.assertEqual(steps.user_id, self.anna | self.li | self.leader)
        for step in steps:
            with self.subTest(step=step.summary):
                chinese = step.user_id == self.li
                self.assertEqual(bool(CHINESE.search(step.summary)), chinese)
        for plan in self.env.ref("crm_handover.reason_absence").plan_id:
            for text in (plan, *plan.template_ids):
                self.assertTrue(
                    CHINESE.search(text.with_context(lang="zh_CN").display_name)
                )
        self.later(40)
        self.forget()
        self.remind()
        self.assertDelivered(anna=1, li=1, leader=1)
        [mail] = self.mails_to(self.li)
        text = self.tree(mail).text_content()
        self.assertTrue(CHINESE.search(mail["Subject"]))
        self.assertFalse(re.search(r"\bsteps?\b|\bDue\b|Hello", text), text)
        [mail] = self.mails_to(self.anna)
        self.assertFalse(CHINESE.search(self.tree(mail).text_content()))
