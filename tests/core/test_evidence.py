"""The evidence: whatever is changed past Odoo is found, here and without Odoo."""

import ast
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import time
import xmlrpc.client
import zipfile
from base64 import b64decode
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase
from odoo.tools import file_path

from odoo.addons.crm_handover.evidence import files, verify
from odoo.addons.crm_handover.models.handover_request import EVENTS, MOVES

from ..common import HandoverCommon

SCRIPT = file_path("crm_handover/evidence/verify.py")
EVIDENCE = "odoo.addons.crm_handover.models.handover_request_evidence"
RUN = "odoo.addons.crm_handover.models.handover_request_run"
SOMEBODY = "(SELECT max(id) FROM res_users)"
ELSEWHERE = "(SELECT max(id) FROM res_company)"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")
# what somebody with access to the database might write, each in SQL
EVENT = {
    "request_id": "NULL",
    "request_ref": "request_ref + 1",
    "request_name": "'HO/2000/00001'",
    "company_id": ELSEWHERE,
    "code": "CASE code WHEN 'refused' THEN 'approved' ELSE 'refused' END",
    "actor_id": SOMEBODY,
    "date": "date + interval '1 second'",
    "transport": "CASE transport WHEN 'rpc' THEN 'web' ELSE 'rpc' END",
    "data": """'{"reason": "forged"}'""",
    "closed": """'{"reason": ["givers", "0"]}'""",
    "salts": """'{"reason": "0"}'""",
    "previous_hash": "repeat('0', 64)",
    "hash": "repeat('0', 64)",
}
LINE = {
    "id": "id + 1000000",
    "request_id": "(SELECT min(id) FROM handover_request)",
    "company_id": ELSEWHERE,
    "scope_id": "(SELECT max(id) FROM handover_scope WHERE model = 'project.task')",
    "res_model": "'project.task'",
    "res_id": "res_id + 1000000",
    "res_name": "'Another'",
    "predecessor_id": "NULL",
    "successor_id": "NULL",
    "pool_team_id": "(SELECT min(id) FROM crm_team)",
    "date_claimed": "now()",
    "note": "'Forged'",
    "risk": "'high'",
    "although_closed": "TRUE",
    "decision": "'accepted'",
    "decision_reason": "'Forged'",
    "state": "'skipped'",
    "result_code": "'stale_owner'",
    "result_message": "'Forged'",
    "date_done": "date_done - interval '1 day'",
    "date_returned": "now()",
    "goes_back": "TRUE",
    "taken_back": "TRUE",
    "before": """'{"owner": [1]}'""",
    "after": """'{"owner": [1]}'""",
}
# about the work of the engine, what is measured, and what is verified in one language
# in the words of others, not about what happened
MACHINERY = {
    "attempts", "next_try", "reserved", "checked", "score", "gap_count", "settled",
    "chosen_by", "before_hand", "result_said", "customer_id",
}  # fmt: skip
LOG = {"create_uid", "create_date", "write_uid", "write_date"}
SIGNATURE = {
    "id": "id + 1000000",
    "request_id": "(SELECT min(id) FROM handover_request)",
    "user_id": SOMEBODY,
    "signed_by_id": SOMEBODY,
    "role": "CASE role WHEN 'successor' THEN 'predecessor' ELSE 'successor' END",
    "date": "date - interval '1 day'",
    "comment": "'Forged'",
}
REQUEST = {
    "late_records": "'stay'",
    "elsewhere": "'owners'",
    "guest_meetings": "'seat'",
    "elsewhere_user_id": SOMEBODY,
    "state": "'cancelled'",
    "name": "'HO/2000/00001'",
    "company_id": ELSEWHERE,
    "requester_id": SOMEBODY,
    "predecessor_id": SOMEBODY,
    "source_team_id": "(SELECT min(id) FROM crm_team)",
    "successor_id": SOMEBODY,
    "target_team_id": "(SELECT min(id) FROM crm_team)",
    "to_pool": "TRUE",
    "kind": "'temporary'",
    "date_planned": "'2031-01-01'",
    "date_return": "'2031-01-01'",
    "reason_id": "NULL",
    "purpose": "'Forged'",
    "inflow": "'[1]'",
    "move_activities": "FALSE",
    "move_meetings": "FALSE",
    "predecessor_follows": "TRUE",
    "predecessor_access": "'keep'",
    "date_access_end": "'2031-01-01'",
    "date_freeze": "'2031-01-01'",
    "coordinator_id": SOMEBODY,
    "date_briefing": "'2031-01-01'",
    "date_overlap_end": "'2031-01-01'",
    "is_sudden": "TRUE",
    "digest": "repeat('0', 64)",
    "event_head": "repeat('0', 64)",
}
PERMISSION = {
    "id": "id + 1000000",
    "request_id": "(SELECT min(id) FROM handover_request)",
    "user_id": SOMEBODY,
    "group_id": "(SELECT min(id) FROM res_groups)",
    "expires_at": "'2031-01-01'",
    "closure": "'[1]'",
    "approved": "FALSE",
}


# exit codes of the script: all is proved, or something cannot be
PROVED, OPEN = 0, 3


