"""To-dos, meetings and invitations on records of others: they stay, or go by choice."""

from contextlib import ExitStack
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError

from odoo.addons.crm_handover.models.handover_said import in_language

from ..common import HandoverCommon


class TestElsewhere(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls.make_lead(name="Mine")
        cls.theirs = cls.make_lead(cls.chen, name="Theirs")
        cls.todo = cls.make_todo(cls.theirs, cls.anna)
        cls.meeting = cls.make_meeting(cls.theirs, cls.anna)
        cls.visit = cls.make_meeting(
            cls.theirs,
            cls.chen,
            partner_ids=[Command.set((cls.chen | cls.anna).partner_id.ids)],
        )

    def gone(self, state="transferred", records=None, **values):
        # who gets it has to be able to open it, as Bruno is not
        if values.get("elsewhere") == "one":
            values.setdefault("elsewhere_user_id", self.alldocs.id)
        return self.make_request(state, records or self.mine, **values)

    def guests(self):
        return self.visit.with_context(active_test=False).partner_ids

    def codes_of(self, request, user=None):
        found = request.with_user(user or self.anna).preflight()["findings"]
        return {finding["code"]: finding for finding in found}

    def test_they_stay_unless_somebody_says_so(self):
        request = self.gone()
        self.assertEqual(self.todo.user_id, self.anna)
        self.assertEqual(self.meeting.user_id, self.anna)
        self.assertIn(self.anna.partner_id, self.guests())
        self.assertFalse(request.elsewhere_moved)

    def test_to_one_person_and_back(self):
        own = self.make_todo(self.mine)
        guests = [Command.set((self.chen | self.anna).partner_id.ids)]
        declined = self.make_meeting(self.theirs, self.chen, partner_ids=guests)
        attendees = declined.attendee_ids
        attendees.filtered(lambda a: a.partner_id == self.anna.partner_id).do_decline()
        request = self.gone("draft", elsewhere="one", guest_meetings="seat")
        told = self.codes_of(request)
        self.assertIn("To-dos: 1, Meetings: 1, Invitations: 1",
                      told["elsewhere"]["message"])  # fmt: skip
        self.assertNotIn("left_behind", told)
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(own.user_id, self.bruno)
        for thing in (self.todo, self.meeting):
            self.assertEqual(thing.user_id, self.alldocs)
        self.assertEqual(self.guests(), (self.chen | self.alldocs).partner_id)
        # nobody comes instead of who does not come
        self.assertNotIn(self.alldocs.partner_id, declined.partner_ids)
        self.assertOwner(self.theirs, self.chen)
        event = request.event_ids.filtered(lambda e: e.code == "transferred")
        self.assertEqual(event.data["activities_elsewhere"], 1)
        self.assertIn("to-dos on records of others: 1", event.summary)
        self.assertTrue(request.with_user(self.manager).verify()["ok"])
        request.with_user(self.leader).action_return()
        for thing in (own, self.todo, self.meeting):
            self.assertEqual(thing.user_id, self.anna)
        self.assertEqual(self.guests(), (self.chen | self.anna).partner_id)
        self.assertFalse(request.elsewhere_moved)
        self.assertTrue(request.with_user(self.manager).verify()["ok"])

    def test_each_to_the_owner_of_the_record(self):
        nobodys = self.make_todo(self.make("res.partner", name="Eva"), self.anna)
        task = self.make_task(self.other)
        on_task = self.make_todo(task, self.anna)
        # what a field names comes before the document, and does without one
        nothing = {"res_model_id": False, "res_id": False}
        tied, both, closed = (
            self.make_meeting(task, self.anna, opportunity_id=lead.id, **values)
            for lead, values in (
                (self.theirs, nothing), (self.theirs, {}),
                (self.make_lead(self.chen, active=False), nothing),
            )
        )  # fmt: skip
        self.gone(elsewhere="owners")
        self.assertEqual((tied | both).user_id, self.chen)
        self.assertEqual(closed.user_id, self.anna)
        self.assertEqual(self.todo.user_id, self.chen)
        self.assertEqual(self.meeting.user_id, self.chen)
        self.assertEqual(on_task.user_id, self.other)
        # a record without an owner has nobody for it
        self.assertEqual(nobodys.user_id, self.anna)

    def test_what_somebody_changed_since_stays(self):
        request = self.gone(elsewhere="one")
        self.todo.user_id = self.other
        request.with_user(self.leader).action_return()
        self.assertEqual(self.todo.user_id, self.other)
        self.assertEqual(self.meeting.user_id, self.anna)

    def test_what_went_to_others_by_itself_is_others(self):
        """A record that was left alone took no to-dos along: they go like the rest."""
        sold = self.make_lead(name="Sold")
        on_sold = self.make_todo(sold)
        request = self.gone("approved", self.mine | sold, elsewhere="owners")
        sold.user_id = self.chen
        request.with_user(self.leader).action_run()
        self.assertEqual(self.codes(request)[sold], "stale_owner")
        self.assertEqual(on_sold.user_id, self.chen)

    def test_what_is_not_others_stays(self):
        declined = self.make_lead(name="Declined")
        on_declined = self.make_todo(declined)
        secret = self.make_meeting(self.theirs, self.anna, privacy="private")
        away = self.make_lead(self.foreigner, company_id=self.abroad.id)
        on_away = self.make_todo(away, self.foreigner)
        on_away.sudo().user_id = self.anna
        request = self.gone("approved", self.mine | declined, elsewhere="one")
        line = request.line_ids.filtered(lambda one: one.res_id == declined.id)
        line.with_user(self.bruno).action_decline("No")
        request.with_user(self.leader).action_run()
        self.assertEqual(self.todo.user_id, self.alldocs)
        for thing in (on_declined, secret, on_away):
            self.assertEqual(thing.user_id, self.anna)

    def test_nobody_gets_what_they_may_not_read(self):
        self.gone(elsewhere="one", elsewhere_user_id=False)
        self.assertEqual(self.todo.user_id, self.anna)
        self.assertEqual(self.meeting.user_id, self.anna)

    def test_what_refuses_is_told_as_left_behind(self):
        request = self.make_request(
            records=self.env["crm.lead"], elsewhere="one",
            elsewhere_user_id=self.alldocs.id,
        )  # fmt: skip
        request = request.with_user(self.anna)
        request.action_collect()
        Todo = self.env.registry["mail.activity"]
        write = Todo.write

        def refuse(todos, values):
            if "user_id" in values and self.todo in todos:
                raise UserError("Not today.")
            return write(todos, values)

        with patch.object(Todo, "write", refuse):
            self.bring(request, "transferred")
        self.assertEqual(self.todo.user_id, self.anna)
        self.assertEqual(self.meeting.user_id, self.alldocs)
        self.assertTrue(request.leaves_work)
        [todo] = request._todos("crm_handover.mail_activity_type_attention")
        self.assertIn("did not move with it", todo.note)

    def refusing(self):
        """Whatever changes Anna's to-do, her meeting or her seat is refused."""
        stack = ExitStack()
        for model, names in (
            ("mail.activity", {"user_id"}),
            ("calendar.event", {"user_id", "partner_ids"}),
        ):
            Model = self.env.registry[model]

            def refuse(records, values, _write=Model.write, _names=names):
                if _names & values.keys():
                    raise UserError("Not today.")
                return _write(records, values)

            stack.enter_context(patch.object(Model, "write", refuse))
        return stack

    def stayed(self, request):
        """What is still to be dealt with, in the language of the test."""
        texts = request._stayed_elsewhere()
        return " ".join(in_language(self.env, text) for text in texts)

    def test_why_something_stayed_and_what_to_do_is_said(self):
        """To who confirms and who looks after it, and to nobody who only takes over."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.make_todo(self.mine)
        with self.refusing():
            request = self.gone(elsewhere="one", guest_meetings="seat")
        self.assertEqual(self.todo.user_id, self.anna)
        self.assertIn(self.anna.partner_id, self.guests())
        texts = [
            "The to-do “Call” stays with Anna; give it to somebody who may have it."
            " Not today.",
            "The meeting “Visit” stays with Anna; change its organiser. Not today.",
            "Anna still comes to the meeting “Visit”; change who comes. Not today.",
        ]
        warnings = request.with_user(self.anna).confirm_warning
        [todo] = request._todos("crm_handover.mail_activity_type_attention")
        event = request.event_ids.filtered(lambda one: one.code == "transferred")
        for text in texts:
            self.assertIn(text, warnings)
            self.assertIn(text, todo.note)
            self.assertIn(text, event.with_user(self.leader).summary)
        # each in their language; what refused in its own
        for told in (
            request.with_user(self.anna).with_context(lang="zh_CN").confirm_warning,
            event.with_user(self.leader).with_context(lang="zh_CN").summary,
        ):
            self.assertEqual(told.count("Not today."), 3)
            self.assertIn("“Call”", told)
            self.assertNotIn("stays with", told)
        taker = request.with_user(self.bruno)
        for text in texts:
            self.assertNotIn(text, taker.confirm_warning or "")
        self.assertNotIn("stays with", event.with_user(self.bruno).summary)
        self.assertTrue(request.with_user(self.manager).verify()["ok"])
        # of the record itself a to-do stayed: who takes it over finds the line
        Line = self.env["handover.request.line"].with_user(self.bruno)
        domain = [("request_id", "=", request.id), ("left_something", "=", True)]
        line = Line.search(domain)
        self.assertEqual(line.res_id, self.mine.id)
        self.assertTrue(line.left_something)
        self.assertFalse(Line.search(["!", domain[1], domain[0]]))
        # what is done, cancelled or over is told no more
        for thing, told in ((self.todo, "“Call”"), (self.meeting, "organiser")):
            thing.active = False
            self.assertNotIn(told, self.stayed(request))
            thing.active = True
            self.assertIn(told, self.stayed(request))
        with freeze_time(self.meeting.stop + timedelta(days=1)):
            self.assertEqual(len(request._stayed_elsewhere()), 1)
            self.assertIn("“Call”", self.stayed(request))
        # a guest who is archived still comes
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", self.anna.ids
        )
        self.anna.invalidate_recordset()
        self.assertIn("still comes", self.stayed(request))
        self.anna.active = True
        # what somebody has dealt with is told no more
        self.todo.user_id = self.chen
        self.env.invalidate_all()
        self.assertNotIn("“Call”", request.with_user(self.anna).confirm_warning)
        # nothing of it is to come back
        moved = request.elsewhere_moved
        self.assertFalse(moved["activities"] + moved["meetings"] + moved["seats"])

    def test_what_came_since_does_not_go_with_a_second_try(self):
        """Only what refused the first time, a series by its recurrence."""
        failing = self.make_lead()
        series = self.make_series(self.theirs, count=3, days=2, user_id=self.anna.id)
        request = self.gone(
            "approved", self.mine | failing, elsewhere="one", guest_meetings="seat"
        )

        def refused(_engine, lines, **_way):
            line = lines.filtered(lambda one: one.res_id == failing.id)
            return {one.id: ("rejected", "Not this one.") for one in line}

        engine = self.env.registry["handover.engine"]
        with self.refusing(), patch.object(engine, "_obstacles", refused):
            request.with_user(self.approver).action_run()
        self.assertEqual(request.failed_count, 1)
        self.assertEqual(series.user_id, self.anna)
        since = self.make_todo(self.theirs, self.anna)
        meeting = self.make_meeting(self.theirs, self.anna)
        both = [Command.set((self.chen | self.anna).partner_id.ids)]
        seat = self.make_meeting(self.theirs, self.chen, partner_ids=both)
        request.with_user(self.approver).action_retry()
        self.assertEqual(failing.user_id, self.bruno)
        for went in (self.todo, self.meeting, series):
            self.assertEqual(went.user_id, self.alldocs)
        self.assertNotIn(self.anna.partner_id, self.guests())
        self.assertEqual(since.user_id, self.anna)
        self.assertEqual(meeting.user_id, self.anna)
        self.assertIn(self.anna.partner_id, seat.partner_ids)
        # who approves it anew approves of what is there by then
        approved = request.date_approved + timedelta(days=1)
        request._trusting().write({"state": "running", "date_approved": approved})
        request._finish_if_ready()
        self.assertEqual(request.state, "transferred")
        for went in (since, meeting):
            self.assertEqual(went.user_id, self.alldocs)
        self.assertNotIn(self.anna.partner_id, seat.partner_ids)

    def test_why_something_did_not_come_back_is_said(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        request = self.gone(elsewhere="one", guest_meetings="seat")
        with self.refusing():
            request.with_user(self.leader).action_return()
        event = request.event_ids.filtered("data").sorted("id")[-1:]
        told = event.with_user(self.leader).summary
        self.assertIn("The to-do “Call” stays with Alldocs", told)
        chinese = request.with_context(lang="zh_CN")._told_besides()
        self.assertIn("Not today.", chinese)
        self.assertNotIn("stays with", chinese)
        self.assertNotIn("“Call”", event.with_user(self.bruno).summary)

    def test_a_series_goes_as_one(self):
        series = self.make_series(self.theirs, count=4)
        request = self.gone(elsewhere="one")
        self.assertEqual(series.user_id, self.alldocs)
        request.with_user(self.leader).action_return()
        self.assertEqual(series.exists().user_id, self.anna)

    def test_somebody_comes_to_a_series_instead(self):
        people = (self.chen | self.anna).partner_id
        series = self.make_series(
            self.theirs, count=3, user_id=self.chen.id,
            partner_ids=[Command.set(people.ids)],
        )  # fmt: skip
        request = self.gone(guest_meetings="seat")
        self.assertEqual(series.partner_ids, (self.chen | self.bruno).partner_id)
        self.assertEqual(len(series.recurrence_id), 1)
        request.with_user(self.leader).action_return()
        self.assertEqual(series.partner_ids, people)

    def move_all(self, meetings):
        """Chen has all events of the series begin an hour later; return what comes."""
        first = meetings.exists().sorted("start")[:1].with_user(self.chen)
        hour = timedelta(hours=1)
        first.write(
            {
                "recurrence_update": "all_events",
                "start": first.start + hour, "stop": first.stop + hour,
            }
        )  # fmt: skip
        self.env.invalidate_all()
        return self.env["calendar.event"].search(
            [
                ("res_id", "=", self.theirs.id), ("recurrency", "=", True),
                ("start", ">", fields.Datetime.now()),
            ]
        )  # fmt: skip

    def test_a_series_that_has_begun_is_made_anew_with_who_comes_instead(self):
        people = (self.chen | self.anna).partner_id
        series = self.make_series(
            self.theirs, count=7, days=-2, user_id=self.chen.id,
            partner_ids=[Command.set(people.ids)],
        )  # fmt: skip
        was = series.filtered(lambda one: one.start <= fields.Datetime.now())
        self.assertEqual(len(was), 3)
        request = self.gone(guest_meetings="seat")
        coming = self.move_all(series - was)
        self.assertEqual(len(coming), 4)
        for meeting in coming:
            self.assertEqual(meeting.partner_ids, (self.chen | self.bruno).partner_id)
        # what was is as it was
        for meeting in was:
            self.assertEqual(meeting.partner_ids, people)
        request.with_user(self.leader).action_return()
        for meeting in self.move_all(coming):
            self.assertEqual(meeting.partner_ids, people)
        self.assertEqual(was.exists(), was)

    def test_what_has_begun_since_comes_back_as_well(self):
        people = (self.chen | self.anna).partner_id
        series = self.make_series(
            self.theirs, count=5, days=1, user_id=self.chen.id,
            partner_ids=[Command.set(people.ids)],
        )  # fmt: skip
        request = self.gone(guest_meetings="seat")
        with freeze_time(series[1].start + timedelta(hours=2)):
            request.with_user(self.leader).action_return()
            coming = self.move_all(series[2:])
            self.assertEqual(len(coming), 3)
            for meeting in coming:
                self.assertEqual(meeting.partner_ids, people)

    def test_a_temporary_one_brings_it_back(self):
        end = fields.Datetime.now() + timedelta(days=2)
        request = self.gone(elsewhere="one", kind="temporary", date_return=end)
        self.assertEqual(self.todo.user_id, self.alldocs)
        with freeze_time(end + timedelta(hours=1)):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertEqual(self.todo.user_id, self.anna)

    def test_somebody_is_named(self):
        with self.assertRaises(ValidationError):
            self.gone("draft", elsewhere_user_id=self.anna.id)
        with self.assertRaises(ValidationError):
            self.gone("draft", elsewhere_user_id=self.portal.id)
        request = self.make_request(records=self.mine, elsewhere="one")
        request = request.with_user(self.anna)
        request.write({"successor_id": False, "target_team_id": self.team.id,
                       "to_pool": True})  # fmt: skip
        self.assertEqual(self.codes_of(request)["elsewhere"]["severity"], "blocker")
        # whoever owns the record takes no seat in a meeting of others
        request.write({"elsewhere": "owners", "guest_meetings": "seat"})
        self.assertEqual(self.codes_of(request)["elsewhere"]["severity"], "blocker")
        request.elsewhere_user_id = self.chen
        self.assertNotEqual(self.codes_of(request)["elsewhere"]["severity"], "blocker")
        # who gets it does not approve it
        request.elsewhere_user_id = self.leader
        request.action_submit()
        self.assertNotEqual(request.approver_id, self.leader)

    def test_who_gives_a_part_does_not_give_the_rest(self):
        north = self.make_team("North", self.other)
        self.mine.team_id = north
        request = self.Request.with_user(self.other).create(
            {
                "predecessor_id": self.anna.id, "successor_id": self.bruno.id,
                "source_team_id": north.id, "elsewhere": "one",
                "reason_id": self.reason.id,
            }
        )  # fmt: skip
        request.add_records("crm.lead", self.mine.ids)
        with self.assertRefused(UserError, "records of others"):
            request.action_submit()
