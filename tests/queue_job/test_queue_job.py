"""The glue to OCA's queue_job: real workers take the batches as jobs."""

import os
import signal
import time
from unittest import mock

from ..faults.common import FaultCase, Server, install

CHANNELS = {"ODOO_QUEUE_JOB_CHANNELS": "root:2,root.handover:2"}


class TestQueueJob(FaultCase):
    # without a thread for crons: what is done here is done by jobs
    OPTIONS = ("--load", "base,web,queue_job", "--workers", "2")
    OPTIONS += ("--max-cron-threads", "0")

    @classmethod
    def prepare(cls):
        install(cls.db, "queue_job")
        cls.enterClassContext(mock.patch.dict(os.environ, CHANNELS))

    def setUp(self):
        super().setUp()
        if self.server.process is None:
            self.server.start()

    def tearDown(self):
        self.wait_until("the queue is empty", self.queue_is_empty)
        self.db.query("DELETE FROM queue_job")
        super().tearDown()

    def queue_is_empty(self):
        # looking for dead jobs is the queue's affair, each minute when nothing happens
        self.db.query("SELECT pg_notify('queue_job', '')")
        return not self.jobs("done", False)

    def jobs(self, state, equal=True, what="*"):
        """What is known about the jobs in this state, or in any other."""
        return self.db.query(
            f"SELECT {what} FROM queue_job WHERE (state = %s) = %s ORDER BY id",
            state,
            equal,
        )

    def assertEven(self):
        """Both workers have handed over records, none much less than its part.

        Of what was done from when both were at it: a worker that has nothing loaded
        yet begins later. Who has to wait for the machine does less: two thirds of it
        are asked for.
        """
        rows = self.db.query(
            """WITH batch AS (
                SELECT worker_pid, date_started, date_done, result::int AS records
                FROM queue_job WHERE method_name = '_job_batch'
            ), begun AS (
                SELECT max(first) AS moment FROM (
                    SELECT min(date_started) AS first FROM batch GROUP BY worker_pid
                ) firsts
            )
            SELECT worker_pid, sum(records) FROM batch, begun
            WHERE date_done > moment GROUP BY worker_pid"""
        )
        counts = dict(rows)
        self.assertEqual(len(counts), 2, counts)
        self.assertGreaterEqual(min(counts.values()), sum(counts.values()) / 3, counts)

    def test_glue_installs_itself(self):
        self.assertTrue(
            self.db.query(
                "SELECT 1 FROM ir_module_module"
                " WHERE name = 'crm_handover_queue_job' AND state = 'installed'"
            )
        )

    def test_two_workers_hand_over_each_record_once(self):
        leads = self.make_leads(2000)
        request = self.make_request(leads, "approved")
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)
        self.wait_until("all jobs are done", lambda: not self.jobs("done", False))
        self.assertEven()
        jobs = self.jobs("done", what="worker_pid, user_id, channel, retry, result")
        self.assertEqual(len({job[0] for job in jobs}), 2, "two workers took jobs")
        self.assertEqual({job[1] for job in jobs}, {1}, "as OdooBot")
        self.assertEqual({job[2] for job in jobs}, {"root.handover"})
        # eight lanes with a small, a larger and an empty batch each, some a conflict
        self.assertLess(len(jobs), 50)

    def test_two_workers_share_many_handovers(self):
        parts = [self.make_leads(300) for _number in range(4)]
        for leads in parts:
            self.make_request(leads, "approved")
        leads = [id_ for part in parts for id_ in part]
        self.wait_until(
            "all of it is Bruno's", lambda: self.owners(leads) == {"bruno": 1200}
        )
        self.wait_until("the queue is empty", self.queue_is_empty)
        self.assertEven()

    def test_killed_worker_another_one_goes_on(self):
        self.slow_down(2)
        leads = self.make_leads(2000)
        request = self.make_request(leads, "approved")
        self.wait_for_lines(request, 300)
        [pid, *_others] = self.wait_until(
            "a job runs", lambda: self.jobs("started", what="worker_pid")
        )[0]
        os.kill(pid, signal.SIGKILL)
        done = self.count(request, "done")
        self.assertLess(done, 2000, "killed too late for this test")
        self.assertConsistent(request, leads)
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_slow_records_come_in_small_batches(self):
        self.slow_down(50)
        leads = self.make_leads(400)
        request = self.make_request(leads, "approved")
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)
        [(longest,)] = self.db.query("SELECT max(exec_time) FROM queue_job")
        # the size of the first batch is a guess, 50 records; all of a lane took 20 s
        self.assertLess(longest, 8)

    def test_locked_records_are_waited_for(self):
        leads = self.make_leads(300)
        request = self.make_request(leads)
        other = self.db.connect()
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM crm_lead WHERE id = ANY(%s) FOR UPDATE", [leads[:5]]
            )
            self.approve(request)
            self.wait_for_lines(request, 295)
            time.sleep(1)
            self.assertEqual(self.state(request), "running")
        other.rollback()
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_stopped_handover_leaves_no_job_behind(self):
        self.slow_down(5)
        leads = self.make_leads(2000)
        request = self.make_request(leads, "approved")
        self.wait_for_lines(request, 50)
        self.server.call("boss", "handover.request", "action_cancel", [request])
        self.assertEqual(self.state(request), "cancelled")
        self.assertConsistent(request, leads)
        # those that were told to pause come back after a minute
        self.db.query("UPDATE queue_job SET eta = NULL WHERE state = 'pending'")

    def test_nobody_calls_jobs_from_outside(self):
        leads = self.make_leads(1)
        request = self.make_request(leads, "draft")
        for method, arguments in (("_job_batch", [1]), ("_job_finish", [])):
            self.assertRefuses(
                4,
                *(self.server.call, "admin", "handover.request", method),
                *([request], *arguments),
            )

    def next_step(self, server, request):
        """What its form says first."""
        [row] = server.call(
            "boss", "handover.request", "read", [request], ["next_step"]
        )
        return row["next_step"]["text"]

    def test_without_a_runner_the_cron_does_it(self):
        leads = self.make_leads(300)
        request = self.make_request(leads)
        self.server.stop()
        server = Server(self.db)
        self.addCleanup(server.forget)
        server.start()
        server.call("boss", "handover.request", "action_approve", [request])
        self.assertEqual(self.state(request), "running")
        [(seconds,)] = self.db.query(
            """SELECT EXTRACT(EPOCH FROM max(call_at) - now() AT TIME ZONE 'utc')
            FROM ir_cron_trigger WHERE cron_id IN (
                SELECT res_id FROM ir_model_data
                WHERE name = 'ir_cron_handover_request_run_1')"""
        )
        self.assertTrue(40 < seconds < 63, seconds)
        self.assertNotIn("job queue", self.next_step(server, request))
        self.assertEqual(self.count(request, "done"), 0)
        # the minute is over
        self.db.query(
            "UPDATE queue_job SET date_created = date_created - interval '2 minutes'"
        )
        self.assertIn("job queue", self.next_step(server, request))
        self.db.query("UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'utc'")
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)
        self.db.query("UPDATE queue_job SET state = 'done'")
