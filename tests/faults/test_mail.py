"""The mail server is down, or accepts connections and never says a word."""

import socket
import threading
import time

from .common import FaultCase, free_port


class TestMailServerInTrouble(FaultCase):
    # the mail queue has a thread of its own
    OPTIONS = ("--max-cron-threads", "2")

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.db.query(
            """UPDATE ir_cron SET active = TRUE WHERE id = (
                SELECT res_id FROM ir_model_data
                WHERE name = 'ir_cron_mail_scheduler_action' AND module = 'mail')"""
        )

    def use_mail_server(self, port):
        self.db.query("DELETE FROM ir_mail_server")
        values = {
            "name": "In trouble", "smtp_host": "127.0.0.1", "smtp_port": port,
            "smtp_encryption": "none", "smtp_authentication": "login",
        }  # fmt: skip
        self.server.call("admin", "ir.mail_server", "create", values)

    def silent_server(self):
        """Accept connections and say nothing; answer its port and who has come."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        guests = []

        def accept():
            while True:
                try:
                    guests.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        self.addCleanup(lambda: [guest.close() for guest in guests])
        return listener.getsockname()[1], guests

    def mails(self, request):
        """The digests of a handover: ``{state: count}``."""
        return dict(
            self.db.query(
                """SELECT mail.state, count(*) FROM mail_mail mail
                JOIN mail_message message ON message.id = mail.mail_message_id
                WHERE message.model = 'handover.request' AND message.res_id = %s
                GROUP BY mail.state""",
                request,
            )
        )

    def test_a_silent_mail_server_holds_nothing_up(self):
        port, guests = self.silent_server()
        self.use_mail_server(port)
        small = self.make_leads(20)
        request = self.make_request(small)
        self.db.wake_crons()
        self.wait_until("the mail queue hangs", lambda: guests)
        started = time.monotonic()
        self.approve(request)
        self.assertLess(time.monotonic() - started, 20, "it waited for the mail server")
        self.assertHandedOverOnce(request, small)
        # the mail queue still hangs, and the large one is done in the background
        large = self.make_leads(400)
        request = self.make_request(large)
        self.approve(request)
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, large)
        self.assertEqual(set(self.mails(request)), {"outgoing"}, "none is sent or lost")

    def test_a_mail_server_that_is_down_costs_the_handover_nothing(self):
        self.use_mail_server(free_port())
        leads = self.make_leads(20)
        request = self.make_request(leads)
        self.approve(request)
        self.assertHandedOverOnce(request, leads)
        mails = self.mails(request)
        self.assertFalse(set(mails) - {"outgoing", "exception"}, mails)
        self.assertGreater(sum(mails.values()), 0)
