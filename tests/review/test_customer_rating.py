"""Customers rate their new contact, by Odoo's own links and page."""

import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .test_follow_up import FollowUpCase
from .test_reviews import MONDAY


class CustomerCase(FollowUpCase):
    def setUp(self):
        super().setUp()
        self.company.handover_customer_rating = True
        self.brewery.email = "office@brewery.example"
        self.guest.email = "koen@brewery.example"
        self.hospital.email = "office@hospital.example"

    def handed_over(self, *customers, talked=None, **values):
        """Anna's deals are Bruno's, who talked with all customers the next day."""
        leads = self.deals(*customers, **values)
        request = self.hand_over(leads)
        for lead in leads if talked is None else talked(leads):
            self.say(lead, MONDAY + timedelta(days=1))
        return request

    def ask(self, request, days=30):
        """What the nightly jobs do until a day."""
        for day in sorted({7, days}):
            self.on_day(request, day)
        self.run_asking()

    def run_asking(self):
        cron = self.env.ref(
            "crm_handover_review.ir_cron_handover_request_ask_customers"
        )
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def asked(self, request):
        return self.env["handover.customer.rating"].search(
            [("request_id", "=", request.id)]
        )

    def mails(self):
        return self.env["mail.mail"].search([("body_html", "like", "/rate/")])

    def token(self, asked):
        tokens = self.env["rating.rating"].sudo()
        return tokens.search(
            [("res_model", "=", asked._name), ("res_id", "=", asked.id)]
        )

    def answer(self, asked, rate, feedback=None):
        """What Odoo's page does."""
        token = self.token(asked)
        asked.sudo().rating_apply(rate, rating=token, feedback=feedback)


