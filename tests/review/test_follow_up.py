"""After the handover: ratings and lessons, alarms, who to call next, the result."""

from datetime import date, timedelta
from functools import partial
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from odoo.addons.crm_handover.models import handover_statistics
from odoo.addons.crm_handover_review import result, uninstall_hook, urgency
from odoo.addons.crm_handover_review.models import (
    handover_followup,
    handover_followup_call,
    handover_followup_refresh,
)

from .test_reviews import MONDAY, ReviewCase


class FollowUpCase(ReviewCase):
    def on_day(self, request, days):
        """What the nightly job does ``days`` after the handover."""
        self.at(MONDAY + timedelta(days=days))
        self.follow_up(request)

    def todos(self, request, name):
        return request.sudo().activity_ids.filtered(
            lambda todo: (
                todo.activity_type_id == self.env.ref(f"crm_handover_review.{name}")
            )
        )

    def care(self, request):
        return self.todos(request, "mail_activity_type_care").user_id

    def calls(self, request, user=None):
        found = self.env["handover.followup"].with_user(user or self.bruno)
        return found.search([("request_id", "=", request.id), ("is_open", "=", True)])


class TestNight(FollowUpCase):
    """The nightly job itself: in parts, and each handover for itself."""

    def night(self, days):
        self.at(MONDAY + timedelta(days=days))
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_handover_review.ir_cron_handover_request_follow_up"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def instead(self, model, name, method):
        """Do ``method`` in the place of a method, and answer what undoes it."""
        Model = type(self.env[model])
        before = getattr(Model, name)
        change = patch.object(
            Model, name, lambda self, *args: method(partial(before, self), self, *args)
        )
        change.start()
        self.addCleanup(change.stop)
        return change

    def measured(self, request):
        return request._reviews(("date_measured", "!=", False))

    def test_in_small_parts_as_in_one(self):
        leads = self.deals(self.brewery, self.hospital, self.town)
        leads[1].expected_revenue = 50_000
        request = self.hand_over(leads)
        self.say(leads[0], MONDAY + timedelta(days=1))
        self.night(8)
        names = ("is_open", "date_contact", "amount", "no_contact", "urgency")
        whole = [self.figures(call, *names) for call in self.calls(request)]
        self.assertEqual(len(whole), 3)
        self.env["handover.followup"]._forget(request)
        request._trusting().date_follow_up = False
        self.patch(handover_followup, "BEGIN", 1)
        self.patch(handover_statistics, "MANY", 1)
        self.patch(handover_followup_refresh, "BATCH", 1)
        self.night(8)
        self.assertEqual(
            [self.figures(call, *names) for call in self.calls(request)], whole
        )

    @mute_logger("odoo.addons.crm_handover.models.handover_background")
    def test_one_that_fails_stops_no_other(self):
        bad, good = (self.hand_over(self.deals(self.brewery)) for _number in range(2))

        def fail(conclude, request, figures):
            if request == bad:
                raise ValueError("broken")
            return conclude(figures)

        change = self.instead("handover.request", "_conclude", fail)
        self.night(7)
        self.assertFalse(self.measured(bad))
        self.assertEqual(self.measured(good).days, 7)
        self.assertEqual(len(self.calls(bad)), 1)
        # tomorrow again
        self.assertEqual(bad.date_follow_up, date(2026, 3, 9))
        change.stop()
        self.night(8)
        self.assertEqual(self.measured(bad).days, 7)
        self.assertEqual(
            self.todos(bad, "mail_activity_type_rating").user_id,
            self.anna | self.bruno | self.approver,
        )

    def test_locked_only_for_the_conclusions(self):
        self.hand_over(self.deals(self.brewery))
        order = []

        def note(name):
            return lambda method, *args: order.append(name) or method(*args[1:])

        for model, name in (
            ("handover.followup", "_follow"), ("handover.followup", "_refresh"),
            ("handover.request.review", "_measure"), ("handover.request", "_lock"),
            ("handover.request", "_conclude"),
        ):  # fmt: skip
            self.instead(model, name, note(name))
        self.night(7)
        self.assertEqual(
            order, ["_follow", "_refresh", "_measure", "_lock", "_conclude"]
        )

    def test_given_back_meanwhile_nothing_is_kept(self):
        request = self.hand_over(self.deals(self.brewery))

        def give_back(measure, _review):
            figures = measure()
            request.with_user(self.approver).action_return()
            return figures

        self.instead("handover.request.review", "_measure", give_back)
        self.on_day(request, 7)
        self.assertEqual(request.state, "returned")
        self.assertFalse(request._reviews())
        self.assertFalse(request.date_follow_up)
        self.assertFalse(self.calls(request))
        self.assertFalse(self.todos(request, "mail_activity_type_rating"))

    def test_given_back_nothing_is_left_to_look_after(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 8)
        self.assertTrue(self.calls(request))
        self.assertTrue(self.care(request))
        request.with_user(self.approver).action_return()
        self.env.invalidate_all()
        self.assertFalse(self.calls(request))
        self.assertFalse(self.care(request))


