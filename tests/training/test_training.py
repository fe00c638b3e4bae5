"""Training: planned with the handover, held in the calendar, proven by sign-offs."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from odoo.addons.crm_handover_training.hooks import uninstall_hook

from ..common import IN_NO_WAY_CONCERNED, HandoverCommon

NOW = datetime(2026, 3, 2, 10)
LATER = "2026-03-04 09:00:00"


class TrainingCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.plan = cls.env["mail.activity.plan"].create(
            {
                "name": "Leaving",
                "res_model": "handover.request",
                "company_id": False,
                "handover_training_required": True,
                "handover_topic_ids": [
                    Command.create(
                        {"name": "Customers", "minutes": 60, "description": "By name"}
                    ),
                    Command.create({"name": "Deals", "minutes": 30}),
                ],
            }
        )
        cls.plan.handover_topic_ids[0].with_context(lang="zh_CN").name = "客户"
        cls.reason.plan_id = cls.plan

    def setUp(self):
        super().setUp()
        self.at(NOW)

    def at(self, moment):
        clock = freeze_time(moment)
        clock.start()
        self.addCleanup(clock.stop)
        self.env.invalidate_all()

    def plan_session(self, request, by=None, start=LATER, **values):
        id_ = request.with_user(by or self.anna).plan_training(start, **values)
        return self.env["handover.training"].browse(id_)

    def attend(self, request, *users, by=None):
        """A session that has taken place, with the attendance of ``users``."""
        session = self.plan_session(request, start="2026-03-02 08:00:00")
        ids = [user.id for user in users]
        session.with_user(by or self.anna).action_mark_attendance(ids)
        return session

    def rate(self, request, user, before=2, after=4):
        for topic in request.training_topic_ids:
            for moment, rating in (("before", before), ("after", after)):
                if rating:
                    request.with_user(user).rate_training(topic.id, moment, rating)

    def learn(self, request, user, comment="Worked alongside"):
        """Rate every topic and sign off."""
        self.rate(request, user)
        request.with_user(user).action_sign_training(comment)

    def make_shared(self, state):
        """A handover to Bruno and Chen."""
        leads = self.make_lead() | self.make_lead(name="Hers")
        tomorrow = state == "approved" and NOW + timedelta(days=1)
        request = self.make_request(records=leads, date_planned=tomorrow)
        line = request.line_ids.filtered(lambda line: line.res_name == "Hers")
        line.with_user(self.anna).successor_id = self.chen
        self.bring(request, state)
        return request

    def confirm(self, request, *users):
        for user in users:
            request.with_user(user).action_confirm()

    def trainee(self, request, user):
        return request.sudo().trainee_ids.filtered(lambda row: row.user_id == user)

    def events(self, request, code):
        request.invalidate_recordset(["event_ids"])
        return request.sudo().event_ids.filtered(lambda event: event.code == code)


class TestPlan(TrainingCase):
    def test_submitting_brings_topics_and_trainees(self):
        request = self.make_request()
        self.assertFalse(request.training_topic_ids)
        self.assertEqual(request.training_state, "open")
        self.bring(request, "submitted")
        self.assertRecordValues(
            request.training_topic_ids,
            [
                {"name": "Customers", "minutes": 60, "description": "By name"},
                {"name": "Deals", "minutes": 30, "description": False},
            ],
        )
        self.assertEqual(request.trainee_ids.user_id, self.bruno)
        self.assertTrue(request.training_required)
        self.assertEqual(request.untrained_ids, self.bruno)

    def test_each_reads_topics_in_their_language(self):
        topic = self.make_request("submitted").training_topic_ids[0]
        self.assertEqual(topic.with_context(lang="zh_CN").name, "客户")
        self.assertEqual(topic.with_context(lang="en_US").name, "Customers")
        self.plan.handover_topic_ids.unlink()
        self.assertEqual(topic.with_context(lang="zh_CN").name, "客户")

    def test_what_was_submitted_does_not_follow_the_plan(self):
        asked = self.make_request("submitted")
        self.plan.handover_training_required = False
        free = self.make_request("submitted", self.make_lead())
        self.assertRecordValues(
            asked | free,
            [
                {"training_required": True, "training_state": "open"},
                {"training_required": False, "training_state": "optional"},
            ],
        )
        self.plan.handover_training_required = True
        free.with_user(self.approver).action_approve()
        self.confirm(free, self.anna, self.bruno)
        self.assertEqual(free.state, "done")

    def test_what_is_required_is_part_of_what_is_approved(self):
        request = self.make_request("approved")
        self.assertTrue(request._approved_head()["training_required"])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_request SET training_required = FALSE WHERE id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        self.assertFalse(request.with_user(self.anna).verify()["ok"])

    def test_training_asked_for_afterwards_was_not_approved(self):
        self.plan.handover_training_required = False
        request = self.make_request("approved")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_request SET training_required = TRUE WHERE id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        [problem] = request.with_user(self.anna).verify()["problems"]
        self.assertEqual(problem["code"], "content_changed")

    def test_it_adds_to_what_is_approved_what_tests_change(self):
        own = {
            name
            for name in self.make_request()._approved_fields()
            if self.Request._fields[name]._module == "crm_handover_training"
        }
        self.assertEqual(own, {"training_required"})

    def test_a_plan_of_another_company_asks_for_no_training(self):
        self.plan.company_id = self.abroad
        request = self.make_request("submitted")
        self.assertFalse(request.training_topic_ids)
        self.assertFalse(request.sudo().training_required)

    def test_removed_topic_stays_away(self):
        request = self.make_request()
        self.bring(request, "submitted")
        request.training_topic_ids[0].with_user(self.anna).action_remove()
        request.with_user(self.anna).action_draft()
        self.bring(request, "submitted")
        self.assertEqual(request.training_topic_ids.mapped("name"), ["Deals"])

    def test_another_reason_brings_its_topics_and_own_ones_stay(self):
        other = self.env["handover.reason"].create({"name": "Other"})
        other.plan_id = self.plan.copy({"name": "Other"})
        self.assertEqual(len(other.plan_id.handover_topic_ids), 2)
        other.plan_id.handover_topic_ids[0].name = "People"
        request = self.make_request("submitted")
        self.add_topic(request, name="Mine")
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).reason_id = other
        self.bring(request, "submitted")
        self.assertEqual(
            set(request.training_topic_ids.mapped("name")), {"People", "Deals", "Mine"}
        )

    def add_topic(self, request, by=None, **values):
        values = {"request_id": request.id, "name": "Prices", **values}
        model = self.env["handover.training.topic"]
        return model.with_user(by or self.anna).create(values)

    def test_planners_add_and_remove_topics(self):
        request = self.make_request(coordinator_id=self.other.id)
        for user in (self.anna, self.other, self.manager, self.admin):
            topic = self.add_topic(request, user, minutes=5)
            self.assertIn(topic, request.training_topic_ids)
            topic.with_user(user).action_remove()
            self.assertFalse(topic.exists())
        self.assertFalse(self.events(request, "training_changed"))
        self.bring(request, "submitted")
        self.add_topic(request).action_remove()
        self.assertEqual(
            [event.data for event in self.events(request, "training_changed")],
            [{"added": "Prices"}, {"removed": "Prices"}],
        )

    def test_nobody_else_touches_topics(self):
        request = self.make_request("submitted")
        topic = request.training_topic_ids[0]
        for login in ("bruno", "chen", "leader", "approver", *IN_NO_WAY_CONCERNED):
            user = getattr(self, login)
            with self.subTest(by=login):
                with self.assertRefused(AccessError):
                    self.add_topic(request, user)
                with self.assertRefused(AccessError):
                    topic.with_user(user).action_remove()
        for user in (self.anna, self.admin):
            with self.assertRefused(AccessError):
                topic.with_user(user).name = "Less"
        with self.assertRefused(UserError, "Say which handover"):
            self.env["handover.training.topic"].with_user(self.anna).create(
                {"name": "Lost"}
            )

    def test_no_topics_once_it_is_over(self):
        done = self.make_request("submitted")
        cancelled = self.make_request("cancelled", self.make_lead())
        done.with_user(self.approver).action_approve()
        self.learn(done, self.bruno)
        for request in (done, cancelled):
            with self.assertRefused(UserError):
                self.add_topic(request)
        with self.assertRefused(UserError):
            done.training_topic_ids[0].with_user(self.anna).action_remove()

    def test_what_one_signed_off_stays_for_the_others(self):
        request = self.make_shared("approved")
        self.attend(request, self.bruno)
        self.learn(request, self.bruno)
        with self.assertRefused(UserError, "signed off"):
            request.training_topic_ids[0].with_user(self.anna).action_remove()
        self.add_topic(request)
        self.assertEqual(request.training_state, "open")

    def test_trainees_follow_the_successors(self):
        request = self.make_shared("submitted")
        self.assertEqual(request.trainee_ids.user_id, self.bruno | self.chen)
        request.with_user(self.anna).action_draft()
        request.line_ids.with_user(self.anna).successor_id = self.chen
        request.with_user(self.anna).successor_id = self.chen
        self.assertEqual(request.trainee_ids.user_id, self.chen)

    def test_managers_edit_the_topics_of_plans_and_nobody_else(self):
        more = {"handover_topic_ids": [Command.create({"name": "More"})]}
        with self.assertRefused(AccessError):
            self.plan.with_user(self.manager).write(more)
        # of all companies: for who is in all of them
        self.manager.company_ids = self.env["res.company"].search([])
        self.plan.with_user(self.manager).write(more)
        topic = self.plan.handover_topic_ids[-1]
        for user in (self.anna, self.leader, self.approver):
            with self.assertRefused(AccessError):
                topic.with_user(user).name = "Less"

    def test_every_shipped_plan_has_topics_and_requires_nothing(self):
        for reason in self.env["handover.reason"].search([("plan_id", "!=", False)]):
            if reason != self.reason and reason.get_external_id()[reason.id]:
                self.assertTrue(reason.plan_id.handover_topic_ids, reason.name)
                self.assertFalse(reason.plan_id.handover_training_required)

    def test_without_topics_there_is_no_training(self):
        self.reason.plan_id = False
        request = self.make_request("transferred")
        self.assertEqual(request.training_state, "none")
        self.assertFalse(request.trainee_ids)
        self.confirm(request, self.anna, self.bruno)
        self.assertEqual(request.state, "done")


class TestSession(TrainingCase):
    def test_session_is_a_private_meeting_with_the_agenda(self):
        request = self.make_request("submitted")
        session = self.plan_session(request, duration=1.5)
        meeting = session.event_id
        self.assertEqual((meeting.user_id, meeting.privacy), (self.anna, "private"))
        self.assertEqual(meeting.start, datetime(2026, 3, 4, 9))
        self.assertEqual(meeting.stop, datetime(2026, 3, 4, 10, 30))
        people = self.anna | self.bruno
        self.assertEqual(meeting.partner_ids, people.partner_id)
        for text in ("Customers", "60 min", "By name", "Deals", request.name):
            self.assertIn(text, meeting.description)
        self.assertRecordValues(
            session,
            [
                {
                    "state": "planned",
                    "trainer_id": self.anna.id,
                    "attendee_ids": self.bruno.ids,
                    "topic_ids": request.training_topic_ids.ids,
                }
            ],
        )
        self.assertEqual(
            self.events(request, "training_planned").data,
            {"people": "Bruno", "topics": 2, "start": LATER},
        )

    def test_the_calendar_invites_and_nothing_else_is_sent(self):
        request = self.make_request("submitted", coordinator_id=self.other.id)
        last = self.env["mail.message"].search([], limit=1).id
        activities = request.activity_ids
        session = self.plan_session(request, by=self.other)
        messages = self.env["mail.message"].search([("id", ">", last)])
        self.assertEqual(messages.partner_ids, (self.anna | self.bruno).partner_id)
        self.assertEqual(set(messages.mapped("model")), {"calendar.event"})
        self.assertEqual(request.activity_ids, activities)
        self.assertEqual(session.event_id.user_id, self.other)
        self.assertNotIn(self.other.partner_id, session.event_id.partner_ids)

    def test_whoever_is_replaced_is_invited_no_more(self):
        request = self.make_shared("submitted")
        ahead = self.plan_session(request)
        held = self.plan_session(request, start="2026-03-02 08:00:00")
        guest = self.employee.partner_id
        ahead.event_id.partner_ids += guest
        anna = request.with_user(self.anna)
        anna.action_draft()
        anna.line_ids.filtered(
            lambda line: line.successor_id == self.chen
        ).successor_id = self.bruno
        people = (self.anna | self.bruno).partner_id
        self.assertEqual(ahead.event_id.partner_ids, people | guest)
        self.assertEqual(held.event_id.partner_ids, people | self.chen.partner_id)
        self.assertNotIn(self.chen, ahead.attendee_ids)
        anna.successor_id = self.other
        people = (self.anna | self.other | self.bruno).partner_id
        self.assertNotIn(self.chen.partner_id, ahead.event_id.partner_ids)
        self.assertLessEqual(ahead.event_id.partner_ids - guest, people)

    def test_meeting_says_nothing_to_others(self):
        session = self.plan_session(self.make_request("submitted"))
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.employee, self.other, self.chen):
            meeting = session.event_id.with_user(user)
            self.assertNotIn("HO/", meeting.name)
            self.assertFalse(meeting.description)
            self.env.invalidate_all()

    def test_the_meeting_is_the_truth(self):
        request = self.make_request("submitted")
        session = self.plan_session(request)
        meeting = session.event_id
        meeting.write({"start": "2026-03-05 09:00:00", "stop": "2026-03-05 10:00:00"})
        self.assertEqual(session.start, datetime(2026, 3, 5, 9))
        meeting.partner_ids -= self.bruno.partner_id
        self.assertFalse(session.attendee_ids)
        meeting.active = False
        self.assertEqual(session.state, "cancelled")
        meeting.active = True
        self.at("2026-03-05 09:30:00")
        self.assertEqual(session.state, "begun")
        meeting.unlink()
        self.assertEqual(session.state, "cancelled")
        with self.assertRefused(UserError, "was cancelled"):
            session.with_user(self.anna).action_mark_attendance(self.bruno.ids)

    def test_what_took_place_outlives_its_meeting(self):
        request = self.make_request("submitted")
        session = self.attend(request, self.bruno)
        session.event_id.unlink()
        self.assertRecordValues(
            session, [{"state": "held", "start": datetime(2026, 3, 2, 8)}]
        )
        self.assertTrue(session.with_user(self.bruno).has_access("read"))

    def test_only_planners_plan_and_only_when_submitted(self):
        request = self.make_request(coordinator_id=self.other.id)
        with self.assertRefused(UserError, "submit it"):
            self.plan_session(request)
        self.bring(request, "submitted")
        for user in (self.bruno, self.leader, self.approver, self.chen, self.employee):
            with self.assertRefused(AccessError):
                self.plan_session(request, by=user)
        for user in (self.anna, self.other, self.manager):
            self.assertTrue(self.plan_session(request, by=user))
        request.with_user(self.anna).action_cancel()
        with self.assertRefused(UserError, "is over"):
            self.plan_session(request)

    def test_bad_arguments_change_nothing(self):
        request = self.make_request("submitted")
        elsewhere = self.make_request("submitted", self.make_lead())
        foreign = elsewhere.training_topic_ids
        for start, values in (
            ("soon", {}),
            (False, {}),
            ({}, {}),
            (LATER, {"duration": 0}),
            (LATER, {"duration": 25}),
            (LATER, {"duration": "1"}),
            (LATER, {"duration": True}),
            (LATER, {"duration": float("nan")}),
            (LATER, {"trainer_id": self.employee.id}),
            (LATER, {"trainer_id": 2**31}),
            (LATER, {"trainer_id": self.bruno.id}),
            (LATER, {"successor_ids": [self.chen.id]}),
            (LATER, {"successor_ids": []}),
            (LATER, {"successor_ids": "x"}),
            (LATER, {"topic_ids": foreign.ids}),
            (LATER, {"topic_ids": [True]}),
        ):
            with (
                self.subTest(start=start, **values),
                self.assertRefused(UserError),
            ):
                self.plan_session(request, start=start, **values)

    def test_closing_takes_meetings_off_the_calendar(self):
        request = self.make_request("submitted")
        held = self.attend(request, self.bruno)
        coming = self.plan_session(request)
        request.with_user(self.anna).action_cancel()
        self.assertTrue(held.event_id.active)
        self.assertFalse(coming.event_id.active)
        self.assertEqual(coming.state, "cancelled")

    def test_deleted_draft_leaves_no_meeting(self):
        request = self.make_request("submitted")
        meeting = self.plan_session(request).event_id
        request.with_user(self.anna).action_draft()
        self.assertTrue(meeting.active)
        request.with_user(self.anna).unlink()
        self.assertFalse(meeting.active)

    def test_who_has_left_is_neither_trainer_nor_invited(self):
        request = self.make_request(
            "transferred", predecessor_id=self.anna.id, by=self.manager,
            coordinator_id=self.leader.id,
        )  # fmt: skip
        self.anna.active = False
        session = self.plan_session(request, by=self.leader)
        self.assertEqual(session.trainer_id, self.leader)

    def test_defaults_of_the_dialog(self):
        # a Friday evening in Shanghai
        self.at("2026-03-06 11:00:00")
        self.anna.tz = "Asia/Shanghai"
        request = self.make_request("submitted")
        self.plan_session(
            request,
            start="2026-03-10 09:00:00",
            topic_ids=request.training_topic_ids[:1].ids,
        )
        model = self.env["handover.request.train"].with_user(self.anna)
        form = Form(model.with_context(default_request_id=request.id))
        self.assertEqual(str(form.start), "2026-03-09 02:00:00")
        self.assertEqual(form.duration, 0.5)
        self.assertEqual(form.trainer_id, self.anna)
        self.assertEqual(form.user_ids[:], self.bruno)
        self.assertEqual(form.topic_ids[:], request.training_topic_ids[1])
        form.save().action_plan()
        self.assertEqual(len(request.training_ids), 2)

    def test_dialogs_tell_nothing(self):
        request = self.make_request("submitted")
        session = self.plan_session(request)
        for model, values in (
            ("handover.request.train", {"request_id": request.id}),
            ("handover.request.sign.training", {"request_id": request.id}),
            (
                "handover.request.waive.training",
                {"request_id": request.id, "reason": "x"},
            ),
            ("handover.training.attend", {"training_id": session.id}),
        ):
            with self.subTest(model=model), self.assertRefused(AccessError):
                self.env[model].with_user(self.other).create(values)


class TestAttendance(TrainingCase):
    def test_trainer_or_planner_marks_after_the_beginning(self):
        request = self.make_request("submitted", coordinator_id=self.other.id)
        session = self.plan_session(request, trainer_id=self.leader.id)
        # until then the trainer is asked for something
        due = session._handover_seats()["trainer_id"]
        self.assertEqual(session.search(due), session)
        with self.assertRefused(UserError, "once it has begun"):
            session.with_user(self.leader).action_mark_attendance(self.bruno.ids)
        self.at("2026-03-04 09:00:00")
        for user in (self.leader, self.other, self.anna, self.manager):
            session.with_user(user).action_mark_attendance(self.bruno.ids)
            self.assertRecordValues(
                session,
                [
                    {
                        "state": "held",
                        "attended_ids": self.bruno.ids,
                        "marked_by_id": user.id,
                    }
                ],
            )
        self.assertEqual(len(self.events(request, "training_attended")), 4)
        self.assertFalse(session.search(due))

    def test_trainee_does_not_mark_alone(self):
        request = self.make_request("submitted", coordinator_id=self.bruno.id)
        session = self.plan_session(request, start="2026-03-02 08:00:00")
        with self.assertRefused(AccessError, "somebody else"):
            session.with_user(self.bruno).action_mark_attendance(self.bruno.ids)
        session.with_user(self.anna).action_mark_attendance(self.bruno.ids)

    def test_others_mark_nothing(self):
        request = self.make_request("submitted")
        session = self.plan_session(request, start="2026-03-02 08:00:00")
        for user in (self.bruno, self.approver, self.leader, self.chen, self.employee):
            with self.assertRefused(AccessError):
                session.with_user(user).action_mark_attendance([])
        for wrong in ([self.chen.id], "x", [0], [self.anna.id]):
            with self.assertRefused(UserError):
                session.with_user(self.anna).action_mark_attendance(wrong)

    def test_nobody_came(self):
        request = self.make_request("submitted")
        session = self.attend(request)
        self.assertEqual(session.state, "missed")
        session.with_user(self.anna).action_mark_attendance(self.bruno.ids)
        self.assertEqual(session.state, "held")

    def test_attendance_stays_once_signed_off(self):
        request = self.make_request("transferred")
        session = self.attend(request, self.bruno)
        self.learn(request, self.bruno, comment=False)
        with self.assertRefused(UserError, "signed off"):
            session.with_user(self.anna).action_mark_attendance([])

    def test_dialog_proposes_who_was_invited(self):
        request = self.make_request("submitted")
        session = self.plan_session(request, start="2026-03-02 08:00:00")
        model = self.env["handover.training.attend"].with_user(self.anna)
        form = Form(model.with_context(default_training_id=session.id))
        self.assertEqual(form.user_ids[:], self.bruno)
        form.save().action_mark()
        self.assertEqual(session.attended_ids, self.bruno)


class TestMaterial(TrainingCase):
    def upload(self, session, user, name="slides.txt"):
        model = self.env["ir.attachment"].with_user(user)
        return model.create(
            {
                "name": name, "raw": b"x",
                "res_model": session._name, "res_id": session.id,
            }
        )  # fmt: skip

    def test_trainer_and_planners_add_and_its_people_read(self):
        request = self.make_request("submitted", coordinator_id=self.other.id)
        session = self.plan_session(request, trainer_id=self.leader.id)
        files = self.env["ir.attachment"]
        for user in (self.anna, self.other, self.leader):
            files |= self.upload(session, user).with_env(self.env)
        for user in (self.bruno, self.anna, self.leader, self.approver, self.manager):
            self.env.invalidate_all()
            mine = session.with_user(user)
            self.assertEqual(set(mine.material_ids.mapped("raw")), {b"x"})
        for user in (self.chen, self.alldocs, self.employee, self.foreigner):
            self.env.invalidate_all()
            with self.assertRefused(AccessError):
                files.with_user(user).read(["name"])

    def test_trainees_add_and_remove_nothing(self):
        session = self.plan_session(self.make_request("submitted"))
        self.upload(session, self.anna)
        with self.assertRefused(AccessError):
            self.upload(session, self.bruno)
        with self.assertRefused(AccessError):
            session.with_user(self.bruno).material_ids = [Command.clear()]

    def test_only_what_is_uploaded_here_is_material(self):
        session = self.plan_session(self.make_request("submitted"))
        kept, gone = (self.upload(session, self.anna, name) for name in ("a", "b"))
        note = self.env["ir.attachment"].with_user(self.anna).create({"name": "mine"})
        session.with_user(self.anna).material_ids = [Command.set([kept.id, note.id])]
        self.assertFalse(gone.exists())
        self.assertFalse(note.res_id)
        session.invalidate_recordset()
        self.assertEqual(session.with_user(self.anna).material_ids, kept)


class TestRights(TrainingCase):
    def test_who_sees_what(self):
        request = self.make_shared("transferred")
        both = self.plan_session(request)
        hers = self.plan_session(request, successor_ids=self.chen.ids)
        self.rate(request, self.bruno)
        self.rate(request, self.chen)
        ratings = self.env["handover.training.rating"].search([])
        own = {
            user: ratings.filtered(lambda row, of=user: row.trainee_id.user_id == of)
            for user in (self.bruno, self.chen)
        }
        whole = (both | hers, request.sudo().trainee_ids, ratings)
        nothing = (both[:0], request.trainee_ids[:0], ratings[:0])
        expected = {
            "anna": whole, "leader": whole, "approver": whole, "manager": whole,
            "admin": whole, "other": nothing, "alldocs": nothing,
            "projectuser": nothing, "foreigner": nothing,
            "bruno": (both, self.trainee(request, self.bruno), own[self.bruno]),
            "chen": (both | hers, self.trainee(request, self.chen), own[self.chen]),
        }  # fmt: skip
        for login, found in expected.items():
            user = getattr(self, login)
            self.env.invalidate_all()
            for records in found:
                with self.subTest(by=login, model=records._name):
                    self.assertEqual(
                        records.with_user(user).search([]).with_env(self.env), records
                    )
        for login in ("employee", "portal"):
            for records in whole:
                with self.assertRefused(AccessError):
                    records.with_user(getattr(self, login)).search([])

    def test_an_invitation_alone_opens_nothing(self):
        session = self.plan_session(self.make_request("submitted"))
        session.event_id.partner_ids |= self.other.partner_id
        self.assertFalse(session.with_user(self.other).has_access("read"))

    def test_who_was_there_and_does_not_take_over_any_more_reads_nothing_of_it(self):
        request = self.make_shared("submitted")
        session = self.attend(request, self.bruno, self.chen)
        file = self.env["ir.attachment"].create(
            {
                "name": "x", "raw": b"x",
                "res_model": session._name, "res_id": session.id,
            }
        )  # fmt: skip
        session.event_id.unlink()
        for user in (self.bruno, self.chen):
            self.assertEqual(session.with_user(user).search([]), session)
            self.assertEqual(file.with_user(user).raw, b"x")
        anna = request.with_user(self.anna)
        anna.action_draft()
        anna.line_ids.filtered(
            lambda line: line.successor_id == self.chen
        ).successor_id = self.bruno
        self.env.invalidate_all()
        for record in (session, file):
            self.assertTrue(record.with_user(self.bruno).has_access("read"))
            self.assertFalse(record.with_user(self.chen).has_access("read"))

    def test_nobody_writes_by_hand(self):
        request = self.make_request("transferred")
        session = self.attend(request, self.bruno)
        self.rate(request, self.bruno)
        trainee = self.trainee(request, self.bruno)
        wishes = [
            (session, "attended_ids", [Command.clear()]),
            (session, "event_id", False),
            (session, "trainer_id", self.bruno.id),
            (session, "date_marked", "2026-03-01 00:00:00"),
            (trainee, "date_signed", "2026-03-01 00:00:00"),
            (trainee, "user_id", self.chen.id),
            (trainee.rating_ids[0], "after", 5),
            (request, "training_required", False),
            (request, "date_training_waived", "2026-03-01 00:00:00"),
            (request, "training_waiver", "x"),
            (request, "trainee_ids", [Command.clear()]),
            (request, "training_topic_ids", [Command.clear()]),
        ]
        for record, name, value in wishes:
            for user in (self.anna, self.bruno, self.manager, self.admin):
                with (
                    self.subTest(field=name, by=user.login),
                    self.assertRefused(AccessError),
                ):
                    record.with_user(user).with_context(handover_token=True).write(
                        {name: value}
                    )
        for record in (session, trainee, trainee.rating_ids[0]):
            for user in (self.anna, self.bruno, self.admin):
                with self.assertRefused(AccessError):
                    record.with_user(user).unlink()
                with self.assertRefused((AccessError, UserError)):
                    record.with_user(user).copy()


class TestRating(TrainingCase):
    def test_successor_rates_before_and_after(self):
        request = self.make_request("submitted")
        topic = request.training_topic_ids[0]
        mine = request.with_user(self.bruno)
        self.assertEqual(
            mine.rate_training(topic.id, "before", 2), {"before": 2, "after": 0}
        )
        with self.assertRefused(UserError, "after a session"):
            mine.rate_training(topic.id, "after", 4)
        self.attend(request, self.bruno)
        mine.rate_training(topic.id, "before", 1)
        self.assertEqual(
            mine.rate_training(topic.id, "after", 4), {"before": 1, "after": 4}
        )
        with self.assertRefused(UserError, "already"):
            mine.rate_training(topic.id, "before", 3)
        trainee = self.trainee(request, self.bruno)
        self.assertRecordValues(
            trainee, [{"before": 1.0, "after": 4.0, "attended_count": 1}]
        )

    def test_nobody_rates_somebody_else(self):
        request = self.make_request("transferred")
        topic = request.training_topic_ids[0]
        for user in (self.anna, self.leader, self.manager, self.admin, self.other):
            with self.assertRefused(AccessError):
                request.with_user(user).rate_training(topic.id, "before", 3)

    def test_bad_arguments_change_nothing(self):
        request = self.make_request("transferred").with_user(self.bruno)
        foreign = self.make_request("submitted", self.make_lead()).training_topic_ids[0]
        topic = request.training_topic_ids[0]
        for args in (
            (topic.id, "during", 3),
            (topic.id, "before", 0),
            (topic.id, "before", 6),
            (topic.id, "before", "3"),
            (topic.id, "before", True),
            (topic.id, "before", []),
            (foreign.id, "before", 3),
            (False, "before", 3),
            ("x", "before", 3),
        ):
            with self.subTest(args=args), self.assertRefused(UserError):
                request.rate_training(*args)

    def test_draft_and_cancelled_are_not_rated(self):
        request = self.make_request("submitted")
        topic = request.training_topic_ids[0]
        request.with_user(self.anna).action_draft()
        with self.assertRefused(UserError, "under way"):
            request.with_user(self.bruno).rate_training(topic.id, "before", 3)

    def test_the_form_shows_the_readers_own(self):
        request = self.make_shared("transferred")
        self.rate(request, self.bruno, 2, 5)
        rows = request.with_user(self.bruno).training_self["topics"]
        self.assertEqual([(row["before"], row["after"]) for row in rows], [(2, 5)] * 2)
        rows = request.with_user(self.chen).training_self["topics"]
        self.assertEqual([(row["before"], row["after"]) for row in rows], [(0, 0)] * 2)
        self.assertFalse(request.with_user(self.anna).training_self)


class TestGate(TrainingCase):
    def test_without_the_training_it_is_not_done(self):
        request = self.make_request("transferred")
        self.confirm(request, self.anna, self.bruno)
        self.assertRecordValues(
            request, [{"state": "transferred", "training_state": "open"}]
        )
        self.assertEqual(request.untrained_ids, self.bruno)
        self.assertFalse(request.date_completed)
        self.learn(request, self.bruno)
        self.assertRecordValues(request, [{"state": "done", "training_state": "done"}])
        self.assertTrue(request.date_completed)
        self.assertTrue(request.with_user(self.anna).verify()["ok"])
        self.assertEqual(
            self.events(request, "training_signed").data,
            {
                "people": "Bruno", "topics": 2, "rating": "2.0 → 4.0",
                "comment": "Worked alongside",
            },
        )  # fmt: skip

    def test_training_first_and_signatures_last(self):
        request = self.make_request("approved")
        self.attend(request, self.bruno)
        self.learn(request, self.bruno, comment=False)
        self.assertEqual(request.state, "approved")
        request.with_user(self.approver).action_run()
        self.confirm(request, self.bruno)
        self.assertEqual(request.state, "transferred")
        self.confirm(request, self.anna)
        self.assertEqual(request.state, "done")

    def test_each_who_took_something_signs(self):
        request = self.make_shared("transferred")
        self.confirm(request, self.anna, self.bruno, self.chen)
        self.learn(request, self.bruno)
        self.assertEqual(request.state, "transferred")
        self.assertEqual(request.untrained_ids, self.chen)
        self.learn(request, self.chen)
        self.assertEqual(request.state, "done")

    def test_who_took_nothing_need_not_sign(self):
        request = self.make_shared("approved")
        hers = request.line_ids.filtered(lambda line: line.successor_id == self.chen)
        hers.with_user(self.chen).action_decline("No time")
        request.with_user(self.approver).action_run()
        self.confirm(request, self.anna, self.bruno)
        self.learn(request, self.bruno)
        self.assertEqual(request.state, "done")

    def test_sign_off_needs_ratings_and_attendance_or_a_comment(self):
        request = self.make_request("transferred")
        mine = request.with_user(self.bruno)
        self.assertFalse(mine.can_sign_training)
        with self.assertRefused(UserError, "Customers, Deals"):
            mine.action_sign_training("Trust me")
        self.rate(request, self.bruno)
        self.assertTrue(mine.can_sign_training)
        for comment in (False, "", "  "):
            with self.assertRefused(UserError, "Say in a comment"):
                mine.action_sign_training(comment)
        with self.assertRefused(UserError, "give a text"):
            mine.action_sign_training(["x"])
        self.attend(request, self.bruno)
        mine.action_sign_training()
        self.assertTrue(self.trainee(request, self.bruno).date_signed)
        # a second click
        with self.assertNothingChanged():
            mine.action_sign_training()
        with self.assertRefused(UserError):
            mine.rate_training(request.training_topic_ids[0].id, "after", 5)

    def test_only_the_successor_signs_off(self):
        request = self.make_request("transferred")
        self.rate(request, self.bruno)
        for user in (self.anna, self.leader, self.manager, self.admin, self.chen):
            with self.assertRefused(AccessError):
                request.with_user(user).action_sign_training("For him")

    def test_nobody_signs_off_what_is_not_approved(self):
        request = self.make_request("submitted")
        self.attend(request, self.bruno)
        self.rate(request, self.bruno)
        with self.assertRefused(UserError, "once it is approved"):
            request.with_user(self.bruno).action_sign_training()

    def test_back_to_draft_it_is_signed_off_again(self):
        request = self.make_request("approved")
        self.attend(request, self.bruno)
        self.learn(request, self.bruno)
        request.with_user(self.anna).action_cancel()
        request.with_user(self.anna).action_draft()
        self.bring(request, "submitted")
        self.assertEqual(request.training_state, "open")
        self.assertEqual(self.trainee(request, self.bruno).after, 4.0)
        self.assertEqual(len(self.events(request, "training_signed")), 1)

    def test_what_was_approved_gets_no_topics_of_another_plan(self):
        request = self.make_request("transferred")
        before = request.training_topic_ids
        self.reason.plan_id = self.plan.copy({"name": "Another"})
        self.reason.plan_id.template_ids = [
            Command.create({"summary": "Look", "responsible_type": "coordinator"})
        ]
        request.with_user(self.anna).action_plan_steps()
        self.assertEqual(request.training_topic_ids, before)

    def test_optional_training_holds_nothing_up_and_may_go_on(self):
        self.plan.handover_training_required = False
        request = self.make_request("transferred")
        self.confirm(request, self.anna, self.bruno)
        self.assertRecordValues(
            request, [{"state": "done", "training_state": "optional"}]
        )
        self.attend(request, self.bruno)
        self.learn(request, self.bruno)
        self.assertRecordValues(request, [{"state": "done", "training_state": "done"}])

    def test_partial_return_asks_again_and_forgets_nothing(self):
        leads = self.make_lead() | self.make_lead(name="Worked on")
        request = self.make_request("transferred", leads)
        self.confirm(request, self.anna, self.bruno)
        self.learn(request, self.bruno)
        leads[1].with_user(self.bruno).user_id = self.chen
        request.with_user(self.approver).action_return()
        self.assertIn(request.state, ("done", "returned"))
        self.assertEqual(request.training_state, "done")


class TestWaiver(TrainingCase):
    def test_manager_waives_with_a_reason_and_it_is_done(self):
        request = self.make_request("transferred")
        self.confirm(request, self.anna, self.bruno)
        boss = request.with_user(self.manager)
        self.assertTrue(boss.can_waive_training)
        for reason in ("", "  ", False, 5):
            with self.assertRefused(UserError, "reason"):
                boss.action_waive_training(reason)
        boss.action_waive_training("Bruno had the job before")
        self.assertRecordValues(
            request,
            [
                {
                    "state": "done",
                    "training_state": "waived",
                    "training_waiver": "Bruno had the job before",
                    "training_waived_by_id": self.manager.id,
                }
            ],
        )
        self.assertEqual(
            self.events(request, "training_waived").data,
            {"reason": "Bruno had the job before", "self_approval": False},
        )
        self.assertTrue(request.with_user(self.anna).verify()["ok"])

    def test_waived_first_it_still_waits_for_the_signatures(self):
        request = self.make_request("transferred")
        request.with_user(self.manager).action_waive_training("Known")
        self.assertEqual(request.state, "transferred")
        self.confirm(request, self.anna, self.bruno)
        self.assertEqual(request.state, "done")

    def test_nobody_else_waives(self):
        request = self.make_request("transferred")
        for login in ("anna", "bruno", "leader", "approver", *IN_NO_WAY_CONCERNED):
            user = getattr(self, login)
            with self.subTest(by=login), self.assertRefused(AccessError):
                request.with_user(user).action_waive_training("Please")
        with self.assertRefused(AccessError):
            request.with_user(self.foreigner).action_waive_training("Please")

    def test_who_takes_part_waives_only_where_that_is_allowed(self):
        request = self.make_request("transferred", by=self.manager)
        boss = request.with_user(self.manager)
        self.assertFalse(boss.can_waive_training)
        with self.assertRefused(AccessError, "does not decide"):
            boss.action_waive_training("Mine")
        self.company.handover_self_approval = True
        boss.action_waive_training("Mine")
        self.assertTrue(self.events(request, "training_waived").data["self_approval"])

    def test_what_is_not_open_is_not_waived(self):
        self.plan.handover_training_required = False
        free = self.make_request("transferred")
        self.plan.handover_training_required = True
        early = self.make_request("submitted", self.make_lead())
        learnt = self.make_request("transferred", self.make_lead())
        self.learn(learnt, self.bruno)
        for request in (free, early, learnt):
            with self.assertRefused(UserError, "no training"):
                request.with_user(self.manager).action_waive_training("Anyway")

    def test_back_to_draft_the_waiver_is_gone(self):
        request = self.make_request("approved")
        request.with_user(self.manager).action_waive_training("Known")
        request.with_user(self.anna).action_cancel()
        request.with_user(self.anna).action_draft()
        self.assertFalse(request.date_training_waived)
        self.bring(request, "submitted")
        self.assertEqual(request.training_state, "open")

    def test_who_left_before_signing_off(self):
        request = self.make_request("transferred")
        self.confirm(request, self.anna, self.bruno)
        self.bruno.active = False
        self.assertEqual(request.training_state, "open")
        self.assertEqual(request.untrained_ids, self.bruno)
        request.with_user(self.manager).action_waive_training("Bruno left")
        self.assertEqual(request.state, "done")

    def test_late_ones_are_found(self):
        request = self.make_request("transferred")
        waived = self.make_request("transferred", self.make_lead())
        waived.with_user(self.manager).action_waive_training("Known")
        search = self.env.ref("crm_handover.handover_request_view_search")
        self.assertIn("filter_training_open", search.get_combined_arch())
        found = self.Request.with_user(self.leader).search(
            [
                ("training_required", "=", True),
                ("date_training_waived", "=", False),
                ("trainee_ids", "any", [("date_signed", "=", False)]),
            ]
        )
        self.assertEqual(found.with_env(self.env), request)


class TestUninstalling(TrainingCase):
    def test_nothing_waits_for_it_any_more(self):
        waiting, unsigned, approved = (
            self.make_request(state, self.make_lead())
            for state in ("transferred", "transferred", "approved")
        )
        self.confirm(waiting, self.anna, self.bruno)
        uninstall_hook(self.env)
        self.env.invalidate_all()
        self.assertRecordValues(
            waiting | unsigned | approved,
            [
                {"state": "done", "training_state": "waived"},
                {"state": "transferred", "training_state": "waived"},
                {"state": "approved", "training_state": "open"},
            ],
        )
        for request in waiting | unsigned | approved:
            self.assertTrue(request.with_user(self.anna).verify()["ok"])


class TestAhead(TrainingCase):
    def test_begin_is_known_later(self):
        """What the clock says decides, not when something was written."""
        request = self.make_request("submitted")
        session = self.plan_session(request)
        topic = request.training_topic_ids[0]
        self.at(datetime(2026, 3, 4, 9) + timedelta(minutes=5))
        request.with_user(self.bruno).rate_training(topic.id, "after", 4)
        self.assertEqual(session.state, "begun")
