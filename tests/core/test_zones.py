"""A temporary handover starts and ends by the clock of whoever is away."""

from datetime import date, datetime

from freezegun import freeze_time
from lxml import html

from odoo.tests import BaseCase, Form

from odoo.addons.crm_handover.day_texts import day_begin, day_end, moment_text

from ..common import HandoverCommon

# what is before and after the clocks change, and a place where they never do
DAYS = (
    ("Europe/Berlin", "2026-03-28", "2026-03-27 23:00:00", "2026-03-28 22:59:59"),
    ("Europe/Berlin", "2026-03-29", "2026-03-28 23:00:00", "2026-03-29 21:59:59"),
    ("Europe/Berlin", "2026-10-25", "2026-10-24 22:00:00", "2026-10-25 22:59:59"),
    ("America/New_York", "2026-03-08", "2026-03-08 05:00:00", "2026-03-09 03:59:59"),
    ("America/New_York", "2026-11-01", "2026-11-01 04:00:00", "2026-11-02 04:59:59"),
    ("Asia/Shanghai", "2026-03-29", "2026-03-28 16:00:00", "2026-03-29 15:59:59"),
    # the clocks go forward at midnight: the day begins at one o'clock
    ("Asia/Beirut", "2026-03-29", "2026-03-28 22:00:00", "2026-03-29 20:59:59"),
    # they go back to eleven at midnight: that hour comes twice
    ("Asia/Beirut", "2026-10-24", "2026-10-23 21:00:00", "2026-10-24 21:59:59"),
)


class TestDaysOfAZone(BaseCase):
    test_tags = {"standard", "post_install"}

    def test_a_day_begins_and_ends_where_somebody_is(self):
        for zone, day, begin, end in DAYS:
            with self.subTest(zone=zone, day=day):
                day = date.fromisoformat(day)
                self.assertEqual(day_begin(zone, day), datetime.fromisoformat(begin))
                self.assertEqual(day_end(zone, day), datetime.fromisoformat(end))


class TestZonesOfHandovers(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead()
        cls.anna.tz = "Europe/Berlin"
        cls.bruno.tz = "Asia/Shanghai"
        cls.approver.tz = "America/New_York"

    def away(self, state="draft", **values):
        values = {
            "kind": "temporary", "date_planned": "2026-10-23 22:00:00",
            "date_return": "2026-10-25 22:59:59", **values,
        }  # fmt: skip
        return self.make_request(state, self.lead, **values)

    @freeze_time("2026-10-01 08:00:00")
    def test_whole_days_are_those_of_whoever_is_away(self):
        dialog = Form(self.env["handover.request.prepare"].with_user(self.leader))
        dialog.predecessor_id = self.anna
        dialog.successor_id = self.bruno
        dialog.kind = "temporary"
        dialog.first_day, dialog.last_day = "2026-10-24", "2026-10-25"
        self.assertEqual(str(dialog.date_planned), "2026-10-23 22:00:00")
        # the day has 25 hours
        self.assertEqual(str(dialog.date_return), "2026-10-25 22:59:59")
        # by the hour, of the second day only
        dialog.date_return = "2026-10-25 11:00:00"
        request = self.Request.search([("id", "=", self.made(dialog.save()))], limit=1)
        self.assertEqual(str(request.date_planned), "2026-10-23 22:00:00")
        self.assertEqual(str(request.date_return), "2026-10-25 11:00:00")

    def made(self, dialog):
        before = self.Request.search([], order="id desc", limit=1).id
        dialog.action_prepare()
        made = self.Request.search([], order="id desc", limit=1).id
        self.assertNotEqual(made, before)
        return made

    @freeze_time("2026-10-01 08:00:00")
    def test_times_are_told_by_their_clock_where_it_is_another(self):
        request = self.away("approved")
        at = "Oct 24, 12:00 AM (Europe/Berlin) – Oct 25, 11:59 PM"
        for user, told in (
            (self.anna, False),
            (self.bruno, f"{at} (Europe/Berlin)"),
            (self.approver, f"{at} (Europe/Berlin)"),
        ):
            with self.subTest(user.name):
                mine = request.with_user(user).with_context(tz=user.tz)
                self.assertEqual(mine.zone_told or False, told)
                self.assertIn("Oct 24, 12:00 AM", mine.next_step["text"])
        permanent = self.make_request(date_planned="2026-10-23 22:00:00")
        self.assertFalse(permanent.with_user(self.bruno).zone_told)

    @freeze_time("2026-10-01 08:00:00")
    def test_who_is_told_reads_the_time_of_who_is_away(self):
        request = self.away("approved")
        for user, told in (
            (self.anna, "10/24/2026 12:00 AM"),
            (self.bruno, "10/24/2026 12:00 AM (Europe/Berlin)"),
        ):
            notice = self.env["mail.message"].search(
                [
                    ("model", "=", request._name), ("res_id", "=", request.id),
                    ("notified_partner_ids", "in", user.partner_id.ids),
                    ("body", "ilike", "is approved"),
                ]
            )  # fmt: skip
            text = " ".join(html.fromstring(notice.body).text_content().split())
            self.assertIn(told, text)
            self.assertEqual("Berlin" in text, user == self.bruno)

    @freeze_time("2026-10-25 00:30:00")
    def test_the_hour_that_comes_twice_is_no_other_zone(self):
        env = self.env(user=self.anna, context={"tz": "Europe/Berlin"})
        for moment in ("2026-10-25 00:30:00", "2026-10-25 01:30:00"):
            told = moment_text(env, datetime.fromisoformat(moment), "Europe/Berlin")
            self.assertEqual(told.replace("\u202f", " "), "Oct 25, 2:30 AM")

    def test_it_starts_and_ends_at_the_second(self):
        with freeze_time("2026-10-01 08:00:00"):
            request = self.away("approved")
        for moment, owner in (
            ("2026-10-23 21:59:59", self.anna), ("2026-10-23 22:00:00", self.bruno),
            ("2026-10-25 22:59:58", self.bruno), ("2026-10-25 22:59:59", self.anna),
        ):  # fmt: skip
            with self.subTest(moment), freeze_time(moment):
                self.run_cron()
                self.assertOwner(self.lead, owner)
        self.assertEqual(request.state, "returned")

    def test_another_end_is_the_end_of_their_day(self):
        with freeze_time("2026-10-01 08:00:00"):
            request = self.away("approved", date_return="2026-11-02 12:00:00")
            dialog = Form(
                self.env["handover.request.extend"]
                .with_user(self.anna)
                .with_context(default_request_id=request.id)
            )
            dialog.last_day = "2026-10-25"
            dialog.save().action_extend()
        self.assertEqual(str(request.date_return), "2026-10-25 22:59:59")

    @freeze_time("2026-10-01 08:00:00")
    def test_the_headline_has_the_days_of_who_is_away(self):
        if "headline" not in self.Request._fields:
            return
        request = self.away()
        for user in (self.anna, self.approver, self.manager):
            mine = request.with_user(user).with_context(tz=user.tz)
            self.assertIn("Oct 24", mine.headline)
            self.assertIn("Oct 25", mine.headline)
