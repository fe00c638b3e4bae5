"""Servers that are killed, limited or cut off from the database in the middle of it."""

import time
from functools import partial

from .common import FaultCase, free_port


class TestKilled(FaultCase):
    """A server dies again and again; what it had done stays, the rest follows."""

    def test_killed_again_and_again_each_record_changes_hands_once(self):
        self.slow_down(1)
        # the outcome takes its time as well, so that some die between the two
        self.trigger(
            "fault_slow_outcome",
            "IF NEW.state != OLD.state THEN PERFORM pg_sleep(0.002); END IF;"
            " RETURN NEW;",
            table="handover_request_line",
        )
        leads = self.make_leads(2500)
        request = self.make_request(leads)
        self.approve(request)
        done = 0
        # a batch takes about a second: early, in the middle of it, late
        for later in (0.0, 0.3, 0.6, 0.9):
            done = self.wait_for_lines(request, done + 1)
            time.sleep(later)
            self.server.kill()
            done = self.count(request, "done")
            self.assertLess(done, 2500, "killed too late for this test")
            self.assertEqual(self.state(request), "running")
            self.assertConsistent(request, leads)
            self.server.start()
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_backends_terminated_again_and_again_nothing_is_lost(self):
        self.slow_down(2)
        leads = self.make_leads(2000)
        request = self.make_request(leads)
        self.approve(request)
        done = 0
        for later in (0.0, 0.5):
            done = self.wait_for_lines(request, done + 1)
            time.sleep(later)
            self.assertTrue(self.db.terminate_others(), "nobody was connected")
            done = self.count(request, "done")
            self.assertLess(done, 2000, "terminated too late for this test")
            self.assertConsistent(request, leads)
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_server_restarted_in_good_order_goes_on_by_itself(self):
        self.slow_down(2)
        leads = self.make_leads(1500)
        request = self.make_request(leads)
        self.approve(request)
        self.wait_for_lines(request, 1)
        self.server.stop()
        self.assertLess(self.count(request, "done"), 1500)
        self.assertConsistent(request, leads)
        self.server.start()
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_killed_while_it_collects_and_submits_in_the_background(self):
        name = "crm_handover.background_from"
        call = partial(self.server.call, "admin", "ir.config_parameter", "set_param")
        call(name, "1000")
        # the other tests work within the click
        self.addCleanup(call, name, False)
        leads = self.make_leads(12_000)
        request = self.make_request([leads.pop()], "draft")
        # each part takes its time, wherever the server dies
        self.trigger(
            "fault_slow_lines",
            "IF mod(NEW.res_id, 40) = 0 THEN PERFORM pg_sleep(0.01); END IF;"
            " RETURN NEW;",
            table="handover_request_line",
            when="BEFORE INSERT OR UPDATE",
        )
        lines = "SELECT count(*) FROM handover_request_line WHERE request_id = %s"
        self.server.call("anna", "handover.request", "action_collect", [request])
        self.killed_in_the_middle(lines, request, 1)
        with self.assertRaisesRegex(Exception, "in the background"):
            self.server.call("anna", "handover.request", "action_submit", [request])
        self.wait_until("collected", lambda: not self.background(request)["step"])
        distinct = lines.replace("count(*)", "count(DISTINCT (scope_id, res_id))")
        self.assertEqual(
            self.db.value(lines, request), self.db.value(distinct, request)
        )
        on_it = "SELECT res_id FROM handover_request_line WHERE request_id = %s"
        self.assertLessEqual(set(leads), set(self.db.column(on_it, request)))

        self.server.call("anna", "handover.request", "action_submit", [request])
        reserved = f"{lines} AND reserved"
        self.killed_in_the_middle(reserved, request, 0)
        self.wait_for_state(request, "submitted")
        self.assertFalse(self.background(request)["step"])
        self.assertEqual(
            self.db.value(reserved, request), self.db.value(lines, request)
        )
        self.assertEvents(request, "submitted")

    def killed_in_the_middle(self, count, request, before):
        """Wait until a part of it is there, kill the server, and start another."""
        self.wait_until("a part", lambda: self.db.value(count, request) > before)
        time.sleep(0.3)
        self.server.kill()
        self.assertLess(self.db.value(count, request), 12_000, "killed too late")
        self.server.start()

    def background(self, request):
        progress = self.server.call(
            "anna", "handover.request", "get_progress", [request]
        )
        return progress["background"] or {"step": False}


class TestTimeLimit(FaultCase):
    """A worker is killed when it takes too long, see ``--limit-time-real-cron``."""

    OPTIONS = (
        *("--workers", "1", "--limit-time-real-cron", "8"),
        *("--gevent-port", str(free_port())),
    )

    def test_records_too_slow_for_the_time_limit_are_handed_over_all_the_same(self):
        # all in one batch would take 20 s
        self.slow_down(40)
        leads = self.make_leads(500)
        request = self.make_request(leads)
        self.approve(request)
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)