class TestRating(FollowUpCase):
    def rated(self, days=7):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, days)
        return request

    def ratings(self, request):
        return self.env["handover.request.rating"].search(
            [("request_id", "=", request.id)]
        )

    def test_both_sides_and_a_superior_rate(self):
        request = self.rated()
        for user, role, stars in (
            (self.anna, "predecessor", 4),
            (self.bruno, "successor", 2),
            (self.leader, "manager", 3),
        ):
            mine = request.with_user(user)
            self.assertTrue(mine.can_rate)
            self.assertTrue(mine.action_rate(stars, "It went"))
            rating = self.ratings(request).filtered(lambda r, u=user: r.user_id == u)
            self.assertEqual(
                (rating.role, rating.rating, rating.days), (role, stars, 7)
            )

    def test_again_is_the_same_rating_and_a_new_one_at_the_next_review(self):
        request = self.rated()
        request.with_user(self.bruno).action_rate(1, "Bad")
        request.with_user(self.bruno).action_rate(5, "Good after all")
        self.assertEqual(self.ratings(request).mapped("rating"), [5])
        self.on_day(request, 30)
        request.with_user(self.bruno).action_rate(3)
        self.assertEqual(sorted(self.ratings(request).mapped("days")), [7, 30])

    def test_others_do_not_rate(self):
        request = self.rated()
        for user in (self.chen, self.other, self.alldocs, self.foreigner):
            with self.assertRefused(AccessError):
                request.with_user(user).action_rate(5)

    def test_not_before_the_first_review(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 6)
        self.assertFalse(request.with_user(self.bruno).can_rate)
        with self.assertRefused(UserError, "first review"):
            request.with_user(self.bruno).action_rate(5)

    def test_nonsense_is_no_rating(self):
        request = self.rated().with_user(self.bruno)
        for rating in (0, 6, "5", True, None, 2.5):
            with self.assertRefused(UserError, "from 1 to 5"):
                request.action_rate(rating)
        with self.assertRefused(UserError, "give a text"):
            request.action_rate(5, {"x": 1})

    def test_nobody_writes_a_rating(self):
        request = self.rated()
        request.with_user(self.bruno).action_rate(2, "Poor")
        for user in (self.bruno, self.anna, self.manager, self.admin):
            rating = self.ratings(request).with_user(user)
            with self.assertRefused(AccessError):
                rating.write({"rating": 5})
            with self.assertRefused(AccessError):
                rating.unlink()
            with self.assertRefused(AccessError):
                rating.create({"request_id": request.id, "rating": 5})

    def test_a_rating_is_for_its_author_and_superiors(self):
        request = self.rated()
        request.with_user(self.bruno).action_rate(1, "Anna told me nothing")
        Rating = self.env["handover.request.rating"]
        mine = [("request_id", "=", request.id)]
        for user, seen in (
            (self.bruno, 1), (self.leader, 1), (self.approver, 1), (self.anna, 0),
            (self.chen, 0), (self.foreigner, 0),
        ):  # fmt: skip
            self.assertEqual(Rating.with_user(user).search_count(mine), seen, user.name)
        self.company.handover_review_audience = "participants"
        self.assertEqual(Rating.with_user(self.anna).search_count(mine), 1)

    def test_everybody_is_asked_once_and_has_done_it(self):
        request = self.rated()
        asked = self.todos(request, "mail_activity_type_rating")
        self.assertEqual(asked.user_id, self.anna | self.bruno | self.approver)
        self.assertEqual(set(asked.mapped("date_deadline")), {date(2026, 3, 16)})
        self.on_day(request, 8)
        self.assertEqual(len(self.todos(request, "mail_activity_type_rating")), 3)
        request.with_user(self.bruno).action_rate(4)
        request.invalidate_recordset()
        asked = self.todos(request, "mail_activity_type_rating")
        self.assertEqual(asked.user_id, self.anna | self.approver)

    def test_by_the_form(self):
        request = self.rated()
        wizard = self.env["handover.request.rate"].with_user(self.bruno)
        form = wizard.create({"request_id": request.id, "rating": "4"})
        form.action_rate()
        self.assertEqual(self.ratings(request).rating, 4)
        empty = wizard.create({"request_id": request.id})
        with self.assertRefused(UserError, "from 1 to 5"):
            empty.action_rate()


