"""Fields that only the code writes: every door that Odoo offers, and all stay shut.

For everybody, the administrator and the superuser included. That a call is refused is
one way; that it goes through and the field keeps its value is the other.
"""

import itertools
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from ..common import HandoverCommon

# what somebody would like to have there
WISHES = {
    "handover.request": {
        "name": "HO/1", "state": "approved", "requester_id": 1, "version": 9,
        "digest": "0", "event_head": "0", "refusal_reason": "x",
        "date_submitted": "2020-01-01 00:00:00",
        "date_approved": "2020-01-01 00:00:00", "date_started": "2020-01-01 00:00:00",
        "date_finished": "2020-01-01 00:00:00",
        "date_completed": "2020-01-01 00:00:00", "team_ids": [(5,)],
        "successor_ids": [(5,)], "event_ids": [(5,)], "signoff_ids": [(5,)],
    },
    "handover.request.line": {
        "state": "done", "result_code": "done", "result_message": "x", "res_id": 1,
        "res_model": "res.users", "res_name": "x", "decision": "accepted",
        "decision_reason": "x", "before": {"owner": [1]}, "after": {"owner": [1]},
        "attempts": 5, "next_try": "2020-01-01 00:00:00", "reserved": True,
        "date_done": "2020-01-01 00:00:00", "predecessor_id": 1, "scope_id": 1,
    },
    "handover.request.signoff": {
        "role": "successor", "date": "2020-01-01 00:00:00", "comment": "x",
        "user_id": 1, "signed_by_id": 1,
    },
}  # fmt: skip
FORGED = {
    "tracking_disable": True, "import_file": True, "install_mode": True,
    "handover_token": True, "handover_trusted": True, "mail_notrack": True,
    "mail_create_nolog": True, "no_check": True,
}  # fmt: skip
REFUSALS = (AccessError, UserError, ValidationError)
RAW = """From: {sender}
To: handover@home.test
Subject: Approved
Message-Id: <{ident}@home.test>
Date: Mon, 05 May 2031 08:00:00 +0000
Content-Type: text/plain

Done.
"""


class GuardCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.insiders = (cls.anna, cls.bruno, cls.leader, cls.manager, cls.admin)
        cls.request = cls.make_request()
        cls.line = cls.request.line_ids

    def call(self, user, model, method, *args, context=None, **kwargs):
        """As over RPC: rights of ``user``, context of the caller."""
        kwargs["context"] = {"lang": "en_US", **(context or {})}
        env = self.env(user=user)
        # the user of the transaction, whom one2many commands fall back to
        with patch.object(env.transaction, "default_env", env):
            return call_kw(env[model], method, args, kwargs)

    def assertShut(self, user, model, method, *args, **kwargs):
        """Fail if the call changes anything, whether it raises or not."""
        before = self.snapshot()
        with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule"):
            try:
                with self.env.cr.savepoint():
                    self.call(user, model, method, *args, **kwargs)
            except REFUSALS:
                pass
        self.env.invalidate_all()
        self.assertSameAs(before)

    def assertRefusedCall(self, user, model, method, *args, **kwargs):
        with self.assertRefused(REFUSALS):
            self.call(user, model, method, *args, **kwargs)


