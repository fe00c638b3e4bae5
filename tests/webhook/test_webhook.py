"""Other systems are told what happens: a real receiver fails, hangs and comes back."""

import hashlib
import hmac
import json
import os
import runpy
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import BaseCase, tagged
from odoo.tools import sql

from odoo.addons.crm_handover_webhook import sender
from odoo.addons.crm_handover_webhook.models import (
    handover_webhook,
    handover_webhook_event,
)

from ..common import HandoverCommon

SECRET = "a secret of more than 16"


class Receiver(ThreadingHTTPServer):
    """Takes what is posted.

    ``answer`` is a status, or a function of what was told, or ``hang``.
    """

    daemon_threads = True

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.taken, self.scheme = 200, [], "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.serve_forever, args=[0.02], daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_port}/hook?a=1"

    def stop(self):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answer
        if answer == "hang":
            drip(self.wfile.write, b"H")
            return
        self.server.taken.append((self.path, dict(self.headers), body))
        self.send_response(answer(json.loads(body)) if callable(answer) else answer)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *args):
        pass


def drip(write, byte):
    """Write a byte now and then: no pause is long enough to be noticed."""
    with suppress(OSError):
        for _n in range(50):
            write(byte)
            time.sleep(0.1)


class WebhookCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {sender.PRIVATE: "1"}))
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.stop)
        cls.webhook = cls.make_webhook()

    @classmethod
    def make_webhook(cls, **values):
        values = {"name": "ERP", "url": cls.receiver.url, "secret": SECRET, **values}
        return cls.env["handover.webhook"].with_user(cls.admin).create(values)

    def setUp(self):
        super().setUp()
        self.receiver.answer = 200
        self.receiver.taken.clear()

    def run_send(self, later=0):
        """Run the cron, as if so many minutes had passed."""
        self.env.flush_all()
        moment = fields.Datetime.now() + timedelta(minutes=later)
        with (
            self.enter_registry_test_mode(),
            patch.object(fields.Datetime, "now", lambda: moment),
        ):
            self.env.ref(handover_webhook_event.CRON).method_direct_trigger()
        self.env.invalidate_all()

    def told(self):
        return [json.loads(body) for _path, _headers, body in self.receiver.taken]

    def outbox(self, webhook=None):
        events = (webhook or self.webhook).sudo().event_ids.sorted("id")
        return [(event.code, event.state, event.attempts) for event in events]


