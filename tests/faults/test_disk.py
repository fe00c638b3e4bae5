"""The disk is full: nothing is done by halves, and afterwards it goes on."""

from .common import FaultCase


class TestDiskFull(FaultCase):
    def fill_disk(self):
        """What PostgreSQL says when it cannot extend the table of the lines."""
        self.trigger(
            "fault_disk",
            "IF NEW.state = 'done' AND (SELECT count(*) FROM handover_request_line"
            " WHERE state = 'done' AND request_id = NEW.request_id) >= 300 THEN"
            " RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100';"
            " END IF; RETURN NEW;",
            table="handover_request_line",
        )

    def test_it_stops_cleanly_and_goes_on_when_there_is_space_again(self):
        leads = self.make_leads(1000)
        request = self.make_request(leads)
        self.fill_disk()
        self.approve(request)
        failures = "SELECT max(failure_count) FROM ir_cron"
        self.wait_until("the job fails", lambda: self.db.value(failures), wake=True)
        done = self.count(request, "done")
        self.assertLess(done, 1000)
        self.assertEqual(self.state(request), "running")
        self.assertEqual(
            self.outcomes(request),
            {("done", "done"): done, ("todo", None): 1000 - done},
            "a full disk is no fault of a record",
        )
        self.assertConsistent(request, leads)
        self.untrigger("fault_disk")
        # its interval of ten minutes is over
        self.db.query(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE active"
        )
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_a_small_handover_is_refused_as_a_whole(self):
        leads = self.make_leads(20)
        request = self.make_request(leads)
        self.trigger(
            "fault_disk",
            "RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100';",
            table="mail_message",
            when="BEFORE INSERT",
        )
        # no fault of the caller: the server's own error, and nothing has happened
        self.assertRefuses(1, self.approve, request)
        self.assertEqual(self.state(request), "submitted")
        self.assertEqual(self.outcomes(request), {("todo", None): 20})
        self.assertEqual(self.changes(leads), {0: 20})
        self.untrigger("fault_disk")
        self.approve(request)
        self.assertHandedOverOnce(request, leads)
