"""A departure leads to a handover: who prepares it, and what HR sees of it."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..beside import BesideHR


class TestDeparture(BesideHR):
    # of one test, see conftest
    SECONDS = 4

    def wizard(self, *employees, by=None, **values):
        # core looks at contracts for its default, which officers may not read
        values.setdefault("departure_date", fields.Date.today() + timedelta(days=9))
        ids = [employee.id for employee in employees or (self.anna_works,)]
        return (
            self.env["hr.departure.wizard"]
            .with_user(by or self.officer)
            .with_context(
                active_ids=ids,
                employee_termination=True,
                allowed_company_ids=self.company.ids,
            )
            .create({"set_date_end": False, **values})
        )

    def prepared(self, user=None):
        user = user or self.anna
        return self.Request.search([("predecessor_id", "=", user.id)])

    def test_an_officer_without_crm_has_it_prepared_by_who_may(self):
        lead = self.make_lead()
        day = fields.Date.today() + timedelta(days=9)
        wizard = self.wizard(departure_date=day)
        self.assertIn("Anna", wizard.handover_told)
        self.assertTrue(wizard.handover_can_prepare)
        action = wizard.action_prepare_handovers()
        self.assertEqual(action["res_id"], wizard.id)
        request = self.prepared()
        self.assertEqual(request.state, "draft")
        # the leader of her team: her manager may not know what is on it
        self.assertEqual(request.requester_id, self.leader)
        self.assertEqual(request.coordinator_id, self.leader)
        self.assertEqual(request.line_ids.mapped("res_id"), lead.ids)
        self.assertEqual(
            request.reason_id, self.env.ref("crm_handover.reason_resignation")
        )
        todo = request.activity_ids.filtered(lambda todo: todo.user_id == self.leader)
        self.assertEqual(todo.summary, "Choose who takes over, and submit")
        # HR is who asked for it, and has no part in it
        self.assertEqual(request.event_ids.mapped("code"), ["departure"])
        self.assertEqual(request.event_ids.actor_id, self.officer)
        request.with_user(self.leader).successor_id = self.bruno
        request.with_user(self.leader).action_submit()
        self.assertFalse(todo.exists())

    def test_it_is_planned_for_the_end_of_the_last_day_where_they_are(self):
        self.make_lead()
        self.anna_works.tz = "America/New_York"
        day = date(2031, 3, 10)  # a day after the clocks changed there
        self.wizard(departure_date=day).action_prepare_handovers()
        planned = fields.Datetime.to_datetime("2031-03-10 21:00:00")
        self.assertEqual(self.prepared().date_planned, planned)
        self.assertEqual(self.prepared().date_overlap_end, day)

    def test_the_last_day_is_no_days_of_overlap_later(self):
        """The company's days are for who stays; of who prepares it, it is tomorrow."""
        self.make_lead()
        self.company.handover_overlap_days = 14
        self.leader.tz = "Asia/Shanghai"
        self.anna_works.tz = "America/New_York"
        self.wizard(departure_date=date(2031, 3, 10)).action_prepare_handovers()
        self.assertEqual(self.prepared().date_overlap_end, date(2031, 3, 11))

    def test_what_is_past_is_handed_over_when_it_is_approved(self):
        self.make_lead()
        with freeze_time(fields.Datetime.now()):
            day = fields.Date.today() - timedelta(days=3)
            self.wizard(departure_date=day).action_prepare_handovers()
        self.assertFalse(self.prepared().date_planned)

    def move(self, day):
        """HR registers another last day of Anna."""
        self.anna_works.with_user(self.officer).departure_date = day

    def attention(self, request):
        todos = request.activity_ids.filtered(
            lambda todo: "what went wrong" in (todo.summary or "")
        )
        return [(todo.user_id, str(todo.note)) for todo in todos]

    def test_a_draft_follows_the_last_day_until_somebody_plans_it_otherwise(self):
        self.make_lead()
        self.wizard(departure_date=date(2031, 3, 10)).action_prepare_handovers()
        request = self.prepared()
        self.move(date(2031, 3, 10))
        self.assertEqual(request.event_ids.mapped("code"), ["departure"])
        for day in (date(2031, 4, 21), date(2031, 2, 3)):
            self.move(day)
            planned = fields.Datetime.to_datetime(f"{day} 09:00:00")
            self.assertEqual(request.date_planned, planned)
            self.assertEqual(request.date_overlap_end, day)
        last = request.event_ids.sorted("id")[-1]
        self.assertEqual((last.code, last.actor_id), ("departure", self.officer))
        self.assertEqual(last.summary, "Feb 3, 2031")
        self.assertFalse(self.attention(request))
        # a day that is past: it is handed over when it is approved
        self.move(date(2026, 1, 5))
        self.assertFalse(request.date_planned)
        self.move(date(2031, 2, 3))
        self.assertTrue(request.date_planned)
        # as does one whose day has passed before HR says so
        with freeze_time("2031-02-10"):
            self.move(date(2031, 3, 6))
            self.assertEqual(request.date_overlap_end, date(2031, 3, 6))
        # or that a former version made, which told no day
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_request_event SET data = NULL WHERE code = 'departure'"
        )
        self.env.invalidate_all()
        self.move(date(2031, 2, 3))
        self.assertEqual(request.date_overlap_end, date(2031, 2, 3))
        self.assertFalse(self.attention(request))
        planned = fields.Datetime.to_datetime("2031-01-20 08:00:00")
        request.with_user(self.leader).date_planned = planned
        self.move(date(2031, 5, 6))
        self.assertEqual(request.date_planned, planned)
        [(user, note)] = self.attention(request)
        self.assertEqual(user, self.leader)
        self.assertIn("May 6, 2031", note)

    def test_of_what_was_submitted_who_looks_after_it_is_told(self):
        self.make_lead()
        self.wizard(departure_date=date(2031, 3, 10)).action_prepare_handovers()
        request = self.prepared()
        other = self.make_request("approved", self.make_lead())
        request.with_user(self.leader).successor_id = self.bruno
        request.with_user(self.leader).action_submit()
        before = request.date_planned
        self.move(date(2031, 4, 21))
        self.assertEqual((request.state, request.date_planned), ("submitted", before))
        [(user, note)] = self.attention(request)
        self.assertEqual(user, self.leader)
        self.assertIn("Apr 21, 2031", note)
        # the same day is told of once, and what no departure has brought is not meant
        self.move(date(2031, 4, 21))
        self.assertEqual(len(self.attention(request)), 1)
        self.assertFalse(self.attention(other))
        # nor does a successor read the day
        request.with_user(self.approver).action_approve()
        event = request.event_ids.filtered(lambda event: event.code == "departure")[-1]
        for user, told in ((self.leader, True), (self.bruno, False)):
            self.env.invalidate_all()
            mine = event.with_user(user)
            self.assertEqual("day" in (mine.data or {}), told, user.name)
            self.assertEqual("2031" in (mine.summary or ""), told, user.name)
        self.move(False)
        self.assertIn("taken back", self.attention(request)[0][1])

    def test_hr_is_not_held_up_by_a_draft_that_cannot_follow(self):
        self.make_lead()
        self.wizard(departure_date=date(2031, 3, 10)).action_prepare_handovers()
        request = self.prepared()
        before = request.date_planned
        self.leader.active = False
        self.move(date(2031, 4, 21))
        self.assertEqual(self.anna_works.departure_date, date(2031, 4, 21))
        self.assertEqual(request.date_planned, before)
        [(user, _note)] = self.attention(request)
        self.assertNotIn(user, self.leader | self.officer)

    def test_hr_sees_state_and_day_and_nothing_else(self):
        lead = self.make_lead(name="Secret Deal", partner_name="Brewery")
        day = fields.Date.today() + timedelta(days=9)
        wizard = self.wizard(departure_date=day)
        wizard.action_prepare_handovers()
        wizard.invalidate_recordset()
        self.assertIn("Draft", wizard.handover_told)
        self.assertNotIn("Secret", wizard.handover_told)
        self.assertNotIn("Brewery", wizard.handover_told)
        self.assertFalse(wizard.handover_can_prepare)
        mine = self.anna_works.with_user(self.officer)
        self.assertEqual((mine.handover_state, mine.handover_date), ("draft", day))
        note = mine.action_view_handover()
        self.assertEqual(note["tag"], "display_notification")
        self.assertNotIn("Secret", note["params"]["message"])
        for records in (self.prepared(), self.prepared().line_ids, lead):
            with self.assertRaises(AccessError):
                records.with_user(self.officer).check_access("read")

    def test_a_form_that_is_not_saved_tells_nothing_of_others(self):
        """Who may read it of their employees names others in a form, in vain."""
        self.make_request("submitted")
        spec = {"handover_state": {}, "handover_date": {}}
        theirs = {"user_id": self.anna.id, "company_id": self.company.id}
        for ids in ([], self.chen_works.ids):
            employees = self.env["hr.employee"].with_user(self.officer)
            answer = employees.browse(ids).onchange(theirs, ["user_id"], spec)
            value = answer["value"]
            self.assertFalse(value.get("handover_state"))
            self.assertFalse(value.get("handover_date"))
        mine = self.anna_works.with_user(self.officer)
        self.assertEqual(mine.handover_state, "submitted")

    def test_employees_do_not_see_it_of_each_other(self):
        for user in (self.bruno, self.employee):
            with self.assertRaises(AccessError):
                self.anna_works.with_user(user).read(["handover_state"])
            with self.assertRaises(AccessError):
                self.wizard(by=user)

    def test_who_may_hand_it_over_prepares_it_themselves(self):
        self.make_lead()
        both = self.make_user(
            "both", "hr.group_hr_user,crm_handover.group_handover_manager"
        )
        self.wizard(by=both).action_prepare_handovers()
        request = self.prepared()
        self.assertEqual(request.requester_id, both)
        self.assertFalse(request.activity_ids)
        action = self.anna_works.with_user(both).action_view_handover()
        self.assertEqual(action["res_id"], request.id)

    def test_an_officer_of_crm_learns_nothing_of_others_by_it(self):
        """Who says in HR who manages whom does not say who reads about customers."""
        self.make_lead()
        sly = self.make_user("sly", "hr.group_hr_user,sales_team.group_sale_salesman")
        works = self.make_employee(sly)
        self.anna_works.with_user(sly).parent_id = works
        self.wizard(by=sly).action_prepare_handovers()
        request = self.prepared()
        self.assertNotIn(sly, request.requester_id | request.coordinator_id)
        self.assertFalse(request.with_user(sly).has_access("read"))

    def test_several_at_once_and_each_once(self):
        self.make_lead()
        self.make_lead(self.bruno)
        wizard = self.wizard(self.anna_works, self.bruno_works, self.chen_works)
        wizard.action_prepare_handovers()
        requests = self.prepared() | self.prepared(self.bruno)
        self.assertEqual(len(requests), 2)
        # Chen has nothing
        self.assertFalse(self.prepared(self.chen))
        with self.assertRaisesRegex(UserError, "nothing to prepare"):
            wizard.action_prepare_handovers()
        self.make_lead(self.chen)
        made = self.chen_works._handover_prepare(
            fields.Date.today() + timedelta(days=60), self.reason
        )
        self.assertEqual(made[self.chen_works].reason_id, self.reason)

    def test_what_takes_a_part_along_keeps_nobody_from_it(self):
        part = self.make_request("transferred")
        self.make_lead()
        self.make_request("approved", self.make_customer())
        cover = {"kind": "temporary", "date_return": "2050-01-01 08:00:00"}
        self.make_request("approved", self.make_lead(), **cover)
        mine = self.anna_works.with_user(self.officer)
        self.assertTrue(mine._handover_wanted())
        self.wizard().action_prepare_handovers()
        made = self.prepared() - part
        whole = made.filtered(lambda request: request.requester_id == self.leader)
        self.assertEqual(len(whole), 1)
        self.assertEqual(mine.handover_state, "draft")

    def test_why_somebody_leaves_stays_with_hr(self):
        self.make_lead()
        fired = self.env.ref("hr.departure_fired")
        self.wizard(departure_reason_id=fired.id).action_prepare_handovers()
        request = self.prepared()
        told = f"{request.purpose or ''} {request.reason_id.name} {request.read()}"
        self.assertNotIn("Fired", told)

    def test_who_manages_them_prepares_it_where_managers_are_superiors(self):
        self.make_lead()
        self.company.handover_managers = True
        self.wizard().action_prepare_handovers()
        request = self.prepared()
        self.assertEqual(request.requester_id, self.boss)
        self.assertEqual(request.coordinator_id, self.boss)

    def test_nobody_may(self):
        self.make_lead()
        self.team.user_id = False
        (self.manager | self.approver | self.admin).active = False
        wizard = self.wizard()
        self.assertIn("nobody may hand it over", wizard.handover_told)
        self.assertFalse(wizard.handover_can_prepare)
        with self.assertRaises(UserError):
            wizard.action_prepare_handovers()
        # and they leave all the same; to end contracts is for who may read them
        people = self.make_user("people", "hr.group_hr_manager")
        self.wizard(by=people).action_register_departure()
        self.assertFalse(self.anna_works.active)

    def test_the_user_goes_when_the_work_is_gone(self):
        self.company.handover_archive_guard = True
        self.make_lead()
        wizard = self.wizard(by=self.admin_of_people(), remove_related_user=True)
        wizard.action_prepare_handovers()
        with self.assertRaisesRegex(UserError, "Anna"):
            wizard.action_register_departure()
        request = self.prepared()
        request.with_user(request.requester_id).successor_id = self.bruno
        request.with_user(request.requester_id).date_planned = False
        request.with_user(request.requester_id).action_submit()
        request.with_user(self.approver).action_approve()
        self.assertEqual(request.state, "transferred")
        self.assertEqual(
            self.anna_works.with_user(self.officer).handover_state, "transferred"
        )

    def admin_of_people(self):
        return self.make_user("people", "base.group_system,hr.group_hr_manager")