class TestLessons(FollowUpCase):
    def setUp(self):
        super().setUp()
        self.reason.plan_id = self.env["mail.activity.plan"].create(
            {"name": "Leaving", "res_model": "handover.request", "company_id": False}
        )
        self.request = self.hand_over(self.deals(self.brewery))
        self.on_day(self.request, 7)
        self.request.with_user(self.bruno).action_rate(
            2, "Late", "Call the customers together\nin the first week"
        )
        self.lesson = self.env["handover.request.rating"].search(
            [("request_id", "=", self.request.id)]
        )

    def test_manager_makes_it_a_step(self):
        with self.assertRefused(UserError, "for all companies"):
            self.lesson.with_user(self.manager).action_accept_lesson()
        self.reason.plan_id.company_id = self.company
        action = self.lesson.with_user(self.manager).action_accept_lesson()
        step = self.reason.plan_id.template_ids
        self.assertEqual(step.summary, "Call the customers together")
        self.assertEqual(action["res_id"], self.reason.plan_id.id)
        self.assertEqual(self.lesson.lesson_state, "accepted")
        self.assertEqual(self.lesson.step_id, step)
        with self.assertRefused(UserError, "no suggestion"):
            self.lesson.with_user(self.manager).action_accept_lesson()
        # what was decided is not asked for again
        self.request.with_user(self.bruno).action_rate(4, "Fine", "Something else")
        self.assertEqual(self.lesson.lesson_state, "accepted")
        self.assertIn("together", self.lesson.lesson)

    def test_manager_dismisses_it(self):
        self.lesson.with_user(self.manager).action_dismiss_lesson()
        self.assertEqual(self.lesson.lesson_state, "dismissed")
        self.assertFalse(self.reason.plan_id.template_ids)

    def test_others_decide_nothing(self):
        for user in (self.bruno, self.anna, self.leader, self.approver, self.foreigner):
            mine = self.lesson.with_user(user)
            with self.assertRefused(AccessError):
                mine.action_accept_lesson()
            with self.assertRefused(AccessError):
                mine.action_dismiss_lesson()

    def test_without_a_plan(self):
        self.reason.plan_id = False
        with self.assertRefused(UserError, "has no plan"):
            self.lesson.with_user(self.manager).action_accept_lesson()