class EvidenceCase(HandoverCommon):
    @contextmanager
    def tampered(self, query, *parameters):
        """Change the database past Odoo, for a while."""
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute(query, parameters)
            self.assertTrue(self.env.cr.rowcount, query)
            self.env.invalidate_all()
            yield
            savepoint.rollback()
        self.env.invalidate_all()

    def codes_of(self, answer):
        self.assertEqual(answer["ok"], not answer["problems"])
        for problem in answer["problems"]:
            self.assertTrue(problem["message"])
        return {problem["code"] for problem in answer["problems"]}

    def assertInOrder(self, request, *logins):
        self.env.invalidate_all()
        for login in logins or ("anna", "leader", "approver", "manager", "admin"):
            answer = request.with_user(getattr(self, login)).verify()
            self.assertEqual(answer["problems"], [], f"{request.state}, {login}")
            self.assertTrue(answer["ok"])
            self.assertFalse(answer["partial"])
            self.assertEqual(answer["events"], len(request.event_ids))
            last = request.event_ids.sudo()[-1:].hash or ""
            self.assertEqual(answer["head"], last)

    def make_signed(self):
        """Done, by two successors, with a declined record and a note."""
        leads = self.env["crm.lead"].union(
            *(self.make_lead(name=name) for name in ("Alpha", "Beta", "Gamma"))
        )
        request = self.make_request(records=leads[0])
        anna = request.with_user(self.anna)
        anna.add_records("crm.lead", leads[1:].ids, self.chen.id)
        anna.line_ids[0].write({"note": "Call on Monday", "risk": "low"})
        anna.write({"date_planned": fields.Datetime.now() + timedelta(days=1)})
        self.bring(anna, "approved")
        line = request.line_ids.sorted("id")[-1]
        line.with_user(self.chen).action_decline("Too far away")
        request.with_user(self.leader).action_run()
        for user in (self.bruno, self.chen, self.anna):
            request.with_user(user).action_confirm(f"Fine, says {user.name}")
        self.assertEqual(request.state, "done")
        return request


