"""A leave proposes who stands in, and the handover follows what becomes of it."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from odoo.addons.crm_handover.models import handover_engine, handover_request_run
from odoo.addons.crm_handover_hr_holidays import hooks

from ..beside import BesideHR
from ..common import SALESMAN

# a Monday, two weeks before the clocks change in Europe
TODAY = datetime(2031, 3, 10, 9, 0)
MONDAY = date(2031, 3, 24)


class LeaveCase(BesideHR):
    # of one test, see conftest
    SECONDS = 3

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(TODAY, tick=True))
        super().setUpClass()

    @classmethod
    def get_ready(cls):
        super().get_ready()
        cls.keeper = cls.make_user("keeper", "hr_holidays.group_hr_holidays_user")
        cls.kind = cls.make(
            "hr.leave.type",
            name="Parental Leave",
            requires_allocation=False,
            leave_validation_type="hr",
        )
        cls.anna_works.tz = "Europe/Berlin"
        # the records change their owner, however short the leave is
        cls.company.handover_light_days = 0

    def make_leave(self, days=5, stand_in=None, by=None, start=MONDAY, **values):
        by = by or self.anna
        values = {
            "employee_id": self.anna_works.id,
            "holiday_status_id": self.kind.id,
            "request_date_from": start,
            "request_date_to": start + timedelta(days=days - 1),
            "handover_stand_in_id": (self.bruno if stand_in is None else stand_in).id,
            **values,
        }
        return self.env["hr.leave"].with_user(by).create(values).with_env(self.env)

    def both(self):
        """Who plans leaves and hands over work of others."""
        return self.make_user(
            "both",
            "hr_holidays.group_hr_holidays_user,crm_handover.group_handover_manager",
        )

    def grant(self, leave):
        leave.with_user(self.keeper).action_approve()

    def cover(self, leave):
        return leave.sudo().handover_request_ids

    def agreed(self, days=5, **values):
        """A leave whose cover is approved and accepted."""
        leave = self.make_leave(days, **values)
        self.grant(leave)
        cover = self.cover(leave)
        cover.with_user(self.leader).action_approve()
        cover.line_ids.with_user(self.bruno).action_accept()
        return leave, cover


class TestCover(LeaveCase):
    def test_the_employee_chooses_and_it_goes_its_way(self):
        lead = self.make_lead()
        leave = self.make_leave()
        cover = self.cover(leave)
        self.assertEqual(cover.state, "draft")
        self.assertEqual(cover.requester_id, self.anna)
        self.assertEqual(cover.kind, "temporary")
        self.assertEqual(cover.successor_id, self.bruno)
        self.assertEqual(
            (cover.date_planned, cover.date_return), (leave.date_from, leave.date_to)
        )
        self.grant(leave)
        self.assertEqual(cover.state, "submitted")
        cover.with_user(self.leader).action_approve()
        self.assertEqual(cover.state, "approved")
        # nobody stands in who has not said so
        todo = cover.activity_ids.filtered(lambda todo: todo.user_id == self.bruno)
        self.assertTrue(todo)
        cover.line_ids.with_user(self.bruno).action_accept()
        with freeze_time(leave.date_from + timedelta(minutes=1)):
            self.run_cron()
        self.assertEqual(lead.user_id, self.bruno)
        with freeze_time(leave.date_to + timedelta(minutes=1)):
            self.run_cron()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(cover.state, "returned")

    def test_it_starts_and_ends_where_the_employee_is(self):
        """The clocks change on the Sunday in between."""
        self.make_lead()
        leave = self.make_leave(days=12)
        cover = self.cover(leave)
        self.assertEqual(str(cover.date_planned), "2031-03-24 07:00:00")
        self.assertEqual(str(cover.date_return), "2031-04-04 15:00:00")

    def test_what_is_not_accepted_stays(self):
        lead = self.make_lead()
        leave = self.make_leave()
        self.grant(leave)
        self.cover(leave).with_user(self.leader).action_approve()
        with freeze_time(leave.date_from + timedelta(minutes=1)):
            self.run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_a_form_offers_it(self):
        self.make_lead()
        form = Form(
            self.env["hr.leave"].with_user(self.anna),
            "hr_holidays.hr_leave_view_form_dashboard_new_time_off",
        )
        form.holiday_status_id = self.kind
        form.request_date_from = MONDAY
        form.request_date_to = MONDAY + timedelta(days=4)
        self.assertTrue(form.handover_offered)
        form.handover_stand_in_id = self.bruno
        leave = form.save()
        self.assertEqual(leave.handover_state, "draft")
        self.assertEqual(leave.action_view_handover()["res_id"], self.cover(leave).id)

    def test_short_leaves_offer_none(self):
        self.make_lead()
        leave = self.make_leave(days=2)
        self.assertFalse(leave.with_user(self.anna).handover_offered)
        self.assertFalse(self.cover(leave))
        self.company.handover_leave_days = 2
        leave.invalidate_recordset()
        self.assertTrue(leave.with_user(self.anna).handover_offered)
        self.company.handover_leave_days = 0
        leave.invalidate_recordset()
        self.assertFalse(leave.with_user(self.anna).handover_offered)

    def test_hours_and_half_days_offer_none(self):
        self.make_lead()
        for unit, more in (
            (
                "half_day",
                {"request_date_from_period": "am", "request_date_to_period": "am"},
            ),
            ("hour", {"request_hour_from": 9, "request_hour_to": 11}),
        ):
            self.company.handover_leave_days = 1
            kind = self.kind.copy({"name": unit, "request_unit": unit})
            start = MONDAY + timedelta(days=7 if unit == "hour" else 0)
            leave = self.make_leave(1, start=start, holiday_status_id=kind.id, **more)
            self.assertFalse(leave.with_user(self.anna).handover_offered, unit)
            self.assertFalse(self.cover(leave), unit)

    def test_without_open_work_it_says_so(self):
        leave = self.make_leave()
        mine = leave.with_user(self.anna)
        self.assertFalse(mine.handover_offered)
        self.assertIn("no open work", mine.handover_note)
        self.assertFalse(self.cover(leave))
        # who plans leaves learns nothing of the work, and there is nothing to open
        self.assertFalse(leave.with_user(self.keeper).handover_note)
        with self.assertRaises(UserError):
            mine.action_view_handover()

    def test_others_do_not_say_what_becomes_of_the_work(self):
        self.make_lead()
        with self.assertRaisesRegex(AccessError, "chosen by the employee"):
            self.make_leave(by=self.keeper)
        later = MONDAY + timedelta(days=14)
        leave = self.make_leave(stand_in=self.env["res.users"], start=later)
        self.assertFalse(leave.with_user(self.keeper).handover_offered)
        with self.assertRaisesRegex(AccessError, "chosen by the employee"):
            leave.with_user(self.keeper).handover_stand_in_id = self.chen
        self.assertFalse(self.cover(leave))

    def test_who_may_hand_it_over_chooses_as_well(self):
        self.make_lead()
        both = self.both()
        leave = self.make_leave(by=both)
        self.assertEqual(self.cover(leave).requester_id, both)

    def test_a_leave_that_becomes_somebody_elses_has_no_stand_in(self):
        """What one has chosen for themselves, nobody has chosen for another one."""
        self.make_lead()
        self.make_lead(self.chen)
        leave = self.make_leave()
        cover = self.cover(leave)
        leave.with_user(self.keeper).employee_id = self.chen_works
        self.assertFalse(leave.handover_stand_in_id)
        self.assertEqual(cover.state, "cancelled")
        self.grant(leave)
        self.assertFalse(self.Request.search([("predecessor_id", "=", self.chen.id)]))

    def test_nobody_stands_in_for_themselves(self):
        self.make_lead()
        for user in (self.anna, self.foreigner, self.portal):
            with self.assertRaisesRegex(UserError, "choose another"):
                self.env["hr.leave"].flush_model()
                with self.env.cr.savepoint():
                    self.make_leave(stand_in=user)

    def test_what_kind_of_leave_it_is_stays_with_hr(self):
        self.make_lead()
        leave, cover = self.agreed()
        for user in (self.bruno, self.leader, self.anna):
            told = str(cover.with_user(user).read()) + str(
                cover.message_ids.mapped("body")
            )
            self.assertNotIn("Parental", told)
            with self.assertRaises(AccessError):
                cover.with_user(user).read(["leave_id"])
        self.assertNotIn("Parental", str(cover.event_ids.mapped("data")))

    def test_one_leave_one_handover(self):
        self.make_lead()
        leave = self.make_leave()
        cover = self.cover(leave)
        leave.with_user(self.anna).handover_stand_in_id = self.chen
        self.assertEqual(self.cover(leave), cover)
        self.assertEqual(cover.successor_id, self.chen)
        self.grant(leave)
        self.assertEqual(self.cover(leave), cover)
        self.assertEqual(
            len(self.Request.search([("predecessor_id", "=", self.anna.id)])), 1
        )

    # ------------------------------------------------------------
    # ODOO SPLITS IT
    # ------------------------------------------------------------

    def split(self, leave, start, end):
        """Give everybody some days off in the middle of it, as Odoo does it."""
        leave.with_user(self.keeper).with_context(
            tracking_disable=True, mail_activity_automation_skip=True
        )._split_leaves(date.fromisoformat(start), date.fromisoformat(end))
        leaves = self.env["hr.leave"].search(
            [("employee_id", "=", self.anna_works.id)], order="date_from"
        )
        return leaves - leave

    def ends(self, cover):
        return str(cover.date_planned)[:10], str(cover.date_return)[:10]

    def test_a_leave_that_is_split_is_covered_to_its_last_part(self):
        lead = self.make_lead()
        leave, cover = self.agreed(12)
        [part] = self.split(leave, "2031-03-27", "2031-03-29")
        self.assertEqual(str(leave.request_date_to), "2031-03-26")
        # nothing is decided on again: who is away is away as before
        self.assertEqual(cover.state, "approved")
        self.assertEqual(self.ends(cover), ("2031-03-24", "2031-04-04"))
        self.assertEqual(part.handover_stand_in_id, self.bruno)
        mine = part.with_user(self.anna)
        self.assertEqual(mine.handover_state, "approved")
        self.assertEqual(mine.action_view_handover()["res_id"], cover.id)
        # nobody makes a leave a part of another one
        with self.assertRaises(AccessError):
            mine.handover_part_of_id = leave
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.bruno)
        with freeze_time("2031-03-27 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.bruno)
            # the second part takes place no more
            part.with_user(self.keeper).action_refuse()
            self.run_cron()
            self.assertEqual((lead.user_id, cover.state), (self.anna, "returned"))

    def test_each_part_may_end_or_go_its_own_way(self):
        self.make_lead()
        leave, cover = self.agreed(12)
        [part] = self.split(leave, "2031-03-27", "2031-03-28")
        leave.with_user(self.keeper).action_refuse()
        self.assertEqual(self.cover(part), cover)
        self.assertEqual(self.ends(cover), ("2031-03-28", "2031-04-04"))
        leave.sudo().write({"state": "validate"})
        self.assertEqual(self.ends(cover), ("2031-03-24", "2031-04-04"))
        self.assertEqual(
            self.Request.search([("predecessor_id", "=", self.anna.id)]), cover
        )
        # somebody else is chosen for what was the first part
        leave.with_user(self.both()).handover_stand_in_id = self.chen
        again = self.cover(leave)
        self.assertEqual(again.successor_id, self.chen)
        self.assertEqual(self.ends(again), ("2031-03-24", "2031-03-26"))
        self.assertEqual(self.ends(cover), ("2031-03-28", "2031-04-04"))
        self.assertEqual(cover.successor_id, self.bruno)
        # a part that is deleted is covered no more
        [rest] = self.split(part, "2031-04-02", "2031-04-03") - leave
        self.assertEqual(self.ends(cover), ("2031-03-28", "2031-04-04"))
        rest.sudo().with_context(leave_skip_state_check=True).unlink()
        self.assertEqual(self.ends(cover), ("2031-03-28", "2031-04-01"))
        part.sudo().with_context(leave_skip_state_check=True).unlink()
        self.assertEqual(cover.state, "cancelled")

    def test_other_working_hours_take_a_leave_apart_and_it_stays_covered(self):
        lead = self.make_lead()
        version = self.anna_works.sudo().version_id
        version.contract_date_start = "2031-01-01"
        leave, cover = self.agreed(12)
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.bruno)
            hours = version.resource_calendar_id.copy()
            version.write({"contract_date_end": "2031-03-30"})
            self.anna_works.sudo().create_version(
                {
                    "date_version": "2031-03-31",
                    "contract_date_start": "2031-03-31",
                    "contract_date_end": False,
                    "resource_calendar_id": hours.id,
                }
            )
            self.run_cron()
        leaves = self.env["hr.leave"].search(
            [("employee_id", "=", self.anna_works.id), ("state", "!=", "refuse")]
        )
        self.assertNotIn(leave, leaves)
        self.assertEqual(len(leaves), 2)
        self.assertEqual(leaves._handover_whole().handover_request_ids, cover)
        self.assertEqual((cover.state, lead.user_id), ("transferred", self.bruno))
        self.assertEqual(str(cover.date_return)[:10], "2031-04-04")

    # ------------------------------------------------------------
    # WHAT BECOMES OF THE LEAVE
    # ------------------------------------------------------------

    def test_other_days_before_it_is_granted(self):
        self.make_lead()
        leave = self.make_leave()
        leave.with_user(self.anna).write(
            {"request_date_from": "2031-03-31", "request_date_to": "2031-04-04"}
        )
        cover = self.cover(leave)
        self.assertEqual(str(cover.date_planned), "2031-03-31 06:00:00")
        self.assertEqual(str(cover.date_return), "2031-04-04 15:00:00")

    def notices(self, cover):
        """What people were sent about a handover."""
        mine = [("model", "=", cover._name), ("res_id", "=", cover.id)]
        kind = ("message_type", "=", "user_notification")
        return self.env["mail.message"].search([*mine, kind])

    def change(self, leave, **values):
        """Give a leave that is approved other days, the way that Odoo has."""
        mine = leave.with_user(self.keeper)
        mine.action_back_to_approval()
        mine.write(values)
        self.env.flush_all()
        mine.action_approve()

    def test_other_days_once_it_is_approved_are_approved_again(self):
        self.make_lead()
        leave, cover = self.agreed()
        before = self.notices(cover)
        self.change(leave, request_date_from="2031-03-25")
        self.assertEqual(cover.state, "submitted")
        # they hear once that it is decided on again, none that it does not come
        # each hears once that it was taken back, and nobody that it does not come
        told = self.notices(cover) - before
        back = told.filtered(lambda one: "was taken back to draft" in one.body)
        people = self.anna | self.bruno | self.leader
        self.assertCountEqual(
            [one.partner_ids for one in back], list(people.partner_id)
        )
        self.assertFalse(told.filtered(lambda one: "was cancelled" in one.body))
        self.assertEqual(str(cover.date_planned), "2031-03-25 07:00:00")
        self.assertEqual(self.cover(leave), cover)
        # somebody else is chosen: it is asked for again at once, and says so
        cover.with_user(self.leader).action_approve()
        before = self.notices(cover)
        leave.with_user(self.both()).handover_stand_in_id = self.chen
        self.assertEqual((cover.state, cover.successor_id), ("submitted", self.chen))
        told = (self.notices(cover) - before).filtered(
            lambda one: one.partner_ids == self.bruno.partner_id
        )
        self.assertEqual(len(told), 1)
        self.assertIn("has changed: it waits for a decision again", told.body)

    def test_a_sooner_end_holds_at_once(self):
        lead = self.make_lead()
        leave, cover = self.agreed()
        self.change(leave, request_date_to="2031-03-27")
        self.assertEqual(cover.state, "approved")
        self.assertEqual(str(cover.date_return), "2031-03-27 16:00:00")
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.bruno)
            self.change(leave, request_date_to="2031-03-26")
        self.assertEqual(str(cover.date_return), "2031-03-26 16:00:00")

    def test_cut_short_while_it_lasts_it_ends_with_the_leave(self):
        """However few days are left of it, and at once where none is."""
        lead = self.make_lead()
        leave, cover = self.agreed()
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.change(leave, request_date_to="2031-03-25")
            self.assertEqual(str(cover.date_return), "2031-03-25 16:00:00")
        with freeze_time("2031-03-25 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.bruno)
            # she was there again this morning
            self.change(leave, request_date_to="2031-03-24")
            self.run_cron()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(cover.state, "returned")

    def test_who_stands_in_is_not_exchanged_unnoticed(self):
        lead = self.make_lead()
        leave, cover = self.agreed()
        # what somebody chose on the handover is not overruled by other days
        cover.with_user(self.anna).action_cancel()
        cover.with_user(self.anna).action_draft()
        cover.with_user(self.anna).successor_id = self.chen
        self.change(leave, request_date_to="2031-04-01")
        self.assertEqual(cover.successor_id, self.chen)
        self.assertEqual(str(cover.date_return), "2031-04-01 15:00:00")
        self.assertEqual(cover.state, "submitted")
        cover.with_user(self.leader).action_approve()
        cover.line_ids.with_user(self.chen).action_accept()
        mine = leave.with_user(self.both())
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.chen)
            with self.assertRefused(UserError, "give it back first"):
                mine.handover_stand_in_id = self.other
            self.assertEqual(lead.user_id, self.chen)
            cover.with_user(self.leader).action_return()
            self.assertEqual(lead.user_id, self.anna)
            mine.handover_stand_in_id = self.other
            again = self.cover(leave)
            self.assertNotEqual(again, cover)
            self.assertEqual(again.successor_id, self.other)
            self.assertEqual(again.state, "submitted")

    def test_it_is_made_as_whoever_chose_even_if_others_change_the_leave(self):
        """A short leave has no handover; HR makes it longer, and one comes of it."""
        self.make_lead()
        leave = self.make_leave(days=1, by=self.both())
        self.assertFalse(self.cover(leave))
        self.grant(leave)
        leave.with_user(self.keeper).action_back_to_approval()
        leave.with_user(self.keeper).request_date_to = MONDAY + timedelta(days=4)
        leave.with_user(self.keeper).action_approve()
        self.assertEqual(self.cover(leave).requester_id.login, "both@home.test")
        self.assertNotEqual(self.cover(leave).requester_id, self.anna)

    def test_nothing_is_handed_over_as_somebody_who_chose_nothing(self):
        """Whoever edits employees makes their own leave that of somebody else."""
        officer = self.officer
        for group in ("hr_holidays.group_hr_holidays_user", SALESMAN):
            officer.group_ids += self.env.ref(group)
        mine = self.make_employee(officer)
        self.make_lead()
        leave = self.make_leave(by=officer, employee_id=mine.id)
        self.assertFalse(self.cover(leave))
        self.anna_works.user_id = False
        mine.with_user(officer).user_id = self.anna
        handovers = self.env["handover.request"].search([])
        self.grant(leave)
        self.env.invalidate_all()
        self.assertFalse(self.cover(leave))
        self.assertEqual(self.env["handover.request"].search([]), handovers)
        told = self.env["mail.message"].search(
            [("model", "=", "hr.leave"), ("res_id", "=", leave.id),
             ("message_type", "=", "user_notification"),
             ("body", "like", "Choose who stands in once more")]
        )  # fmt: skip
        self.assertEqual(
            told[:1].notified_partner_ids, (self.anna | officer).partner_id
        )

    def test_a_short_leave_changes_no_owner(self):
        """As the dialog for a handover proposes it, by the company's days."""
        self.company.handover_light_days = 7
        lead = self.make_lead()
        leave, cover = self.agreed()
        self.assertEqual(cover.cover, "light")
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.anna)
            self.assertTrue(lead.with_user(self.bruno).has_access("write"))
        with freeze_time("2031-03-28 17:00:00"):
            self.run_cron()
            self.assertEqual(cover.state, "returned")
            self.assertFalse(lead.with_user(self.bruno).has_access("read"))
        longer = self.make_leave(12, start=MONDAY + timedelta(days=14))
        self.assertEqual(self.cover(longer).cover, "full")

    def test_a_later_end_is_asked_for(self):
        self.make_lead()
        leave, cover = self.agreed()
        self.change(leave, request_date_to="2031-04-01")
        self.assertEqual(str(cover.date_return_asked), "2031-04-01 15:00:00")
        self.assertEqual(str(cover.date_return), "2031-03-28 16:00:00")
        cover.with_user(self.leader).action_approve_extension()
        self.assertEqual(str(cover.date_return), "2031-04-01 15:00:00")

    def asked_ends(self, cover):
        events = cover.sudo().event_ids
        return len(events.filtered(lambda event: event.code == "end_asked"))

    def holiday(self, day):
        """A public holiday, for which Odoo takes leaves back and grants them anew."""
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Feast", "company_id": self.company.id, "calendar_id": False,
                "date_from": f"{day} 00:00:00", "date_to": f"{day} 23:00:00",
            }
        )  # fmt: skip

    def test_a_later_end_is_asked_for_once_and_withdrawn(self):
        self.make_lead()
        leave, cover = self.agreed()
        self.change(leave, request_date_to="2031-04-01")
        self.assertEqual(self.asked_ends(cover), 1)
        [todo] = cover._todos("crm_handover.mail_activity_type_approval")
        self.holiday("2031-03-26")
        self.assertEqual(self.asked_ends(cover), 1)
        self.assertTrue(todo.exists())
        # what was refused is not asked again, whatever touches the leave
        cover.with_user(self.leader).action_refuse_extension("No")
        self.holiday("2031-03-27")
        self.assertFalse(cover.date_return_asked)
        self.assertEqual(self.asked_ends(cover), 1)
        # another end is another wish, and the old end takes it back
        self.change(leave, request_date_to="2031-04-02")
        self.assertEqual(self.asked_ends(cover), 2)
        self.change(leave, request_date_to="2031-03-28")
        self.assertFalse(cover.date_return_asked)
        self.assertFalse(cover._todos("crm_handover.mail_activity_type_approval"))
        self.assertEqual(str(cover.date_return), "2031-03-28 16:00:00")
        # nor is what somebody wishes by themselves
        cover.with_user(self.anna).action_extend("2031-04-04 16:00:00")
        self.holiday("2031-03-25")
        self.assertEqual(str(cover.date_return_asked), "2031-04-04 16:00:00")

    def test_a_cover_that_was_extended_outlasts_what_becomes_of_other_leaves(self):
        lead = self.make_lead()
        _leave, cover = self.agreed()
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            cover.with_user(self.anna).action_extend("2031-04-04 16:00:00")
            cover.with_user(self.leader).action_approve_extension()
        with freeze_time("2031-03-31 08:00:00"):
            self.run_cron()
            self.make_lead(name="Came since")
            later = self.make_leave(12, start=date(2031, 4, 14))
            self.grant(later)
            self.holiday("2031-04-16")
            self.split(later, "2031-04-22", "2031-04-23")
            # other working hours say nothing of a leave that stays as it was
            version = self.anna_works.sudo().version_id
            version.resource_calendar_id = version.resource_calendar_id.copy()
            self.assertEqual((cover.state, lead.user_id), ("transferred", self.bruno))
            self.assertEqual(str(cover.date_return), "2031-04-04 16:00:00")
            [other] = self.cover(later)
            self.assertEqual(self.ends(other), ("2031-04-14", "2031-04-25"))

    def test_a_public_holiday_submits_nothing_that_was_taken_back(self):
        self.make_lead()
        leave = self.make_leave()
        self.grant(leave)
        cover = self.cover(leave)
        cover.with_user(self.anna).action_draft()
        self.holiday("2031-03-26")
        self.assertEqual(leave.state, "validate")
        self.assertEqual(cover.state, "draft")
        leave.sudo().write({"state": "validate"})
        self.assertEqual(cover.state, "draft")

    def test_a_leave_that_nobody_approves_is_covered_at_once(self):
        self.make_lead()
        self.kind.leave_validation_type = "no_validation"
        leave = self.make_leave()
        self.assertEqual(leave.state, "validate")
        cover = self.cover(leave)
        self.assertEqual((cover.state, cover.requester_id), ("submitted", self.anna))
        told = self.env["mail.message"].search(
            [("model", "=", "hr.leave"), ("res_id", "=", leave.id),
             ("body", "like", "may not hand over")]
        )  # fmt: skip
        self.assertFalse(told)
        self.assertFalse(
            cover._todos("crm_handover_hr_holidays.mail_activity_type_cover")
        )

    def test_nothing_uses_the_type_of_its_todos_once_it_goes(self):
        self.make_lead()
        cover = self.cover(self.make_leave())
        kind = "crm_handover_hr_holidays.mail_activity_type_cover"
        cover._ask_to_submit("Odd")
        todo = cover._todos(kind)
        todo.action_done()
        cover._ask_to_submit("Odd")
        mine = todo | cover._todos(kind)
        self.assertEqual(mine.mapped("active"), [False, True])
        hooks.uninstall_hook(self.env)
        self.assertFalse(mine.exists())
        self.env.ref(kind).unlink()

    def test_it_waits_while_the_leave_is_decided_on_again(self):
        lead = self.make_lead()
        leave, cover = self.agreed()
        leave.with_user(self.keeper).action_back_to_approval()
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.assertEqual((cover.state, lead.user_id), ("approved", self.anna))
            [todo] = cover.activity_ids.filtered("note")
            self.assertIn("the leave is not approved", todo.note)
            self.grant(leave)
            self.run_cron()
        self.assertEqual(lead.user_id, self.bruno)

    def test_no_leave_is_changed_where_odoo_refuses_it(self):
        self.make_lead()
        leave, cover = self.agreed()
        with self.assertRaisesRegex(UserError, "not allowed in the current state"):
            leave.with_user(self.keeper).request_date_to = "2031-03-27"

    def test_refused_before_it_starts(self):
        self.make_lead()
        for bring in (self.make_leave, lambda: self.agreed()[0]):
            leave = bring()
            cover = self.cover(leave)
            before, state = self.notices(cover), cover.state
            leave.with_user(self.keeper).action_refuse()
            self.assertEqual(cover.state, "cancelled")
            self.assertFalse(self.cover(leave))
            # who asked for it did not do this, and hears of it; a draft is their own
            told = (self.notices(cover) - before).partner_ids
            self.assertEqual(self.anna.partner_id in told, state == "approved")
        # what keeps it from that holds up nobody, and is told as what it is
        leave = self.make_leave()
        cover = self.cover(leave)
        with patch.object(type(cover), "_cancel_because", side_effect=UserError("Odd")):
            leave.with_user(self.keeper).action_refuse()
        self.assertEqual(leave.state, "refuse")
        self.assertIn("does not go on by itself: Odd", str(cover.activity_ids.note))

    def test_cancelled_while_it_lasts_comes_back_at_once(self):
        lead = self.make_lead()
        leave, cover = self.agreed()
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            self.assertEqual(lead.user_id, self.bruno)
            leave.with_user(self.keeper).action_refuse()
        with freeze_time("2031-03-24 08:05:00"):
            self.run_cron()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(cover.state, "returned")
        # refused by mistake: once it is approved again, somebody stands in again
        with freeze_time("2031-03-24 08:10:00"):
            leave.sudo().write({"state": "validate"})
            again = self.cover(leave)
            self.assertNotEqual(again, cover)
            self.assertEqual(
                (again.state, again.successor_id), ("submitted", self.bruno)
            )

    def test_refused_on_the_way_what_nobody_accepted_stays(self):
        leads = self.make_lead() | self.make_lead()
        leave = self.make_leave()
        self.grant(leave)
        cover = self.cover(leave)
        cover.with_user(self.leader).action_approve()
        cover.line_ids[0].with_user(self.bruno).action_accept()
        with (
            freeze_time("2031-03-24 08:00:00"),
            patch.object(handover_request_run, "INLINE_LIMIT", -1),
        ):
            cover._start_if_due()
            self.assertEqual(cover.state, "running")
            # other days, too, hold at once or are asked for
            self.change(leave, request_date_to="2031-03-27")
            self.assertEqual(str(cover.date_return), "2031-03-27 16:00:00")
            self.change(leave, request_date_to="2031-04-01")
            self.assertEqual(str(cover.date_return_asked), "2031-04-01 15:00:00")
            leave.with_user(self.keeper).action_refuse()
            while self.env["handover.engine"]._run_batch(cover):
                pass
        self.assertEqual(leads.user_id, self.anna | self.bruno)
        self.assertEqual(
            cover.line_ids.sorted("id").mapped("result_code"), ["done", "declined"]
        )

    def test_approved_again_before_all_is_back_it_is_covered_anew(self):
        lead = self.make_lead()
        leave, cover = self.agreed()
        with freeze_time("2031-03-24 08:00:00"):
            self.run_cron()
            leave.with_user(self.keeper).action_refuse()
            leave.sudo().write({"state": "validate"})
            self.assertEqual(self.cover(leave), cover)
        with freeze_time("2031-03-24 08:05:00"):
            self.run_cron()
            self.assertEqual((cover.state, lead.user_id), ("returned", self.anna))
            again = self.cover(leave)
            self.assertEqual(
                (again.state, again.requester_id, again.successor_id),
                ("submitted", self.anna, self.bruno),
            )
            # who stands in has left when all is back: whoever chose them is told
            again.with_user(self.leader).action_approve()
            again.line_ids.with_user(self.bruno).action_accept()
            self.run_cron()
            self.assertEqual(lead.user_id, self.bruno)
            leave.with_user(self.keeper).action_refuse()
            leave.sudo().write({"state": "validate"})
        self.bruno.sudo().active = False
        with freeze_time("2031-03-24 08:10:00"):
            self.run_cron()
            self.assertEqual((again.state, lead.user_id), ("returned", self.anna))
            self.assertFalse(
                self.cover(leave).filtered(lambda one: one.state != "draft")
            )
            todos = (again | self.cover(leave)).activity_ids
            self.assertIn("nobody stands in yet", str(todos.mapped("summary")))

    def test_stopped_and_then_refused_it_comes_back_at_once(self):
        leads = self.make_lead() | self.make_lead()
        leave, cover = self.agreed()
        with (
            freeze_time("2031-03-24 08:00:00"),
            patch.object(handover_request_run, "INLINE_LIMIT", -1),
            patch.object(handover_engine, "BATCH_SIZE", 1),
        ):
            cover._start_if_due()
            self.env["handover.engine"]._run_batch(cover)
            self.assertEqual(leads.user_id, self.anna | self.bruno)
            cover.with_user(self.leader).action_cancel()
            self.assertEqual(self.cover(leave), cover)
        with freeze_time("2031-03-24 08:05:00"):
            leave.with_user(self.keeper).action_refuse()
            self.run_cron()
        self.assertOwner(leads, self.anna)
        self.assertEqual(cover.state, "returned")
        self.assertFalse(self.cover(leave))

    def test_the_employee_cancels_it(self):
        self.make_lead()
        leave, cover = self.agreed()
        cancel = self.env["hr.holidays.cancel.leave"].with_user(self.anna)
        cancel.create({"leave_id": leave.id, "reason": "No"}).action_cancel_leave()
        self.assertEqual(leave.state, "cancel")
        self.assertEqual(cover.state, "cancelled")

    def test_deleted(self):
        self.make_lead()
        leave = self.make_leave()
        cover = self.cover(leave)
        leave.with_user(self.anna).unlink()
        self.assertEqual(cover.state, "cancelled")

    def test_cut_short_to_less_than_proposes_cover(self):
        self.make_lead()
        leave = self.make_leave()
        cover = self.cover(leave)
        leave.with_user(self.anna).request_date_to = MONDAY
        self.assertEqual(cover.state, "cancelled")

    def test_the_handover_never_holds_up_the_leave(self):
        """What keeps it from being submitted is told to who chose the stand-in."""
        self.make_lead()
        leave = self.make_leave()
        self.bruno.active = False
        self.grant(leave)
        self.assertEqual(leave.state, "validate")
        cover = self.cover(leave)
        self.assertEqual(cover.state, "draft")
        todo = cover.activity_ids.filtered(lambda todo: todo.user_id == self.anna)
        self.assertIn("nobody stands in yet", todo.summary)
        cover.with_user(self.anna).successor_id = self.chen
        cover.with_user(self.anna).action_submit()
        self.assertFalse(todo.exists())

    def test_who_cancelled_the_cover_by_hand_is_not_overruled(self):
        self.make_lead()
        leave = self.make_leave()
        cover = self.cover(leave)
        cover.with_user(self.anna).action_cancel()
        self.grant(leave)
        self.assertEqual(self.cover(leave), cover)
        self.assertEqual(cover.state, "cancelled")

    def test_a_leave_that_needs_no_approval(self):
        self.make_lead()
        self.kind.leave_validation_type = "no_validation"
        leave = self.make_leave()
        self.assertEqual(leave.state, "validate")
        self.assertEqual(self.cover(leave).state, "submitted")


