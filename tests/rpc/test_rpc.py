"""Outside scripts: the main job over XML-RPC and JSON-2, and those who get nowhere."""

import inspect
from base64 import b64encode
from contextlib import contextmanager
from datetime import timedelta
from itertools import product

from odoo import fields
from odoo.service.model import get_public_method
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from ..common import HandoverCommon
from ..world import quick_keys
from .client import Json2Client, Refused, XmlRpcClient

# AccessError, and what else is said in words; never a traceback
REFUSALS = {"xmlrpc": {2, 4}, "json2": {403, 404, 422}}
FORBIDDEN = {"xmlrpc": 4, "json2": 403}
NOISE = (
    "odoo.addons.rpc.controllers.xmlrpc",
    "odoo.addons.base.models.ir_rule",
    "odoo.http",
    "odoo.sql_db",
    "odoo.models.unlink",
)
OURS = "odoo.addons.crm_handover"
MISSING = 2**31 - 7
BIG = 2**63

# what the arguments of public methods are when the caller means well
ARGUMENTS = {
    "reason": "Because",
    "res_model": "crm.lead",
    "res_ids": [MISSING],
    "attachment_ids": [MISSING],
    "criterion": "load",
    "moment": "after",
    "rating": 4,
    "value": "+49 30 901820",
}
# method: (state of the handover, who calls it)
GOOD_CALLS = {
    ("handover.request", "action_collect"): ("draft", "anna"),
    ("handover.request", "add_records"): ("draft", "anna"),
    ("handover.request", "action_use_template"): ("draft", "anna"),
    ("handover.request.template", "action_use"): ("draft", "anna"),
    ("handover.request", "action_split"): ("draft", "anna"),
    ("handover.request", "get_allocation"): ("draft", "anna"),
    ("handover.request", "propose_allocation"): ("draft", "anna"),
    ("handover.request", "allocate"): ("draft", "anna"),
    ("handover.request", "get_cockpit"): ("draft", "anna"),
    ("handover.request", "get_cockpit_cards"): ("draft", "anna"),
    ("handover.request", "get_cockpit_moved"): ("draft", "anna"),
    ("handover.request", "action_brief"): ("draft", "anna"),
    ("handover.request", "get_briefing"): ("draft", "anna"),
    ("handover.request", "get_briefing_customer"): ("draft", "anna"),
    ("handover.request.line", "get_card"): ("draft", "anna"),
    ("handover.request", "action_open_cockpit"): ("draft", "anna"),
    ("handover.request", "reassign"): ("draft", "anna"),
    ("handover.request.split", "action_split"): ("draft", "anna"),
    ("handover.request", "preflight"): ("draft", "anna"),
    ("handover.request", "action_view_left_behind"): ("draft", "anna"),
    ("handover.request", "action_add_late_records"): ("draft", "anna"),
    ("handover.request", "action_add_contacts"): ("draft", "anna"),
    ("handover.request", "action_view_colleagues"): ("shared", "approver"),
    ("handover.colleague.row", "action_ask"): ("shared", "approver"),
    ("handover.request", "action_fill_seat"): ("seated", "approver"),
    ("handover.request", "action_propose_vacant"): ("vacant", "anna"),
    ("handover.request", "action_view_vacant"): ("draft", "admin"),
    ("handover.request", "get_causes"): ("draft", "anna"),
    ("handover.request", "preview_return"): ("transferred", "leader"),
    ("handover.request", "action_choose_return"): ("transferred", "leader"),
    ("handover.request.line", "action_choose_return"): ("transferred", "leader"),
    ("handover.request.return", "action_return"): ("transferred", "leader"),
    ("handover.request", "action_view_unsettled"): ("left", "leader"),
    ("handover.request", "action_choose_give"): ("left", "leader"),
    ("handover.request", "action_new_draft"): ("left", "leader"),
    ("handover.request", "action_settle"): ("left", "leader"),
    ("handover.request.line", "action_claim"): ("pooled", "bruno"),
    ("handover.request.line", "action_choose_give"): ("left", "leader"),
    ("handover.request.line", "action_give_to"): ("left", "leader"),
    ("handover.request.line", "action_new_draft"): ("left", "leader"),
    ("handover.request.line", "action_settle"): ("left", "leader"),
    ("handover.request.give", "action_give"): ("left", "leader"),
    ("handover.request", "check_completeness"): ("draft", "anna"),
    ("handover.request", "action_check_completeness"): ("draft", "anna"),
    ("handover.request", "action_plan_gaps"): ("draft", "anna"),
    ("handover.request", "action_plan_steps"): ("planned", "anna"),
    ("handover.request", "action_submit"): ("draft", "anna"),
    ("handover.request", "action_approve"): ("submitted", "leader"),
    ("handover.request", "action_refuse"): ("submitted", "leader"),
    ("handover.request", "action_draft"): ("submitted", "anna"),
    ("handover.request", "action_extend"): ("covered", "anna"),
    ("handover.request", "action_approve_extension"): ("longer", "leader"),
    ("handover.request", "action_refuse_extension"): ("longer", "leader"),
    ("handover.request", "action_take_new_records"): ("newer", "leader"),
    ("handover.request", "action_what_happened"): ("covered", "anna"),
    ("handover.request", "get_what_happened"): ("covered", "anna"),
    ("handover.request", "action_stop_background"): ("going_on", "anna"),
    ("handover.request", "action_run"): ("approved", "leader"),
    ("handover.request", "action_retry"): ("failed", "leader"),
    ("handover.request", "action_cancel"): ("approved", "anna"),
    ("handover.request", "action_confirm"): ("transferred", "bruno"),
    ("handover.request", "action_return"): ("transferred", "leader"),
    ("handover.request", "action_undo_approval"): ("approved", "approver"),
    ("handover.request", "get_gap"): ("incomplete", "anna"),
    ("handover.request.line", "fill_gap"): ("incomplete", "anna"),
    ("handover.request", "get_progress"): ("transferred", "bruno"),
    ("handover.request", "action_download_spreadsheet"): ("draft", "anna"),
    ("handover.request", "action_upload_spreadsheet"): ("draft", "anna"),
    ("handover.request.upload", "action_check"): ("draft", "anna"),
    ("handover.request.upload", "action_apply"): ("draft", "anna"),
    ("handover.request", "action_view_lines"): ("draft", "anna"),
    ("handover.request", "action_view_cards"): ("draft", "anna"),
    ("handover.request", "action_release_cards"): ("draft", "anna"),
    ("handover.request", "get_files"): ("draft", "anna"),
    ("handover.request", "add_files"): ("draft", "anna"),
    ("handover.request", "verify"): ("transferred", "bruno"),
    ("handover.request", "export_evidence"): ("transferred", "bruno"),
    ("handover.request.event", "verify"): ("transferred", "bruno"),
    ("handover.request", "action_propose_permissions"): ("lacking", "anna"),
    ("handover.grant", "action_end"): ("granted", "leader"),
    ("handover.request.line", "action_accept"): ("approved", "bruno"),
    ("handover.request", "action_accept_all"): ("approved", "bruno"),
    ("handover.request.line", "action_decline"): ("approved", "bruno"),
    ("handover.request.line", "action_accept_customer"): ("approved", "bruno"),
    ("handover.request.line", "action_return"): ("transferred", "leader"),
    ("handover.request.line", "action_open_record"): ("draft", "anna"),
    ("handover.request.line", "action_open_card"): ("draft", "anna"),
    ("handover.request.line", "action_ask_for_card"): ("transferred", "bruno"),
    ("handover.request.line.facts", "action_ask"): ("transferred", "bruno"),
    ("handover.request.line.facts", "action_open_record"): ("transferred", "bruno"),
    ("handover.card", "action_ask"): ("handed", "bruno"),
    ("handover.card", "action_open_record"): ("draft", "anna"),
    ("handover.card", "action_release"): ("approved", "anna"),
    ("handover.card", "action_understand"): ("briefed", "bruno"),
    ("handover.request.line", "get_files"): ("draft", "anna"),
    ("handover.request.refuse", "action_refuse"): ("submitted", "leader"),
    ("handover.request.extend", "action_extend"): ("covered", "anna"),
    ("handover.request.line.decline", "action_decline"): ("approved", "bruno"),
    ("handover.request.closed", "action_include"): ("draft", "anna"),
    ("handover.request.generate", "action_generate"): ("draft", "anna"),
    ("handover.request.prepare", "action_prepare"): ("draft", "anna"),
    ("handover.request.prepare", "action_elsewhere"): ("elsewhere", "bruno"),
    ("handover.request", "plan_training"): ("trained", "anna"),
    ("handover.request", "rate_training"): ("trained", "bruno"),
    ("handover.request", "action_rate_training"): ("trained", "bruno"),
    ("handover.request", "action_sign_training"): ("trained", "bruno"),
    ("handover.request", "action_waive_training"): ("trained", "manager"),
    ("handover.request.train", "action_plan"): ("trained", "anna"),
    ("handover.request.sign.training", "action_sign"): ("trained", "bruno"),
    ("handover.request.waive.training", "action_waive"): ("trained", "manager"),
    ("handover.training", "action_open"): ("trained", "anna"),
    ("handover.training", "action_open_meeting"): ("trained", "anna"),
    ("handover.training", "action_mark_attendance"): ("trained", "anna"),
    ("handover.training.attend", "action_mark"): ("trained", "anna"),
    ("handover.training.topic", "action_remove"): ("trained", "anna"),
    ("handover.request", "action_print_document"): ("transferred", "bruno"),
    ("handover.request", "action_download_annex"): ("transferred", "bruno"),
    ("handover.document", "action_download"): ("documented", "bruno"),
    ("handover.document", "action_download_annex"): ("documented", "bruno"),
    ("handover.request", "action_rate"): ("reviewed", "bruno"),
    ("handover.request.rate", "action_rate"): ("reviewed", "bruno"),
    ("handover.request.rating", "action_accept_lesson"): ("rated", "admin"),
    ("handover.request.rating", "action_dismiss_lesson"): ("rated", "manager"),
    ("handover.followup", "action_open_record"): ("reviewed", "bruno"),
    ("handover.followup", "action_mail"): ("reviewed", "bruno"),
    ("handover.followup", "action_called"): ("reviewed", "bruno"),
    ("handover.followup", "action_call_later"): ("reviewed", "bruno"),
    ("handover.followup", "action_undo_call"): ("reviewed", "bruno"),
    ("handover.request.evidence", "action_download"): ("transferred", "bruno"),
    ("handover.webhook.event", "action_send_again"): ("submitted", "admin"),
    ("handover.scope", "action_check_kind"): ("submitted", "admin"),
    ("handover.radar.row", "action_open_records"): ("submitted", "admin"),
    ("handover.radar.row", "action_hand_over"): ("submitted", "admin"),
    ("handover.radar.row", "action_mute"): ("submitted", "admin"),
}
# all of this kind on a handover, by the field that names them
PARTS = {
    "handover.request.line": "line_ids",
    "handover.request.event": "event_ids",
    "handover.grant": "grant_ids",
}
# one of what belongs to a handover, by the field that names it
SUBJECTS = {
    "handover.scope": "line_ids.scope_id",
    "handover.training": "training_ids",
    "handover.training.topic": "training_topic_ids",
    "handover.document": "document_ids",
    "handover.request.rating": "given_rating_ids",
}
# dialogs about a handover, and what they ask
DIALOGS = {
    "handover.request.split": {"criterion": "load"},
    "handover.request.evidence": {},
    "handover.request.template": {},
    "handover.request.refuse": {"reason": "No"},
    "handover.request.extend": {"date_return": "2097-01-01 00:00:00"},
    "handover.request.closed": {},
    "handover.request.train": {},
    "handover.request.sign.training": {"comment": "Learnt it"},
    "handover.request.waive.training": {"reason": "Knows it all"},
    "handover.request.rate": {"rating": "4"},
}
# those of the model, which take no records: who calls it
MODEL_CALLS = {
    ("handover.request", "get_overview"): "leader",
    ("handover.request", "get_leftovers"): "leader",
    ("handover.request", "preview_draft"): "leader",
    ("handover.followup", "open_calls"): "bruno",
    ("handover.followup", "get_calls"): "bruno",
    ("handover.radar", "scan"): "leader",
    ("handover.radar", "action_open"): "leader",
}