class TestVerify(EvidenceCase):
    def test_nothing_is_wrong_in_any_state(self):
        for state in (
            "draft", "submitted", "refused", "cancelled", "approved", "running",
            "transferred", "done",
        ):  # fmt: skip
            with self.subTest(state=state):
                self.assertInOrder(self.make_request(state))
        self.assertInOrder(self.make_signed())

    def test_nothing_is_wrong_on_any_way(self):
        request = self.make_request("refused", self.make_lead())
        anna, leader = request.with_user(self.anna), request.with_user(self.leader)
        anna.action_draft()
        self.assertInOrder(request)
        anna.line_ids.note = "Better now"
        anna.date_planned = fields.Datetime.now() + timedelta(days=1)
        self.bring(anna, "approved")
        self.assertInOrder(request)
        self.bruno.active = False
        leader.action_run()
        self.assertEqual(request.state, "needs_review")
        self.assertInOrder(request)
        self.bruno.active = True
        anna.action_draft()
        anna.date_planned = False
        self.bring(anna, "transferred")
        self.assertInOrder(request)
        leader.action_return("Too early")
        self.assertEqual(request.state, "returned")
        self.assertInOrder(request)

    def test_nothing_is_wrong_after_stopping_and_trying_again(self):
        request = self.make_request("running", self.make_lead() | self.make_lead())
        self.env["handover.engine"]._run_batch(request)
        request.with_user(self.leader).action_cancel("Enough")
        self.assertEqual(request.state, "cancelled")
        self.assertInOrder(request)
        request.with_user(self.leader).action_return()
        self.assertEqual(request.state, "returned")
        self.assertInOrder(request)
        failing = self.make_request("approved", self.make_lead())
        with patch.object(
            type(self.env["crm.lead"]), "write", side_effect=UserError("Locked")
        ):
            failing.with_user(self.leader).action_run()
        self.assertEqual(failing.failed_count, 1)
        self.assertInOrder(failing)
        failing.with_user(self.leader).action_retry()
        self.assertEqual(failing.done_count, 1)
        self.assertInOrder(failing)

    def test_nothing_is_wrong_on_the_way_back(self):
        """What was the outcome once is no promise while it goes on."""
        request = self.make_request("done", self.make_lead() | self.make_lead())
        leader = request.with_user(self.leader)
        with patch(f"{RUN}.INLINE_LIMIT", -1):
            leader.action_return()
        self.assertEqual(request.state, "running")
        self.assertInOrder(request)
        self.env["handover.engine"]._run_batch(request)
        self.assertInOrder(request)
        self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertInOrder(request)

    def test_nothing_is_wrong_with_a_draft_that_goes_on(self):
        request = self.make_request("cancelled", self.make_lead())
        anna = request.with_user(self.anna)
        anna.action_draft()
        anna.line_ids.note = "Once more"
        self.assertInOrder(request)
        self.bring(anna, "submitted")
        self.assertInOrder(request)

    def test_what_stopped_the_run_is_found(self):
        request = self.make_request("approved", self.make_lead())
        query = "UPDATE handover_request_line SET note = 'x' WHERE request_id = %s"
        with self.tampered(query, request.id):
            request.with_user(self.leader).action_run()
            self.assertEqual(request.state, "needs_review")
            found = self.codes_of(request.with_user(self.manager).verify())
            self.assertEqual(found, {"content_changed"})

    def columns(self, table):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        return {name for [name] in self.env.cr.fetchall()}

    def assertFound(self, request, codes, table, name, value, id_):
        query = f"UPDATE {table} SET {name} = {value} WHERE id = %s"
        with (
            self.subTest(table=table, column=name),
            self.tampered(query, id_),
        ):
            found = self.codes_of(request.verify())
            self.assertTrue(found & codes, f"{table}.{name}: {found}")

    def test_a_changed_event_is_found(self):
        request = self.make_signed()
        # the order is all that the id of an event says
        self.assertEqual(self.columns("handover_request_event") - {"id"}, set(EVENT))
        events = request.event_ids
        for event in (events[0], events[2], events[-1]):
            for name, value in EVENT.items():
                codes = {"event_changed", "event_missing"}
                self.assertFound(
                    request.with_user(self.manager), codes, "handover_request_event",
                    name, value, event.id,
                )  # fmt: skip

    def test_a_changed_record_is_found(self):
        self.make_request()
        request = self.make_signed()
        table = "handover_request_line"
        self.assertEqual(self.columns(table) - MACHINERY - LOG, set(LINE))
        line = request.line_ids.sorted("id")[0]
        self.assertEqual(line.result_code, "done")
        for name, value in LINE.items():
            codes = {"content_changed", "outcome_changed"}
            manager = request.with_user(self.manager)
            self.assertFound(manager, codes, table, name, value, line.id)
        removed = f"DELETE FROM {table} WHERE id = %s"
        with self.tampered(removed, line.id):
            self.assertEqual(
                self.codes_of(request.with_user(self.manager).verify()),
                {"content_changed", "outcome_changed"},
            )

    def test_a_changed_confirmation_is_found(self):
        self.make_request()
        request = self.make_signed()
        table = "handover_request_signoff"
        columns = self.columns(table) - LOG - {"company_id"}
        self.assertEqual(columns, set(SIGNATURE))
        for name, value in SIGNATURE.items():
            signoff = request.signoff_ids[0]
            codes = {"signatures_changed"}
            self.assertFound(request, codes, table, name, value, signoff.id)
        with self.tampered(f"DELETE FROM {table} WHERE request_id = %s", request.id):
            found = self.codes_of(request.with_user(self.manager).verify())
            self.assertEqual(found, {"signatures_changed"})

    def test_a_changed_handover_is_found(self):
        request = self.make_signed()
        approved = set(request.sudo()._approved_head())
        columns = self.columns("handover_request") & approved - {"id"}
        # what another add-on adds, its own tests change
        own = {
            name
            for name in columns
            if self.Request._fields[name]._module == "crm_handover"
        }
        self.assertLessEqual(own, set(REQUEST))
        codes = {"state": "state_changed", "event_head": "event_missing"}
        for name, value in REQUEST.items():
            code = codes.get(name, "content_changed")
            # as superuser: the company is forged as well
            self.assertFound(
                request, {code}, "handover_request", name, value, request.id
            )

    def test_fields_of_add_ons_come_and_go(self):
        """What was approved stays so, with the add-ons that were there then."""
        self.make_request()
        names = self.Request._approved_fields()
        more = patch.object(
            type(self.Request), "_approved_fields", lambda _self: names | {"progress"}
        )
        before = self.make_request("approved", self.make_lead())
        with more:
            self.assertInOrder(before)
            after = self.make_request("approved", self.make_lead())
            self.assertInOrder(after)
        self.assertInOrder(after)
        self.assertIn("progress", after.export_evidence()["approved"])
        self.assertNotIn("progress", before.export_evidence()["approved"])
        after.with_user(self.leader).action_run()
        self.assertEqual(after.state, "transferred")
        with self.tampered(
            "UPDATE handover_request SET approved_values = approved_values"
            """ || '{"progress": 5}' WHERE id = %s""",
            after.id,
        ):
            self.assertEqual(self.codes_of(after.verify()), {"content_changed"})

    def test_a_changed_permission_is_found(self):
        self.make_request()
        request = self.make_request(successor_id=self.projectuser.id)
        request.with_user(self.anna).action_propose_permissions()
        self.bring(request.with_user(self.anna), "transferred")
        table = "handover_grant"
        for name, value in PERMISSION.items():
            grant = request.grant_ids
            self.assertFound(request, {"content_changed"}, table, name, value, grant.id)
        request.grant_ids.with_user(self.approver).action_end()
        self.assertTrue(
            request.verify()["ok"], "its end is no change of what was approved"
        )

    def test_a_missing_event_is_found(self):
        request = self.make_signed()
        events = request.event_ids
        for some in (events[0], events[3], events[-1], events[1:3], events):
            query = "DELETE FROM handover_request_event WHERE id = ANY(%s)"
            with self.tampered(query, some.ids):
                found = self.codes_of(request.with_user(self.manager).verify())
                self.assertIn("event_missing", found)

    def test_what_happens_later_does_not_heal_the_history(self):
        request = self.make_request("transferred")
        query = "DELETE FROM handover_request_event WHERE id = %s"
        with self.tampered(query, request.event_ids[-1].id):
            request.with_user(self.bruno).action_confirm()
            found = self.codes_of(request.with_user(self.manager).verify())
            self.assertIn("event_missing", found)

    def test_an_added_event_is_found(self):
        request = self.make_request("submitted")
        names = ", ".join(sorted(EVENT))
        values = names.replace("code", "'approved'")
        query = (
            f"INSERT INTO handover_request_event ({names})"
            f" SELECT {values} FROM handover_request_event WHERE id = %s"
        )
        with self.tampered(query, request.event_ids[-1].id):
            found = self.codes_of(request.with_user(self.manager).verify())
            self.assertLessEqual({"event_changed", "event_missing"}, found)

    def test_it_names_the_event(self):
        request = self.make_request("transferred")
        event = request.event_ids[1]
        query = "UPDATE handover_request_event SET actor_id = %s WHERE id = %s"
        with self.tampered(query, self.leader.id, event.id):
            [problem] = request.with_user(self.approver).verify()["problems"]
        self.assertEqual(
            (problem["code"], problem["event_id"]), ("event_changed", event.id)
        )
        self.assertIn(fields.Datetime.to_string(event.date), problem["message"])

    def test_a_successor_of_a_part_has_the_history_checked(self):
        request = self.make_signed()
        table = "handover_request_line"
        for user in (self.bruno, self.chen):
            answer = request.with_user(user).verify()
            self.assertTrue(answer["ok"])
            self.assertTrue(answer["partial"])
            note = f"UPDATE {table} SET note = 'x' WHERE request_id = %s"
            with self.tampered(note, request.id):
                self.assertTrue(request.with_user(user).verify()["ok"])
            code = "UPDATE handover_request_event SET code = 'x' WHERE request_id = %s"
            with self.tampered(code, request.id):
                self.assertFalse(request.with_user(user).verify()["ok"])
        self.assertInOrder(self.make_request("done"), "bruno")

    def test_it_changes_nothing(self):
        request = self.make_signed()
        with self.assertNothingChanged():
            request.with_user(self.anna).verify()
            request.with_user(self.anna).export_evidence()

    def test_the_history_of_a_deleted_draft(self):
        request = self.make_request("submitted")
        ref = request.id
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).unlink()
        events = self.env["handover.request.event"].search([("request_ref", "=", ref)])
        for user in (self.approver, self.manager):
            answer = events.with_user(user).verify()
            self.assertEqual((answer["ok"], answer["events"]), (True, 3))
        with self.assertRefused(AccessError):
            events.with_user(self.bruno).verify()
        query = "DELETE FROM handover_request_event WHERE id = %s"
        with self.tampered(query, events[-1].id):
            answer = events[:-1].with_user(self.manager).verify()
            self.assertEqual(self.codes_of(answer), {"event_missing"})

    def test_events_answer_for_their_handover(self):
        request = self.make_request("done")
        event = request.event_ids[0].with_user(self.anna)
        self.assertEqual(event.verify(), request.with_user(self.anna).verify())
        other = self.make_request("submitted", self.make_lead()).event_ids
        with self.assertRefused(UserError, "one handover"):
            (event | other).with_user(self.manager).verify()

    def test_readers_see_no_digest(self):
        for event in self.make_signed().event_ids:
            for name in verify.DIGESTS:
                value = (event.data or {}).get(name)
                self.assertNotIn(value or "no digest", event.summary)

    def test_every_event_that_moves_is_known(self):
        self.assertEqual(set(verify.ENDINGS), set(verify.DIGESTS))
        for name, move in MOVES.items():
            code = EVENTS.get(name, move.target)
            self.assertEqual(verify.STATES[code], move.target, name)


