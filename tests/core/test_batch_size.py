"""How large batches become, by what the last ones took."""

import unittest

from odoo.addons.crm_handover.models.handover_batch_size import (
    BATCH_SIZE,
    FIRST_BATCH,
    next_size,
    told_apart,
)


class TestBatchSize(unittest.TestCase):
    def run_batches(self, alone, each, cold=0.0, count=20, weather=(1.0,)):
        """Run batches that cost this; return their sizes and seconds.

        :param weather: by what others make one batch after the other slower
        """
        size, batch, told = FIRST_BATCH, None, []
        for number in range(count):
            seconds = (alone + each * size + cold * (not number)) * weather[
                number % len(weather)
            ]
            told.append((size, seconds))
            batch = told_apart(size, seconds, batch)
            size = next_size(size, batch)
        return told

    def test_an_idle_machine_takes_the_largest_ones_soon(self):
        sizes = [size for size, _seconds in self.run_batches(0.1, 0.0006, cold=0.3)]
        self.assertEqual(set(sizes[3:]), {BATCH_SIZE})

    def test_what_a_batch_costs_by_itself_makes_no_small_ones(self):
        """With a second for each batch, small ones would take several times as long."""
        told = self.run_batches(1.0, 0.005, cold=3.0)
        last = [size for size, _seconds in told[8:]]
        self.assertGreaterEqual(min(last), 200)
        self.assertLess(max(seconds for _size, seconds in told[1:]), 3)

    def test_where_a_batch_costs_much_by_itself_it_is_found_out(self):
        for alone, cold in ((1.5, 0.0), (1.5, 2.0), (1.6, 0.0), (1.6, 2.0)):
            told = self.run_batches(alone, 0.001, cold=cold, count=40)
            self.assertGreater(told[-1][0], 4 * FIRST_BATCH, (alone, cold))
        told = self.run_batches(3.1, 0.001, count=40)
        self.assertGreater(min(size for size, _seconds in told), FIRST_BATCH // 5)

    def test_slow_records_make_small_ones(self):
        told = self.run_batches(0.1, 0.2)
        self.assertLess(max(seconds for _size, seconds in told[1:]), 3)
        self.assertEqual({size for size, _seconds in told[5:]}, {7})
        told = self.run_batches(0.0, 10.0, count=5)
        self.assertEqual(told[-1][0], 1)

    def test_others_on_the_machine_make_no_transaction_of_three_seconds(self):
        for each in (0.0025, 0.005):
            told = self.run_batches(0.4, each, weather=(1.0, 0.7, 1.4, 0.8, 1.2))
            self.assertLess(max(seconds for _size, seconds in told), 3)
            self.assertGreater(min(size for size, _seconds in told[8:]), FIRST_BATCH)


if __name__ == "__main__":
    unittest.main()
