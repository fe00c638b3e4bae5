"""Several handovers at once: each has its turn, and a cron learns its pace once."""

from unittest.mock import patch

from odoo.addons.crm_handover.models.handover_batch_size import FIRST_BATCH, Pace
from odoo.addons.crm_handover.models.handover_engine import HandoverEngine

from ..common import HandoverCommon

SCHEDULER = "odoo.addons.crm_handover.models.handover_request_scheduler"


class TestTurns(HandoverCommon):
    def running(self, count):
        leads = self.env["crm.lead"].union(*(self.make_lead() for _ in range(count)))
        return self.make_request("running", leads)

    def run_one_by_one(self, turn):
        """Run the crons in batches of one record; return whose each of them was."""
        taken, run = [], HandoverEngine._run_batch_safely

        def note(engine, request, _size):
            done = run(engine, request, 1)
            taken.extend([request.id] * bool(done))
            return done

        with (
            patch(f"{SCHEDULER}.TURN", turn),
            patch.object(HandoverEngine, "_run_batch_safely", note),
        ):
            self.run_cron()
        return taken

    def test_a_small_handover_does_not_wait_for_a_large_one(self):
        large, small = self.running(6), self.running(2)
        taken = self.run_one_by_one(turn=0)
        self.assertEqual((large.state, small.state), ("transferred", "transferred"))
        last = max(place for place, id_ in enumerate(taken) if id_ == small.id)
        self.assertLess(last, 4, taken)

    def test_one_that_is_alone_is_gone_through_in_one_go(self):
        request = self.running(3)
        self.assertEqual(self.run_one_by_one(turn=0), [request.id] * 3)
        self.assertEqual(request.state, "transferred")

    def test_what_a_batch_takes_is_learnt_once(self):
        request = self.running(1)
        self.assertEqual(Pace.of(request).size, FIRST_BATCH)
        Pace.of(request).learn(FIRST_BATCH, 0.1)
        self.assertGreater(Pace.of(request).size, FIRST_BATCH)
        self.assertEqual(Pace.of(self.running(1)).size, FIRST_BATCH)