class TestAlarms(FollowUpCase):
    def test_successor_first_and_the_superior_later(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 7)
        self.assertFalse(self.care(request))
        self.on_day(request, 8)
        self.assertEqual(self.care(request), self.bruno)
        self.on_day(request, 10)
        self.assertEqual(self.care(request), self.bruno)
        self.on_day(request, 11)
        self.assertEqual(self.care(request), self.bruno | self.approver)
        self.on_day(request, 12)
        self.assertEqual(len(self.todos(request, "mail_activity_type_care")), 2)

    def test_it_is_over_with_the_contact(self):
        [lead] = self.deals(self.brewery)
        request = self.hand_over(lead)
        self.on_day(request, 12)
        self.assertTrue(self.care(request))
        self.say(lead, MONDAY + timedelta(days=12, hours=1))
        self.on_day(request, 13)
        self.assertFalse(self.care(request))

    def test_to_do_tells_neither_names_nor_figures(self):
        request = self.hand_over(self.deals(self.brewery, name="Secret deal"))
        self.on_day(request, 8)
        todo = self.todos(request, "mail_activity_type_care")
        for text in (todo.summary, todo.note or ""):
            self.assertNotIn("Secret", text)
            self.assertNotRegex(text, r"\d")

    def test_high_risk_without_a_step(self):
        [lead] = self.deals(self.brewery)
        self.at(MONDAY)
        request = self.make_request(records=lead)
        request.line_ids.with_user(self.anna).risk = "high"
        self.bring(request, "transferred")
        self.say(lead, MONDAY + timedelta(hours=1))
        self.on_day(request, 1)
        self.assertTrue(self.calls(request).no_step)
        self.assertEqual(self.care(request), self.bruno)
        self.make_todo(lead, self.bruno)
        self.on_day(request, 2)
        self.assertFalse(self.calls(request).no_step)
        self.assertFalse(self.care(request))

    def test_deal_that_fell_back(self):
        [lead] = self.deals(self.brewery)
        lead.stage_id = self.offer
        self.env.cr.flush()
        request = self.hand_over(lead)
        self.say(lead, MONDAY + timedelta(hours=1))
        self.track(lead, MONDAY + timedelta(days=1), stage_id=self.new.id)
        self.on_day(request, 2)
        self.assertTrue(self.calls(request).fell_back)
        self.assertEqual(self.care(request), self.bruno)

    def test_what_is_no_open_record_of_the_company(self):
        """As it is collected: no archived, no private, no other company's."""
        request = self.hand_over(self.deals(self.brewery)).sudo()
        self.assertEqual(request._load(self.bruno), 1)
        self.bruno.company_ids |= self.abroad
        self.make_lead(self.bruno).active = False
        self.make_task(self.bruno, project_id=False)
        self.make_lead(self.bruno, company_id=self.abroad.id, team_id=False)
        self.assertEqual(request._load(self.bruno), 1)
        self.make_lead(self.bruno)
        self.assertEqual(request._load(self.bruno), 2)

    def test_successor_with_too_much(self):
        leads = self.deals(self.brewery, self.hospital)
        request = self.hand_over(leads)
        self.on_day(request, 1)
        self.assertFalse(self.care(request))
        self.company.handover_max_open = 1
        self.on_day(request, 2)
        self.assertEqual(self.care(request), self.bruno)
        self.on_day(request, 5)
        self.assertEqual(self.care(request), self.bruno | request.approver_id)
        self.company.handover_max_open = 2
        self.on_day(request, 6)
        self.assertFalse(self.care(request))

    def test_one_digest_a_day_with_what_is_wrong(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 8)
        self.on_day(request, 9)
        Message = self.env["mail.message"]

        def digests():
            return Message.search([("subject", "=", "Late steps of handovers")])

        before = digests()
        self.Request._remind(self.bruno, self.Request)
        self.Request._remind(self.bruno, self.Request)
        digest = digests() - before
        self.assertEqual(len(digest), 1)
        self.assertIn("Customers without a first contact in time: 1", digest.body)

    def test_who_may_not_see_it_is_told_nothing(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 9)
        self.assertTrue(request._alarm_texts(self.leader))
        self.assertFalse(request._alarm_texts(self.anna))
        self.assertFalse(request._alarm_texts(self.chen))

    def test_after_the_last_review_nobody_is_asked(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 30)
        self.assertTrue(self.care(request))
        self.on_day(request, 90)
        self.assertFalse(self.care(request))