class TestWriting(GuardCase):
    def records(self):
        done = self.make_request("done", self.make_lead())
        for request in (self.request, done):
            yield request
            yield request.line_ids
            if request.signoff_ids:
                yield request.signoff_ids

    def test_nobody_writes_an_outcome(self):
        for records in self.records():
            for name, value in WISHES[records._name].items():
                for user in (self.anna, self.admin):
                    with self.subTest(model=records._name, field=name, by=user.login):
                        args = (records._name, "write", records.ids, {name: value})
                        self.assertRefusedCall(user, *args, context=FORGED)

    def test_the_superuser_writes_no_outcome(self):
        for records in self.records():
            for name, value in WISHES[records._name].items():
                for env in (
                    self.env,
                    self.env(su=True),
                    self.env(user=self.anna, su=1),
                ):
                    with self.subTest(model=records._name, field=name):
                        forged = records.with_env(env).with_context(**FORGED)
                        with self.assertRefused(REFUSALS):
                            forged.write({name: value})

    def test_web_client_saves_no_outcome(self):
        for name, value in WISHES["handover.request"].items():
            for user in self.insiders:
                with self.subTest(field=name, by=user.login):
                    self.assertRefusedCall(
                        user, "handover.request", "web_save", self.request.ids,
                        {name: value}, specification={},
                    )  # fmt: skip
        self.assertRefusedCall(
            self.admin, "handover.request", "web_save_multi", self.request.ids,
            [{"state": "approved"}], specification={},
        )  # fmt: skip

    def test_allowed_field_carries_no_guarded_one(self):
        values = {"purpose": "Good", "state": "approved"}
        for user in (self.anna, self.admin):
            self.assertRefusedCall(
                user, "handover.request", "write", self.request.ids, values
            )

    def test_list_is_not_resequenced_by_an_outcome(self):
        for name in ("version", "state"):
            self.assertShut(
                self.admin, "handover.request", "web_resequence", self.request.ids,
                specification={}, field_name=name, offset=7,
            )  # fmt: skip

    def test_views_show_outcomes_readonly(self):
        for model, wishes in WISHES.items():
            fields = self.env(user=self.admin)[model].fields_get(list(wishes))
            for name in wishes:
                self.assertTrue(fields[name]["readonly"], f"{model}.{name}")

    def test_events_are_written_by_nobody(self):
        event = self.make_request("submitted", self.make_lead()).event_ids
        for env in (self.env(user=self.admin), self.env, self.env(su=True)):
            mine = event.with_env(env).with_context(**FORGED)
            for call in (
                lambda mine=mine: mine.write({"code": "approved"}),
                lambda mine=mine: mine.write({"data": {}}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.create({"code": "approved", "request_ref": 1}),
            ):
                with self.assertRefused(REFUSALS):
                    call()

    def test_event_does_not_follow_another_handover(self):
        event = self.make_request("submitted", self.make_lead()).event_ids
        for command in ((4, event.id), (1, event.id, {"code": "done"}), (2, event.id)):
            for user in (self.anna, self.admin):
                self.assertRefusedCall(
                    user, "handover.request", "write", self.request.ids,
                    {"event_ids": [command]},
                )  # fmt: skip


class TestCreating(GuardCase):
    def values(self):
        return {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}

    def test_nobody_creates_with_an_outcome(self):
        for name, value in WISHES["handover.request"].items():
            for user in (self.anna, self.admin):
                with self.subTest(field=name, by=user.login):
                    self.assertRefusedCall(
                        user, "handover.request", "create",
                        [{**self.values(), name: value}], context=FORGED,
                    )  # fmt: skip
            with self.assertRefused(REFUSALS):
                self.Request.sudo().create({**self.values(), name: value})

    def test_nobody_copies_with_an_outcome(self):
        for name, value in WISHES["handover.request"].items():
            for user in (self.anna, self.admin):
                with self.subTest(field=name, by=user.login):
                    self.assertRefusedCall(
                        user, "handover.request", "copy", self.request.ids,
                        {name: value},
                    )  # fmt: skip

    def assertFresh(self, request, user):
        self.assertEqual(request.state, "draft")
        self.assertEqual(request.version, 1)
        self.assertEqual(request.requester_id, user)
        self.assertRegex(request.name, r"^HO/\d{4}/\d{5}$")
        for name in ("approver_id", "digest", "event_ids", "signoff_ids"):
            self.assertFalse(request.sudo()[name], name)
        for name in WISHES["handover.request"]:
            if name.startswith("date_"):
                self.assertFalse(request[name], name)

    def test_defaults_of_the_context_have_no_say(self):
        for user in (self.anna, self.admin):
            for name, value in WISHES["handover.request"].items():
                with self.subTest(field=name, by=user.login):
                    context = {f"default_{name}": value}
                    try:
                        with self.env.cr.savepoint():
                            [id_] = self.call(
                                user, "handover.request", "create", [self.values()],
                                context=context,
                            )  # fmt: skip
                    except REFUSALS:
                        continue
                    self.assertFresh(self.Request.browse(id_), user)

    def test_approver_is_no_default(self):
        context = {"default_approver_id": self.approver.id}
        [id_] = self.call(
            self.anna, "handover.request", "create", [self.values()], context=context
        )
        self.assertFalse(self.Request.browse(id_).approver_id)

    def test_personal_defaults_have_no_say(self):
        wishes = {**WISHES["handover.request"], "approver_id": self.approver.id}
        for name, value in wishes.items():
            if name.endswith("_ids"):
                continue
            field = ("handover.request", name)
            self.call(self.anna, "ir.default", "set", *field, value, True)
        [id_] = self.call(self.anna, "handover.request", "create", [self.values()])
        self.assertFresh(self.Request.browse(id_), self.anna)

    def test_personal_defaults_have_no_say_on_lines(self):
        for name, value in WISHES["handover.request.line"].items():
            if name in ("before", "after"):
                continue
            field = ("handover.request.line", name)
            self.call(self.anna, "ir.default", "set", *field, value, True)
        lead = self.make_lead()
        request = self.request.with_user(self.anna)
        line = request.line_ids.browse(request.add_records("crm.lead", lead.ids))
        self.assertEqual(
            (line.res_model, line.res_id, line.state, line.decision, line.attempts),
            ("crm.lead", lead.id, "todo", "pending", 0),
        )
        for name in ("result_code", "before", "after", "reserved", "date_done"):
            self.assertFalse(line[name], name)

    def test_form_shows_no_guarded_default(self):
        context = {
            f"default_{name}": v for name, v in WISHES["handover.request"].items()
        }
        values = self.call(
            self.anna, "handover.request", "default_get",
            list(WISHES["handover.request"]), context=context,
        )  # fmt: skip
        self.assertEqual(values.get("state", "draft"), "draft")
        self.assertEqual(values.get("requester_id", self.anna.id), self.anna.id)
        self.assertFalse(values.get("date_approved"))

    def test_import_neither_creates_nor_changes_an_outcome(self):
        id_ = str(self.request.id)
        for user in (self.anna, self.admin):
            for fields, row in (
                ([".id", "state"], [id_, "Done"]),
                ([".id", "state"], [id_, "done"]),
                ([".id", "requester_id/.id"], [id_, str(self.bruno.id)]),
                (["predecessor_id/.id", "state"], [str(user.id), "Done"]),
                ([".id", "line_ids/.id", "line_ids/state"],
                 [id_, str(self.line.id), "Done"]),
                ([".id", "line_ids/res_id"], [id_, "1"]),
            ):  # fmt: skip
                with self.subTest(fields=fields, by=user.login):
                    self.assertShut(
                        user, "handover.request", "load", fields, [row], context=FORGED
                    )
            self.assertShut(
                user, "handover.request.line", "load", [".id", "state"],
                [[str(self.line.id), "Done"]],
            )  # fmt: skip

    def test_name_create(self):
        for model in WISHES:
            for user in (self.anna, self.admin):
                self.assertRefusedCall(user, model, "name_create", "approved")

    def test_lines_and_signatures_are_not_created_by_hand(self):
        for records in (self.line, self.make_request("done").signoff_ids[0]):
            for user in (*self.insiders, self.env.user):
                for method, args in (
                    ("create", [records.sudo().copy_data()]),
                    ("copy", [records.ids]),
                    ("web_save", [[], records.sudo().copy_data()[0]]),
                ):
                    kwargs = {"specification": {}} if method == "web_save" else {}
                    with self.subTest(model=records._name, method=method):
                        self.assertRefusedCall(
                            user, records._name, method, *args, **kwargs
                        )

    def test_onchange_changes_nothing(self):
        spec = {"state": {}, "requester_id": {}, "successor_id": {}, "line_count": {}}
        values = {"state": "approved", "predecessor_id": self.other.id}
        self.assertShut(
            self.anna, "handover.request", "onchange", self.request.ids, values,
            ["predecessor_id"], spec,
        )  # fmt: skip


class TestForeignLines(GuardCase):
    """One2many commands of an own draft reach no line of another handover."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lead = cls.make_lead(cls.other)
        cls.foreign = cls.make_request(
            records=lead, by=cls.other, predecessor_id=cls.other.id
        ).line_ids

    def test_commands(self):
        for user in (self.anna, self.admin):
            for command in (
                Command.update(self.foreign.id, {"state": "done"}),
                Command.update(self.foreign.id, {"request_id": self.request.id}),
                Command.link(self.foreign.id),
                Command.set(self.foreign.ids),
                Command.create({"res_model": "crm.lead", "res_id": 1}),
            ):
                with self.subTest(command=command, by=user.login):
                    for method, kwargs in (
                        ("write", {}),
                        ("web_save", {"specification": {}}),
                    ):
                        self.assertRefusedCall(
                            user, "handover.request", method, self.request.ids,
                            {"line_ids": [command]}, **kwargs,
                        )  # fmt: skip

    def test_anna_edits_and_deletes_only_her_own(self):
        for command in (
            Command.update(self.foreign.id, {"note": "Mine"}),
            Command.update(self.foreign.id, {"successor_id": self.anna.id}),
            Command.delete(self.foreign.id),
            Command.unlink(self.foreign.id),
        ):
            with self.subTest(command=command):
                self.assertShut(
                    self.anna, "handover.request", "write", self.request.ids,
                    {"line_ids": [command]},
                )  # fmt: skip

    def test_own_lines_take_no_outcome_through_the_parent(self):
        for name, value in WISHES["handover.request.line"].items():
            for user in (self.anna, self.admin):
                command = Command.update(self.line.id, {name: value})
                with self.subTest(field=name, by=user.login):
                    self.assertRefusedCall(
                        user, "handover.request", "write", self.request.ids,
                        {"line_ids": [command]},
                    )  # fmt: skip

    def test_new_draft_brings_no_lines(self):
        values = {
            "predecessor_id": self.anna.id,
            "successor_id": self.bruno.id,
            "line_ids": [Command.link(self.foreign.id)],
        }
        for command in (
            Command.link(self.foreign.id),
            Command.set(self.foreign.ids),
            Command.create({"res_model": "crm.lead", "res_id": 1, "scope_id": 1}),
        ):
            values["line_ids"] = [command]
            for user in (self.anna, self.admin):
                self.assertRefusedCall(user, "handover.request", "create", [values])


class TestMailGateway(GuardCase):
    """The gateway works as superuser; a handover takes nothing from it."""

    numbers = itertools.count()

    def process(self, user, sender, model="handover.request", **kwargs):
        raw = RAW.format(sender=sender, ident=next(self.numbers))
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.assertShut(
                user, "mail.thread", "message_process", model, raw, **kwargs
            )

    def test_mail_makes_no_handover(self):
        wishes = {
            "state": "approved", "predecessor_id": self.other.id,
            "successor_id": self.anna.id,
        }  # fmt: skip
        for user in (self.employee, self.anna, self.admin):
            for sender in (user.email, self.admin.email, "nobody@elsewhere.test"):
                for values in (None, {}, wishes):
                    with self.subTest(by=user.login, sender=sender):
                        self.process(user, sender, custom_values=values)

    def test_mail_makes_no_line_event_or_signature(self):
        for model in (
            "handover.request.line", "handover.request.event",
            "handover.request.signoff", "handover.scope", "handover.reason",
        ):  # fmt: skip
            with self.subTest(model=model):
                try:
                    self.process(self.employee, self.admin.email, model)
                except (ValueError, TypeError, AttributeError):
                    # core answers so for what has no chatter
                    self.env.invalidate_all()
            self.assertFalse(
                isinstance(self.env[model], self.env.registry["mail.thread"])
            )

    def test_mail_changes_no_handover(self):
        request = self.make_request("submitted", self.make_lead())
        for user in (self.employee, self.anna, self.admin):
            for values in (None, {"state": "approved"}):
                with self.subTest(by=user.login):
                    self.process(
                        user, self.admin.email, thread_id=request.id,
                        custom_values=values,
                    )  # fmt: skip

    def test_message_methods_change_no_handover(self):
        message = {"email_from": self.admin.email, "from": self.admin.email}
        for user in self.insiders:
            for method, args in (
                ("message_update", [self.request.ids, message, {"state": "approved"}]),
                ("message_update", [self.request.ids, message]),
                ("message_new", [message, {"state": "approved"}]),
            ):
                with self.subTest(method=method, by=user.login):
                    self.assertRefusedCall(user, "handover.request", method, *args)


class TestEvidence(GuardCase):
    def test_no_context_silences_the_events(self):
        context = {
            "tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True,
            "mail_create_nosubscribe": True, "mail_auto_subscribe_no_notify": True,
            "active_test": False, "default_code": "draft", "install_mode": True,
            "default_actor_id": self.other.id, "default_state": "done",
        }  # fmt: skip
        request = self.request
        ids = request.ids
        self.call(self.anna, "handover.request", "action_submit", ids, context=context)
        self.call(
            self.leader, "handover.request", "action_approve", ids, context=context
        )
        self.assertEqual(
            request.event_ids.mapped(lambda event: (event.code, event.actor_id)),
            [
                ("submitted", self.anna),
                ("approved", self.leader),
                ("running", self.leader),
                ("transferred", self.env.ref("base.user_root")),
            ],
        )
        self.assertEqual(request.state, "transferred")
        lead = self.env["crm.lead"].browse(self.line.res_id)
        self.assertEqual(len(self.notes(lead)), 1)
        self.env.cr.flush()
        request.invalidate_recordset()
        tracked = request.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "state"
        )
        self.assertIn("Handed Over", tracked.mapped("new_value_char"))

    def test_trust_is_not_handed_to_callers(self):
        """What a public method answers carries no right to write."""
        request = self.request.with_user(self.anna)
        request.action_submit()
        with self.assertRefused(AccessError):
            request.write({"state": "approved"})
        for records in (request, request.line_ids, request.event_ids):
            self.assertNotIn("handover_token", records.env.context)

    def test_foreign_code_is_called_without_trust(self):
        """A write of another model during the run does not see the token."""
        seen = []
        lead_class = type(self.env["crm.lead"])
        write = lead_class.write

        def spy(records, vals):
            seen.append(records.env.context.get("handover_token"))
            return write(records, vals)

        self.patch(lead_class, "write", spy)
        self.bring(self.request.with_user(self.anna), "transferred")
        self.assertTrue(seen)
        self.assertFalse([token for token in seen if token])