class TestAsking(CustomerCase):
    def test_nobody_is_asked_unless_the_company_wants_it(self):
        self.company.handover_customer_rating = False
        request = self.handed_over(self.brewery)
        self.ask(request)
        self.assertFalse(request.customers_due)
        self.assertFalse(self.asked(request))
        self.assertFalse(self.mails())

    def test_it_is_off_by_default(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertFalse(company.handover_customer_rating)

    def test_one_mail_per_customer_with_the_review_after_thirty_days(self):
        request = self.handed_over(self.brewery, self.guest, self.hospital)
        self.ask(request, 7)
        self.assertFalse(self.asked(request))
        self.ask(request)
        asked = self.asked(request)
        self.assertEqual(asked.customer_id, self.brewery | self.hospital)
        self.assertEqual(asked.successor_id, self.bruno)
        self.assertEqual(len(self.mails()), 2)
        self.assertFalse(request.customers_due)
        self.ask(request, 90)
        self.assertEqual(len(self.asked(request)), 2)
        self.assertEqual(len(self.mails()), 2)

    def test_the_last_review_where_none_comes_so_late(self):
        self.company.handover_review_days = "7"
        request = self.handed_over(self.brewery)
        self.ask(request, 7)
        self.assertEqual(len(self.asked(request)), 1)
        calls = self.env["handover.followup"].search([("request_id", "=", request.id)])
        self.assertFalse(calls, "the records are forgotten once everybody is asked")

    def test_the_person_on_the_record_is_asked(self):
        request = self.handed_over(self.guest)
        self.ask(request)
        self.assertEqual(self.asked(request).partner_id, self.guest)
        self.assertEqual(self.mails().recipient_ids, self.guest)

    def test_the_company_where_the_person_has_no_address(self):
        self.guest.email = False
        request = self.handed_over(self.guest)
        self.ask(request)
        self.assertEqual(self.asked(request).partner_id, self.brewery)

    def test_who_heard_nothing_is_not_asked(self):
        request = self.handed_over(
            self.brewery, self.hospital, talked=lambda leads: leads[0]
        )
        self.ask(request)
        self.assertEqual(self.asked(request).customer_id, self.brewery)

    def test_who_wants_no_mails_has_left_or_has_no_address_is_not_asked(self):
        self.env["mail.blacklist"]._add("office@hospital.example")
        gone = self.make(
            "res.partner", name="Gone", email="gone@gone.example", is_company=True
        )
        request = self.handed_over(self.hospital, self.town, gone)
        gone.active = False
        self.ask(request)
        self.assertFalse(self.asked(request))
        self.assertFalse(request.customers_due)

    def test_colleagues_are_no_customers(self):
        colleague = new_test_user(
            self.env, "colleague", "base.group_user", email="colleague@ours.example"
        )
        request = self.handed_over(colleague.partner_id)
        self.ask(request)
        self.assertFalse(self.asked(request))

    def test_nobody_is_asked_twice_within_ninety_days(self):
        first = self.handed_over(self.brewery)
        self.ask(first)
        second = self.handed_over(self.brewery)
        self.ask(second)
        self.assertFalse(self.asked(second))

    @mute_logger("odoo.addons.crm_handover.models.handover_background")
    def test_one_that_fails_stops_no_other(self):
        bad, good = self.handed_over(self.brewery), self.handed_over(self.hospital)
        for request in (bad, good):
            for day in (7, 30):
                self.on_day(request, day)
        write = type(bad)._write_to_customers

        def fail(request, asked):
            if request == bad:
                raise ValueError("broken")
            return write(request, asked)

        with patch.object(type(bad), "_write_to_customers", fail):
            self.run_asking()
        self.assertEqual(len(self.asked(good)), 1)
        self.assertFalse(self.asked(bad))
        self.assertTrue(bad.customers_due)
        self.run_asking()
        self.assertEqual(len(self.asked(bad)), 1)

    def test_what_was_given_back_is_not_asked_about(self):
        request = self.handed_over(self.brewery)
        for day in (7, 30):
            self.on_day(request, day)
        self.assertTrue(request.customers_due)
        request.with_user(self.approver).action_return()
        self.assertEqual(request.state, "returned")
        self.assertFalse(request.customers_due)
        self.run_asking()
        self.assertFalse(self.asked(request))

    def test_the_mail_is_in_the_customers_language_and_tells_no_record(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "crm_handover_review")]
        )._update_translations(["zh_CN"])
        self.hospital.lang = "zh_CN"
        request = self.handed_over(self.brewery, self.hospital, name="Secret plan")
        self.ask(request)
        english, chinese = (
            self.mails().filtered(lambda m, c=customer: c in m.recipient_ids)
            for customer in (self.brewery, self.hospital)
        )
        self.assertIn("bruno", english.subject.lower())
        self.assertIn("how well does", english.subject)
        self.assertIn("How well does it work?", english.body_html)
        self.assertRegex(chinese.subject, "[一-鿿]")
        self.assertNotIn("How well", chinese.body_html)
        for mail in english | chinese:
            self.assertNotIn("Secret plan", mail.body_html)
            self.assertNotIn(request.name, mail.body_html)
            self.assertEqual(mail.reply_to, self.bruno.email_formatted)
            self.assertFalse(mail.model)

    def test_a_contacts_name_is_text(self):
        self.guest.name = "<b>{{ 6*7 }}</b> %s %(x)s"
        request = self.handed_over(self.guest)
        self.ask(request)
        body = self.mails().body_html
        self.assertIn("&lt;b&gt;{{ 6*7 }}&lt;/b&gt; %s %(x)s", body)

    def send(self):
        """What the mail queue does, with a server that takes everything."""
        sent = []

        def take(_server, message, *_args, **_kwargs):
            sent.append(message)
            return message["Message-Id"]

        server = type(self.env["ir.mail_server"])
        with (
            patch.object(server, "_disable_send", lambda _server: False),
            patch.object(server, "_connect__", lambda *_args, **_kwargs: None),
            patch.object(server, "send_email", take),
        ):
            self.mails().send()
        return sent

    def test_a_line_break_in_a_name_keeps_no_mail_from_going(self):
        self.bruno.name = "Bruno\nBcc: all@home.test"
        self.guest.name = "Koen\r\n\u202eX"
        self.company.partner_id.name = "Home\nAbroad"
        request = self.handed_over(self.guest)
        self.ask(request)
        [mail] = self.send()
        for name in ("From", "To", "Reply-To", "Subject"):
            self.assertNotRegex(str(mail[name]), "[\n\r\u202e]", name)
        self.assertNotIn("all@home.test", str(mail["To"]) + str(mail["Bcc"]))
        self.assertEqual(self.mails().state, "sent")
        # the next day it is no longer needed, and nobody is asked again
        self.run_asking()
        self.assertFalse(self.mails())
        self.assertEqual(len(self.asked(request)), 1)

    def test_a_mail_that_failed_is_sent_once_more(self):
        request = self.handed_over(self.brewery)
        self.ask(request)
        mail = self.mails()
        for state in ("exception", "cancel"):
            mail.state = state
            self.run_asking()
            self.assertEqual(mail.state, "outgoing")
        self.assertEqual(len(self.asked(request)), 1)
        mail.state = "sent"
        self.run_asking()
        self.assertFalse(mail.exists())
        self.assertEqual(len(self.asked(request)), 1)

    def test_who_was_never_reached_was_not_asked(self):
        first = self.handed_over(self.brewery)
        self.ask(first)
        self.mails().state = "exception"
        asked = self.asked(first)
        token = self.token(asked)
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            self.run_asking()
        self.assertFalse(asked.exists())
        self.assertFalse(token.exists())
        self.assertFalse(self.mails())
        second = self.handed_over(self.brewery)
        self.ask(second)
        self.assertEqual(len(self.asked(second)), 1)