class TestWhoToCall(FollowUpCase):
    def test_its_own_examples(self):
        self.assertExamples(urgency)

    def test_most_urgent_first_and_why(self):
        small, large, heard = self.deals(self.brewery, self.hospital, self.town)
        large.expected_revenue = 50_000
        self.at(MONDAY)
        request = self.make_request(records=small | large | heard)
        line = request.line_ids.filtered(lambda line: line.res_id == small.id)
        line.with_user(self.anna).risk = "high"
        self.bring(request, "transferred")
        self.say(heard, MONDAY + timedelta(hours=1))
        self.make_todo(heard, self.bruno, date_deadline=date(2026, 3, 3))
        self.on_day(request, 4)
        calls = self.calls(request)
        # 28 for waiting, 30 for the risk, 10 without a step; 28 and 20; one late to-do
        self.assertEqual(calls.mapped("urgency"), [68, 48, 5])
        self.assertEqual(calls.line_id.mapped("res_id"), [small.id, large.id, heard.id])
        self.assertEqual(
            calls[0].why, "no contact in 4 days · risk: High · no next step"
        )
        self.assertIn("worth", calls[1].why)
        self.assertIn("50,000", calls[1].why)
        self.assertNotIn("50,000.", calls[1].why)
        self.assertEqual(calls[2].why, "overdue to-dos: 1")

    def test_closed_or_passed_on_is_not_called(self):
        won, passed, kept = self.deals(self.brewery, self.hospital, self.town)
        request = self.hand_over(won | passed | kept)
        self.on_day(request, 1)
        self.assertEqual(len(self.calls(request)), 3)
        won.action_set_won()
        passed.user_id = self.chen
        self.on_day(request, 2)
        self.assertEqual(self.calls(request).line_id.res_id, kept.id)

    def test_page_is_of_now(self):
        [lead] = self.deals(self.brewery)
        request = self.hand_over(lead)
        self.on_day(request, 2)
        self.assertFalse(self.calls(request).date_contact)
        self.say(lead, MONDAY + timedelta(days=2, hours=1))
        self.at(MONDAY + timedelta(days=2, hours=2))
        answer = self.env["handover.followup"].with_user(self.bruno).open_calls()
        self.assertEqual(answer["res_model"], "handover.followup")
        self.env.invalidate_all()
        self.assertTrue(self.calls(request).date_contact)

    def listed(self, user=None, **arguments):
        calls = self.env["handover.followup"].with_user(user or self.bruno)
        return calls.get_calls(**arguments)

    def picked(self, row):
        calls = self.env["handover.followup"].with_user(self.bruno)
        return calls.browse(row["ids"])

    def test_a_row_for_each_customer(self):
        leads = self.deals(self.brewery, self.brewery, self.hospital)
        leads[0].expected_revenue = 50_000
        self.brewery.phone = "+32 2 555 10 12"
        request = self.hand_over(leads)
        self.on_day(request, 4)
        answer = self.listed()
        self.assertEqual((answer["total"], answer["called"]), (2, 0))
        first, second = answer["customers"]
        self.assertEqual(first["name"], self.brewery.name)
        self.assertEqual(first["phone"], self.brewery.phone)
        self.assertEqual(len(first["ids"]), 2)
        self.assertEqual(first["records"][0]["name"], leads[0].name)
        self.assertIn("50,000", first["amount"])
        # and not a second time among the reasons
        self.assertEqual(first["why"], "no contact in 4 days")
        self.assertEqual(second["name"], self.hospital.name)
        # nobody else has them to call
        for other in (self.anna, self.leader):
            self.assertFalse(self.listed(other)["customers"])

    def test_a_window_of_the_customers_and_the_numbers_of_all(self):
        # three records without a customer stand for themselves
        leads = self.deals(self.brewery, self.brewery, self.hospital, self.town)
        alone = self.env["crm.lead"].union(*(self.make_lead() for _n in range(3)))
        leads[3].expected_revenue = 90_000
        request = self.hand_over(leads | alone)
        self.say(leads[2], MONDAY + timedelta(hours=1))
        self.on_day(request, 4)
        numbers = {"total": 6, "called": 1, "waiting": 5}
        whole = self.listed()["customers"]
        self.assertEqual(whole[0]["name"], self.town.name)
        urgencies = [row["urgency"] for row in whole]
        self.assertEqual(urgencies, sorted(urgencies, reverse=True))
        seen = []
        for offset in (0, 2, 4, 6):
            answer = self.listed(offset=offset, limit=2)
            seen += answer.pop("customers")
            self.assertEqual(answer, numbers)
        self.assertEqual(seen, whole)
        self.assertEqual(len(seen), 5)
        [heard] = self.listed(settled=True)["customers"]
        self.assertEqual(heard["name"], self.hospital.name)
        # however many somebody asks for, and whatever is no number of customers
        self.patch(handover_followup_call, "MOST", 3)
        self.assertEqual(len(self.listed(limit=10**6)["customers"]), 3)
        self.assertEqual(len(self.listed(offset=-5, limit=-5)["customers"]), 1)
        nothing = dict.fromkeys(numbers, 0)
        self.assertEqual(self.listed(self.anna), {"customers": [], **nothing})

    def test_called_is_a_contact_with_the_whole_customer(self):
        leads = self.deals(self.brewery, self.brewery, self.hospital)
        request = self.hand_over(leads)
        self.on_day(request, 4)
        [row] = [
            one
            for one in self.listed()["customers"]
            if one["name"] == self.brewery.name
        ]
        self.picked(row).action_called()
        answer = self.listed()
        self.assertEqual((answer["total"], answer["called"]), (2, 1))
        # said once, on one of the records, as a to-do that is done
        said = leads[:2].message_ids.filtered("mail_activity_type_id")
        self.assertEqual(said.author_id, self.bruno.partner_id)
        self.assertEqual(len(said), 1)
        self.assertFalse(leads[:2].activity_ids.filtered("active"))
        self.on_day(request, 5)
        self.assertEqual(self.listed()["called"], 1)
        self.picked(row).action_undo_call()
        self.assertEqual(self.listed()["called"], 0)
        self.assertFalse(said.exists())
        self.assertFalse(leads[:2].message_ids.filtered("mail_activity_type_id"))

    def test_put_off_for_three_days(self):
        leads = self.deals(self.brewery)
        request = self.hand_over(leads)
        self.on_day(request, 4)
        [row] = self.listed()["customers"]
        self.picked(row).action_call_later()
        [todo] = leads.activity_ids
        self.assertEqual(todo.user_id, self.bruno)
        self.assertFalse(self.listed()["customers"])
        [later] = self.listed(settled=True)["customers"]
        self.assertEqual(later["later"], "2026-03-09")
        # a second time is the same to-do
        self.picked(row).action_call_later()
        self.assertEqual(leads.activity_ids, todo)
        self.picked(row).action_undo_call()
        self.assertFalse(todo.exists())
        self.assertFalse(self.listed()["customers"][0]["later"])
        self.picked(row).action_call_later()
        self.on_day(request, 7)
        self.assertFalse(self.listed()["customers"][0]["later"])

    def test_writes_to_the_contact_of_the_record(self):
        self.brewery.email = "office@brewery.test"
        leads = self.deals(self.brewery)
        request = self.hand_over(leads)
        self.on_day(request, 1)
        [row] = self.listed()["customers"]
        context = self.picked(row).action_mail()["context"]
        self.assertEqual(context["default_model"], "crm.lead")
        self.assertEqual(context["default_res_ids"], leads.ids)
        self.assertEqual(context["default_partner_ids"], self.brewery.ids)

    def test_of_several_customers_nobody_writes_one_mail(self):
        request = self.hand_over(self.deals(self.brewery, self.hospital))
        self.on_day(request, 1)
        with self.assertRefused(UserError, "one customer"):
            self.calls(request).action_mail()

    def test_what_is_deleted_is_not_called_about(self):
        leads = self.deals(self.brewery)
        request = self.hand_over(leads)
        self.on_day(request, 1)
        calls = self.calls(request)
        leads.unlink()
        with self.assertRefused(UserError, "on which to note it"):
            calls.action_called()
        self.assertFalse(calls.date_contact)

    def test_nobody_calls_for_somebody_else(self):
        leads = self.deals(self.brewery)
        request = self.hand_over(leads)
        self.on_day(request, 4)
        calls = self.calls(request)
        for name in ("action_called", "action_call_later", "action_undo_call"):
            with self.subTest(name), self.assertRefused(UserError, "took it over"):
                getattr(calls.with_user(self.leader), name)()
        leads.action_set_won()
        self.on_day(request, 5)
        with self.assertRefused(UserError, "closed or passed on"):
            calls.action_called()
        self.assertFalse(leads.message_ids.filtered("mail_activity_type_id"))

    def test_opens_the_record(self):
        [lead] = self.deals(self.brewery)
        request = self.hand_over(lead)
        self.on_day(request, 1)
        action = self.calls(request).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", lead.id))

    def test_nobody_writes_what_is_urgent(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 1)
        for user in (self.bruno, self.manager, self.admin):
            with self.assertRefused(AccessError):
                self.calls(request).with_user(user).write({"urgency": 0})

    def test_no_more_queries_for_more_records(self):
        counts = []
        for number in (1, 100):
            leads = self.env["crm.lead"]
            for _number in range(number):
                leads |= self.deals(self.brewery)
            request = self.hand_over(leads)
            self.on_day(request, 1)
            self.at(MONDAY + timedelta(days=2))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["handover.followup"]._refresh(request.sudo())
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)


