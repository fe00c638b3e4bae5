"""Others write the same records at the same time, or hold on to them."""

import random
import threading
from datetime import datetime, timedelta, timezone

import psycopg2
from psycopg2 import errors

from .common import FaultCase


class TestLocks(FaultCase):
    OPTIONS = ("--max-cron-threads", "2")

    def held(self, leads):
        """A transaction of somebody else that locks these leads until it ends."""
        connection = self.db.connect()
        self.addCleanup(connection.close)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM crm_lead WHERE id = ANY(%s) FOR UPDATE", (list(leads),)
            )
        return connection

    def hurry(self, request):
        """Let no postponed line wait any longer."""
        self.db.query(
            "UPDATE handover_request_line SET next_try = now() AT TIME ZONE 'UTC'"
            " WHERE request_id = %s AND state = 'todo' AND next_try IS NOT NULL",
            request,
        )
        self.db.query(
            "UPDATE ir_cron_trigger SET call_at = now() AT TIME ZONE 'UTC'"
            " WHERE call_at > now() AT TIME ZONE 'UTC'"
        )

    def attempts(self, request, lead):
        return self.db.value(
            "SELECT attempts FROM handover_request_line"
            " WHERE request_id = %s AND res_id = %s",
            request,
            lead,
        )

    def test_locked_records_wait_and_the_others_go_on(self):
        leads = self.make_leads(600)
        request = self.make_request(leads)
        connection = self.held(leads[:3])
        self.approve(request)
        self.wait_for_lines(request, 597)
        self.assertEqual(
            self.outcomes(request), {("done", "done"): 597, ("todo", None): 3}
        )
        self.assertEqual(self.state(request), "running")
        connection.rollback()
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_crons_do_not_wait_for_one_another_at_a_handover_that_is_due(self):
        soon = datetime.now(timezone.utc) + timedelta(seconds=20)
        values = {"date_planned": soon.strftime("%Y-%m-%d %H:%M:%S")}
        first = self.make_request(self.make_leads(10), "approved", **values)
        connection = self.db.connect()
        self.addCleanup(connection.close)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM handover_request WHERE id = %s FOR UPDATE", (first,)
            )
        second = self.make_request(self.make_leads(10), "approved", **values)
        self.wait_for_state(second, "transferred")
        self.assertEqual(self.state(first), "approved")
        # it is looked at again, long before the crons come by themselves
        connection.rollback()
        self.wait_for_state(first, "transferred")

    def test_a_record_locked_for_ever_is_reported_after_several_tries(self):
        leads = self.make_leads(300)
        request = self.make_request(leads)
        connection = self.held(leads[:1])
        self.approve(request)
        seen = set()

        def failed():
            seen.add(self.attempts(request, leads[0]))
            self.hurry(request)
            return self.count(request, "failed")

        self.wait_until("the locked record is given up", failed)
        self.wait_for_state(request, "transferred")
        self.assertEqual(
            self.outcomes(request), {("done", "done"): 299, ("failed", "locked"): 1}
        )
        self.assertGreaterEqual(max(seen), 3, "it was given up too soon")
        self.assertEqual(self.owners(leads), {"bruno": 299, "anna": 1})
        connection.rollback()
        self.server.call("boss", "handover.request", "action_retry", [request])
        self.assertEqual(self.state(request), "transferred")
        self.assertEqual(self.outcomes(request), {("done", "done"): 300})
        self.assertConsistent(request, leads)

    def test_a_small_handover_does_not_wait_for_locked_records(self):
        leads = self.make_leads(5)
        request = self.make_request(leads)
        connection = self.held(leads[:1])
        self.approve(request)
        self.assertEqual(
            self.outcomes(request), {("done", "done"): 4, ("todo", None): 1}
        )
        self.assertEqual(self.state(request), "running")
        connection.rollback()
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)

    def test_a_client_that_keeps_writing_loses_nothing_and_neither_do_we(self):
        # long enough for the client to get in the way often
        self.slow_down(3)
        leads = self.make_leads(1200)
        request = self.make_request(leads)
        written, errors_seen = {}, []
        stop = threading.Event()

        def write():
            dice = random.Random(7)
            number = 0
            while not stop.is_set():
                number += 1
                lead = dice.choice(leads)
                try:
                    self.server.call(
                        "lee", "crm.lead", "write", [lead], {"referred": str(number)}
                    )
                    written[lead] = str(number)
                except Exception as error:  # noqa: BLE001 - told in the main thread
                    errors_seen.append(error)
                    return

        client = threading.Thread(target=write)
        client.start()
        try:
            self.approve(request)
            self.wait_until(
                "the handover ends",
                lambda: self.hurry(request) or self.state(request) == "transferred",
            )
        finally:
            stop.set()
            client.join()
        self.assertFalse(errors_seen, "a client's write was refused")
        self.assertGreater(len(written), 5)
        found = dict(
            self.db.query(
                "SELECT id, referred FROM crm_lead WHERE id = ANY(%s)", list(written)
            )
        )
        self.assertEqual(found, written, "a client's write was lost")
        self.assertHandedOverOnce(request, leads)

    def test_locks_in_the_opposite_order_lose_no_line(self):
        leads = self.make_leads(900)
        request = self.make_request(leads)
        conflicts, rounds = [], []
        stop = threading.Event()

        def write_backwards():
            connection = self.db.connect()
            while not stop.is_set():
                try:
                    with connection.cursor() as cursor:
                        for lead in reversed(leads[::30]):
                            cursor.execute(
                                "UPDATE crm_lead SET referred = 'x' WHERE id = %s",
                                (lead,),
                            )
                    connection.commit()
                    rounds.append(True)
                except (errors.DeadlockDetected, psycopg2.OperationalError) as error:
                    conflicts.append(error)
                    connection.rollback()
                stop.wait(0.2)
            connection.close()

        client = threading.Thread(target=write_backwards)
        client.start()
        try:
            self.approve(request)
            self.wait_until(
                "the handover ends",
                lambda: self.hurry(request) or self.state(request) == "transferred",
            )
        finally:
            stop.set()
            client.join()
        self.assertTrue(rounds, "the other one did not write at all")
        self.assertHandedOverOnce(request, leads)