class TestForm(EvidenceCase):
    def test_a_digest_is_what_the_documentation_says(self):
        text = '{"a":"中 =1","b":[1,false,{"c":2.5}]}\n[false,true]\n'
        values = [{"b": [1, None, {"c": 2.5}], "a": "中 =1"}, [None, True]]
        self.assertEqual(
            verify.digest(values), hashlib.sha256(text.encode()).hexdigest()
        )
        self.assertEqual(verify.canonical("null"), '"null"')

    def test_many_lines_make_the_same_digest_in_chunks(self):
        request = self.make_signed().sudo()
        digests = request._content_digest(), request._outcome_digest()
        with patch(f"{EVIDENCE}.CHUNK", 1):
            self.assertEqual(
                (request._content_digest(), request._outcome_digest()), digests
            )

    def test_what_is_approved_has_all_that_a_draft_lets_choose(self):
        approved = {*self.make_request()._approved_head()}
        # the approver may be another one, the key is the caller's, lines are rows
        left = {"approver_id", "client_key", "line_ids"}
        wanted = {
            name
            for name in self.Request._content_fields - left
            if self.Request._fields[name].store and not name.endswith("_ids")
        }
        self.assertLessEqual(wanted, approved)

    def test_time_is_utc_whoever_acts(self):
        self.anna.tz = "Asia/Shanghai"
        request = self.make_request()
        with freeze_time("2031-05-05 20:00:00"):
            request.with_user(self.anna).action_submit()
        event = request.event_ids
        self.assertEqual(
            (event.actor_id, event.date, event.transport),
            (self.anna, fields.Datetime.to_datetime("2031-05-05 20:00:00"), "server"),
        )

    def test_what_the_cron_does_is_the_servers(self):
        request = self.make_request("approved", self.make_lead())
        with freeze_time(request.date_planned + timedelta(hours=1)):
            self.run_cron()
        root = self.env.ref("base.user_root")
        self.assertEqual(
            request.event_ids[-2:].mapped(lambda e: (e.code, e.actor_id, e.transport)),
            [("running", root, "server"), ("transferred", root, "server")],
        )
        self.assertInOrder(request)


