"""What arrives in people's mailboxes, counted on a real SMTP server."""

import email
import email.policy
import re
import socket
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from aiosmtpd.controller import Controller
from lxml import html

from odoo import Command, fields
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from ..common import SALESMAN, HandoverCommon

CHINESE = re.compile("[\u4e00-\u9fff]")


class Mailbox:
    """Keeps every mail with the people it was delivered to."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):
        mail = email.message_from_bytes(
            envelope.original_content, policy=email.policy.default
        )
        self.mails += [(address, mail) for address in envelope.rcpt_tos]
        return "250 kept"


class NoticeCase(HandoverCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search(
            [("name", "in", ("mail", "crm_handover")), ("state", "=", "installed")]
        )._update_translations(["zh_CN"])
        cls.li = cls.make_user("li", SALESMAN, lang="zh_CN")
        cls.guest = cls.env["res.partner"].create(
            {"name": "Guest", "email": "guest@elsewhere.test"}
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            cls.port = probe.getsockname()[1]
        cls.env["ir.mail_server"].search([]).active = False
        cls.server = cls.env["ir.mail_server"].create(
            {
                "name": "sink",
                "smtp_host": "127.0.0.1",
                "smtp_port": cls.port,
                "smtp_encryption": "none",
            }
        )

    def setUp(self):
        super().setUp()
        self.mailbox = Mailbox()
        controller = Controller(self.mailbox, hostname="127.0.0.1", port=self.port)
        controller.start()
        self.addCleanup(controller.stop)

    def forget(self):
        """What was said before is not of interest."""
        self.env.cr.flush()
        self.env["mail.mail"].search([]).unlink()
        self.mailbox.mails.clear()

    def deliver(self):
        """Send what waits, as the mail cron does; answer mails per address."""
        self.env.cr.flush()
        servers = type(self.env["ir.mail_server"])
        with (
            patch.object(servers, "_disable_send", lambda *_args: False),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("mail.ir_cron_mail_scheduler_action").method_direct_trigger()
        self.env.invalidate_all()
        return Counter(address for address, _mail in self.mailbox.mails)

    def mails_to(self, user):
        return [mail for address, mail in self.mailbox.mails if address == user.email]

    def tree(self, mail):
        body = mail.get_body(("html",))
        return html.fromstring(body.get_content())

    def assertDelivered(self, **counts):
        """Fail unless exactly these people got exactly so many mails."""
        expected = {getattr(self, name).email: n for name, n in counts.items()}
        self.assertEqual(dict(self.deliver()), expected)


class TestMails(NoticeCase):
    def big_world(self):
        """40 leads and 10 tasks, with to-dos, meetings, customers who follow."""
        self.leads = self.env["crm.lead"]
        for number in range(40):
            customer = self.make_customer(
                self.other, name=f"C{number}", email=f"c{number}@elsewhere.test"
            )
            lead = self.make_lead(name=f"Deal {number}", partner_id=customer.id)
            lead.message_subscribe((customer | self.guest).ids)
            self.make_todo(lead)
            self.leads += lead
        for lead in self.leads[:10]:
            people = self.anna.partner_id | lead.partner_id
            self.make_meeting(lead, partner_ids=[Command.set(people.ids)])
        self.tasks = self.env["project.task"]
        for number in range(10):
            task = self.make_task(self.anna, self.chen, name=f"Task {number}")
            task.message_subscribe(self.guest.ids)
            self.make_todo(task)
            self.tasks += task

    def test_one_mail_per_person_and_step(self):
        self.big_world()
        request = self.make_request(records=self.leads).with_user(self.anna)
        request.add_records("project.task", self.tasks.ids)
        to_li = request.line_ids.filtered(lambda line: line.res_model == "crm.lead")[
            25:
        ]
        to_li.write({"successor_id": self.li.id})
        to_li[3].write({"note": "Speaks Cantonese", "risk": "high"})
        self.forget()

        request.action_submit()
        self.assertDelivered(leader=1)
        [asked] = self.mails_to(self.leader)
        self.assertIn(request.name, asked.get_body(("html",)).get_content())
        self.assertFalse(self.mails_to(self.approver), "others are not asked")

        self.forget()
        request.with_user(self.leader).action_approve()
        self.assertEqual(request.state, "transferred")
        self.assertEqual(request.done_count, 50)
        # one message for both, as the approval has started it
        self.assertDelivered(anna=1, bruno=1, li=1)
        for user in (self.anna, self.bruno, self.li):
            [mail] = self.mails_to(user)
            self.assertIn(request.name, mail["Subject"])

        self.forget()
        for user in (self.bruno, self.li, self.anna):
            request.with_user(user).action_confirm()
        self.assertEqual(request.state, "done")
        self.assertFalse(self.deliver())

    def test_who_was_told_of_an_approval_is_told_that_it_is_taken_back(self):
        request = self.make_request("approved")
        self.forget()
        request.with_user(self.approver).action_undo_approval()
        # who took it back has a to-do of their own making, and no mail
        self.assertDelivered(anna=1, bruno=1)
        [mail] = self.mails_to(self.bruno)
        self.assertIn("taken back", mail["Subject"])
        self.assertIn("Approver", self.tree(mail).text_content())

    def test_each_in_their_own_language(self):
        request = self.make_request(records=self.make_lead() | self.make_lead())
        request.with_user(self.anna).line_ids[0].successor_id = self.li
        request.with_user(self.anna).action_submit()
        self.forget()
        request.with_user(self.leader).action_approve()
        self.deliver()
        for user, chinese in ((self.li, True), (self.bruno, False), (self.anna, False)):
            mails = self.mails_to(user)
            self.assertEqual(len(mails), 1)
            for mail in mails:
                text = self.tree(mail).text_content()
                with self.subTest(user=user.login, subject=mail["Subject"]):
                    self.assertEqual(bool(CHINESE.search(text)), chinese, text)
                    self.assertEqual(bool(CHINESE.search(mail["Subject"])), chinese)

    def test_successor_reads_about_their_own_records_only(self):
        mine, theirs = self.make_lead(name="Mine"), self.make_lead(name="Theirs")
        request = self.make_request(records=mine | theirs).with_user(self.anna)
        line = request.line_ids.filtered(lambda line: line.res_id == theirs.id)
        line.write(
            {"successor_id": self.chen.id, "note": "<b>Cash</b> only", "risk": "high"}
        )
        self.forget()
        self.bring(request, "transferred")
        self.deliver()
        for mail in self.mails_to(self.bruno):
            text = self.tree(mail).text_content()
            self.assertIn("Mine", text)
            self.assertNotIn("Theirs", text)
            self.assertNotIn("Cash", text)
        for mail in self.mails_to(self.chen):
            self.assertIn("<b>Cash</b> only", self.tree(mail).text_content())

    def links(self, mail):
        return {a.get("href") for a in self.tree(mail).iter("a") if a.get("href")}

    def test_links_lead_where_they_say(self):
        lead = self.make_lead()
        request = self.make_request(records=lead).with_user(self.anna)
        self.forget()
        self.bring(request, "transferred")
        self.deliver()
        user = self.bruno
        user.password = "a-real-password"
        self.authenticate(user.login, "a-real-password")
        opened = set()
        for mail in self.mails_to(user):
            for link in self.links(mail):
                if "/mail/view" not in link and "/mail/unfollow" not in link:
                    continue
                self.assertTrue(link.startswith(self.base_url()), link)
                self.assertNotIn("/mail/unfollow", link)
                answer = self.url_open(link, allow_redirects=False)
                self.assertIn(answer.status_code, (302, 303), link)
                location = answer.headers["Location"].split("?")[0].rstrip("/")
                # with the cockpit there, that is how a handover opens
                opened.add(location.removesuffix("/handover-cockpit"))
        ends = {location.rsplit("/", 1)[-1] for location in opened}
        self.assertEqual(ends, {str(request.id), str(lead.id)}, opened)

    def test_inbox_is_a_choice(self):
        self.bruno.notification_type = "inbox"
        request = self.make_request(records=self.make_lead()).with_user(self.anna)
        request.action_submit()
        self.forget()
        request.with_user(self.leader).action_approve()
        self.assertDelivered(anna=1)
        inbox = self.env["mail.notification"].search(
            [
                ("res_partner_id", "=", self.bruno.partner_id.id),
                ("notification_type", "=", "inbox"),
            ]
        )
        self.assertEqual(len(inbox), 1)
        self.assertEqual(
            set(inbox.mail_message_id.mapped(lambda m: (m.model, m.res_id))),
            {("handover.request", request.id)},
        )

    def test_requester_who_is_not_the_giver_is_told_too(self):
        request = self.make_request("submitted", by=self.manager)
        self.forget()
        request.with_user(self.leader).action_approve()
        self.assertDelivered(manager=1, anna=1, bruno=1)

    def test_who_has_left_gets_no_mail(self):
        lead = self.make_lead()
        self.anna.active = False
        request = self.make_request("submitted", lead, by=self.manager)
        self.forget()
        request.with_user(self.leader).action_approve()
        self.assertDelivered(manager=1, bruno=1)

    def test_refusal_goes_to_the_requester(self):
        request = self.make_request("submitted")
        self.forget()
        request.with_user(self.leader).action_refuse("Ask Chen <first>")
        self.assertDelivered(anna=1)
        [mail] = self.mails_to(self.anna)
        self.assertIn("Ask Chen <first>", self.tree(mail).text_content())
        # whoever was asked hears who it was
        request = self.make_request("submitted")
        self.forget()
        request.with_user(self.approver).action_refuse("No")
        self.assertDelivered(anna=1, leader=1)
        [mail] = self.mails_to(self.leader)
        self.assertIn("was refused by Approver", self.tree(mail).text_content())

    def test_planned_one_is_told_twice(self):
        request = self.make_request(
            "submitted", date_planned=fields.Datetime.now() + timedelta(days=1)
        )
        self.forget()
        request.with_user(self.leader).action_approve()
        self.assertDelivered(anna=1, bruno=1)
        self.forget()
        request.with_user(self.leader).action_run()
        self.assertDelivered(anna=1, bruno=1)

    def test_outdated_approval_goes_to_requester_and_approver(self):
        request = self.make_request("approved")
        self.bruno.active = False
        self.forget()
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "needs_review")
        self.assertDelivered(anna=1, approver=1)

    def test_who_is_to_get_records_is_not_told_why_they_do_not_come(self):
        at = fields.Datetime.now() + timedelta(days=1)
        lead = self.make_lead(name="Deal of Anna")
        request = self.make_request("approved", lead, date_planned=at)
        self.forget()
        request._review(lambda env: "Chen is on notice.")
        self.assertDelivered(anna=1, bruno=1, approver=1)
        for user, reads in ((self.anna, True), (self.bruno, False)):
            [mail] = self.mails_to(user)
            text = self.tree(mail).text_content()
            self.assertEqual("Chen is on notice." in text, reads, text)
            self.assertIn("did not go on" + (":" if reads else "."), text)
            self.assertNotIn("Deal of Anna", text)
        # what was to start at once, they had never heard of
        request = self.make_request("submitted")
        self.forget()
        problem = patch.object(
            type(request), "_start_problems", lambda _self: [lambda env: "Not now."]
        )
        with problem:
            request.with_user(self.leader).action_approve()
        self.assertEqual(request.state, "needs_review")
        self.assertDelivered(anna=1, leader=1)
        self.forget()
        request.with_user(self.anna).action_cancel()
        self.assertDelivered(leader=1)

    def test_stopped_one_is_told(self):
        request = self.make_request("running")
        self.forget()
        request.with_user(self.leader).action_cancel("Enough")
        self.assertDelivered(anna=1, bruno=1, approver=1)

    def ends(self):
        """Each end of what was to come: ``{name: (state, who, method, who is told)}``.

        Who ends it knows. By the time it was approved, all of them had heard of it.
        """
        anna, judge = self.anna, self.approver
        asked, told = {"leader", "chen"}, {"bruno", "chen", "approver"}
        return {
            "a draft": ("draft", anna, "action_cancel", set()),
            "cancelled": ("submitted", anna, "action_cancel", asked),
            "taken back": ("submitted", anna, "action_draft", asked),
            "refused": ("submitted", judge, "action_refuse", {"anna", *asked}),
            "cancelled once approved": ("approved", anna, "action_cancel", told),
            "stopped": (
                "running", judge, "action_cancel", {"anna", "bruno", "chen"},
            ),
            "lapsed": ("approved", self.leader, "lapse", {"anna", *told}),
            "cancelled once lapsed": ("needs_review", anna, "action_cancel", told),
            # they have heard that it does not go on
            "taken back once lapsed": ("needs_review", anna, "action_draft", set()),
            "cancelled once undone": ("undone", anna, "action_cancel", told),
            "taken back once undone": ("undone", anna, "action_draft", told),
        }  # fmt: skip

    def make_in(self, state):
        made = {"needs_review": "approved", "undone": "approved"}.get(state, state)
        request = self.make_request(made, coordinator_id=self.chen.id)
        if state == "needs_review":
            request._review(lambda env: "Somebody left.")
        if state == "undone":
            request.with_user(self.approver).action_undo_approval()
        return request

    def test_who_was_told_that_it_comes_is_told_that_it_does_not(self):
        messages = self.env["mail.message"]
        for end, (state, user, method, told) in self.ends().items():
            request = self.make_in(state)
            mine = [("model", "=", request._name), ("res_id", "=", request.id)]
            mine.append(("message_type", "=", "user_notification"))
            before = messages.search(mine)
            request = request.with_user(user)
            if method == "lapse":
                request._review(lambda env: "Somebody left.")
            elif method == "action_draft":
                request.action_draft()
            else:
                getattr(request, method)("No budget for it")
            with self.subTest(end):
                new = messages.search(mine) - before
                people = [getattr(self, name).partner_id for name in told]
                self.assertCountEqual([one.partner_ids for one in new], people)
                for one in new:
                    self.assertIn(request.name, one.body)
                    if method in ("action_cancel", "action_refuse"):
                        self.assertIn("No budget for it", one.body)

    def test_draft_and_its_end_tell_nobody(self):
        request = self.make_request(records=self.make_lead()).with_user(self.anna)
        self.forget()
        request.action_collect()
        request.preflight()
        request.action_cancel()
        request.action_draft()
        request.unlink()
        self.assertFalse(self.deliver())

    def test_mail_server_that_is_down_holds_nothing_up(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            self.server.smtp_port = nobody.getsockname()[1]
            lead = self.make_lead()
            request = self.make_request("submitted", lead)
            self.forget()
            request.with_user(self.leader).action_approve()
            self.assertOwner(lead, self.bruno)
            with mute_logger("odoo.addons.mail.models.mail_mail"):
                self.assertFalse(self.deliver())
        self.assertEqual(request.state, "transferred")
        waiting = self.env["mail.mail"].search([("state", "!=", "sent")])
        self.assertEqual(len(waiting), 2)


class TestWhatIsTold(NoticeCase):
    """Why, whom to ask, and what did not go through: to whom it concerns."""

    def text_to(self, user):
        [mail] = self.mails_to(user)
        return " ".join(self.tree(mail).text_content().split())

    def test_both_sides_read_why_and_whom_they_can_ask(self):
        self.anna.phone, self.bruno.phone = "+1 555 0101", "+1 555 0102"
        request = self.make_request("submitted", purpose="Anna moves to Oslo")
        self.forget()
        request.with_user(self.leader).action_approve()
        self.deliver()
        for user, other in ((self.anna, self.bruno), (self.bruno, self.anna)):
            text = self.text_to(user)
            for part in ("Reason: Resignation", other.phone, other.email, "Oslo"):
                self.assertIn(part, text)
            self.assertNotIn(user.phone, text)

    def test_a_planned_one_tells_the_purpose_once(self):
        request = self.make_request("submitted", purpose="Oslo", date_planned=(
            fields.Datetime.now() + timedelta(days=1)))  # fmt: skip
        self.forget()
        request.with_user(self.leader).action_approve()
        self.deliver()
        self.assertIn("Oslo", self.text_to(self.bruno))
        self.forget()
        request.with_user(self.leader).action_run()
        self.deliver()
        self.assertNotIn("Oslo", self.text_to(self.bruno))

    def test_who_coordinates_is_told_of_each_step(self):
        request = self.make_request(coordinator_id=self.other.id)
        self.bring(request.with_user(self.anna), "submitted")
        self.forget()
        request.with_user(self.leader).action_refuse("Not now")
        self.assertDelivered(anna=1, other=1)
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).action_submit()
        self.forget()
        request.with_user(self.leader).action_approve()
        self.assertDelivered(anna=1, bruno=1, other=1)
        self.assertNotIn("did not go through", self.text_to(self.other))
        self.forget()
        request.with_user(self.leader).action_return("She stays")
        self.assertDelivered(anna=1, bruno=1, other=1)
        self.assertIn("Reason: She stays", self.text_to(self.other))

    def test_leader_and_approver_are_told_what_did_not_go_through(self):
        good, bad = self.make_lead(name="Good"), self.make_lead(name="Bad")
        request = self.make_request("approved", good | bad)
        line = request.line_ids.filtered(lambda line: line.res_id == bad.id)
        line.with_user(self.bruno).action_decline("Too far away")
        self.forget()
        request.with_user(self.approver).action_run()
        self.assertDelivered(anna=1, bruno=1, approver=1, leader=1)
        for user in (self.anna, self.approver, self.leader):
            text = self.text_to(user)
            self.assertIn("did not go through", text)
            self.assertIn("Bad", text)
            self.assertNotIn("Good", text)

    def test_where_all_went_well_no_superior_is_told(self):
        request = self.make_request("approved")
        self.forget()
        request.with_user(self.approver).action_run()
        self.assertDelivered(anna=1, bruno=1)

    def test_reason_of_a_stop_is_told(self):
        request = self.make_request("running")
        self.forget()
        request.with_user(self.leader).action_cancel("Enough of it")
        self.deliver()
        self.assertIn("Reason: Enough of it", self.text_to(self.bruno))

    def test_successors_who_are_asked_have_one_mail(self):
        self.company.handover_silence_days = 3
        request = self.make_request("submitted")
        self.forget()
        request.with_user(self.leader).action_approve()
        self.assertDelivered(anna=1, bruno=1)
        self.assertIn("accept or decline your records", self.text_to(self.bruno))
        self.assertNotIn("accept or decline", self.text_to(self.anna))
        self.assertEqual(request.activity_ids.user_id, self.bruno)

    def test_explanations_are_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        lead = self.make_lead()
        request = self.make_request("approved", lead)
        lead.user_id = self.chen
        request.with_user(self.approver).action_run()
        line = request.line_ids
        self.assertEqual(line.result_code, "stale_owner")
        self.assertEqual(line.outcome_text, line.result_message)
        self.assertIn("Chen", line.outcome_text)
        text = line.with_context(lang="zh_CN").outcome_text
        self.assertIn("Chen", text)
        self.assertTrue(text)
        self.assertNotEqual(text, line.result_message)
        # what is kept is evidence
        self.assertIn("Chen", line.with_context(lang="zh_CN").result_message)


class TestActivities(NoticeCase):
    def test_approver_gets_a_todo_and_deciding_does_it(self):
        for decide in (
            lambda request: request.action_approve(),
            lambda request: request.action_refuse("No"),
        ):
            request = self.make_request("submitted", self.make_lead())
            activity = request.activity_ids
            self.assertEqual(activity.user_id, self.leader)
            self.assertEqual(
                activity.activity_type_id,
                self.env.ref("crm_handover.mail_activity_type_approval"),
            )
            decide(request.with_user(self.approver))
            self.assertFalse(request.activity_ids)

    def test_purpose_in_the_todo_is_text(self):
        request = self.make_request("submitted", purpose="<i>a</i> < b & c")
        note = html.fromstring(f"<div>{request.activity_ids.note}</div>")
        self.assertEqual(note.find("p").text_content().strip(), "<i>a</i> < b & c")
        self.assertFalse(note.findall(".//i"))

    def test_taking_back_and_asking_again_leaves_one_todo(self):
        request = self.make_request("submitted").with_user(self.anna)
        for _turn in range(2):
            request.action_draft()
            self.assertFalse(request.activity_ids)
            request.action_submit()
            self.assertEqual(len(request.sudo().activity_ids), 1)


class TestOwnFiles(HandoverCommon):
    """Files that hang on the handover itself."""

    def make_file(self, record):
        values = {"res_model": record._name, "res_id": record.id}
        return self.env["ir.attachment"].create({"name": "Plan", "raw": b"-", **values})

    def test_the_digest_tells_of_them_once(self):
        request = self.make_request()
        self.make_file(request)
        self.make_file(request)
        self.bring(request.with_user(self.anna), "submitted")
        todo = request.activity_ids.filtered(lambda a: a.user_id == request.approver_id)
        self.assertIn("Files on the handover: 2", todo.note)
        request.with_user(self.approver).action_approve()
        messages = self.env["mail.message"].search(
            [("model", "=", request._name), ("res_id", "=", request.id)]
        )
        bodies = messages.filtered(
            lambda message: self.bruno.partner_id in message.notified_partner_ids
        ).mapped("body")
        told = [body for body in bodies if "Files on the handover itself: 2" in body]
        self.assertEqual(len(told), 1)

    def test_without_files_nobody_is_told(self):
        request = self.make_request("transferred")
        self.assertNotIn("Files on", "".join(request.message_ids.mapped("body")))
