"""Reviews: each figure from a story that can be worked out by hand.

The records change hands on Monday, 2 March 2026, at 10 h in Brussels (9 h UTC), where
people work from 8 to 12 and from 13 to 17 h.
"""

import json
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.crm_handover_review import followup

from ..common import HandoverCommon

MONDAY = datetime(2026, 3, 2, 9)


class ReviewCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Europe/Brussels"
        cls.new, cls.offer, cls.won = cls.env["crm.stage"].create(
            [
                {"name": "Fresh", "sequence": 901},
                {"name": "Offer", "sequence": 902},
                {"name": "Signed", "sequence": 903, "is_won": True},
            ]
        )
        # the welcome to-dos and messages of other modules are none of the story's
        cls.brewery, cls.hospital, cls.town = (
            cls.make("res.partner", name=name, is_company=True)
            for name in ("Brewery", "Hospital", "Town")
        )
        cls.guest = cls.make("res.partner", name="Koen", parent_id=cls.brewery.id)

    def setUp(self):
        super().setUp()
        self.at(MONDAY)

    def at(self, moment):
        """Go on at another time."""
        self.env.cr.flush()
        clock = freeze_time(moment)
        clock.start()
        self.addCleanup(clock.stop)
        self.env.invalidate_all()

    def say(self, record, moment, author=None, **values):
        """A message to the outside, by Bruno."""
        values = {
            "model": record._name,
            "res_id": record.id,
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
            "author_id": (author or self.bruno).partner_id.id,
            "date": moment,
            **values,
        }
        return self.env["mail.message"].create(values)

    def write_in(self, record, moment):
        """A mail that a customer wrote."""
        return self.say(record, moment, message_type="email", author_id=self.guest.id)

    def deals(self, *customers, **values):
        """One deal with each customer, all of them Anna's."""
        leads = self.env["crm.lead"]
        for customer in customers:
            leads |= self.make_lead(
                partner_id=customer.id, stage_id=self.new.id, **values
            )
        return leads

    def hand_over(self, records, **values):
        self.at(MONDAY)
        return self.make_request("transferred", records, **values)

    def follow_up(self, request):
        request.sudo().with_user(self.env.ref("base.user_root"))._follow_up()
        self.env.invalidate_all()

    def review(self, request, days=7, successor=None):
        """The review after ``days``, measured on its day."""
        request = request.sudo()
        self.at(MONDAY + timedelta(days=days))
        self.follow_up(request)
        return request.review_ids.filtered(
            lambda review: (
                review.days == days and review.successor_id == (successor or self.bruno)
            )
        )

    def track(self, record, moment, **values):
        """Change a record at a time, as somebody in the form does."""
        self.at(moment)
        record.write(values)
        self.env.flush_all()
        self.env.cr.flush()

    def made(self, records, moment):
        """Say when records were made, which is the clock of the database."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {records._table} SET create_date = %s WHERE id IN %s",
            [moment, tuple(records.ids)],
        )
        self.env.invalidate_all()

    def figures(self, review, *names):
        return tuple(review[name] for name in names)


class TestArithmetic(HandoverCommon):
    def test_its_own_examples(self):
        self.assertExamples(followup)

    def test_no_days(self):
        for text in (
            "x",
            "0, 7",
            "-1",
            "366",
            "7.5",
            "7;30",
            "1,2,3,4,5,6,7,8,9,10,11,12,13",
        ):
            with self.assertRaises(ValueError, msg=text):
                followup.parse_days(text)
        self.assertEqual(followup.parse_days(False), ())


class TestPlanning(ReviewCase):
    def test_three_reviews_come_with_the_transfer(self):
        request = self.make_request("approved")
        self.assertFalse(request.review_ids)
        request.with_user(self.approver).action_run()
        self.assertEqual(
            [(r.days, r.date_due) for r in request.sudo().review_ids],
            [(d, MONDAY + timedelta(days=d)) for d in (7, 30, 90)],
        )
        self.assertEqual(request.review_ids.successor_id, self.bruno)

    def test_each_successor_has_their_own(self):
        one, two = self.make_lead(), self.make_lead()
        request = self.make_request(records=one | two)
        line = request.line_ids.filtered(lambda line: line.res_id == two.id)
        line.with_user(self.anna).successor_id = self.chen
        self.bring(request, "submitted")
        request.with_user(self.approver).action_approve()
        self.assertEqual(len(request.review_ids), 6)
        self.assertEqual(request.review_ids.successor_id, self.bruno | self.chen)

    def test_company_and_handover_choose_the_days(self):
        self.company.handover_review_days = "14"
        request = self.make_request().with_user(self.anna)
        self.assertEqual(request.review_days, "14")
        request.review_days = "5, 3"
        self.company.handover_review_days = "60"
        self.assertEqual(request.review_days, "5, 3")
        self.bring(request, "transferred")
        self.assertEqual(request.sudo().review_ids.mapped("days"), [3, 5])
        never = self.make_request(records=self.make_lead()).with_user(self.anna)
        never.review_days = "0"
        self.bring(never, "transferred")
        self.assertFalse(never.sudo().review_ids)

    def test_days_are_chosen_until_it_is_handed_over(self):
        request = self.make_request("approved").with_user(self.anna)
        self.assertTrue(request.can_plan_reviews)
        request.review_days = "10"
        self.assertEqual(request.state, "approved")
        request.with_user(self.approver).action_run()
        self.assertFalse(request.can_plan_reviews)
        with self.assertRefused(UserError, "before the records are"):
            request.review_days = "20"

    def test_others_choose_no_days(self):
        request = self.make_request("submitted")
        for user in (self.bruno, self.leader, self.approver, self.other):
            with self.assertRefused(AccessError):
                request.with_user(user).review_days = "1"

    def test_nonsense_is_refused(self):
        request = self.make_request().with_user(self.anna)
        for text in ("soon", "0, 7", "7 30", "500"):
            with self.assertRefused(UserError, "no days"):
                request.review_days = text
        with self.assertRefused(ValidationError, "no days"):
            self.company.handover_review_days = "soon"

    def test_what_went_back_is_not_reviewed(self):
        request = self.make_request("transferred")
        request.with_user(self.approver).action_return()
        self.assertEqual(request.state, "returned")
        self.assertFalse(request.sudo().review_ids)

    def test_nobody_writes_or_makes_a_review(self):
        review = self.make_request("transferred").sudo().review_ids[:1]
        for user in (self.bruno, self.manager, self.admin):
            mine = review.with_user(user)
            with self.assertRefused(AccessError):
                mine.write({"won_count": 9})
            with self.assertRefused(AccessError):
                mine.unlink()
            with self.assertRefused(AccessError):
                mine.create({"request_id": review.request_id.id, "days": 1})

    def test_cron_measures_what_is_due_and_forgets_the_rest(self):
        request = self.make_request("transferred")
        cron = self.env.ref("crm_handover_review.ir_cron_handover_request_follow_up")
        followups = self.env["handover.followup"].search
        for days, measured, kept in ((0, 0, 1), (8, 1, 1), (31, 2, 1), (90, 3, 0)):
            self.at(MONDAY + timedelta(days=days))
            self.env.flush_all()
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            reviews = request.review_ids
            self.assertEqual(len(reviews.filtered("date_measured")), measured)
            mine = followups([("request_id", "=", request.id)])
            self.assertEqual(len(mine), kept)


class TestContacts(ReviewCase):
    def test_customers_contacted_and_how_fast(self):
        leads = self.deals(self.brewery, self.hospital, self.town)
        request = self.hand_over(leads)
        first, second, third = leads
        # Tuesday at 9 h: 6 hours on Monday and 1 on Tuesday
        self.say(first, datetime(2026, 3, 3, 8))
        self.say(first, datetime(2026, 3, 5, 8))
        # Friday at 14 h: 6 on Monday, 3 x 8, 4 and 1 on Friday
        self.make_meeting(
            second, self.bruno, start=datetime(2026, 3, 6, 13),
            stop=datetime(2026, 3, 6, 14),
        )  # fmt: skip
        # what nobody outside hears, what somebody else says, what came before or after
        note = self.env.ref("mail.mt_note").id
        self.say(third, datetime(2026, 3, 4, 8), subtype_id=note)
        self.say(third, datetime(2026, 3, 4, 8), author=self.anna)
        self.say(third, datetime(2026, 3, 2, 8, 59))
        self.say(third, datetime(2026, 3, 9, 9, 1))
        review = self.review(request)
        self.assertEqual(
            self.figures(
                review, "record_count", "customer_count", "contacted_count",
                "untouched_count", "in_time_count", "contact_count",
                "first_contact_median", "first_contact_max",
            ),
            (3, 3, 2, 1, 2, 3, 21.0, 35.0),
        )  # fmt: skip

    def test_company_with_its_contacts_is_one_customer(self):
        lead = self.deals(self.guest)
        task = self.make_task(self.anna, partner_id=self.brewery.id)
        request = self.hand_over(lead)
        request2 = self.hand_over(task)
        self.say(lead, datetime(2026, 3, 3, 8))
        self.assertEqual(self.review(request).customer_count, 1)
        # heard on a record that is none of this handover
        self.assertEqual(self.review(request2).contacted_count, 0)

    def test_words_to_the_customer_elsewhere_count(self):
        leads = self.deals(self.brewery, self.hospital, self.town)
        request = self.hand_over(leads)
        self.say(self.guest, datetime(2026, 3, 3, 8))
        self.say(
            self.project, datetime(2026, 3, 3, 8),
            partner_ids=[Command.link(self.hospital.id)],
        )  # fmt: skip
        self.make_meeting(
            self.project, self.bruno, start=datetime(2026, 3, 3, 8),
            stop=datetime(2026, 3, 3, 9),
            partner_ids=[Command.set((self.bruno.partner_id | self.town).ids)],
        )  # fmt: skip
        review = self.review(request)
        self.assertEqual((review.contacted_count, review.contact_count), (3, 3))

    def test_private_and_declined_meetings_do_not_count(self):
        [lead] = self.deals(self.brewery)
        request = self.hand_over(lead)
        day = {"start": datetime(2026, 3, 3, 8), "stop": datetime(2026, 3, 3, 9)}
        self.make_meeting(lead, self.bruno, privacy="private", **day)
        guests = [Command.set((self.bruno | self.chen).partner_id.ids)]
        meeting = self.make_meeting(lead, self.chen, partner_ids=guests, **day)
        theirs = meeting.attendee_ids.filtered(
            lambda a: a.partner_id == self.bruno.partner_id
        )
        theirs.state = "declined"
        self.assertEqual(self.review(request).contacted_count, 0)
        theirs.state = "accepted"
        request.sudo()._reviews()._trusting().date_measured = False
        self.assertEqual(self.review(request).contacted_count, 1)

    def test_private_by_default_is_private(self):
        """Neither a figure nor what the follow-up knows tells of such a meeting."""
        [lead] = self.deals(self.brewery)
        request = self.hand_over(lead)
        day = {"start": datetime(2026, 3, 3, 8), "stop": datetime(2026, 3, 3, 9)}
        meeting = self.make_meeting(lead, self.bruno, **day)
        self.bruno.with_user(self.bruno).calendar_default_privacy = "private"
        review = self.review(request)
        self.assertEqual((review.contacted_count, review.contact_count), (0, 0))
        calls = self.env["handover.followup"].search([("request_id", "=", request.id)])
        self.assertFalse(calls.date_contact)
        meeting.privacy = "public"
        request.sudo()._reviews()._trusting().date_measured = False
        self.assertEqual(self.review(request).contacted_count, 1)

    def test_done_to_do_is_a_contact(self):
        [lead] = self.deals(self.brewery)
        call = self.make_todo(lead, date_deadline=date(2026, 3, 4))
        request = self.hand_over(lead)
        self.at(datetime(2026, 3, 3, 8))
        call.with_user(self.bruno).action_feedback(feedback="Called")
        review = self.review(request)
        self.assertEqual(
            self.figures(
                review, "contacted_count", "first_contact_median", "todo_done_count",
                "overdue_count",
            ),
            (1, 7.0, 1, 0),
        )  # fmt: skip

    def test_company_rests_on_holidays(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Carnival",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 3),
                "date_to": datetime(2026, 3, 4),
            }
        )
        [lead] = self.deals(self.brewery)
        request = self.hand_over(lead)
        # Wednesday at 9 h: 6 on Monday, none on Tuesday, 1
        self.say(lead, datetime(2026, 3, 4, 8))
        self.assertEqual(self.review(request).first_contact_median, 7.0)

    def test_hours_are_those_of_the_companys_time_zone(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        [lead] = self.deals(self.brewery)
        # 17 h in Shanghai: the day is over
        request = self.hand_over(lead)
        # Tuesday at 10 h there
        self.say(lead, datetime(2026, 3, 3, 2))
        self.assertEqual(self.review(request).first_contact_median, 2.0)

    def test_later_than_agreed(self):
        self.company.handover_contact_days = 2
        leads = self.deals(self.brewery, self.hospital)
        request = self.hand_over(leads)
        self.say(leads[0], MONDAY + timedelta(days=2))
        self.say(leads[1], MONDAY + timedelta(days=2, minutes=1))
        review = self.review(request)
        self.assertEqual((review.contacted_count, review.in_time_count), (2, 1))

    def test_compared_with_the_predecessor_in_the_time_before(self):
        leads = self.deals(self.brewery, self.hospital)
        self.say(leads[0], MONDAY - timedelta(days=6), author=self.anna)
        self.say(leads[1], MONDAY - timedelta(days=8), author=self.anna)
        self.say(leads[1], MONDAY - timedelta(days=3))
        review = self.review(self.hand_over(leads))
        self.assertEqual(
            self.figures(
                review, "contacted_count_before", "untouched_count_before",
                "contact_count_before", "contacted_count",
            ),
            (1, 1, 1, 0),
        )  # fmt: skip

    def test_nobody_contacted_is_no_time_at_all(self):
        review = self.review(self.hand_over(self.deals(self.brewery)))
        self.env.cr.execute(
            "SELECT first_contact_median, response_median FROM handover_request_review"
            " WHERE id = %s",
            [review.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (None, None))

    def test_each_successor_has_own_figures(self):
        one, two = self.deals(self.brewery, self.hospital)
        self.at(MONDAY)
        request = self.make_request(records=one | two)
        line = request.line_ids.filtered(lambda line: line.res_id == two.id)
        line.with_user(self.anna).successor_id = self.chen
        self.bring(request, "submitted")
        request.with_user(self.approver).action_approve()
        self.say(one, datetime(2026, 3, 3, 8))
        self.assertEqual(self.review(request).contacted_count, 1)
        self.assertEqual(self.review(request, 7, self.chen).contacted_count, 0)

    def test_questions_of_the_successor(self):
        request = self.hand_over(self.deals(self.brewery))
        for author in (self.bruno, self.bruno, self.anna):
            self.say(request, datetime(2026, 3, 3, 8), author=author)
        self.assertEqual(self.review(request).question_count, 2)

    def test_complaints_where_tickets_are(self):
        request = self.hand_over(self.deals(self.brewery, self.hospital))
        # nothing is installed here that has tickets: tasks in their place
        Review = type(self.env["handover.request.review"])
        self.patch(
            Review, "_complaint_fields", lambda self: [("project.task", "partner_id")]
        )
        for customer, days in (
            (self.guest, -1), (self.guest, 1), (self.hospital, 2), (self.town, 2),
            (self.hospital, 8),
        ):  # fmt: skip
            task = self.make_task(partner_id=customer.id)
            self.made(task, MONDAY + timedelta(days=days))
        review = self.review(request)
        self.assertEqual(
            (review.complaint_count, review.complaint_count_before), (2, 1)
        )


class TestMailsAndTodos(ReviewCase):
    def test_response_time(self):
        one, two = self.deals(self.brewery, self.hospital)
        # before: asked on Tuesday a week ago at 10 h, answered at 12 h
        self.write_in(one, datetime(2026, 2, 24, 9))
        self.say(one, datetime(2026, 2, 24, 11), author=self.anna)
        request = self.hand_over(one | two)
        # Tuesday 9 h and 10 h, answered at 11 h: 2 hours, in one go
        self.write_in(one, datetime(2026, 3, 3, 8))
        self.write_in(one, datetime(2026, 3, 3, 9))
        self.say(one, datetime(2026, 3, 3, 10))
        # Thursday 16 h, answered on Friday at 11 h by a colleague: 4 hours
        self.write_in(two, datetime(2026, 3, 5, 15))
        self.say(two, datetime(2026, 3, 6, 10), author=self.chen)
        # nobody answered any more
        self.write_in(two, datetime(2026, 3, 6, 11))
        self.say(two, datetime(2026, 3, 9, 9, 30))
        review = self.review(request)
        self.assertEqual(
            self.figures(
                review, "response_median", "unanswered_count",
                "response_median_before", "unanswered_count_before",
            ),
            (3.0, 1, 2.0, 0),
        )  # fmt: skip

    def test_overdue_then_and_now(self):
        [lead] = self.deals(self.brewery)
        self.make_todo(lead, date_deadline=date(2026, 2, 27))
        late = self.make_todo(lead, date_deadline=date(2026, 2, 20))
        soon = self.make_todo(lead, date_deadline=date(2026, 3, 4))
        self.make_todo(lead, date_deadline=date(2026, 3, 9))
        self.made(lead.activity_ids, MONDAY - timedelta(days=30))
        # planned only after the review
        self.made(
            self.make_todo(lead, date_deadline=date(2026, 3, 4)), datetime(2026, 3, 20)
        )
        request = self.hand_over(lead)
        self.at(datetime(2026, 3, 5, 8))
        late.with_user(self.bruno).action_feedback()
        review = self.review(request)
        self.assertEqual(
            self.figures(
                review, "overdue_count_before", "overdue_count", "todo_done_count"
            ),
            (2, 2, 1),
        )
        # what happens afterwards changes nothing
        self.at(datetime(2026, 3, 12, 8))
        soon.with_user(self.bruno).action_feedback()
        review._trusting().date_measured = False
        self.follow_up(request)
        self.assertEqual((review.overdue_count, review.todo_done_count), (2, 1))


class TestDeals(ReviewCase):
    def test_moved_won_lost_and_fallen_back(self):
        self.at(MONDAY - timedelta(days=60))
        leads = self.deals(*[self.brewery] * 6, expected_revenue=1000, probability=20)
        moved, won, lost, back, same, before = leads
        self.track(back | same, MONDAY - timedelta(days=50), stage_id=self.offer.id)
        self.at(MONDAY - timedelta(days=3))
        before.action_set_lost()
        self.env.cr.flush()
        self.at(MONDAY)
        request = self.make_request(records=leads).with_user(self.anna)
        # the lost one as well, on purpose
        request.line_ids.although_closed = True
        self.bring(request, "transferred")
        self.track(moved, MONDAY + timedelta(days=1), stage_id=self.offer.id)
        self.track(won, MONDAY + timedelta(days=2), expected_revenue=500)
        self.at(MONDAY + timedelta(days=3))
        won.action_set_won()
        lost.action_set_lost()
        self.env.cr.flush()
        self.track(back, MONDAY + timedelta(days=4), stage_id=self.new.id)
        # what happens after the time of the review
        late = MONDAY + timedelta(days=8)
        self.track(won, late, expected_revenue=9000)
        self.track(same, late, stage_id=self.won.id)
        self.track(moved, late, stage_id=self.new.id)
        review = self.review(request)
        self.assertEqual(review.deal_count, 6)
        self.assertEqual(
            self.figures(
                review, "moved_count", "moved_value", "won_count", "won_value",
                "lost_count", "lost_value", "fell_back_count",
                "lost_count_before", "won_count_before", "moved_count_before",
            ),
            (1, 1000.0, 1, 500.0, 1, 1000.0, 1, 1, 0, 0),
        )  # fmt: skip
        # over 30 days the later changes count
        later = self.review(request, 30)
        self.assertEqual(
            self.figures(later, "won_count", "won_value", "moved_count"),
            (2, 10000.0, 0),
        )

    def test_value_by_the_rate_of_the_last_day(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        (euro | dollar).active = True
        self.company.currency_id = euro
        # a deal of another company of the same group, worth dollars
        self.abroad.currency_id = dollar
        for day, rate in (("2026-01-01", 1.25), ("2026-03-09", 2.0), ("2026-03-10", 4)):
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": dollar.id,
                    "company_id": self.company.id,
                }
            )
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "rate": 1, "currency_id": euro.id,
             "company_id": self.company.id}
        )  # fmt: skip
        [lead] = self.deals(self.brewery, expected_revenue=1000)
        request = self.hand_over(lead)
        self.at(MONDAY + timedelta(days=1))
        lead.action_set_won()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = %s WHERE id = %s",
            [self.abroad.id, lead.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.review(request).won_value, 500.0)

    def test_tasks_in_time(self):
        deadline = datetime(2026, 3, 5, 9)
        tasks = self.env["project.task"]
        for _number in range(4):
            tasks |= self.make_task(date_deadline=deadline)
        tasks[3].state = "1_done"
        self.env.cr.flush()
        request = self.hand_over(tasks[:3])
        self.track(tasks[0], datetime(2026, 3, 5, 8), state="1_done")
        self.track(tasks[1], datetime(2026, 3, 6, 8), state="1_done")
        self.track(tasks[2], datetime(2026, 3, 10, 8), state="1_done")
        review = self.review(request)
        self.assertEqual((review.task_done_count, review.task_in_time_count), (2, 1))

    def test_measured_twice_the_same(self):
        leads = self.deals(self.brewery, self.hospital)
        request = self.hand_over(leads)
        self.say(leads[0], datetime(2026, 3, 3, 8))
        self.write_in(leads[1], datetime(2026, 3, 3, 9))
        self.track(leads[0], MONDAY + timedelta(days=1), stage_id=self.won.id)
        review = self.review(request)
        names = [
            name
            for name, field in review._fields.items()
            if field.store and name not in ("date_measured", "write_date")
        ]
        once = review.read(names)
        self.at(MONDAY + timedelta(days=20))
        self.say(leads[1], datetime(2026, 3, 20, 8))
        leads[0].stage_id = self.new
        self.env.cr.flush()
        review._trusting().date_measured = False
        self.follow_up(request)
        self.assertTrue(review.date_measured)
        self.assertEqual(review.read(names), once)

    def test_no_more_queries_for_more_records(self):
        counts = []
        for number in (1, 100):
            leads = self.env["crm.lead"]
            for _number in range(number):
                leads |= self.deals(self.brewery)
            request = self.hand_over(leads)
            self.at(MONDAY + timedelta(days=7))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.follow_up(request)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)


class TestWhoSees(ReviewCase):
    def reviews(self, user):
        Review = self.env["handover.request.review"].with_user(user)
        found = Review.search([("request_id", "=", self.request.id)])
        [total] = Review._read_group(
            [("request_id", "=", self.request.id)], [], ["record_count:sum"]
        )
        return len(found), total[0] or 0

    def setUp(self):
        super().setUp()
        one, two = self.deals(self.brewery, self.hospital)
        self.request = self.make_request(
            records=one | two, coordinator_id=self.other.id
        )
        line = self.request.line_ids.filtered(lambda line: line.res_id == two.id)
        line.with_user(self.anna).successor_id = self.chen
        self.bring(self.request, "submitted")
        self.request.with_user(self.approver).action_approve()
        self.review(self.request)

    def test_everybody_their_own_and_superiors_all(self):
        for user, seen in (
            (self.bruno, (3, 1)),
            (self.chen, (3, 1)),
            (self.leader, (6, 2)),
            (self.approver, (6, 2)),
            (self.manager, (6, 2)),
            (self.anna, (0, 0)),
            (self.other, (0, 0)),
            (self.foreigner, (0, 0)),
        ):
            self.assertEqual(self.reviews(user), seen, user.name)
        self.env.invalidate_all()
        self.assertFalse(self.request.with_user(self.anna).review_ids)

    def test_participants_where_the_company_says_so(self):
        self.company.handover_review_audience = "participants"
        for user, seen in (
            (self.anna, (6, 2)),
            (self.bruno, (6, 2)),
            (self.other, (6, 2)),
            (self.alldocs, (0, 0)),
            (self.foreigner, (0, 0)),
        ):
            self.assertEqual(self.reviews(user), seen, user.name)

    def test_what_is_still_to_be_done_is_the_successors_and_superiors(self):
        self.company.handover_review_audience = "participants"
        Followup = self.env["handover.followup"]
        mine = [("request_id", "=", self.request.id)]
        for user, seen in (
            (self.bruno, 1),
            (self.chen, 1),
            (self.leader, 2),
            (self.approver, 2),
            (self.anna, 0),
            (self.other, 0),
        ):
            found = Followup.with_user(user).search_count(mine)
            self.assertEqual(found, seen, user.name)

    def after(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        view = self.request.with_user(user).with_context(lang="en_US").after_view
        # plain values: the client gets them
        return json.loads(json.dumps(view))

    def test_pictures_are_of_what_the_reader_may_read(self):
        deal = self.env["crm.lead"].browse(
            self.request.sudo()
            .line_ids.filtered(lambda line: line.successor_id == self.bruno)
            .res_id
        )
        self.say(deal, MONDAY + timedelta(days=1))
        self.say(deal, MONDAY + timedelta(days=9))
        self.at(MONDAY + timedelta(days=10))
        strips = {
            user.name: {
                row["name"]: row["total"] for row in self.after(user)["strips"]["rows"]
            }
            for user in (self.bruno, self.chen, self.leader, self.anna, self.other)
        }
        self.assertEqual(
            strips,
            {
                "Bruno": {"Brewery": 2}, "Chen": {"Hospital": 0},
                "Leader": {"Brewery": 2, "Hospital": 0}, "Anna": {}, "Other": {},
            },
        )  # fmt: skip
        [row] = self.after(self.bruno)["strips"]["rows"]
        self.assertEqual(row["contacts"], [1, 1, *[0] * 11])
        self.assertFalse(self.after(self.anna)["figures"])

    def test_figures_are_compared_with_the_time_before(self):
        review = self.request.sudo().review_ids.filtered(
            lambda review: review.days == 7 and review.successor_id == self.bruno
        )
        review._trusting().write(
            {
                "contacted_count": 1, "contacted_count_before": 2,
                "overdue_count": 0, "overdue_count_before": 3,
                "response_median": 4, "response_median_before": 0,
            }
        )  # fmt: skip
        view = self.after(self.bruno)
        self.assertEqual((view["days"], view["until"]), (7, ""))
        told = {
            row["name"]: (row["before"], row["after"], row["is"])
            for row in view["figures"]
        }
        self.assertEqual(told["Customers Contacted"], (2, 1, "worse"))
        self.assertEqual(told["Overdue To-dos"], (3, 0, "better"))
        # before there was no mail to answer: nothing to compare with
        self.assertEqual(told["Response Time (h)"], (0, 4, ""))

    def test_no_figures_before_the_first_review(self):
        self.at(MONDAY + timedelta(days=30))
        request = self.make_request("transferred", self.deals(self.town))
        view = request.with_user(self.bruno).with_context(lang="en_US").after_view
        self.assertEqual((view["until"], view["figures"]), ("Apr 8", []))

    def test_figures_by_team_are_the_leaders(self):
        self.deals(self.brewery)
        Report = self.env["handover.report"]
        mine = [("request_id", "=", self.request.id)]
        for user, seen in (
            (self.leader, 2),
            (self.approver, 2),
            (self.manager, 2),
            (self.bruno, 0),
            (self.anna, 0),
            (self.other, 0),
            (self.foreigner, 0),
        ):
            self.assertEqual(Report.with_user(user).search_count(mine), seen, user.name)
        [(team, handovers, customers, records)] = Report.with_user(
            self.approver
        )._read_group(
            mine,
            ["team_id"],
            ["request_id:count_distinct", "customer_count:sum", "record_count:sum"],
        )
        self.assertEqual((team, handovers, customers, records), (self.team, 1, 2, 2))

    def test_leaders_find_their_figures_in_the_menu_and_others_do_not(self):
        names = "handover_report_menu", "handover_report_menu_root"
        menus = {self.env.ref(f"crm_handover_review.{name}").id for name in names}

        def sees(user):
            shown = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertIn(len(menus & shown.keys()), (0, len(menus)))
            return menus <= shown.keys()

        for user in (self.leader, self.approver):
            self.assertTrue(sees(user), user.name)
        for user in (self.anna, self.bruno, self.other, self.projectuser):
            self.assertFalse(sees(user), user.name)
        # from the day on which they lead
        self.make_team("Other", self.other)
        self.assertTrue(sees(self.other))

    def test_figures_are_in_the_currency_of_the_company_by_that_days_rate(self):
        currency = self.env["res.currency"].create({"name": "TST", "symbol": "T"})
        day = self.request.date_finished.date()
        for days, rate in ((-9, 4), (9, 8)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id, "rate": rate,
                    "company_id": self.company.id, "name": day + timedelta(days=days),
                }
            )  # fmt: skip
        lines = self.request.line_ids
        for line, worth in zip(
            lines,
            ({"amount": 400, "currency": "TST"}, {"amount": 7}),
            strict=True,
        ):
            line._trusting().before = {**line.before, **worth}
        self.env.flush_all()
        mine = [("request_id", "=", self.request.id)]
        figures = self.env["handover.report"].with_user(self.leader).search(mine)
        self.assertEqual(sorted(figures.mapped("value")), [7, 100])

    def test_people_without_handovers_see_nothing(self):
        for user in (self.employee, self.portal):
            for model in (
                "handover.request.review",
                "handover.followup",
                "handover.report",
            ):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search_count([])
