"""Meetings that Google or Outlook have as well: the calendars of both sides follow.

The add-ons of both are installed in a database beside that of the other tests.
"""

from datetime import timedelta
from functools import partial
from itertools import product
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError

from ..beside import Beside

CALENDARS = ("google_calendar", "microsoft_calendar")


class TestOutsideCalendars(Beside):
    ADDONS = CALENDARS
    # of one test, see conftest
    SECONDS = 6

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead()

    def setUp(self):
        super().setUp()
        self.deleted = []
        for where, model in product(
            ("google", "microsoft"), ("calendar.event", "calendar.recurrence")
        ):
            self.startPatcher(
                patch.object(self.registry[model], f"_{where}_delete", self.note(where))
            )

    def note(self, where):
        def delete(record, *arguments, **_options):
            told = (where, record.env.user, arguments[1])
            # as both do: once it is committed
            self.env.cr.postcommit.add(partial(self.deleted.append, told))

        return delete

    def commit(self):
        """Do what waits for the commit, as far as these calendars are concerned."""
        for func in self.env.cr.postcommit._funcs:
            if isinstance(func, partial) and func.func == self.deleted.append:
                func()
        self.env.cr.postcommit.clear()

    def test_what_stays_as_it_refuses_is_deleted_nowhere(self):
        meetings = self.make_meeting(self.lead) + self.make_meeting(self.lead)
        stays, goes = meetings
        stays.write({"google_id": "stays", "microsoft_id": "stays"})
        goes.write({"google_id": "goes", "microsoft_id": "goes"})
        write = type(stays).write

        def refusing(records, vals):
            if stays in records and "user_id" in vals:
                write(records, vals)
                raise UserError("Not this one")
            return write(records, vals)

        self.env.cr.postcommit.clear()
        self.env.cr.postcommit.data["before"] = ["it"]
        with patch.object(type(stays), "write", refusing):
            self.make_request("transferred", self.lead)
        self.assertEqual(meetings.mapped("user_id"), self.anna + self.bruno)
        self.assertEqual(self.env.cr.postcommit.data["before"], ["it"])
        self.commit()
        deleted = sorted((where, id_) for where, _user, id_ in self.deleted)
        self.assertEqual(deleted, [("google", "goes"), ("microsoft", "goes")])
        self.assertEqual(stays.google_id, "stays")

    def test_the_glue_installs_itself(self):
        for name in CALENDARS:
            module = self.env["ir.module.module"].search(
                [("name", "=", f"crm_handover_{name}")]
            )
            self.assertEqual(module.state, "installed")

    def test_google_takes_the_meeting_from_one_calendar_to_the_other(self):
        meeting = self.make_meeting(self.lead)
        meeting.write({"google_id": "annas", "need_sync": False})
        request = self.make_request("transferred", self.lead)
        self.assertEqual(meeting.user_id, self.bruno)
        self.assertTrue(meeting.active)
        self.assertFalse(meeting.google_id)
        self.assertTrue(meeting.need_sync)
        self.commit()
        self.assertEqual(self.deleted, [("google", self.anna, "annas")])
        # it waits for the synchronisation of its new organiser, and of nobody else
        waiting = self.env["calendar.event"].with_user(self.bruno)
        self.assertIn(meeting, waiting._get_records_to_sync())
        self.assertFalse(meeting._is_google_insertion_blocked(self.bruno))
        self.assertTrue(meeting._is_google_insertion_blocked(self.anna))
        meeting.google_id = "brunos"
        request.with_user(self.approver).action_return()
        self.assertEqual((meeting.user_id, meeting.google_id), (self.anna, False))
        self.commit()
        self.assertEqual(self.deleted[1:], [("google", self.bruno, "brunos")])

    def test_outlook_takes_the_meeting_from_one_calendar_to_the_other(self):
        meeting = self.make_meeting(self.lead)
        meeting.with_context(dont_notify=True).write(
            {
                "microsoft_id": "annas",
                "ms_universal_event_id": "u",
                "need_sync_m": False,
            }
        )
        self.make_request("transferred", self.lead)
        self.assertEqual(meeting.user_id, self.bruno)
        self.assertTrue(meeting.active)
        self.assertFalse(meeting.microsoft_id or meeting.ms_universal_event_id)
        self.assertTrue(meeting.need_sync_m)
        self.commit()
        self.assertEqual(self.deleted, [("microsoft", self.anna, "annas")])
        mine = self.env["calendar.event"].search([("res_id", "=", self.lead.id)])
        self.assertEqual(mine & meeting, meeting)

    def test_nobody_gets_a_mail(self):
        guest = self.env["res.partner"].create({"name": "G", "email": "g@guests.test"})
        meeting = self.make_meeting(self.lead)
        meeting.partner_ids |= guest
        meeting.google_id = "annas"
        before = self.told(guest)
        self.make_request("transferred", self.lead)
        self.assertEqual(meeting.user_id, self.bruno)
        self.assertEqual(self.told(guest), before)

    def told(self, partner):
        """How many messages somebody got."""
        mine = [("res_partner_id", "=", partner.id)]
        mails = self.env["mail.mail"].search_count(
            [("recipient_ids", "in", partner.id)]
        )
        return mails, self.env["mail.notification"].search_count(mine)

    def test_a_series_at_google_ends_and_a_new_one_begins(self):
        meetings = self.make_series(self.lead, days=-3)
        old = meetings.recurrence_id
        old.with_context(dont_notify=True).google_id = "annas"
        self.env.flush_all()
        self.assertTrue(all(meetings.mapped("google_id")))
        self.make_request("transferred", self.lead)
        past, coming = meetings[:4], meetings[4:]
        self.assertEqual((past.user_id, coming.user_id), (self.anna, self.bruno))
        self.assertTrue(all(past.mapped("google_id")))
        self.assertFalse(any(coming.mapped("google_id")))
        self.assertFalse(coming.recurrence_id.google_id)
        self.assertTrue(coming.recurrence_id.need_sync)
        self.assertEqual(old.google_id, "annas")
        self.commit()
        self.assertEqual(self.deleted, [])

    def test_a_part_of_a_series_at_google_goes_and_nothing_is_there_twice(self):
        """What stays of it, as it is private, becomes a meeting of its own there."""
        for days, deleted in ((1, [("google", self.anna, "annas")]), (-3, [])):
            with self.subTest(begins_in=days):
                self.deleted.clear()
                lead = self.make_lead()
                meetings = self.make_series(lead, count=10, days=days)
                old = meetings.recurrence_id
                old.with_context(dont_notify=True).google_id = "annas"
                self.env.flush_all()
                private = meetings[6]
                private.with_context(dont_notify=True).privacy = "private"
                self.make_request("transferred", lead)
                before = meetings.filtered(lambda one: one.user_id == self.anna)
                self.assertEqual(
                    before, meetings[: 1 - days if days < 0 else 0] | private
                )
                coming = meetings - before
                # whoever edits all events of the new one changes none of hers
                self.assertEqual(coming.recurrence_id.base_event_id.user_id, self.bruno)
                self.assertTrue(coming.recurrence_id.need_sync)
                # the one there ends, at once or before what went
                self.commit()
                self.assertEqual(self.deleted, deleted)
                named = self.env["calendar.recurrence"].with_context(active_test=False)
                named = named.search([("google_id", "=", "annas")])
                self.assertEqual(named, old.exists())
                self.assertFalse(private.recurrence_id or private.google_id)
                waiting = self.env["calendar.event"].with_user(self.anna)
                self.assertIn(private, waiting._get_records_to_sync())
                self.assertFalse(coming & waiting._get_records_to_sync())
                old.exists().google_id = False

    def test_a_series_that_outlook_has_stays_and_says_why(self):
        self.anna.sudo().microsoft_calendar_token = "token"
        meetings = self.make_series(self.lead)
        meetings.recurrence_id.with_context(dont_notify=True).write(
            {"microsoft_id": "annas", "ms_universal_event_id": "u"}
        )
        request = self.make_request("transferred", self.lead)
        self.assertEqual(meetings.user_id, self.anna)
        self.assertEqual(meetings.recurrence_id.microsoft_id, "annas")
        self.assertEqual(self.lead.user_id, self.bruno)
        [stayed] = request.line_ids.after["stayed"]
        self.assertEqual(stayed["res_id"], meetings[0].id)
        self.assertIn("Outlook", stayed["text"])

    def test_a_series_that_outlook_had_moves(self):
        meetings = self.make_series(self.lead)
        meetings.recurrence_id.with_context(dont_notify=True).write(
            {"microsoft_id": "annas", "ms_universal_event_id": "u"}
        )
        self.make_request("transferred", self.lead)
        self.assertEqual(meetings.user_id, self.bruno)
        self.assertFalse(meetings.recurrence_id.microsoft_id)

    def test_a_series_that_outlook_has_is_made_anew_with_who_comes_instead(self):
        """Whoever changes its rule makes all of it from the meeting it began with."""
        self.chen.sudo().microsoft_calendar_token = "token"
        people = (self.chen | self.anna).partner_id
        meetings = self.make_series(
            self.make_lead(self.chen), count=7, days=-2, user_id=self.chen.id,
            partner_ids=[Command.set(people.ids)],
        )  # fmt: skip
        series = meetings.recurrence_id
        series.with_context(dont_notify=True).write(
            {"microsoft_id": "chens", "ms_universal_event_id": "u"}
        )
        coming, instead = meetings[3:], (self.chen | self.bruno).partner_id
        request = self.make_request("transferred", self.lead, guest_meetings="seat")
        self.assertEqual(coming.partner_ids, instead)
        # Outlook keeps it in one piece
        self.assertEqual(meetings.recurrence_id, series)
        self.assertEqual(series.microsoft_id, "chens")
        self.assertEqual(meetings[1:3].partner_ids, people)
        request.with_user(self.leader).action_return()
        self.assertEqual(meetings.partner_ids, people)
        self.make_request("transferred", self.lead, guest_meetings="seat")
        made = self.made_anew(series, coming[0].start)
        self.assertEqual(len(made), 4)
        for meeting in made:
            self.assertEqual(meeting.partner_ids, instead)

    def made_anew(self, series, since):
        """Outlook says that it is an hour later; return what comes after ``since``."""
        hour = timedelta(hours=1)
        first = series.base_event_id
        # as its update comes in, which is nobody's change here
        first.with_user(self.chen).with_context(dont_notify=True).write(
            {
                "recurrence_update": "all_events",
                "start": first.start + hour, "stop": first.stop + hour,
            }
        )  # fmt: skip
        self.env.invalidate_all()
        made = first.exists().recurrence_id.calendar_event_ids
        return made.filtered(lambda one: one.start > since)