# Odoo's own pages call these, and nobody over RPC
PAGES_ONLY = {("handover.customer.rating", "rating_apply")}


class RpcCase(HandoverCommon, HttpCase):
    SECONDS = 5
    topic_id = MISSING
    check_id = MISSING

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "handover.template" in cls.env:
            cls.template_id = cls.make("handover.template", name="Usual").id
        cls.enterClassContext(quick_keys())
        cls.keys = {}
        for login in (
            "anna", "bruno", "leader", "approver", "manager", "other", "employee",
            "foreigner", "admin",
        ):  # fmt: skip
            cls.keys[login] = cls.make_key(getattr(cls, login))
        # portal users get no key, but they have a password
        cls.portal.password = "portal-password"
        cls.keys["portal"] = "portal-password"

    @classmethod
    def make_key(cls, user):
        soon = fields.Datetime.now() + timedelta(hours=1)
        keys = cls.env["res.users.apikeys"].with_user(user)
        return keys._generate("rpc", "test", soon)

    def client(self, protocol, login):
        user, url, name = getattr(self, login), self.base_url(), self.env.cr.dbname
        if protocol == "json2":
            return Json2Client(url, name, self.keys[login])
        with self.outside():
            return XmlRpcClient(url, name, user.login, self.keys[login])

    def outside(self):
        """Let real requests in; they see what this test has written so far."""
        self.env.cr.flush()
        self.env.invalidate_all()
        return self.allow_requests(all_requests=True)

    def call(self, client, *args, **kwargs):
        with mute_logger(*NOISE), self.outside():
            answer = client.call(*args, **kwargs)
        self.env.invalidate_all()
        return answer

    def create(self, client, *args):
        with mute_logger(*NOISE), self.outside():
            id_ = client.create(*args)
        self.env.invalidate_all()
        return id_

    def assertRefusedCall(self, protocol, client, *args, **kwargs):
        """Fail unless the server says no in words. Answer ``(code, text)``."""
        try:
            answer = self.call(client, *args, **kwargs)
        except Refused as refused:
            self.assertIn(
                refused.code, REFUSALS[protocol], f"{args} {kwargs} {refused}"
            )
            self.assertTrue(refused.text.strip(), f"{args} {kwargs}: no words")
            return refused.code, refused.text
        self.env.invalidate_all()
        return self.fail(f"{args} {kwargs} went through: {answer!r}")

    def public_methods(self):
        """Every public method that our add-on brings: ``{(model, name)}``."""
        found = set()
        for model in self.env.registry:
            Model = self.env[model]
            if not model.startswith("handover."):
                continue
            for name in dir(type(Model)):
                owners = [c for c in type(Model).mro() if name in vars(c)]
                if (
                    not name.startswith("_")
                    and owners
                    and all(c.__module__.startswith(OURS) for c in owners)
                    and inspect.isfunction(method := getattr(type(Model), name))
                    # what others inherit is theirs
                    and (not Model._abstract or hasattr(method, "_api_model"))
                ):
                    get_public_method(Model, name)
                    found.add((model, name))
        return found

    def good_arguments(self, model, name):
        """Arguments for every parameter that has no default."""
        parameters = inspect.signature(getattr(self.env[model], name)).parameters
        people = {
            "predecessor_id": self.anna.id,
            "successor_id": self.bruno.id,
            "new_successor_id": self.chen.id,
            "user_id": self.anna.id,
            "user_ids": self.bruno.ids,
            "topic_id": self.topic_id,
            "check_id": self.check_id,
            "template_id": self.template_id,
            "draft": {"predecessor_id": self.anna.id},
            "start": fields.Datetime.to_string(fields.Datetime.now()),
            "date_return": "2097-01-01 00:00:00",
        }
        arguments = ARGUMENTS | people
        return {
            parameter.name: arguments[parameter.name]
            for parameter in parameters.values()
            if parameter.default is parameter.empty
        }

    def found_row(self, rows, request):
        """A row of a list that is made anew for who opens it."""
        if rows._name == "handover.colleague.row":
            action = request.with_user(rows.env.user).action_view_colleagues()
            return rows.search(action["domain"], limit=1)
        action = rows.env["handover.radar"].action_open()
        theirs = [*action["domain"], ("field", "=", "predecessor_id")]
        return rows.search(theirs, limit=1)

    def asked(self, dialogs, request):
        """What a dialog about a handover is filled with."""
        values = {"request_id": request.id, **DIALOGS[dialogs._name]}
        if "template_id" in dialogs._fields:
            values["template_id"] = self.template_id
        return values

    def subject(self, model, request, login):
        """The record of ``model`` that belongs to ``request``, made for its caller."""
        env = self.env(user=getattr(self, login))
        if model == "handover.request":
            return request
        if model in PARTS:
            return request[PARTS[model]]
        if model == "handover.request.line.facts":
            action = request.with_user(env.user).line_ids.action_open_card()
            return env[model].browse(action["res_id"])
        if model == "handover.card":
            anna = request.with_user(self.anna)
            action = anna.line_ids.action_open_card()
            return self.env[model].browse(action["res_id"])
        if model in SUBJECTS:
            return request.sudo().mapped(SUBJECTS[model]).sudo(False)[:1]
        if model in DIALOGS:
            return env[model].create(self.asked(env[model], request))
        if model == "handover.training.attend":
            session = request.sudo().training_ids
            values = {"training_id": session.id, "user_ids": [(6, 0, self.bruno.ids)]}
            return env[model].create(values)
        if model == "handover.followup":
            return env[model].search([("request_id", "=", request.id)])
        if model == "handover.request.line.decline":
            values = {"line_ids": [(6, 0, request.line_ids.ids)], "reason": "No"}
            return env[model].create(values)
        if model == "handover.request.give":
            values = {"line_ids": [(6, 0, request.line_ids.ids)]}
            values |= {"request_id": request.id, "successor_id": self.chen.id}
            return env[model].create(values)
        if model == "handover.webhook.event":
            url = "https://example.com/hook"
            env["handover.webhook"].create({"name": "ERP", "url": url})
            env[model]._tell(request, "submitted")
            return env[model].search([("request_ref", "=", request.id)], limit=1)
        if model == "handover.request.upload":
            key = f"{request.line_ids[0].res_model},{request.line_ids[0].res_id}"
            content = b64encode(f'Key,Risk\n"{key}",high'.encode())
            values = {"request_id": request.id, "content": content}
            return env[model].create(values)
        if model.endswith(".row"):
            return self.found_row(env[model], request)
        if model == "handover.request.return":
            action = request.with_user(env.user).action_choose_return()
            return env[model].browse(action["res_id"])
        lead = self.make_lead()
        if model == "handover.request.prepare":
            successor = self.chen if env.user == self.bruno else self.bruno
            values = {"company_id": self.company.id, "predecessor_id": env.uid}
            return env[model].create({**values, "successor_id": successor.id})
        values = {"res_model": "crm.lead", "res_ids": lead.ids}
        return env[model].create({**values, "successor_id": self.bruno.id})


