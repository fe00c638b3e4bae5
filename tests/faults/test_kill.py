"""Servers that are killed, limited or cut off from the database in the middle of it."""

import time

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