class TestExport(EvidenceCase):
    def export(self, request, user=None):
        return request.with_user(user or self.manager).export_evidence()

    def run_script(self, evidence, *arguments):
        """The script, on its own: ``(exit code, what it says)``."""
        with TemporaryDirectory() as folder:
            path = Path(folder, "evidence.json")
            text = evidence if isinstance(evidence, str) else json.dumps(evidence)
            path.write_text(text, encoding="utf-8")
            done = subprocess.run(
                [sys.executable, "-I", "-S", SCRIPT, path, *arguments],
                capture_output=True,
                cwd=folder,
                encoding="utf-8",
                check=False,
            )
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def assertBad(self, evidence, finding, *arguments):
        code, text = self.run_script(evidence, *arguments)
        self.assertEqual(code, 1, text)
        failures = [line for line in text.splitlines() if line.startswith("FAIL")]
        self.assertTrue(any(finding in line for line in failures), text)
        if failures[0].find("cannot be checked") < 0:
            self.assertIn("NOT in order", text)

    def test_the_script_agrees_without_odoo(self):
        returned = self.make_request("done", self.make_lead())
        returned.with_user(self.leader).action_return()
        for request, expected in (
            (self.make_request(), OPEN),
            (self.make_request("submitted", self.make_lead()), OPEN),
            (self.make_request("approved", self.make_lead()), PROVED),
            (self.make_request("running", self.make_lead()), OPEN),
            (self.make_signed(), PROVED), (returned, PROVED),
        ):  # fmt: skip
            evidence = self.export(request)
            code, text = self.run_script(evidence)
            self.assertEqual(code, expected, text)
            self.assertNotIn("FAIL", text)
            self.assertIn(request.name, text)
            self.assertEqual("NOT checked" in text, expected == OPEN, text)
            self.assertEqual("evidence is in order" in text, expected == PROVED, text)
            if request.event_ids:
                code, text = self.run_script(evidence, request.event_ids[0].hash)
                self.assertEqual(code, expected, text)

    def test_what_is_not_checked_is_not_called_in_order(self):
        request = self.make_signed()
        part = self.export(request, self.bruno)
        known = part["events"][3]["hash"]

        def forged(change):
            copy = json.loads(json.dumps(part))
            change(copy)
            return copy

        for change in (
            lambda e: None,
            lambda e: e["lines"][0].update(successor_id=1, result_code="missing"),
            lambda e: e["lines"].pop(),
        ):
            for arguments in ((), (known,)):
                code, text = self.run_script(forged(change), *arguments)
                self.assertEqual(code, OPEN, text)
                self.assertIn(" not  the records", text)
                self.assertNotIn("evidence is in order", text)
        for finding, change in (
            ("records of", lambda e: e["lines"].append(e["lines"][0])),
            ("records of", lambda e: e["request"].update(line_count=0)),
            ("records of", lambda e: e["lines"][0].update(id="x")),
            ("approved as a whole", lambda e: e["approved"].update(id=1)),
            ("was changed", lambda e: e["events"][1].update(actor_id=1)),
            ("confirmations", lambda e: e["signoffs"].pop()),
            ("cannot be checked", lambda e: e["lines"][0].pop("state")),
        ):
            with self.subTest(finding=finding):
                self.assertBad(forged(change), finding, known)
        # a whole one that calls itself a part of it
        whole = self.export(request)
        whole.update(partial=True)
        self.assertBad(whole, "approved as a whole", known)
        whole.update(approved={})
        code, text = self.run_script(whole, known)
        self.assertEqual(code, OPEN, text)
        self.assertNotIn("evidence is in order", text)

    def test_parts_for_some_readers_are_proved_to_be_there(self):
        """Why somebody declined is not told to others, and cannot be guessed."""
        request = self.make_signed()
        self.assertIn("Too far away", json.dumps(self.export(request, self.chen)))
        part = self.export(request, self.bruno)
        self.assertNotIn("Too far away", json.dumps(part))
        code, text = self.run_script(part)
        self.assertEqual(code, OPEN, text)
        self.assertIn("none was changed", text)
        self.assertIn(" not  1 parts of events", text)
        place = [event["code"] for event in part["events"]].index("declined")
        self.assertEqual(part["events"][place]["left_out"], ["reason"])
        for change in (
            lambda event: event["data"].update(reason="Forged"),
            lambda event: event["data"].update(lines=9),
            lambda event: event["closed"]["reason"].append("x"),
            lambda event: event["closed"].update(reason=["all", "x"]),
            lambda event: event["closed"].clear(),
            lambda event: event.pop("left_out"),
            lambda event: event.update(salts={"reason": "x"}),
        ):
            copy = json.loads(json.dumps(part))
            change(copy["events"][place])
            code, text = self.run_script(copy)
            self.assertNotEqual(code, PROVED)
            self.assertRegex(text, "FAIL|a part is not in here")
        whole = self.export(request)
        for change in (
            lambda event: event["data"].update(reason="Forged"),
            lambda event: event["data"].pop("reason"),
            lambda event: event["salts"].update(reason="x"),
        ):
            copy = json.loads(json.dumps(whole))
            change(copy["events"][place])
            self.assertBad(copy, "was changed")

    def test_who_may_not_open_records_exports_no_figures_of_them(self):
        lead = self.make_lead(expected_revenue=4711)
        request = self.make_request("done", lead, coordinator_id=self.other.id)
        evidence = self.export(request, self.other)
        self.assertNotIn("4711", json.dumps(evidence["lines"]))
        code, text = self.run_script(evidence)
        self.assertEqual(code, OPEN, text)
        self.assertIn(" not  the outcome", text)
        evidence["lines"][0]["before"] = {"amount": 1}
        self.assertBad(evidence, "“before” of some records")
        self.assertIn("4711", json.dumps(self.export(request, self.anna)["lines"]))

    def test_events_from_before_are_verified(self):
        """Events whose parts have no digests: all of it, or not at all."""
        events = type(self.env["handover.request.event"])
        with patch.object(events, "_seal", lambda *_args: {}):
            old = self.make_signed()
        evidence = self.export(old)
        self.assertInOrder(old)
        self.assertEqual(self.run_script(evidence)[0], PROVED)
        evidence["format"] = "crm_handover evidence 1"
        for event in evidence["events"]:
            del event["closed"], event["salts"]
        self.assertEqual(self.run_script(evidence)[0], PROVED)
        part = self.export(old, self.bruno)
        self.assertNotIn("Too far away", json.dumps(part))
        code, text = self.run_script(part)
        self.assertEqual(code, OPEN, text)
        self.assertIn("a part is not in here", text)

    def test_before_the_end_no_outcome_is_called_in_order(self):
        evidence = self.export(self.make_request("approved", self.make_lead()))
        evidence["lines"][0].update(decision="accepted")
        code, text = self.run_script(evidence)
        self.assertEqual(code, OPEN, text)
        self.assertIn(" not  the outcome", text)

    def test_whatever_no_digest_covers_is_not_called_in_order(self):
        """Before the end no outcome; of an approval of an older form what it lacks."""
        columns = set(verify.covered("digest") + verify.covered("outcome")) - {"id"}
        archives = [self.export(self.make_request("approved", self.make_lead()))]
        for form in sorted(set(verify.FORMS) - {verify.FORM}):
            with patch.object(verify, "FORM", form):
                archives.append(self.export(self.make_signed()))
        for evidence in archives:
            self.assertTrue(all(ok for ok, _said in verify.check(evidence)))
            for column in sorted(columns):
                copy = json.loads(json.dumps(evidence))
                copy["lines"][0][column] = "forged"
                results = [ok for ok, _said in verify.check(copy)]
                self.assertFalse(all(results), column)

    def test_texts_do_not_steer_the_terminal(self):
        evidence = self.export(self.make_signed())
        evidence["exported_by"] = "Anna\x1b[2J\u202e"
        text = self.run_script(evidence)[1]
        self.assertNotRegex(text, "[\x1b\u202e]")

    def test_the_script_finds_every_change(self):
        evidence = self.export(self.make_signed())

        def forged(change):
            copy = json.loads(json.dumps(evidence))
            change(copy)
            self.assertNotEqual(copy, evidence)
            return copy

        for finding, change in (
            ("was changed", lambda e: e["events"][1].update(actor_id=1)),
            (
                "was changed",
                lambda e: e["events"][0].update(date="2020-01-01 00:00:00"),
            ),
            ("was changed", lambda e: e["events"][-1].update(data={"reason": "x"})),
            ("is missing before event", lambda e: e["events"].pop(0)),
            ("is missing before event", lambda e: e["events"].pop(2)),
            ("is missing at the end", lambda e: e["events"].pop()),
            ("there were", lambda e: e["request"].update(event_count=99)),
            ("its state is", lambda e: e["request"].update(state="transferred")),
            ("another handover", lambda e: e["request"].update(id=1)),
            ("another handover", lambda e: e["request"].update(name="HO/1")),
            ("another handover", lambda e: e["events"][1].update(request_id=1)),
            ("as approved", lambda e: e["lines"][0].update(successor_id=1)),
            ("as approved", lambda e: e["lines"][0].update(note="")),
            ("as approved", lambda e: e["approved"].update(purpose="x")),
            ("as approved", lambda e: e["lines"].reverse()),
            ("records of", lambda e: e["lines"].pop()),
            ("outcome", lambda e: e["lines"][1].update(result_code="missing")),
            ("outcome", lambda e: e["lines"][0]["before"].update(owner=[1])),
            ("confirmations", lambda e: e["signoffs"][0].update(comment="x")),
            ("confirmations", lambda e: e["signoffs"].pop()),
            ("cannot be checked", lambda e: e.pop("lines")),
            ("cannot be checked", lambda e: e["events"][0].pop("code")),
            ("cannot be checked", lambda e: e.update(format="other")),
        ):
            with self.subTest(finding=finding):
                self.assertBad(forged(change), finding)
        self.assertBad("", "cannot be checked")
        self.assertBad("[]", "cannot be checked")

    def test_a_hash_kept_elsewhere_tells_a_rewritten_history(self):
        evidence = self.export(self.make_signed())
        known = evidence["events"][3]["hash"]
        evidence["events"][1]["actor_id"] = self.bruno.id
        last = ""
        for event in evidence["events"]:
            event["previous_hash"] = last
            last = event["hash"] = verify.event_hash(event)
        evidence["request"]["event_head"] = last
        self.assertEqual(self.run_script(evidence)[0], 0)
        self.assertBad(evidence, "the event that you know", known)

    def test_the_script_runs_on_old_pythons(self):
        source = Path(SCRIPT).read_text(encoding="utf-8")
        tree = ast.parse(source, feature_version=(3, 8))
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        self.assertEqual(imported, {"hashlib", "json", "sys"})
        self.assertFalse([n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)])

    def test_everybody_who_sees_it_exports_what_they_see(self):
        request = self.make_signed()
        lines = request.line_ids
        for user in (self.anna, self.leader, self.approver, self.manager, self.admin):
            evidence = self.export(request, user)
            self.assertEqual(len(evidence["lines"]), len(lines))
            self.assertFalse(evidence["partial"])
            self.assertEqual(evidence["exported_by"], user.name)
        for user in (self.bruno, self.chen):
            evidence = self.export(request, user)
            mine = lines.filtered(lambda line, user=user: line.successor_id == user)
            self.assertEqual({row["id"] for row in evidence["lines"]}, set(mine.ids))
            self.assertTrue(evidence["partial"])
            self.assertEqual(evidence["approved"], {})
            for hidden in lines - mine:
                self.assertNotIn(hidden.res_name, json.dumps(evidence))
        for user in (self.other, self.alldocs, self.projectuser, self.foreigner):
            with self.assertRefused(AccessError):
                self.export(request, user)

    def test_it_says_who_when_and_how(self):
        request = self.make_signed()
        evidence = self.export(request)
        # what XML-RPC can carry is what every other way can carry
        xmlrpc.client.dumps((evidence,), allow_none=False)
        self.assertEqual(evidence["request"]["name"], request.name)
        event = evidence["events"][1]
        self.assertEqual(
            (event["code"], event["actor_id"], event["actor"], event["transport"]),
            ("approved", self.approver.id, "Approver", "server"),
        )
        self.assertEqual(event["data"]["digest"], request.digest)
        self.assertRegex(event["date"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        done = evidence["lines"][0]
        self.assertEqual(
            (done["predecessor"], done["successor"], done["result_code"], done["note"]),
            ("Anna", "Bruno", "done", "Call on Monday"),
        )
        self.assertEqual(done["before"]["owner"], self.anna.ids)
        self.assertEqual(done["after"]["owner"], self.bruno.ids)
        self.assertEqual(
            [(s["user"], s["comment"]) for s in evidence["signoffs"]],
            [(n, f"Fine, says {n}") for n in ("Bruno", "Chen", "Anna")],
        )

    def test_ten_thousand_records_in_bounded_time(self):
        request = self.make_request("done")
        self.env.flush_all()
        names = ", ".join(sorted({*LINE} - {"id", "res_id"}))
        self.env.cr.execute(
            f"INSERT INTO handover_request_line (res_id, {names})"
            f" SELECT res_id + number, {names} FROM handover_request_line,"
            " generate_series(1, 9999) number WHERE request_id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        began = time.monotonic()
        evidence = self.export(request)
        self.assertEqual(len(evidence["lines"]), 10_000)
        found = self.codes_of(request.with_user(self.manager).verify())
        self.assertEqual(found, {"content_changed", "outcome_changed"})
        # it takes about a second
        self.assertLess(time.monotonic() - began, 20)


class TestArchive(EvidenceCase, HttpCase):
    def make_archive(self, request, user):
        wizard = self.env["handover.request.evidence"].with_user(user)
        wizard = wizard.create({"request_id": request.id})
        action = wizard.action_download()
        return wizard, action, zipfile.ZipFile(io.BytesIO(b64decode(wizard.content)))

    def rows(self, archive, name):
        text = archive.read(name).decode("utf-8")
        self.assertTrue(text.startswith("\ufeff"))
        return list(csv.DictReader(io.StringIO(text[1:], newline="")))

    def test_an_archive_checks_itself(self):
        request = self.make_signed()
        _wizard, _action, archive = self.make_archive(request, self.anna)
        self.assertEqual(
            set(archive.namelist()),
            {"README.txt", "evidence.json", "events.csv", "lines.csv", "verify.py"},
        )
        with TemporaryDirectory() as folder:
            archive.extractall(folder)
            done = subprocess.run(
                [sys.executable, "-I", "verify.py", "evidence.json"],
                capture_output=True,
                cwd=folder,
                encoding="utf-8",
                check=False,
            )
        self.assertEqual(done.returncode, 0, done.stdout)
        events = self.rows(archive, "events.csv")
        self.assertEqual(
            [row["code"] for row in events], request.event_ids.mapped("code")
        )
        lines = self.rows(archive, "lines.csv")
        self.assertEqual(
            [int(row["id"]) for row in lines], request.line_ids.sorted("id").ids
        )
        self.assertEqual(json.loads(lines[0]["before"])["owner"], self.anna.ids)
        self.assertIn(
            request.event_head, archive.read("README.txt").decode("utf-8-sig")
        )

    def test_no_text_becomes_more_than_text(self):
        """Control characters, and what turns the direction: shown, and proved."""
        name = "Deal \u202ecod.exe\x07"
        request = self.make_request(records=self.make_lead(name=name))
        request.with_user(self.anna).line_ids.note = "One\nTwo\x1b[2J"
        request.with_user(self.anna).action_submit()
        archive = self.make_archive(request, self.anna)[2]
        unseen = re.compile(
            "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]"
        )
        for member in archive.namelist():
            text = archive.read(member).decode("utf-8-sig")
            self.assertFalse(unseen.search(text), member)
        [line] = self.rows(archive, "lines.csv")
        self.assertEqual(line["res_name"], "Deal \ufffdcod.exe\ufffd")
        self.assertEqual(line["note"], "One\nTwo\ufffd[2J")
        evidence = json.loads(archive.read("evidence.json"))
        self.assertEqual(evidence["lines"][0]["res_name"], name)
        findings = dict(map(reversed, verify.check(evidence)))
        self.assertNotIn(False, findings.values())

    def test_no_text_becomes_a_formula(self):
        for formula in FORMULAS:
            with self.subTest(formula=formula):
                lead = self.make_lead(name=formula)
                request = self.make_request(records=lead)
                request.with_user(self.anna).line_ids.note = formula
                request.with_user(self.anna).action_submit()
                request.with_user(self.approver).action_refuse(formula)
                archive = self.make_archive(request, self.anna)[2]
                [line] = self.rows(archive, "lines.csv")
                self.assertEqual(line["note"], f"'{formula}")
                self.assertEqual(line["res_name"][:1], "'")
                self.assertEqual(line["predecessor_id"], str(self.anna.id))
                for name in ("events.csv", "lines.csv"):
                    for row in self.rows(archive, name):
                        for value in row.values():
                            self.assertFalse(value.startswith(files.FORMULA), value)
        self.assertEqual(files.cell(-5), -5)
        self.assertEqual(files.cell("－5"), "'－5")
        self.assertEqual(files.cell(False), "")

    def test_the_browser_gets_the_file(self):
        request = self.make_request("done")
        _wizard, action, archive = self.make_archive(request, self.bruno)
        self.assertIn(request.name.replace("/", "-") + "-evidence.zip", action["url"])
        self.authenticate(self.bruno.login, self.bruno.login)
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        found = zipfile.ZipFile(io.BytesIO(answer.content))
        self.assertEqual(found.namelist(), archive.namelist())
        self.authenticate(self.anna.login, self.anna.login)
        self.assertEqual(self.url_open(action["url"]).status_code, 404)

    def test_the_dialog_says_what_is_wrong(self):
        request = self.make_request("done")
        wizards = self.env["handover.request.evidence"].with_user(self.anna)
        context = {"active_model": "handover.request", "active_id": request.id}
        wizard = wizards.with_context(**context).create({})
        self.assertEqual(
            (wizard.request_id, wizard.ok, wizard.problems, wizard.event_count),
            (request, True, "", len(request.event_ids)),
        )
        query = "UPDATE handover_request SET purpose = 'x' WHERE id = %s"
        with self.tampered(query, request.id):
            self.assertFalse(wizard.ok)
            self.assertIn("not what was approved", wizard.problems)

    def test_the_dialog_tells_nothing_of_what_is_hidden(self):
        request = self.make_request("done")
        wizards = self.env["handover.request.evidence"]
        for user in (self.other, self.foreigner, self.employee):
            with self.assertRefused(AccessError):
                wizards.with_user(user).create({"request_id": request.id})
        mine = wizards.with_user(self.anna).create({"request_id": request.id})
        with self.assertRefused(AccessError):
            mine.with_user(self.manager).action_download()

    def test_a_click_is_the_webs(self):
        request = self.make_request()
        self.env.flush_all()
        self.authenticate(self.anna.login, self.anna.login)
        answer = self.make_jsonrpc_request(
            "/web/dataset/call_button/handover.request/action_submit",
            {
                "model": "handover.request", "method": "action_submit",
                "args": [request.ids], "kwargs": {},
            },
        )  # fmt: skip
        self.assertFalse(answer)
        self.env.invalidate_all()
        self.assertEqual(
            request.event_ids.mapped(lambda e: (e.code, e.actor_id, e.transport)),
            [("submitted", self.anna, "web")],
        )