class TestResult(FollowUpCase):
    def test_its_own_examples(self):
        self.assertExamples(result)

    def test_from_facts_one_by_one(self):
        one, two = self.deals(self.brewery, self.hospital)
        request = self.hand_over(one | two)
        self.say(one, MONDAY + timedelta(days=1))
        for user in (self.anna, self.bruno):
            request.with_user(user).action_confirm()
        self.at(MONDAY + timedelta(days=3))
        two.action_set_lost()
        self.env.cr.flush()
        self.on_day(request, 7)
        request.with_user(self.anna).action_rate(5)
        request.with_user(self.bruno).action_rate(3)
        rated = request.with_user(self.approver)
        self.assertEqual(
            rated.result_parts,
            {
                "coverage": 100,
                "time": 100,
                "first_contact": 50,
                "retention": 50,
                "satisfaction": 75,
            },
        )
        # (100 x 15 + 100 x 10 + 50 x 20 + 50 x 15 + 75 x 15) / 75
        self.assertEqual(rated.result_score, 71)
        table = {row["name"]: row["points"] for row in rated.result_table}
        self.assertEqual((table["Coverage"], table["First contact"]), (100, 50))

    def test_none_before_anything_is_known_of_how_it_went(self):
        request = self.hand_over(self.deals(self.brewery))
        for user in (self.anna, self.bruno):
            request.with_user(user).action_confirm()
        told = request.with_user(self.approver)
        self.assertEqual(told.state, "done")
        self.assertFalse(told.has_result)
        self.assertFalse(told.result_score)
        points = {row["name"]: row["points"] for row in told.result_table}
        self.assertEqual(points["Coverage"], 100)
        self.assertIs(points["Retention"], False)
        self.assertEqual(len(points), 7)
        # no mean counts it as 0
        mean = told._read_group([("id", "=", told.id)], [], ["result_score:avg"])
        self.assertFalse(mean[0][0])
        self.on_day(request, 7)
        self.assertTrue(told.has_result)
        self.assertTrue(told.result_score)

    def test_completeness_is_of_who_knows_it(self):
        request = self.hand_over(self.deals(self.brewery))
        known = {"completeness": 40, "else": 0}
        with patch.object(type(request), "_report_points", lambda self: known):
            self.on_day(request, 7)
        parts = request.sudo().result_parts
        self.assertEqual(parts["completeness"], 40)
        self.assertNotIn("else", parts)

    def test_late_costs_points(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 30)
        # 23 days after the week for the confirmations
        self.assertEqual(request.sudo().result_parts["time"], 0)

    def test_only_approvers_read_it(self):
        request = self.hand_over(self.deals(self.brewery))
        for user in (self.anna, self.bruno):
            for name in ("result_score", "result_parts", "result_table"):
                with self.assertRaises(AccessError):
                    request.with_user(user).read([name])
            self.assertNotIn("result_score", request.with_user(user).fields_get())

    def test_days_of_the_phases(self):
        self.at(MONDAY)
        request = self.make_request()
        self.made(request, MONDAY - timedelta(days=2))
        self.bring(request, "submitted")
        self.at(MONDAY + timedelta(days=1, hours=12))
        request.with_user(self.approver).action_approve()
        self.at(MONDAY + timedelta(days=4))
        for user in (self.anna, self.bruno):
            request.with_user(user).action_confirm()
        self.assertEqual(
            self.figures(
                request, "days_preparing", "days_deciding", "days_waiting",
                "days_confirming",
            ),
            (2.0, 1.5, 0.0, 2.5),
        )  # fmt: skip

    def test_a_phase_that_is_not_over_lowers_no_mean(self):
        self.at(MONDAY)
        confirmed, waiting = (
            self.make_request("transferred", self.make_lead()) for _n in range(2)
        )
        self.at(MONDAY + timedelta(days=4))
        for user in (self.anna, self.bruno):
            confirmed.with_user(user).action_confirm()
        both = [("id", "in", (confirmed | waiting).ids)]
        ((days,),) = self.Request._read_group(both, [], ["days_confirming:avg"])
        self.assertEqual(days, 4.0)


