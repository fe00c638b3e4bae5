"""What somebody might try: names, numbers, forged messages, markup, forged companies.

Guarded fields are in core/test_guarded_fields.py, the table of rights in
core/test_access_rights.py and rpc/test_rights.py, clicks at the same time in
faults/test_races.py.
"""

import re
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..common import SALESMAN, HandoverCommon
from ..core.test_guarded_fields import REFUSALS as ERRORS
from ..core.test_guarded_fields import GuardCase
from ..core.test_notices import NoticeCase
from .client import Refused
from .test_rpc import REFUSALS, RpcCase

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "Zanzibar"
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
TEMPLATE = "{{ 6*7 }} <t t-out='6*7'/> ${6*7} %(user)s %s {user}"


class SecretCase(GuardCase):
    def refusal(self, user, *args, **kwargs):
        """Return the text of the refusal; fail when there is none."""
        # a caller from outside finds nothing in the cache
        self.env.invalidate_all()
        with self.assertRefused(ERRORS) as caught:
            self.call(user, *args, **kwargs)
        return str(caught.exception)


class TestNames(SecretCase):
    """Whoever guesses an id learns no name by it."""

    def test_of_users_that_one_does_not_know(self):
        hidden = self.make_user("hidden", "base.group_portal", self.abroad)
        hidden.name = SECRET
        gone = self.make_user("gone", "base.group_portal", self.abroad, active=False)
        gone.name = SECRET
        lead = self.make_lead()
        good = {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}
        for user in hidden | gone:
            for model, method, *args in (
                *(
                    ("handover.request", "create", [{**good, name: user.id}])
                    for name in ("predecessor_id", "successor_id", "approver_id")
                ),
                *(
                    ("handover.request", "write", self.request.ids, {name: user.id})
                    for name in ("predecessor_id", "successor_id", "approver_id")
                ),
                ("handover.request.line", "write", self.line.ids,
                 {"successor_id": user.id}),
                ("handover.request", "add_records", self.request.ids, "crm.lead",
                 lead.ids, user.id),
            ):  # fmt: skip
                with self.subTest(method=method, args=args):
                    text = self.refusal(self.anna, model, method, *args)
                    self.assertNotIn(SECRET, text)

    def test_of_records_of_others(self):
        """A foreign record is answered like one that is not there."""
        foreign = self.make_lead(self.other, name=SECRET)
        missing = foreign.id + 10**6
        texts = set()
        for id_ in (foreign.id, missing):
            args = ("handover.request", "add_records", self.request.ids, "crm.lead")
            text = self.refusal(self.anna, *args, [id_])
            self.assertNotIn(SECRET, text)
            texts.add(text.replace(str(id_), "#"))
        self.assertEqual(len(texts), 1, "an oracle")

    def test_of_records_in_the_wizard(self):
        foreign = self.make_lead(self.other, name=SECRET)
        wizard = "handover.request.generate"
        values = {
            "res_model": "crm.lead", "res_ids": foreign.ids,
            "successor_id": self.bruno.id,
        }  # fmt: skip
        [id_] = self.call(self.anna, wizard, "create", [values])
        for method, args in (
            ("read", [["predecessor_id", "obstacle", "record_count"]]),
            ("action_generate", []),
        ):
            text = self.refusal(self.anna, wizard, method, [id_], *args)
            self.assertNotIn(SECRET, text)
            self.assertNotIn("Other", text, "whose record it is")

    def test_of_foreign_lines_in_the_wizard(self):
        lead = self.make_lead(self.other, name=SECRET)
        foreign = self.make_request(
            "submitted", lead, by=self.other, predecessor_id=self.other.id
        ).line_ids
        for command in (Command.link(foreign.id), Command.set(foreign.ids)):
            text = self.refusal(
                self.anna, "handover.request.line.decline", "create",
                [{"line_ids": [command], "reason": "x"}],
            )  # fmt: skip
            self.assertNotIn(SECRET, text)

    def test_of_private_tasks(self):
        """Their owner adds them; a manager who edits the draft does not."""
        private = self.make("project.task", name=SECRET, project_id=False,
                            user_ids=[Command.set(self.anna.ids)])  # fmt: skip
        args = ("handover.request", "add_records", self.request.ids, "project.task")
        for user in (self.manager, self.admin):
            text = self.refusal(user, *args, private.ids)
            self.assertNotIn(SECRET, text)
            self.call(user, "handover.request", "action_collect", self.request.ids)
            self.assertNotIn(SECRET, self.request.line_ids.mapped("res_name"))
        self.call(self.anna, *args, private.ids)
        self.assertIn(SECRET, self.request.line_ids.mapped("res_name"))

    def test_in_lists_and_their_groups(self):
        lead = self.make_lead(name=SECRET)
        request = self.make_request("done", lead, purpose=SECRET)
        for model, label in (
            ("handover.request", "predecessor_id"),
            ("handover.request.line", "successor_id"),
            ("handover.request.line", "request_id"),
            ("handover.request.event", "request_id"),
            ("handover.request.signoff", "user_id"),
        ):
            for method, args, kwargs in (
                ("search_read", [], {"domain": [], "fields": ["display_name"]}),
                ("search_count", [[]], {}),
                ("name_search", [], {"name": ""}),
                ("web_search_read", [[], {"display_name": {}}], {}),
                ("web_read_group", [[], [label]], {}),
                ("formatted_read_group", [[], [label], ["__count"]], {}),
                ("read_progress_bar", [[], label, {"field": "state", "colors": {}}],
                 {}),
                ("search_panel_select_range", [label], {}),
                ("export_data", [request.ids, ["display_name"]], {}),
            ):  # fmt: skip
                for user in (self.other, self.employee, self.portal, self.foreigner):
                    with self.subTest(model=model, method=method, by=user.login):
                        with mute_logger("odoo.addons.base.models.ir_rule"):
                            answer = self.answer(user, model, method, *args, **kwargs)
                        for name in (SECRET, "Anna", "Bruno", request.name):
                            if method == "search_panel_select_range":
                                # a list of all the users that one may see anyway
                                continue
                            self.assertNotIn(name, answer)
                        if method == "search_count":
                            self.assertIn(answer, ("0", "no"))

    def answer(self, user, model, method, *args, **kwargs):
        """Return what a caller reads, a refusal included."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                return repr(self.call(user, model, method, *args, **kwargs))
        except AccessError as error:
            return "no" if method == "search_count" else str(error)
        except (AttributeError, KeyError, UserError, ValueError) as error:
            # what this model, or this field, cannot do
            return "no" if method == "search_count" else str(error)


class TestNumbers(SecretCase):
    """Nobody finds out by counting, or by asking in a domain."""

    def test_of_somebody_else_in_a_form(self):
        for _number in range(3):
            self.make_lead(self.other)
        spec = {"line_count": {}, "todo_count": {}, "pending_user_ids": {},
                "successor_ids": {}, "team_ids": {}}  # fmt: skip
        answers = [
            self.call(
                self.anna, "handover.request", "onchange", [],
                {"predecessor_id": user.id}, ["predecessor_id"], spec,
            )
            for user in (self.other, self.foreigner)
        ]  # fmt: skip
        self.assertEqual(*answers, "the answer is the same for everybody")

    def test_successor_does_not_ask_for_lines_of_others(self):
        """A domain reaches no further than its author."""
        secret = self.make_lead(name=SECRET)
        request = self.make_request(records=secret | self.make_lead(name="Plain"))
        line = request.line_ids.filtered(lambda line: line.res_name == SECRET)
        line.with_user(self.anna).successor_id = self.chen
        line.with_user(self.anna).note = SECRET
        # the note is told once it is approved
        for path, told in (("line_ids.res_name", 1), ("line_ids.note", 0)):
            domain = [("id", "=", request.id), (path, "like", SECRET)]
            for user, found in ((self.chen, told), (self.bruno, 0), (self.other, 0)):
                args = ("handover.request", "search_count", domain)
                with self.subTest(path=path, by=user.login):
                    self.assertEqual(self.call(user, *args), found)

    def test_collecting_and_looking_ahead_is_for_who_takes_part(self):
        for method in ("action_collect", "preflight", "get_progress"):
            texts = {
                self.refusal(self.other, "handover.request", method, ids)
                for ids in (self.request.ids, [10**8], [*self.request.ids, 10**8])
            }
            self.assertEqual(len(texts), 1, "an oracle")

    def test_nobody_requests_for_others_to_count_their_work(self):
        values = {"predecessor_id": self.other.id, "successor_id": self.anna.id}
        self.refusal(self.anna, "handover.request", "create", [values])
        self.refusal(
            self.anna, "handover.request", "write", self.request.ids,
            {"line_ids": [(5,)], "predecessor_id": self.other.id},
        )  # fmt: skip


class TestForgedMessages(SecretCase):
    """Who decided is told by the events; a message changes nothing about it."""

    def test_message_in_the_name_of_the_leader(self):
        request = self.make_request("submitted", self.make_lead())
        before = self.snapshot("messages", "followers", "mails")
        body = "Approved. I have decided so."
        for user in (self.anna, self.bruno):
            for method, values in (
                ("message_post", {}),
                ("message_post", {"message_type": "comment"}),
                ("message_post", {"email_from": self.leader.email}),
                ("message_notify", {"partner_ids": self.anna.partner_id.ids}),
                ("message_post", {"tracking_value_ids": []}),
            ):
                author = {"author_id": self.leader.partner_id.id}
                try:
                    with self.env.cr.savepoint():
                        self.call(
                            user, "handover.request", method, request.ids, body=body,
                            **values, **author,
                        )  # fmt: skip
                except ERRORS:
                    pass
        self.env.invalidate_all()
        self.assertSameAs(before, "messages", "followers", "mails")
        self.assertEqual(request.event_ids.mapped("code"), ["submitted"])
        self.assertEqual(request.event_ids.actor_id, self.anna)

    def test_screen_shows_the_events(self):
        view = self.env["handover.request"].get_view(view_type="form")
        self.assertIn("event_ids", view["arch"])

    def test_deleted_messages_take_no_event_along(self):
        request = self.make_request("done", self.make_lead())
        events = request.event_ids
        kept = events.read()
        request.message_ids.sudo().unlink()
        self.env.invalidate_all()
        self.assertEqual(request.event_ids.read(), kept)

    def test_finished_to_do_is_no_decision(self):
        request = self.make_request("submitted", self.make_lead())
        before = self.snapshot("messages", "to-dos", "followers", "mails", "files")
        self.call(
            self.leader, "mail.activity", "action_feedback", request.activity_ids.ids,
            feedback="Approved",
        )  # fmt: skip
        self.assertSameAs(before, "messages", "to-dos", "followers", "mails", "files")


class TestMarkup(NoticeCase):
    """Texts of users are texts: in the note, in notices, in to-dos, on the screen."""

    def handover(self, text):
        lead = self.make_lead(name=text)
        request = self.make_request(
            records=lead, purpose=text, by=self.leader, successor_id=self.bruno.id
        )
        request.line_ids.with_user(self.leader).write({"note": text, "risk": "high"})
        return lead, request

    def bodies(self, *records):
        messages = self.env["mail.message"].search([])
        return [
            str(message.body) for message in messages if message.model in (
                "handover.request", *(record._name for record in records))
        ]  # fmt: skip

    def assertNoElement(self, body):
        self.assertNotIn("<script", body)
        self.assertFalse(re.search(r"<[^>]*onerror", body), body)

    def test_markup_in_notes_names_and_reasons(self):
        lead, request = self.handover(MARKUP)
        self.bruno.name = MARKUP
        request.with_user(self.leader).action_submit()
        self.assertNoElement(str(request.activity_ids.note))
        request.with_user(self.approver).action_refuse(MARKUP)
        request.with_user(self.leader).action_draft()
        request.with_user(self.leader).action_submit()
        request.with_user(self.approver).action_approve()
        request.with_user(self.bruno).action_confirm(MARKUP)
        self.env.cr.flush()
        [note] = self.notes(lead)
        self.assertNoElement(str(note.body))
        self.assertIn("&lt;script&gt;", str(note.body))
        bodies = self.bodies(lead)
        self.assertTrue([body for body in bodies if "&lt;script&gt;" in body])
        for body in bodies:
            self.assertNoElement(body)
        for mail in self.env["mail.mail"].search([]):
            self.assertNoElement(str(mail.body_html or ""))

    def test_a_text_is_no_template(self):
        lead, request = self.handover(TEMPLATE)
        request.with_user(self.leader).action_submit()
        request.with_user(self.approver).action_approve()
        self.env.cr.flush()
        self.assertEqual(request.state, "transferred")
        bodies = [*self.bodies(lead), *(
            str(mail.body_html) for mail in self.env["mail.mail"].search([])
        )]  # fmt: skip
        self.assertTrue([body for body in bodies if "{{ 6*7 }}" in body])
        for body in bodies:
            self.assertNotIn("42 ", body)

    def test_announcement_of_the_progress_carries_no_text(self):
        _lead, request = self.handover(MARKUP)
        sent = []
        self.patch(
            type(self.env["res.users"]), "_bus_send",
            lambda _user, kind, message, **_kw: sent.append((kind, message)),
        )  # fmt: skip
        request._announce()
        self.assertTrue(sent)
        self.assertNotIn("alert", repr(sent))

    def test_nothing_of_ours_is_html(self):
        for name in self.env.registry:
            if name.startswith("handover."):
                for field in self.env[name]._fields.values():
                    ours = (field._module or "").startswith("crm_handover")
                    self.assertFalse(ours and field.type == "html", field)

    def test_screens_make_no_markup_of_texts(self):
        for path in ROOT.glob("crm_handover*/static/src/**/*"):
            if path.suffix in (".js", ".xml"):
                text = path.read_text(encoding="utf-8")
                self.assertFalse(
                    re.search(r"\bmarkup\(|t-raw|innerHTML|t-out-unsafe", text), path
                )


class TestShipped(HandoverCommon):
    """What the add-ons bring along gives nobody more than their rights."""

    def ours(self, model):
        names = self.env["ir.model.data"].search(
            [("module", "=like", "crm_handover%"), ("model", "=", model)]
        )
        return self.env[model].browse(names.mapped("res_id"))

    def test_no_server_action_and_no_automation_but_the_jobs(self):
        actions = self.ours("ir.actions.server")
        crons = self.ours("ir.cron")
        self.assertFalse(actions - crons.ir_actions_server_id)
        self.assertFalse(actions.group_ids)
        root = self.env.ref("base.user_root")
        for cron in crons:
            self.assertEqual(cron.user_id, root)
            self.assertRegex(cron.code, r"^model\._cron_\w+\(\)$")

    def test_no_mail_template(self):
        """Digests are views: no user edits them, and they take no user's code."""
        self.assertFalse(self.ours("mail.template"))
        for view in self.ours("ir.ui.view").filtered(lambda v: v.type == "qweb"):
            self.assertNotIn("t-raw", view.arch)

    def test_buttons_call_methods_as_the_person_who_clicks(self):
        for view in self.ours("ir.ui.view"):
            for kind in re.findall(r'<button[^>]*type="(\w+)"', view.arch or ""):
                self.assertIn(kind, ("object", "action"))

    def test_nobody_serves_pages_of_ours(self):
        """No addresses of ours: everything goes through the checks of the ORM.

        Pages of Odoo's, with the access that they have there, may tell more.
        """
        for path in ROOT.glob("crm_handover*/**/*.py"):
            text = path.read_text(encoding="utf-8")
            self.assertNotRegex(text, r"@(http\.)?route\((?!\))", path)