class TestAbsence(LeaveCase):
    """Nobody takes over while away, unless it was approved so."""

    def away(self, start=MONDAY, days=5):
        leave = self.make_leave(
            days,
            by=self.bruno,
            stand_in=self.env["res.users"],
            start=start,
            employee_id=self.bruno_works.id,
        )
        self.grant(leave)
        return leave

    def test_it_is_told_where_somebody_is_chosen(self):
        self.away()
        users = self.env["res.users"].with_user(self.anna)
        rows = users.with_context(handover_candidates=self.company.id).web_name_search(
            "Bruno", {"display_name": {}}
        )
        [row] = [row for row in rows if row["id"] == self.bruno.id]
        self.assertIn("on leave from Mar 24 to Mar 28", row["__formatted_display_name"])
        self.assertNotIn("Parental", row["__formatted_display_name"])
        # who decides or looks after it is not chosen by their load
        away = users.with_context(handover_away=self.company.id)
        rows = away.web_name_search("Bruno", {"display_name": {}})
        [text] = [row["__formatted_display_name"] for row in rows
                  if row["id"] == self.bruno.id]  # fmt: skip
        self.assertTrue(text.endswith("--on leave from Mar 24 to Mar 28--"), text)

    def test_a_finding_and_approved_so_it_starts(self):
        lead = self.make_lead()
        self.away()
        request = self.make_request(
            "submitted", lead, date_planned="2031-03-25 08:00:00"
        )
        found = request.with_user(self.anna).preflight()["findings"]
        [away] = [one for one in found if one["code"] == "successor_away"]
        self.assertEqual(away["severity"], "warning")
        self.assertIn("Bruno", away["message"])
        request.with_user(self.leader).action_approve()
        with freeze_time("2031-03-25 08:01:00"):
            self.run_cron()
        self.assertEqual(lead.user_id, self.bruno)

    def test_a_leave_that_came_later_holds_it_and_somebody_is_told(self):
        lead = self.make_lead()
        request = self.make_request(
            "submitted", lead, date_planned="2031-03-25 08:00:00"
        )
        request.with_user(self.leader).action_approve()
        self.away()
        with freeze_time("2031-03-25 08:01:00"):
            self.run_cron()
            self.run_cron()
            self.assertEqual(request.state, "approved")
            self.assertEqual(lead.user_id, self.anna)
            [todo] = request.activity_ids.filtered(
                lambda todo: "on leave" in (todo.note or "")
            )
            self.assertEqual(todo.note.count("on leave"), 1)
            with self.assertRaisesRegex(UserError, "on leave"):
                request.with_user(self.leader).action_run()
            self.assertFalse(request.with_user(self.leader).can_run)
        with freeze_time("2031-03-28 17:30:00"):
            self.run_cron()
        self.assertEqual(lead.user_id, self.bruno)
        self.assertFalse(todo.exists())

    def test_approved_again_it_starts(self):
        lead = self.make_lead()
        request = self.make_request(
            "submitted", lead, date_planned="2031-03-25 08:00:00"
        )
        request.with_user(self.leader).action_approve()
        self.away()
        request.with_user(self.anna).action_cancel()
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).action_submit()
        request.with_user(self.leader).action_approve()
        with freeze_time("2031-03-25 08:01:00"):
            self.run_cron()
        self.assertEqual(lead.user_id, self.bruno)

    def test_away_at_another_time_is_no_matter(self):
        self.away()
        request = self.make_request("submitted", date_planned="2031-04-15 08:00:00")
        codes = [
            f["code"] for f in request.with_user(self.anna).preflight()["findings"]
        ]
        self.assertNotIn("successor_away", codes)

    def test_run_now_asks_who_is_there_now(self):
        self.away()
        lead = self.make_lead()
        request = self.make_request(
            "submitted", lead, date_planned="2031-03-31 08:00:00"
        )
        request.with_user(self.leader).action_approve()
        leader = request.with_user(self.leader)
        with freeze_time("2031-03-25 08:01:00"):
            self.env.invalidate_all()
            self.assertFalse(leader.can_run)
            with self.assertRaisesRegex(UserError, "on leave now"):
                leader.action_run()
        self.assertEqual(lead.user_id, self.anna)
        with freeze_time("2031-03-31 08:01:00"):
            self.run_cron()
        self.assertEqual(lead.user_id, self.bruno)