class TestMainJob(RpcCase):
    def counts(self):
        """Counted in the database, without Odoo."""
        self.env.cr.flush()
        counts = {}
        for name, query in {
            "leads": "SELECT count(*) FROM crm_lead",
            "customers": "SELECT count(*) FROM res_partner",
            "tasks": "SELECT count(*) FROM project_task",
            "files": "SELECT count(*) FROM ir_attachment WHERE res_model != 'x'",
            "to-dos": "SELECT count(*) FROM mail_activity"
            " WHERE res_model != 'handover.request'",
            "meetings": "SELECT count(*) FROM calendar_event",
            "tags": "SELECT count(*) FROM crm_tag_rel",
        }.items():
            self.env.cr.execute(query)
            [[counts[name]]] = self.env.cr.fetchall()
        return counts

    def owned(self, user):
        """Ids of all that somebody owns, from the database."""
        self.env.cr.flush()
        owned = {}
        for name, query in {
            "crm.lead": "SELECT id FROM crm_lead WHERE user_id = %s",
            "res.partner": "SELECT id FROM res_partner WHERE user_id = %s",
            "project.task": "SELECT task_id FROM project_task_user_rel"
            " WHERE user_id = %s",
            "mail.activity": "SELECT id FROM mail_activity WHERE user_id = %s"
            " AND res_model != 'handover.request'",
            "calendar.event": "SELECT id FROM calendar_event WHERE user_id = %s",
        }.items():
            self.env.cr.execute(query, [user.id])
            owned[name] = {row[0] for row in self.env.cr.fetchall()}
        return owned

    def messages(self):
        """How many messages each record has, from the database."""
        self.env.cr.flush()
        self.env.cr.execute(
            "SELECT model, res_id, count(*) FROM mail_message"
            " WHERE model IN ('crm.lead', 'res.partner', 'project.task')"
            " GROUP BY model, res_id"
        )
        return {(model, id_): count for model, id_, count in self.env.cr.fetchall()}

    def world(self):
        """Work of Anna's, and as much of a colleague's that nobody may touch."""
        for user in (self.anna, self.other):
            for number in range(4):
                tag = self.env["crm.tag"].create({"name": f"{user.name} {number}"})
                lead = self.make_lead(user, tag_ids=[(4, tag.id)])
                customer, task = self.make_customer(user), self.make_task(user)
                for record in (lead, customer, task):
                    record.message_post(body="As agreed", author_id=user.partner_id.id)
                    self.make_todo(record, user)
                self.make_meeting(lead, user)
                self.make(
                    "ir.attachment", name="offer.txt", raw=b"offer",
                    res_model="crm.lead", res_id=lead.id,
                )  # fmt: skip

    def main_job(self, protocol):
        self.world()
        before, messages = self.counts(), self.messages()
        annas, others = self.owned(self.anna), self.owned(self.other)
        brunos = self.owned(self.bruno)
        self.assertEqual(
            {name: len(ids) for name, ids in annas.items()},
            {
                "crm.lead": 4, "res.partner": 4, "project.task": 4,
                "mail.activity": 16, "calendar.event": 4,
            },
        )  # fmt: skip
        anna, leader, bruno = (
            self.client(protocol, login) for login in ("anna", "leader", "bruno")
        )
        request = "handover.request"
        values = {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}
        values["client_key"] = "job-1"
        id_ = self.create(anna, request, values)
        self.assertIs(self.call(anna, request, "action_collect", [id_]), True)
        preflight = self.call(anna, request, "preflight", [id_])
        self.assertEqual((preflight["ok"], preflight["findings"]), (True, []))
        self.assertEqual(preflight["counts"]["records"], 12)
        self.assertIs(self.call(anna, request, "action_submit", [id_]), True)
        [row] = self.call(leader, request, "read", [id_], fields=["state", "version"])
        self.assertEqual(row["state"], "submitted")
        approved = self.call(
            leader, request, "action_approve", [id_], expected_version=row["version"]
        )
        self.assertIs(approved, True)
        progress = self.call(bruno, request, "get_progress", [id_])
        self.assertEqual(
            [progress[name] for name in ("state", "total", "done", "todo", "failed")],
            ["transferred", 12, 12, 0, 0],
        )
        self.assertIs(self.call(bruno, request, "action_confirm", [id_]), True)
        self.assertIs(
            self.call(anna, request, "action_confirm", [id_], comment="Done"), True
        )
        [row] = self.call(anna, request, "read", [id_], fields=["state"])
        self.assertEqual(row["state"], "done")
        # a second click, from the network's second try
        self.assertIs(self.call(leader, request, "action_approve", [id_]), True)
        self.assertIs(self.call(bruno, request, "action_confirm", [id_]), True)
        # the same key is answered by the same handover
        self.assertEqual(self.create(anna, request, values), id_)

        self.assertEqual(self.counts(), before, "nothing lost, nothing doubled")
        self.assertEqual(self.owned(self.other), others)
        self.assertFalse(any(self.owned(self.anna).values()))
        self.assertEqual(
            self.owned(self.bruno),
            {name: annas[name] | brunos[name] for name in annas},
        )
        handed = {(m, i) for m, ids in annas.items() for i in ids}
        self.assertEqual(
            self.messages(),
            {key: count + (key in handed) for key, count in messages.items()},
            "one note per record, and none elsewhere",
        )
        transports = self.Request.browse(id_).event_ids.mapped("transport")
        self.assertEqual(set(transports) - {"server"}, {"rpc"})

    def test_over_xmlrpc(self):
        self.main_job("xmlrpc")

    def test_over_json2(self):
        self.main_job("json2")