class TestForgedCompanies(RpcCase):
    """Companies in a caller's context are checked, over both protocols."""

    def test_companies_that_one_does_not_work_in(self):
        request = self.make_request("submitted", self.make_lead(name=SECRET))
        draft = self.make_request(records=self.make_lead(name=SECRET))
        taker = self.make_user("taker", SALESMAN, self.abroad)
        own = {"predecessor_id": self.foreigner.id, "successor_id": taker.id}
        before = self.snapshot()
        for protocol in REFUSALS:
            for companies in ([self.company.id], [self.abroad.id, self.company.id],
                              [10**6]):  # fmt: skip
                client = self.client(protocol, "foreigner")
                context = {"allowed_company_ids": companies}
                for model, method, ids, arguments in (
                    ("handover.request", "action_approve", request.ids, {}),
                    ("handover.request", "action_cancel", request.ids, {}),
                    ("handover.request", "preflight", request.ids, {}),
                    ("handover.request", "read", request.ids, {"fields": ["name"]}),
                    ("handover.request", "search_read", None,
                     {"domain": [], "fields": ["name"]}),
                    ("handover.request.line", "search_read", None,
                     {"domain": [], "fields": ["res_name"]}),
                    ("handover.request", "action_collect", draft.ids, {}),
                    ("handover.request", "create", None,
                     {"vals_list": [{**own, "company_id": self.company.id}]}),
                ):  # fmt: skip
                    with self.subTest(protocol=protocol, method=method, to=companies):
                        with self.assertRaises(Refused) as caught:
                            self.call(client, model, method, ids, context=context,
                                      **arguments)  # fmt: skip
                        self.assertIn(caught.exception.code, REFUSALS[protocol])
                        self.assertNotIn(SECRET, caught.exception.text)
                        self.assertNotIn(request.name, caught.exception.text)
        self.assertSameAs(before)
