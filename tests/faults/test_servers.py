"""Two servers on one database, and everybody clicks at the same time."""

import threading
import xmlrpc.client

from .common import FaultCase


def at_once(calls):
    """Make these calls from a thread each; answer what they got, faults as codes."""
    barrier = threading.Barrier(len(calls))
    answers = []

    def click(call):
        barrier.wait()
        try:
            answers.append(call())
        except xmlrpc.client.Fault as fault:
            answers.append(fault.faultCode)

    threads = [threading.Thread(target=click, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class TestTwoServers(FaultCase):
    SERVERS = 2
    OPTIONS = ("--max-cron-threads", "2")

    def at_once(self, count, call):
        """Make the same call several times, the servers in turn."""
        servers = [self.servers[n % len(self.servers)] for n in range(count)]
        return at_once([lambda server=server: call(server) for server in servers])

    def test_two_servers_and_five_clicks_hand_over_once(self):
        leads = self.make_leads(1500)
        request = self.make_planned(leads)
        answers = self.at_once(
            5,
            lambda server: server.call(
                "boss", "handover.request", "action_run", [request]
            ),
        )
        self.assertEqual(sorted(answers), [True, 2, 2, 2, 2], "four were too late")
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_small_handover_is_run_five_times_at_once_and_happens_once(self):
        leads = self.make_leads(40)
        request = self.make_planned(leads)
        answers = self.at_once(
            5,
            lambda server: server.call(
                "boss", "handover.request", "action_run", [request]
            ),
        )
        self.assertEqual(sorted(answers), [True, 2, 2, 2, 2], "four were too late")
        self.assertHandedOverOnce(request, leads)

    def test_five_approvals_at_once_by_one_person_count_once(self):
        leads = self.make_leads(300)
        request = self.make_request(leads)
        answers = self.at_once(
            5,
            lambda server: server.call(
                "boss", "handover.request", "action_approve", [request]
            ),
        )
        self.assertEqual(answers, [True] * 5, "a second click says what the first did")
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_retried_five_times_at_once_what_failed_is_handed_over_once(self):
        leads = self.make_leads(300)
        self.trigger(
            "fault_refuse",
            "IF NEW.user_id IS DISTINCT FROM OLD.user_id AND NEW.name = 'Deal 7' THEN"
            " RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END IF; RETURN NEW;",
        )
        request = self.make_request(leads)
        self.approve(request)
        self.wait_for_state(request, "transferred")
        self.assertEqual(
            self.outcomes(request), {("done", "done"): 299, ("failed", "rejected"): 1}
        )
        self.untrigger("fault_refuse")
        answers = self.at_once(
            5,
            lambda server: server.call(
                "boss", "handover.request", "action_retry", [request]
            ),
        )
        self.assertEqual(sorted(answers), [True, 2, 2, 2, 2], "four found nothing")
        self.assertEqual(self.state(request), "transferred")
        self.assertEqual(self.outcomes(request), {("done", "done"): 300})
        self.assertEqual(self.changes(leads), {1: 300})
        self.assertConsistent(request, leads)
        self.assertEvents(
            request,
            *("submitted", "approved", "running", "transferred"),
            *("retried", "transferred"),
        )

    def test_decisions_at_once_make_one_history(self):
        """No event is written beside another one, as if it were not there."""
        request = self.make_planned(self.make_leads(4))
        lines = self.db.column(
            "SELECT id FROM handover_request_line WHERE request_id = %s", request
        )
        answers = self.at_once(
            4,
            lambda server: server.call(
                "bruno", "handover.request.line", "action_accept", [lines.pop()]
            ),
        )
        self.assertEqual(answers, [True] * 4)
        self.assertEvents(request, "submitted", "approved", *["accepted"] * 4)
        answer = self.server.call("bruno", "handover.request", "verify", [request])
        self.assertTrue(answer["ok"], answer)