class TestAnswering(CustomerCase):
    def setUp(self):
        super().setUp()
        self.request = self.handed_over(self.brewery, self.hospital)
        self.ask(self.request)
        self.one, self.two = self.asked(self.request).sorted("customer_id")

    def test_the_answer_is_kept_and_counts(self):
        self.answer(self.one, 5, "Very quick")
        self.answer(self.two, 1)
        self.assertEqual((self.one.rating, self.one.comment), (5, "Very quick"))
        self.assertTrue(self.one.date_rated)
        # (5 + 1) / 2 = 3 stars are 50 points
        points = self.request.sudo().result_parts["satisfaction"]
        self.assertEqual(points, 50)
        self.request.with_user(self.bruno).action_rate(5)
        # (5 + 1 + 5) / 3 = 3.67 stars are 66 points
        points = self.request.sudo().result_parts["satisfaction"]
        self.assertEqual(points, 66)

    def test_who_has_not_answered_does_not_count(self):
        self.answer(self.one, 3)
        self.assertEqual(self.request.sudo().result_parts["satisfaction"], 50)
        Rating = self.env["handover.customer.rating"]
        mine = [("request_id", "=", self.request.id)]
        ((average,),) = Rating._read_group(mine, [], ["rating:avg"])
        self.assertEqual(average, 3)

    def test_a_later_answer_takes_the_place_of_the_former(self):
        self.answer(self.one, 1, "Nobody calls")
        self.answer(self.one, 5, "Now they do")
        self.assertEqual((self.one.rating, self.one.comment), (5, "Now they do"))

    def test_a_comment_without_end_is_refused(self):
        with self.assertRefused(UserError, "10000 are allowed"):
            self.answer(self.one, 5, "x" * 10_001)
        with self.assertRefused(UserError, "characters that are none"):
            self.answer(self.one, 5, "\0")
        self.assertFalse(self.one.date_rated)

    def test_one_link_rates_no_other(self):
        with self.assertRefused(UserError, "no rating"):
            self.one.sudo().rating_apply(5, rating=self.token(self.two))
        with self.assertRefused(UserError, "no rating"):
            self.one.sudo().rating_apply(4, rating=self.token(self.one))
        self.assertFalse(self.one.date_rated)

    def test_nobody_answers_for_a_customer(self):
        for user in (self.bruno, self.anna, self.manager, self.admin):
            mine = self.one.with_user(user)
            with self.assertRefused(AccessError):
                mine.rating_apply(5, rating=self.token(self.one))
            with self.assertRefused(AccessError):
                mine.write({"rating": 5})
            with self.assertRefused(AccessError):
                mine.unlink()
            with self.assertRefused(AccessError):
                mine.create({"request_id": self.request.id, "rating": 5})

    def test_nobody_reads_the_links(self):
        token = self.token(self.one)
        for user in (self.bruno, self.anna, self.manager, self.admin):
            tokens = self.env["rating.rating"].with_user(user)
            self.assertFalse(tokens.search([("res_model", "=", self.one._name)]))
            with self.assertRefused(AccessError):
                tokens.browse(token.id).read(["access_token"])
            mails = self.env["mail.message"].with_user(user)
            self.assertFalse(mails.search([("body", "like", token.access_token)]))

    def test_a_rating_is_for_the_successor_and_superiors(self):
        Rating = self.env["handover.customer.rating"]
        mine = [("request_id", "=", self.request.id)]
        for user, seen in (
            (self.bruno, 2), (self.leader, 2), (self.approver, 2), (self.anna, 0),
            (self.chen, 0), (self.foreigner, 0),
        ):  # fmt: skip
            self.assertEqual(Rating.with_user(user).search_count(mine), seen, user.name)
        self.company.handover_review_audience = "participants"
        self.assertEqual(Rating.with_user(self.anna).search_count(mine), 2)
        self.assertEqual(Rating.with_user(self.chen).search_count(mine), 0)


class TestPage(HttpCase, CustomerCase):
    """The whole way of a customer, who is nobody to us: mail, link, page, answer."""

    def test_a_customer_follows_the_link_and_answers(self):
        request = self.handed_over(self.brewery)
        self.ask(request)
        links = re.findall(r'href="([^"]*/rate/\w+/\d)"', self.mails().body_html)
        self.assertEqual(len(links), 3)
        path = links[0].partition("/rate/")[2]
        self.authenticate(None, None)
        page = self.url_open(f"/rate/{path}")
        self.assertEqual(page.status_code, 200)
        asked = self.asked(request)
        asked.invalidate_recordset()
        self.assertFalse(asked.date_rated, "opening the page is no answer")
        token, csrf = path.split("/")[0], re.search(
            r'name="csrf_token" value="([^"]+)"', page.text
        )  # fmt: skip
        answer = self.url_open(
            f"/rate/{token}/submit_feedback",
            data={"rate": "1", "feedback": "Who are you?", "csrf_token": csrf[1]},
        )
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual((asked.rating, asked.comment), (1, "Who are you?"))
        self.assertEqual(request.sudo().result_parts["satisfaction"], 0)
        self.assertEqual(self.url_open("/rate/nonsense/5").status_code, 404)
