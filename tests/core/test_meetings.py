"""Which meetings go to the successor, and how a series goes."""

from datetime import timedelta

from odoo import Command, fields

from ..common import HandoverCommon

MANY, FEW = 40, 10


class TestMeetings(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer()
        cls.buyer = cls.make_customer(cls.chen, name="Buyer", parent_id=cls.customer.id)
        cls.lead = cls.make_lead()

    def guests(self, *people):
        return [Command.set([person.id for person in people])]

    def met(self, *people, **values):
        """A meeting with people, about nothing else."""
        values = {"res_model_id": False, "res_id": False, **values}
        partners = self.guests(self.anna.partner_id, *people)
        return self.make_meeting(self.lead, partner_ids=partners, **values)

    # ------------------------------------------------------------
    # CUSTOMERS
    # ------------------------------------------------------------

    def test_a_meeting_with_a_customer_moves(self):
        meeting = self.met(self.customer)
        self.make_request("transferred", self.customer)
        self.assertEqual(meeting.user_id, self.bruno)
        self.assertEqual(meeting.partner_ids, self.bruno.partner_id | self.customer)

    def test_what_the_leaver_has_with_colleagues_stays(self):
        """Neither the own contact, nor a colleague's, nor the company's brings any."""
        ours = self.company.partner_id
        clerk = self.make_customer(name="Clerk", parent_id=ours.id)
        former = self.make_user("former", "base.group_user")
        former.active = False
        worker = self.make_customer(name="Worker", employee=True)
        house = (
            self.anna.partner_id | self.leader.partner_id | former.partner_id
            | ours | clerk | worker
        )  # fmt: skip
        house.user_id = self.anna
        dentist = self.met()
        appraisal = self.met(self.leader.partner_id)
        told = self.make_meeting(self.anna.partner_id)
        others = [self.met(partner) for partner in house]
        self.make_request("transferred", house)
        self.assertEqual(house.user_id, self.bruno)
        for meeting in (dentist, appraisal, told, *others):
            self.assertEqual(meeting.user_id, self.anna)
            self.assertIn(self.anna.partner_id, meeting.partner_ids)
            self.assertNotIn(self.bruno.partner_id, meeting.partner_ids)

    def test_a_colleague_who_comes_along_is_no_obstacle(self):
        meeting = self.met(self.customer, self.leader.partner_id)
        self.make_request("transferred", self.customer)
        self.assertEqual(meeting.user_id, self.bruno)

    # ------------------------------------------------------------
    # WHAT A MEETING IS ABOUT
    # ------------------------------------------------------------

    def test_a_meeting_about_somebody_elses_deal_stays(self):
        theirs = self.make_lead(self.chen)
        linked = self.met(self.customer, opportunity_id=theirs.id)
        document = self.make_meeting(theirs)
        document.partner_ids |= self.customer
        self.make_request("transferred", self.customer)
        self.assertEqual((linked | document).user_id, self.anna)

    def test_a_meeting_about_the_own_deal_goes_with_the_deal(self):
        meeting = self.met(self.customer, opportunity_id=self.lead.id)
        self.make_request("transferred", self.customer)
        self.assertEqual(meeting.user_id, self.anna)
        self.make_request("transferred", self.lead, successor_id=self.chen.id)
        self.assertEqual(meeting.user_id, self.chen)

    def test_a_deal_that_is_won_leaves_its_meetings_to_the_customer(self):
        won = self.make_lead()
        won.action_set_won()
        meeting = self.met(self.customer, opportunity_id=won.id)
        self.make_request("transferred", self.customer)
        self.assertEqual(meeting.user_id, self.bruno)

    def test_the_field_that_people_see_counts_before_the_document(self):
        theirs = self.make_lead(self.chen)
        meeting = self.make_meeting(self.lead, opportunity_id=theirs.id)
        self.make_request("transferred", self.lead)
        self.assertEqual(meeting.user_id, self.anna)

    def test_a_document_that_is_no_kind_of_record_keeps_its_meeting(self):
        product = self.env["crm.tag"].create({"name": "No business of ours"})
        meeting = self.make_meeting(product)
        meeting.partner_ids |= self.customer
        self.make_request("transferred", self.customer)
        self.assertEqual(meeting.user_id, self.anna)

    # ------------------------------------------------------------
    # PRIVATE
    # ------------------------------------------------------------

    def test_private_is_private_with_its_to_dos(self):
        private = self.make_meeting(self.lead, privacy="private")
        public = self.make_meeting(self.lead)
        other = self.make_todo(self.lead)
        self.assertTrue(private.activity_ids and public.activity_ids)
        self.make_request("transferred", self.lead)
        self.assertEqual(private.activity_ids.user_id, self.anna)
        self.assertEqual((public.activity_ids | other).user_id, self.bruno)

    def test_private_meetings_do_not_count_among_those_that_move(self):
        draft = self.Request.with_user(self.anna).new(
            {"predecessor_id": self.anna.id, "company_id": self.company.id}
        )
        before = self.moving(draft)
        self.make_meeting(self.lead, privacy="private")
        self.met()
        self.met(self.leader.partner_id)
        self.assertEqual(self.moving(draft), before)
        self.make_meeting(self.lead)
        more = {name: count + 1 for name, count in before.items()}
        self.assertEqual(self.moving(draft), more)

    def moving(self, draft):
        """How many to-dos and meetings the dialog says that move."""
        portfolio = draft._portfolio()
        return {
            name: sum(len(row["ids"]) for row in portfolio[name] if row["kinds"])
            for name in ("todos", "meetings")
        }

    # ------------------------------------------------------------
    # SERIES
    # ------------------------------------------------------------

    def test_a_series_goes_from_its_next_meeting_on(self):
        meetings = self.make_series(self.lead, days=-3)
        past, coming = meetings[:4], meetings[4:]
        old = meetings.recurrence_id
        self.make_request("transferred", self.lead)
        self.assertEqual(past.user_id, self.anna)
        self.assertEqual(past.recurrence_id, old)
        self.assertEqual(coming.user_id, self.bruno)
        self.assertEqual(coming.partner_ids, self.bruno.partner_id)
        new = coming.recurrence_id
        self.assertEqual(len(new), 1)
        self.assertNotEqual(new, old)
        self.assertEqual(new.base_event_id, coming[0])
        self.assertEqual(new.count, len(coming))
        self.assertEqual(old.end_type, "end_date")
        self.assertEqual(coming.activity_ids.user_id, self.bruno)

    def test_all_events_of_the_series_are_the_new_organisers(self):
        meetings = self.make_series(self.lead, days=-3)
        self.make_request("transferred", self.lead)
        coming = meetings[4:]
        coming[5].with_user(self.bruno).write(
            {
                "recurrence_update": "all_events",
                "start": coming[5].start + timedelta(hours=1),
            }
        )
        now = self.env["calendar.event"].search([("opportunity_id", "=", False)])
        now = now.filtered(
            lambda meeting: (
                meeting.res_id == self.lead.id and meeting.start > fields.Datetime.now()
            )
        )
        self.assertEqual(now.user_id, self.bruno)
        self.assertGreaterEqual(len(now), len(coming) - 1)
        self.assertEqual(meetings[:4].user_id, self.anna)

    def test_what_has_not_begun_goes_as_a_whole(self):
        meetings = self.make_series(self.lead)
        self.make_request("transferred", self.lead)
        self.assertEqual(meetings.user_id, self.bruno)
        self.assertEqual(len(meetings.recurrence_id), 1)
        self.assertEqual(meetings.recurrence_id.calendar_event_ids, meetings)

    def test_the_private_one_of_a_series_stays_on_its_own(self):
        meetings = self.make_series(self.lead, days=-3)
        private = meetings[6]
        private.privacy = "private"
        self.make_request("transferred", self.lead)
        self.assertEqual(private.user_id, self.anna)
        self.assertEqual((meetings[4:] - private).user_id, self.bruno)
        self.assertFalse(private.recurrence_id)

    def test_the_one_about_the_deal_leaves_its_series(self):
        meetings = self.make_series(self.make_lead(self.chen))
        series = meetings.recurrence_id
        one = meetings[4]
        one.opportunity_id = self.lead
        self.make_request("transferred", self.lead)
        self.assertEqual(one.user_id, self.bruno)
        self.assertFalse(one.recurrence_id)
        self.assertEqual((meetings - one).user_id, self.anna)
        self.assertEqual((meetings - one).recurrence_id, series)

    def test_a_series_comes_back_from_its_next_meeting_on(self):
        meetings = self.make_series(self.lead, days=-3)
        request = self.make_request("transferred", self.lead)
        # a day later
        coming = meetings[4:]
        self.env.cr.execute(
            "UPDATE calendar_event SET start = now() - interval '1 hour',"
            " stop = now() WHERE id = %s",
            [coming[0].id],
        )
        self.env.invalidate_all()
        request.with_user(self.approver).action_return()
        self.assertEqual(coming[0].user_id, self.bruno)
        self.assertEqual(coming[1:].user_id, self.anna)
        self.assertEqual(coming[1:].partner_ids, self.anna.partner_id)
        self.assertEqual(meetings[:4].user_id, self.anna)
        self.assertEqual(len(coming[1:].recurrence_id), 1)

    def test_a_series_comes_back_as_its_organiser_made_it(self):
        meetings = self.make_series(self.lead)
        request = self.make_request("transferred", self.lead)
        meetings[0].with_user(self.bruno).write(
            {
                "recurrence_update": "all_events",
                "start": meetings[0].start + timedelta(hours=1),
            }
        )
        now = meetings.exists().filtered("active").recurrence_id.calendar_event_ids
        self.assertEqual(len(now), len(meetings))
        request.with_user(self.approver).action_return()
        self.assertEqual(now.user_id, self.anna)
        self.assertEqual(now.partner_ids, self.anna.partner_id)

    def test_what_the_successor_meets_besides_is_not_given_back(self):
        request = self.make_request("transferred", self.lead)
        own = self.make_meeting(self.lead, self.bruno)
        request.with_user(self.approver).action_return()
        self.assertEqual(own.user_id, self.bruno)

    def test_queries_do_not_grow_with_the_meetings_of_a_series(self):
        counts = []
        for count in (FEW, MANY, MANY):
            lead = self.make_lead()
            self.make_series(lead, count)
            request = self.make_request("submitted", lead)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            request.with_user(self.approver).action_approve()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # the first one also fills caches
        self.assertLess(counts[1], counts[0] + FEW)
        self.assertLess(counts[2], counts[0] + FEW)