class TestWebhook(WebhookCase):
    def test_what_happens_is_told_in_order_and_signed(self):
        deal = self.make_lead(name="Secret Deal")
        request = self.make_request("done", deal)
        self.assertFalse(self.receiver.taken, "nothing within the transaction")
        self.run_send()
        told = self.told()
        codes = ["submitted", "approved", "transferred", "done"]
        self.assertEqual([one["event"] for one in told], codes)
        self.assertEqual([one["number"] for one in told], [1, 2, 3, 4])
        self.assertEqual(len({one["id"] for one in told}), 4)
        last = told[-1]["handover"]
        self.assertEqual(last["id"], request.id)
        self.assertEqual((last["state"], last["kind"]), ("done", "permanent"))
        self.assertEqual(last["counts"]["handed_over"], 1)
        self.assertEqual(last["successor_ids"], self.bruno.ids)
        self.assertEqual(last["predecessor_id"], self.anna.id)
        self.assertEqual(last["predecessor_ids"], [])
        for path, headers, body in self.receiver.taken:
            self.assertEqual(path, "/hook?a=1")
            for secret in (b"Secret Deal", b"Anna", SECRET.encode()):
                self.assertNotIn(secret, body)
            moment, found = headers["X-Handover-Signature"].split(",")
            signed = moment.removeprefix("t=").encode() + b"." + body
            digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
            self.assertEqual(found, f"v1={digest}")
            self.assertEqual(headers["X-Handover-Id"], json.loads(body)["id"])
        # what was undone was never told
        with self.assertRefused(UserError), self.env.cr.savepoint():
            self.make_request("submitted")
            raise UserError("undone")
        self.run_send()
        self.assertEqual(len(self.receiver.taken), 4)

    def test_failed_and_declined_records_are_named_by_their_ids(self):
        deals = self.make_lead(name="One") | self.make_lead(name="Two")
        request = self.make_request("approved", deals)
        line = request.line_ids.filtered(lambda line: line.res_id == deals[0].id)
        line.with_user(self.bruno).action_decline("Too far")
        request.with_user(self.leader).action_run()
        self.run_send()
        [told] = [one for one in self.told() if one["event"] == "transferred"]
        named = [{"line_id": line.id, "model": "crm.lead", "id": deals[0].id}]
        self.assertEqual((told["declined"], told["failed"]), (named, []))
        self.assertNotIn("Too far", str(self.told()))

    def test_cover_begins_and_ends(self):
        self.webhook.write({"on_submitted": False, "on_approved": False})
        soon = fields.Datetime.now() + timedelta(days=9)
        request = self.make_request(
            "transferred", kind="temporary", date_return=soon, purpose="Leave"
        )
        request.with_user(self.leader).action_return()
        self.run_send()
        self.assertEqual(
            [one["event"] for one in self.told()],
            ["transferred", "cover_begins", "returned", "cover_ends"],
        )

    def test_cover_goes_on_while_a_part_of_it_is_still_with_the_successor(self):
        deals = self.make_lead(name="One") | self.make_lead(name="Two")
        soon = fields.Datetime.now() + timedelta(days=9)
        request = self.make_request(
            "transferred", deals, kind="temporary", date_return=soon, purpose="Leave"
        )
        request.with_user(self.leader)._give_back("", request.line_ids[0])
        self.run_send()
        codes = ["submitted", "approved", "transferred", "cover_begins"]
        codes.append("returned_in_part")
        self.assertEqual([one["event"] for one in self.told()], codes)
        told = self.told()[-1]
        counts = told["handover"]["counts"]
        self.assertEqual((counts["given_back"], counts["handed_over"]), (1, 1))
        self.assertEqual(told["failed"], [])
        self.assertNotIn("declined", told)
        # what is left goes back in time, but for what fails
        request._trusting().date_return = fields.Datetime.now()
        rest = request.line_ids[1]
        rest._trusting().write({"state": "failed", "goes_back": True})
        request._after_move("stay")
        self.run_send()
        codes.append("returned_in_part")
        self.assertEqual([one["event"] for one in self.told()], codes)
        named = [{"line_id": rest.id, "model": "crm.lead", "id": deals[1].id}]
        self.assertEqual(self.told()[-1]["failed"], named)
        rest._trusting().write({"state": "done", "goes_back": False})
        request._after_move("stay")
        self.run_send()
        self.assertEqual(self.told()[-1]["event"], "cover_ends")

    def test_a_part_of_a_permanent_handover_goes_back_to_who_hears_of_returns(self):
        deaf = self.make_webhook(name="Deaf", on_returned=False)
        deals = self.make_lead(name="One") | self.make_lead(name="Two")
        request = self.make_request("done", deals)
        request.line_ids[0].with_user(self.leader).action_return()
        request.with_user(self.leader).action_return()
        for webhook, heard in (
            (self.webhook, ["returned_in_part", "done", "returned"]), (deaf, ["done"])
        ):  # fmt: skip
            codes = [code for code, _state, _attempts in self.outbox(webhook)]
            self.assertEqual(codes[4:], heard)

    def test_a_cover_that_was_stopped_midway_begins_then_and_ends_once(self):
        deals = self.make_lead(name="One") | self.make_lead(name="Two")
        soon = fields.Datetime.now() + timedelta(days=9)
        cover = {"kind": "temporary", "date_return": soon, "purpose": "Leave"}
        request = self.make_request("running", deals, **cover)
        nothing = self.make_request("running", self.make_lead(), **cover)
        engine = self.env["handover.engine"]
        engine._transfer(engine._claim(request, limit=1))
        self.env.invalidate_all()
        for one in (request, nothing):
            one.with_user(self.leader).action_cancel()
        self.assertEqual(request.state, "cancelled")
        request.with_user(self.leader).action_return()
        self.run_send()
        told = {one: [] for one in (request.id, nothing.id)}
        for one in self.told():
            told[one["handover"]["id"]].append(one["event"])
        self.assertEqual(
            told,
            {
                request.id: [
                    "submitted", "approved", "cover_begins", "returned", "cover_ends"
                ],
                nothing.id: ["submitted", "approved"],
            },
        )  # fmt: skip

    def test_a_review_is_due(self):
        request = self.make_request("done")
        request.sudo()._reviewed(7)
        self.run_send()
        self.assertEqual((self.told()[-1]["event"], self.told()[-1]["days"]),
                         ("review_due", 7))  # fmt: skip

    def test_it_fails_hangs_and_comes_back(self):
        other = self.make_webhook(name="Other", url=self.receiver.url)
        self.receiver.answer = 500
        first, second = self.make_request("submitted"), self.make_request("submitted")
        self.run_send()
        # one try for each address, and nobody else's event is held up by an error
        self.assertEqual(len(self.receiver.taken), 2)
        waiting = [("submitted", "waiting", 0)]
        self.assertEqual(self.outbox(), [("submitted", "waiting", 1), *waiting])
        event = self.webhook.event_ids.sorted("id")[0]
        self.assertIn("500", event.with_user(self.admin).why)
        # not at once again
        self.run_send()
        self.assertEqual(len(self.receiver.taken), 2)
        self.receiver.answer = "hang"
        with patch.object(sender, "SECONDS", 0.5):
            began = time.monotonic()
            self.run_send(later=10)
            self.assertLess(time.monotonic() - began, 4)
        self.assertEqual(event.problem, "timeout")
        self.assertEqual(event.attempts, 2)
        self.receiver.answer = 200
        self.receiver.taken.clear()
        self.run_send(later=60)
        self.assertEqual({state for _c, state, _n in self.outbox()}, {"sent"})
        self.assertEqual({state for _c, state, _n in self.outbox(other)}, {"sent"})
        told = {one["handover"]["id"] for one in self.told()}
        self.assertEqual(told, {first.id, second.id})

    def test_a_dead_address_stops_no_other(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        dead = self.make_webhook(name="A", url=f"http://127.0.0.1:{port}/")
        self.make_request("approved")
        self.run_send()
        self.assertEqual([one["event"] for one in self.told()],
                         ["submitted", "approved"])  # fmt: skip
        self.assertEqual(self.outbox(dead)[1], ("approved", "waiting", 0))

    def test_one_that_is_refused_holds_up_its_own_handover_alone(self):
        first, second = self.make_request("approved"), self.make_request("approved")
        refused = {first.id: 422}
        self.receiver.answer = lambda told: refused.get(told["handover"]["id"], 200)
        self.run_send()
        outbox = [
            ("submitted", "waiting", 1), ("approved", "waiting", 0),
            ("submitted", "sent", 1), ("approved", "sent", 1),
        ]  # fmt: skip
        self.assertEqual(self.outbox(), outbox)
        self.assertFalse(self.webhook.next_try)
        # whoever says that it is too much gets nothing more for now
        refused |= {first.id: 429, second.id: 429}
        second.with_user(self.leader).action_run()
        self.receiver.taken.clear()
        self.run_send(later=10)
        self.assertEqual(len(self.receiver.taken), 1)
        self.assertTrue(self.webhook.next_try)

    def test_what_is_left_when_the_time_is_over_is_sent_at_once(self):
        self.make_webhook(name="Other")
        self.make_request("done")
        with patch.object(handover_webhook, "TURN", 0):
            self.run_send()
        self.assertEqual(len(self.receiver.taken), 8)
        told = [one["event"] for one in self.told()]
        self.assertEqual(told[0], told[1], "one address after the other")

    def test_numbers_go_on_after_cleaning(self):
        request = self.make_request("submitted")
        self.run_send()
        self.clean()
        self.assertEqual(len(self.webhook.event_ids), 1, "the last one is kept")
        request.with_user(self.approver).action_approve()
        self.run_send()
        self.assertEqual([one["number"] for one in self.told()], [1, 2, 3])
        self.clean()
        self.assertEqual(self.webhook.event_ids.mapped("number"), [3])
        # not even that one, once the handover is gone
        self.clean(request_id=None)
        self.assertFalse(self.webhook.event_ids)

    def clean(self, **values):
        """Have the outbox cleaned when all that is in it is old."""
        self.env.flush_all()
        values = {"write_date": "2020-01-01", **values}
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE handover_webhook_event SET {name} = %s", [value]
            )
        self.env.invalidate_all()
        self.env["handover.webhook.event"]._gc_told()
        self.env.invalidate_all()

    def test_after_the_last_try_it_has_failed_and_is_sent_again_on_demand(self):
        self.receiver.answer = 302
        self.make_request("submitted")
        later = 0
        with patch.object(handover_webhook_event, "PAUSES", (1, 5)):
            for later in (0, 5, 15):
                self.run_send(later=later)
        self.assertEqual(self.outbox(), [("submitted", "failed", 3)])
        self.assertEqual(len(self.receiver.taken), 3, "no redirect is followed")
        self.receiver.answer = 200
        event = self.webhook.event_ids
        with self.assertRefused(AccessError):
            event.with_user(self.manager).action_send_again()
        event.with_user(self.admin).action_send_again()
        self.run_send(later=later)
        self.assertEqual(self.outbox(), [("submitted", "sent", 1)])
        self.assertEqual(len({one["id"] for one in self.told()}), 1, "the same ID")

    def test_a_copy_of_the_database_tells_nothing(self):
        [query] = get_neutralization_queries(["crm_handover_webhook"])
        self.env.flush_all()
        self.env.cr.execute(query)
        self.env.invalidate_all()
        self.make_request("submitted")
        self.assertFalse(self.webhook.active)
        self.assertFalse(self.webhook.event_ids)

    def test_administrators_alone_have_it(self):
        self.make_request("submitted")
        for user in (self.manager, self.approver, self.anna, self.portal):
            for model in ("handover.webhook", "handover.webhook.event"):
                with self.assertRefused(AccessError):
                    self.env[model].with_user(user).search([])
        event = self.webhook.event_ids.with_user(self.admin)
        for values in ({"body": "{}"}, {"state": "sent"}):
            with self.assertRefused(AccessError):
                event.write(values)

    def test_administrators_have_those_of_their_companies(self):
        self.assertEqual(self.webhook.company_id, self.company)
        webhooks = self.webhook.with_env(self.env)
        everywhere = webhooks.copy({"company_id": False, "secret": SECRET})
        abroad = webhooks.copy({"company_id": self.abroad.id, "secret": SECRET})
        request = self.make_request("submitted")
        told = everywhere.event_ids
        self.assertEqual((told | self.webhook.event_ids).request_id, request)
        self.assertFalse(abroad.event_ids)
        for model in ("handover.webhook", "handover.webhook.event"):
            found = self.env[model].with_user(self.admin).search([])
            mine = found.webhook_id if "event" in model else found
            self.assertEqual(mine, self.webhook, model)
        for call in (
            lambda: everywhere.with_user(self.admin).write({"url": "https://x.test"}),
            lambda: told.with_user(self.admin).action_send_again(),
            lambda: self.make_webhook(company_id=False),
            lambda: self.webhook.with_user(self.admin).write({"company_id": False}),
        ):
            with self.assertRefused(AccessError):
                call()
        # who is in all companies has them all
        companies = self.env["res.company"].search([])
        self.admin.write({"company_ids": [(6, 0, companies.ids)]})
        seen = self.env["handover.webhook"].with_user(self.admin)
        seen = seen.with_context(allowed_company_ids=companies.ids)
        self.assertEqual(seen.search([]), everywhere | abroad | self.webhook)
        # a company that goes leaves nothing to the others
        field = webhooks._fields["company_id"]
        self.assertEqual(field.ondelete, "cascade")

    def test_webhooks_from_before_stay_with_all_companies(self):
        [script] = (
            Path(handover_webhook.__file__)
            .parents[1]
            .glob("migrations/*/pre-company.py")
        )
        field = self.webhook._fields["company_id"]
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE handover_webhook DROP COLUMN company_id")
        runpy.run_path(str(script))["migrate"](self.env.cr, "19.0.1.0.1")
        columns = sql.table_columns(self.env.cr, "handover_webhook")
        field.update_db_notnull(self.webhook, columns.get(field.name))
        self.env.invalidate_all()
        # and who is not in all of them does not see it any more
        self.assertFalse(self.webhook.with_env(self.env).company_id)
        self.assertFalse(self.webhook.search([]))

    def test_no_address_within_is_called(self):
        with patch.dict(os.environ, {sender.PRIVATE: ""}):
            for url in (
                "http://example.com/", "https://127.0.0.1/", "https://10.0.0.1/",
                "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://a:b@c.com/",
                "https://169.254.169.254/", "file:///etc/passwd", "https://",
                "https://x.com:99999/", "https://x.com/a b",
            ):  # fmt: skip
                with self.subTest(url), self.assertRaises(ValidationError):
                    self.make_webhook(url=url)
            for inner in (
                "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "::127.0.0.1",
                "fec0::1", "2001:0:7f00:1::1", "2001:db8::1", "fd00::1", "ff02::1",
            ):  # fmt: skip
                with self.subTest(inner):
                    self.assertEqual(sender.problem(f"https://[{inner}]/"), "private")
            self.assertEqual(sender.problem("https://[2606:4700::1111]/"), "")
            # a name that leads within is found when it is looked up
            for host in ("localhost", "127.1", "0x7f000001"):
                with self.subTest(host), self.assertRaises(sender.Unsent) as caught:
                    sender.send(f"https://{host}/", b"{}", {})
                self.assertEqual(str(caught.exception), "private")
        with self.assertRaises(ValidationError):
            self.make_webhook(secret="short")

    def test_examples_in_the_code(self):
        with patch.dict(os.environ, {sender.PRIVATE: ""}):
            self.assertExamples(sender)


