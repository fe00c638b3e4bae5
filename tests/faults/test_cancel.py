"""A handover is stopped in the middle of its run in the background."""

import time

from .common import FaultCase


class TestCancelled(FaultCase):
    OPTIONS = ("--max-cron-threads", "2")

    def test_cancelled_in_the_middle_it_stops_within_a_batch_and_reports_so(self):
        self.slow_down(2)
        leads = self.make_leads(3000)
        request = self.make_request(leads)
        self.approve(request)
        self.wait_for_lines(request, 1)
        started = time.monotonic()
        self.server.call("boss", "handover.request", "action_cancel", [request], "Halt")
        seconds = time.monotonic() - started
        self.assertLess(seconds, 20, "cancelling takes as long as two batches")
        done = self.count(request, "done")
        self.assertGreater(done, 0)
        self.assertLess(done, 3000, "cancelled too late for this test")
        progress = self.progress(request)
        self.let_crons_pass()
        self.assertEqual(self.state(request), "cancelled")
        self.assertEqual(
            self.outcomes(request),
            {("done", "done"): done, ("cancelled", "cancelled"): 3000 - done},
        )
        self.assertConsistent(request, leads)
        self.assertEqual(self.owners(leads), {"bruno": done, "anna": 3000 - done})
        self.assertEqual(
            [progress[key] for key in ("state", "total", "todo", "done", "failed")],
            ["cancelled", 3000, 0, done, 0],
        )
        self.assertEvents(request, "submitted", "approved", "running", "cancelled")
        data = self.event_data(request, "cancelled")
        self.assertEqual((data["reason"], data["done"]), ("Halt", done))