class TestEveryMethod(RpcCase):
    """All public methods, computed: a new one has to be written down here."""

    def make_in(self, state):
        """A handover in a state, or in a situation that has a method of its own."""
        make = getattr(self, f"make_{state}", None)
        return make() if make else self.make_request(state, self.make_lead())

    def make_lacking(self):
        """A draft whose successor has no access to leads yet."""
        return self.make_request(
            records=self.make_lead(), successor_id=self.projectuser.id
        )

    def make_granted(self):
        request = self.make_lacking()
        request.with_user(self.anna).action_propose_permissions()
        self.bring(request.with_user(self.anna), "transferred")
        return request

    def make_planned(self):
        reason = self.env.ref("crm_handover.reason_resignation")
        return self.make_request("draft", self.make_lead(), reason_id=reason.id)

    def make_briefed(self):
        request = self.make_request("approved", self.make_lead())
        request.with_user(self.anna).action_release_cards()
        return request

    def make_handed(self):
        """With a card that is released, and on which nothing is written."""
        request = self.make_briefed()
        request.with_user(self.leader).action_run()
        return request

    def make_elsewhere(self):
        """What names Bruno in a company where he does not work."""
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = %s WHERE id = %s",
            (self.abroad.id, self.make_lead(self.bruno).id),
        )
        self.env.invalidate_all()
        return self.make_request("draft", self.make_lead())

    def make_shared(self):
        """A customer with whom a colleague has a deal."""
        customer = self.make_customer()
        self.make_lead(self.chen, partner_id=customer.id)
        return self.make_request("draft", customer)

    def make_vacant(self):
        """A group that nobody has any more."""
        group = self.env["res.groups"].create({"name": "Price Keeper"})
        self.anna.group_ids += group
        values = {"group_id": group.id, "description": "Prices"}
        self.env["handover.grantable"].create(values)
        self.reason.leaves = True
        return self.make_request("draft", self.make_lead())

    def make_seated(self):
        """Of somebody who leaves, and leads a team."""
        self.make_team("Led", self.anna)
        self.reason.leaves = True
        return self.make_request("draft", self.make_lead(), reason_id=self.reason.id)

    def make_incomplete(self):
        """What nobody has filled in yet."""
        check = self.env["handover.check"].create(
            {
                "name": "No phone", "kind": "field_missing", "field_names": "phone",
                "scope_id": self.env.ref("crm_handover.scope_crm_lead").id,
            }
        )  # fmt: skip
        self.check_id = check.id
        return self.make_request("draft", self.make_lead())

    def make_pooled(self):
        team = {"target_team_id": self.team.id, "to_pool": True}
        return self.make_request(
            "transferred", self.make_lead(), successor_id=False, **team
        )

    def make_covered(self):
        days = {"date_return": "2098-01-01 00:00:00", "kind": "temporary"}
        return self.make_request("transferred", self.make_lead(), **days)

    def make_going_on(self):
        """A draft that is being collected in the background."""
        request = self.make_request("draft", self.make_lead())
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("crm_handover.background_from", 1)
        self.make_lead()
        self.make_lead()
        request.with_user(self.anna).action_collect()
        parameters.set_param("crm_handover.background_from", False)
        return request

    def make_newer(self):
        """A cover to which something new has come."""
        customer = self.make_customer()
        request = self.make_request(
            "transferred",
            self.make_lead(partner_id=customer.id),
            date_return="2098-01-01 00:00:00",
            kind="temporary",
        )
        self.env.flush_all()
        yesterday = fields.Datetime.now() - timedelta(days=1)
        request._trusting().write({"date_started": yesterday})
        self.make_lead(partner_id=customer.id)
        return request

    def make_longer(self):
        """A cover for which a later end is asked."""
        request = self.make_covered()
        request.with_user(self.anna).action_extend("2099-01-01 00:00:00")
        return request

    def make_documented(self):
        request = self.make_request("transferred", self.make_lead()).sudo()
        [version] = request._document_versions()
        request._trusting().write({"document_due": "to_sign"})
        request._keep_document(version, (b"%PDF-1.4", b"PK"))
        return request.sudo(False)

    def make_rated(self):
        return self.make_reviewed(rated=True)

    def make_left(self):
        """A record that went back to its owner, and is not settled."""
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        lead.user_id = self.anna
        return self.fail_lines(request)

    def make_failed(self):
        return self.fail_lines(self.make_request("transferred", self.make_lead()))

    def fail_lines(self, request):
        self.env.cr.execute(
            "UPDATE handover_request_line SET state = 'failed' WHERE request_id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        return request

    def make_trained(self):
        """An approved handover with a session that Bruno attended; he may sign off."""
        reason = self.env.ref("crm_handover.reason_resignation")
        reason.plan_id.handover_training_required = True
        request = self.make_request("approved", self.make_lead(), reason_id=reason.id)
        anna, bruno = request.with_user(self.anna), request.with_user(self.bruno)
        begun = fields.Datetime.now() - timedelta(hours=2)
        topics = request.sudo().training_topic_ids
        self.topic_id = topics[:1].id
        session = self.env["handover.training"].browse(
            anna.plan_training(
                fields.Datetime.to_string(begun), topic_ids=topics[1:].ids
            )
        )
        session.with_user(self.anna).action_mark_attendance(self.bruno.ids)
        for topic in topics:
            for moment in ("before", "after"):
                bruno.rate_training(topic.id, moment, 3)
        return request

    def make_reviewed(self, rated=False):
        """A handover of ten days ago, with its first review."""
        reason = self.env.ref("crm_handover.reason_resignation")
        request = self.make_request(
            "transferred", self.make_lead(), reason_id=reason.id
        ).sudo()
        start = fields.Datetime.now() - timedelta(days=10)
        request._trusting().write({"date_started": start, "date_finished": start})
        for review in request._reviews():
            due = start + timedelta(days=review.days)
            review._trusting().write({"date_from": start, "date_due": due})
        request._follow_up()
        if rated:
            request.with_user(self.bruno).action_rate(2, False, "Begin earlier")
        return request.sudo(False)

    def assertPlain(self, value, where):
        """Strings, numbers, lists and dicts with string keys; no ``None``."""
        if isinstance(value, dict):
            for key, item in value.items():
                self.assertIsInstance(key, str, where)
                self.assertPlain(item, f"{where}.{key}")
        elif isinstance(value, list):
            for item in value:
                self.assertPlain(item, f"{where}[]")
        else:
            self.assertIsInstance(value, (str, bool, int, float), where)
            if isinstance(value, int):
                self.assertLess(abs(value), 2**31, where)

    def test_all_methods_are_known(self):
        known = {*GOOD_CALLS, *MODEL_CALLS, *PAGES_ONLY}
        self.assertEqual(self.public_methods(), known)

    def test_nobody_calls_what_is_for_pages(self):
        request = self.make_in("reviewed")
        asked = self.env["handover.customer.rating"]._trusting().create(
            {
                "request_id": request.id,
                "successor_id": self.bruno.id,
                "date_asked": fields.Datetime.now(),
            }
        )  # fmt: skip
        token = self.env["rating.rating"].sudo().create(
            {
                "res_model_id": self.env["ir.model"]._get_id(asked._name),
                "res_id": asked.id,
            }
        )  # fmt: skip
        self.env.flush_all()
        for protocol in REFUSALS:
            for login in ("bruno", "anna", "manager"):
                client = self.client(protocol, login)
                for model, name in PAGES_ONLY:
                    self.assertRefusedCall(
                        protocol, client, model, name, asked.ids, rate=5,
                        rating=token.id,
                    )  # fmt: skip
        self.assertFalse(asked.sudo().date_rated)

    def test_those_of_the_model_answer_plain_values(self):
        self.make_request("submitted", self.make_lead())
        for protocol in REFUSALS:
            for (model, name), login in MODEL_CALLS.items():
                arguments = self.good_arguments(model, name)
                client = self.client(protocol, login)
                answer = self.call(client, model, name, **arguments)
                self.assertIsNotNone(answer)
                self.assertPlain(answer, name)

    def test_outsiders_learn_nothing_from_those_of_the_model(self):
        for protocol in REFUSALS:
            client = self.client(protocol, "other")
            empty = self.call(client, "handover.request", "get_overview")
            self.make_request("submitted", self.make_lead())
            answer = self.call(client, "handover.request", "get_overview")
            self.assertEqual(answer, empty)
            self.assertFalse(any(card["count"] for card in answer["cards"]))
            self.assertEqual(answer["left"], [])
            for login in ("employee", "portal"):
                if (login, protocol) == ("portal", "json2"):
                    continue  # there is no key for portal users
                client = self.client(protocol, login)
                for model, name in MODEL_CALLS:
                    arguments = self.good_arguments(model, name)
                    self.assertRefusedCall(protocol, client, model, name, **arguments)

    @contextmanager
    def undone(self):
        """Take back what happens inside, so that the next call finds the same."""
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all()
        # whose groups a call had changed
        self.registry.clear_cache()

    def test_each_answers_plain_values(self):
        by_state = {}
        for (model, name), (state, login) in GOOD_CALLS.items():
            by_state.setdefault(state, []).append((model, name, login))
        for state, calls in by_state.items():
            request = self.make_in(state)
            for (model, name, login), protocol in product(calls, REFUSALS):
                method = f"{model}.{name}"
                with self.subTest(protocol=protocol, method=method), self.undone():
                    self.check_answer(protocol, request, model, name, login)

    def check_answer(self, protocol, request, model, name, login):
        """Call a method of what belongs to ``request`` as whoever may."""
        subject = self.subject(model, request, login)
        arguments = self.good_arguments(model, name)
        if name == "action_fill_seat":
            arguments["res_model"] = "crm.team"
        if "res_ids" in arguments:
            arguments["res_ids"] = self.make_lead().ids
        if "attachment_ids" in arguments:
            files = self.env["ir.attachment"].with_user(self.anna)
            file = files.create({"name": "Prices", "raw": b"-"})
            arguments["attachment_ids"] = file.ids
        answer = self.call(
            self.client(protocol, login), model, name, subject.ids, **arguments
        )
        self.assertIsNotNone(answer)
        self.assertPlain(answer, name)
        if name.startswith("action_"):
            self.assertTrue(answer is True or answer["type"].startswith("ir.actions."))

    def test_outsiders_get_nowhere(self):
        """Nothing changes, and the answer tells nothing about what is there."""
        # nothing changes, so one in each state is enough
        made = {
            state: self.make_in(state)
            for state in dict.fromkeys(state for state, _login in GOOD_CALLS.values())
        }
        subjects = {
            (model, name): self.subject(model, made[state], login)
            for (model, name), (state, login) in GOOD_CALLS.items()
        }
        before = self.snapshot()
        for login in ("other", "employee", "portal", "foreigner"):
            for protocol in REFUSALS:
                if (login, protocol) == ("portal", "json2"):
                    continue  # there is no key for portal users
                client = self.client(protocol, login)
                for (model, name), subject in subjects.items():
                    call = f"{model}.{name}"
                    with self.subTest(by=login, protocol=protocol, call=call):
                        arguments = self.good_arguments(model, name)
                        answers = {
                            self.assertRefusedCall(
                                protocol, client, model, name, ids, **arguments
                            )
                            for ids in (subject.ids, [MISSING], [*subject.ids, MISSING])
                        }
                        self.assertEqual(len(answers), 1, "an oracle")
                        self.assertEqual(answers.pop()[0], FORBIDDEN[protocol])
        self.assertSameAs(before)

    def test_outsiders_create_and_change_nothing(self):
        request = self.make_request("submitted", self.make_lead())
        draft = self.make_request()
        before = self.snapshot()
        theirs = {"predecessor_id": self.anna.id, "successor_id": self.other.id}
        for login in ("other", "employee", "portal", "foreigner"):
            for protocol in REFUSALS:
                if (login, protocol) == ("portal", "json2"):
                    continue
                client = self.client(protocol, login)
                with self.subTest(by=login, protocol=protocol):
                    with self.assertRaises(Refused) as caught:
                        self.create(client, "handover.request", theirs)
                    self.assertIn(caught.exception.code, REFUSALS[protocol])
                    for records in (request, draft, draft.line_ids, request.event_ids):
                        for method, arguments in (
                            ("write", {"vals": {"display_name": "x"}}),
                            ("unlink", {}),
                            ("copy", {}),
                            ("read", {"fields": ["id"]}),
                        ):
                            self.assertRefusedCall(
                                protocol, client, records._name, method, records.ids,
                                **arguments,
                            )  # fmt: skip
        self.env.invalidate_all()
        self.assertSameAs(before)

    def test_lines_of_others_through_an_own_draft(self):
        lead = self.make_lead(self.other)
        foreign = self.make_request(
            records=lead, by=self.other, predecessor_id=self.other.id
        ).line_ids
        own = self.make_request()
        before = self.snapshot()
        for protocol in REFUSALS:
            client = self.client(protocol, "anna")
            for command in (
                [1, foreign.id, {"note": "Mine"}],
                [1, foreign.id, {"successor_id": self.anna.id}],
                [2, foreign.id, 0],
                [3, foreign.id, 0],
                [4, foreign.id, 0],
                [6, 0, foreign.ids],
                [0, 0, {"res_model": "crm.lead", "res_id": lead.id}],
            ):
                with self.subTest(protocol=protocol, command=command):
                    self.assertRefusedCall(
                        protocol, client, "handover.request", "write", own.ids,
                        vals={"line_ids": [command]},
                    )  # fmt: skip
        self.assertSameAs(before)

    def test_private_methods_are_no_way_in(self):
        request = self.make_request("submitted", self.make_lead())
        before = self.snapshot()
        for name in ("_move", "_trusting", "_start", "_proceed", "_log_event"):
            for protocol in REFUSALS:
                client = self.client(protocol, "manager")
                self.assertRefusedCall(
                    protocol, client, "handover.request", name, request.ids
                )
        for model in ("handover.engine", "handover.guard", "handover.mixin"):
            for name in ("_run_batch", "_trusting", "_cron_run"):
                self.assertRefusedCall(
                    "json2", self.client("json2", "manager"), model, name
                )
        self.assertSameAs(before)


class TestBadInput(RpcCase):
    """Wrong arguments are answered in words, and change nothing."""

    def assertBad(self, calls, login):
        before = self.snapshot()
        for protocol in REFUSALS:
            client = self.client(protocol, login)
            for args, arguments in calls:
                if protocol == "xmlrpc" and "only json" in repr(arguments.get("_", "")):
                    continue
                arguments = {k: v for k, v in arguments.items() if k != "_"}
                with self.subTest(protocol=protocol, args=args, arguments=arguments):
                    self.assertRefusedCall(protocol, client, *args, **arguments)
        self.env.invalidate_all()
        self.assertSameAs(before)

    def test_ids_that_are_none(self):
        calls = []
        for ids in (
            [], [0], [-1], [MISSING], [2**31 - 1], "abc", ["abc"], [True], [None],
            [[1]], [{"a": 1}], [1.5], [""], {"a": 1},
        ):  # fmt: skip
            for model, name in GOOD_CALLS:
                arguments = self.good_arguments(model, name)
                calls.append(((model, name, ids), arguments))
        self.assertBad(calls, "anna")

    def test_ids_beyond_the_database(self):
        calls = []
        for ids in ([2**31], [BIG], [-BIG], [10**30], ["\x00"], [MISSING, BIG]):
            for model, name in GOOD_CALLS:
                arguments = {"_": "only json", **self.good_arguments(model, name)}
                calls.append(((model, name, ids), arguments))
        self.assertBad(calls, "anna")

    def test_several_where_one_is_meant(self):
        requests = self.make_request() | self.make_request(records=self.make_lead())
        lines = requests.line_ids
        leads = self.make_lead().ids
        submitted = self.make_request("submitted", self.make_lead())
        events = submitted.event_ids | self.make_request("done").event_ids
        calls = [
            (("handover.request", "preflight", requests.ids), {}),
            (("handover.request", "get_progress", requests.ids), {}),
            (("handover.request", "get_files", requests.ids), {}),
            (("handover.request.line", "get_files", lines.ids), {}),
            (("handover.request", "action_view_lines", requests.ids), {}),
            (("handover.request", "verify", requests.ids), {}),
            (("handover.request", "export_evidence", requests.ids), {}),
            (
                ("handover.request", "add_records", requests.ids),
                {"res_model": "crm.lead", "res_ids": leads},
            ),
            (("handover.request.line", "action_open_record", lines.ids), {}),
            (("handover.request.event", "verify", events.ids), {}),
        ]
        self.assertBad(calls, "anna")

    def test_add_records(self):
        request, lead = self.make_request(), self.make_lead()
        foreign, unowned = (
            self.make_lead(self.other),
            self.make_lead(self.env["res.users"]),
        )
        customer = self.make_customer(self.other)
        task = self.make_task(self.chen)
        gone = self.make_user("gone", "sales_team.group_sale_salesman", active=False)
        good = {"res_model": "crm.lead", "res_ids": lead.ids}
        calls = []
        for res_model in (
            "res.users", "ir.cron", "nope", "", None, 5, [], {}, ["crm.lead"], True,
            "handover.request", "crm.lead'; DROP TABLE crm_lead", "crm_lead",
        ):  # fmt: skip
            calls.append({**good, "res_model": res_model})
        for res_ids in (
            "abc", "", {}, {"a": 1}, None, [], [None], [str(lead.id)], [lead.ids],
            [float(lead.id)], [True], [-lead.id], [0], [MISSING], lead.id, True, 1.5,
            foreign.ids, unowned.ids, [lead.id, foreign.id], [lead.id, MISSING],
            [lead.id, "x"], [{"id": lead.id}],
        ):  # fmt: skip
            calls.append({**good, "res_ids": res_ids})
        calls.append({"res_model": "res.partner", "res_ids": customer.ids})
        calls.append({"res_model": "project.task", "res_ids": task.ids})
        for successor in (
            self.anna.id, self.portal.id, gone.id, self.foreigner.id, MISSING, -1, 0,
            "abc", "", {}, [], [self.bruno.id], {"id": 1}, True, 1.5,
            str(self.bruno.id),
        ):  # fmt: skip
            calls.append({**good, "successor_id": successor})
        for res_ids in ([2**31], [BIG], [10**40], [lead.id] * 20001):
            calls.append({**good, "res_ids": res_ids, "_": "only json"})
        # a kind of something else, and none at all
        elsewhere = self.env["handover.scope"]._all_of_model("res.partner")
        for scopes in (elsewhere.ids, [MISSING], [0], ["x"], "abc", {"a": 1}, True, 5):
            calls.append({**good, "scope_ids": scopes})
        for model in ("crm.lead\x00", "\ud800", "x" * 100000):
            calls.append({**good, "res_model": model, "_": "only json"})
        for successor in (2**31, BIG, -BIG):
            calls.append({**good, "successor_id": successor, "_": "only json"})
        args = ("handover.request", "add_records", request.ids)
        self.assertBad([(args, call) for call in calls], "anna")

    def test_texts(self):
        submitted = self.make_request("submitted", self.make_lead())
        approved = self.make_request("approved", self.make_lead())
        transferred = self.make_request("transferred", self.make_lead())
        calls = []
        required = ("", "   ", "\n", None, 5, 0, [], ["x"], {}, {"a": "b"}, True, 1.5)
        optional = (5, ["x"], {"a": "b"}, True, 1.5)
        for reason in required:
            arguments = {"reason": reason}
            calls.append(
                (("handover.request", "action_refuse", submitted.ids), arguments)
            )
        for reason in optional:
            arguments = {"reason": reason}
            calls.append(
                (("handover.request", "action_cancel", submitted.ids), arguments)
            )
        unstorable = [{"_": "only json", "reason": r} for r in ("a\x00b", "\ud800")]
        for arguments in unstorable:
            for name in ("action_refuse", "action_cancel"):
                calls.append((("handover.request", name, submitted.ids), arguments))
        self.assertBad(calls, "manager")
        calls = []
        for reason in required:
            arguments = {"reason": reason}
            args = ("handover.request.line", "action_decline", approved.line_ids.ids)
            calls.append((args, arguments))
        for comment in optional:
            args = ("handover.request", "action_confirm", transferred.ids)
            calls.append((args, {"comment": comment}))
        for arguments in unstorable:
            args = ("handover.request.line", "action_decline", approved.line_ids.ids)
            calls.append((args, arguments))
            args = ("handover.request", "action_confirm", transferred.ids)
            calls.append((args, {"comment": arguments["reason"], "_": "only json"}))
        self.assertBad(calls, "bruno")

    def test_versions(self):
        request = self.make_request("submitted", self.make_lead())
        args = ("handover.request", "action_approve", request.ids)
        calls = [
            (args, {"expected_version": version})
            for version in (0, -1, 99, "", "x", "1", {}, [], [1], {"a": 1}, True, 1.5)
        ]
        calls.append((args, {"expected_version": 10**40, "_": "only json"}))
        self.assertBad(calls, "leader")

    def test_unknown_arguments(self):
        request = self.make_request("submitted", self.make_lead())
        client = self.client("json2", "leader")
        before = self.snapshot()
        for name, arguments in (
            ("action_approve", {"state": "done"}),
            ("action_refuse", {}),
            ("get_progress", {"x": 1}),
        ):
            self.assertRefusedCall(
                "json2", client, "handover.request", name, request.ids, **arguments
            )
        self.assertSameAs(before)

    def test_people_that_cannot(self):
        gone = self.make_user("gone", "sales_team.group_sale_salesman", active=False)
        before = self.snapshot()
        good = {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}
        for protocol in REFUSALS:
            client = self.client(protocol, "anna")
            for values in (
                {"successor_id": self.anna.id},
                {"successor_id": gone.id},
                {"successor_id": self.portal.id},
                {"successor_id": self.foreigner.id},
                {"successor_id": MISSING},
                {"predecessor_id": False},
                {"predecessor_id": self.portal.id},
                {"predecessor_id": MISSING},
                {"predecessor_id": self.bruno.id, "successor_id": self.chen.id},
                {"approver_id": self.anna.id},
                {"approver_id": self.portal.id},
                {"approver_id": MISSING},
                {"company_id": self.abroad.id},
                {"company_id": MISSING},
                {"source_team_id": MISSING},
                {"reason_id": MISSING},
                {"state": "done"},
                {"requester_id": self.bruno.id},
            ):
                with self.subTest(protocol=protocol, values=values):
                    with self.assertRaises(Refused) as caught:
                        self.create(client, "handover.request", {**good, **values})
                    self.assertIn(caught.exception.code, REFUSALS[protocol])
        self.env.invalidate_all()
        self.assertSameAs(before)

    def test_wizard_of_wrong_records(self):
        before = self.snapshot()
        lead = self.make_lead()
        foreign = self.make_lead(self.other)
        good = {
            "res_model": "crm.lead", "res_ids": lead.ids, "successor_id": self.bruno.id,
        }  # fmt: skip
        before = self.snapshot()
        for protocol in REFUSALS:
            client = self.client(protocol, "anna")
            for values in (
                {"res_ids": []}, {"res_ids": ["x"]}, {"res_ids": {"a": 1}},
                {"res_ids": "abc"}, {"res_ids": 5}, {"res_ids": [lead.ids]},
                {"res_ids": [MISSING]}, {"res_ids": foreign.ids},
                {"res_ids": [lead.id, foreign.id]}, {"res_model": "res.users"},
                {"res_model": "nope"}, {"successor_id": self.anna.id},
                {"successor_id": self.portal.id},
            ):  # fmt: skip
                with self.subTest(protocol=protocol, values=values):
                    id_ = self.create(
                        client, "handover.request.generate", {**good, **values}
                    )
                    self.assertRefusedCall(
                        protocol, client, "handover.request.generate",
                        "action_generate", [id_],
                    )  # fmt: skip
        self.assertSameAs(before)