@tagged("standard", "post_install", "-at_install")
class TestEncrypted(BaseCase):
    """No database is needed: the sender over https."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {sender.PRIVATE: "1"}))
        cls.startClassPatcher(patch.object(sender, "SECONDS", 0.5))
        with tempfile.NamedTemporaryFile() as file:
            subprocess.run(
                [
                    *("openssl", "req", "-x509", "-nodes", "-days", "2"),
                    *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
                    *("-subj", "/CN=hook", "-addext", "subjectAltName=IP:127.0.0.1"),
                    *("-keyout", file.name, "-out", f"{file.name}.pem"),
                ],
                check=True,
                capture_output=True,
            )
            certificate = f"{file.name}.pem"
            cls.addClassCleanup(os.unlink, certificate)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, file.name)
        cls.trust = ssl.create_default_context(cafile=certificate)
        cls.receiver = Receiver(context)
        cls.addClassCleanup(cls.receiver.stop)

    def sent(self, url, trust=True):
        """Why it was not sent, or an empty text, and how long that took."""
        began = time.monotonic()
        with patch.object(
            sender.ssl, "create_default_context",
            return_value=self.trust if trust else ssl.create_default_context(),
        ):  # fmt: skip
            try:
                sender.send(url, b"{}", {})
            except sender.Unsent as error:
                word = str(error)
            else:
                word = ""
        self.assertLess(time.monotonic() - began, 3)
        return word

    def test_it_is_sent_to_whom_it_is_meant_for_and_waits_for_nobody(self):
        self.assertEqual(self.sent(self.receiver.url), "")
        self.assertEqual(len(self.receiver.taken), 1)
        self.assertEqual(self.sent(self.receiver.url, trust=False), "tls")
        self.receiver.answer = "hang"
        self.assertEqual(self.sent(self.receiver.url), "timeout")
        self.assertEqual(len(self.receiver.taken), 1)

    def test_the_usual_port_is_not_named(self):
        self.receiver.answer = 200
        for url, host in (
            ("https://127.0.0.1/hook", "127.0.0.1"),
            ("https://127.0.0.1:443/hook", "127.0.0.1"),
            ("https://127.0.0.1:8443/hook", "127.0.0.1:8443"),
            ("https://127.0.0.1:80/hook", "127.0.0.1:80"),
        ):
            address = self.receiver.server_address
            with patch.object(
                sender,
                "_connected",
                lambda *_where, to=address: socket.create_connection(to),
            ):
                self.assertEqual(self.sent(url), "")
            self.assertEqual(self.receiver.taken.pop()[1]["Host"], host)

    def test_a_handshake_that_does_not_end_is_ended(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def answer():
                connected, _address = listener.accept()
                with connected:
                    # the beginning of something long
                    connected.sendall(b"\x16\x03\x03\x40\x00")
                    drip(connected.sendall, b"\0")

            threading.Thread(target=answer, daemon=True).start()
            url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
            self.assertEqual(self.sent(url), "timeout")

    def test_another_address_of_the_same_name_is_tried(self):
        look_up = socket.getaddrinfo

        def found(host, *args, **options):
            if host != "hook.test":
                return look_up(host, *args, **options)
            return [(0, 0, 0, "", (one, port)) for one in ("127.0.0.2", "127.0.0.1")]

        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with (
                patch.object(socket, "getaddrinfo", found),
                sender._connected("hook.test", port) as connected,
            ):
                self.assertEqual(connected.getpeername()[0], "127.0.0.1")
        with patch.object(socket, "getaddrinfo", found), self.assertRaises(OSError):
            sender._connected("hook.test", port)
