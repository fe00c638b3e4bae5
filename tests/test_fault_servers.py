"""Two servers on one database, and everybody clicks at the same time."""

import threading
import xmlrpc.client

from .faults import FaultCase


class TestTwoServers(FaultCase):
    SERVERS = 2
    OPTIONS = ("--max-cron-threads", "2")

    def at_once(self, count, call):
        """Make the same call from several threads; answer what each one got."""
        barrier = threading.Barrier(count)
        answers = []

        def click(number):
            barrier.wait()
            try:
                answers.append(call(self.servers[number % len(self.servers)]))
            except xmlrpc.client.Fault as fault:
                answers.append(fault.faultCode)

        threads = [threading.Thread(target=click, args=(n,)) for n in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

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