class TestReporting(FollowUpCase):
    def test_no_sum_shows_what_may_not_be_read(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 7)
        Review = self.env["handover.request.review"]
        mine = [("request_id", "=", request.id)]
        for groupby in ("reason_id", "predecessor_id", "successor_id", "kind",
                        "source_team_id", "date_due:month", "days"):  # fmt: skip
            for user, total in ((self.approver, 3), (self.anna, 0), (self.other, 0)):
                groups = Review.with_user(user)._read_group(
                    mine, [groupby], ["__count"]
                )
                self.assertEqual(sum(count for _g, count in groups), total)

    def test_who_to_call_is_for_everybody(self):
        seen = self.env["ir.ui.menu"].with_user(self.anna)._visible_menu_ids()
        calls = self.env.ref("crm_handover_review.handover_followup_menu")
        self.assertIn(calls.id, seen)
        reviews = "crm_handover_review.handover_request_review_menu_report"
        self.assertNotIn(self.env.ref(reviews).id, seen)


class TestUninstall(FollowUpCase):
    def test_nothing_uses_what_goes(self):
        request = self.hand_over(self.deals(self.brewery))
        self.on_day(request, 30)
        request.with_user(self.bruno).action_rate(4)
        names = ("mail_activity_type_care", "mail_activity_type_rating")
        types = self.env["mail.activity.type"].union(
            *(self.env.ref(f"crm_handover_review.{name}") for name in names)
        )
        plan = self.env["mail.activity.plan"].create(
            {"name": "Later", "res_model": "handover.request"}
        )
        step = self.env["mail.activity.plan.template"].create(
            {
                "plan_id": plan.id, "activity_type_id": types[0].id,
                "summary": "Ask how it goes", "responsible_type": "coordinator",
            }
        )  # fmt: skip
        favourite = self.env["ir.filters"].create(
            {"name": "Mine", "model_id": "handover.request.review", "domain": "[]"}
        )
        todos = self.env["mail.activity"].with_context(active_test=False)
        mine = todos.search([("activity_type_id", "in", types.ids)])
        self.assertEqual(mine.activity_type_id, types)
        self.assertEqual(set(mine.mapped("active")), {True, False})
        others = todos.search_count([("activity_type_id", "not in", types.ids)])
        uninstall_hook(self.env)
        self.assertFalse(mine.exists())
        self.assertFalse(favourite.exists())
        self.assertEqual(todos.search_count([]), others)
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.assertEqual(
            (step.activity_type_id, step.summary), (todo, "Ask how it goes")
        )
        types.unlink()
