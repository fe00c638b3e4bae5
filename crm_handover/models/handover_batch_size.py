"""How large the next batch is, by what the last ones took.

A batch costs something by itself, and something for each record. On a busy machine the
former alone takes a second: smaller batches would only pay it more often. The two are
told apart by batches of different sizes.
"""

from typing import NamedTuple

from odoo.tools.lru import LRU

# a batch of 1,000 takes about a second; smaller ones cost more queries per record,
# larger ones gain little and hold their locks for longer
BATCH_SIZE = 1_000
# where records are slow to write, batches are smaller, so that each is committed before
# a worker's time limit: a run starts with a few, and goes on by what they took
FIRST_BATCH = 50
# so long for the records of a batch, and for all of it: others make it longer by half
# without a warning, and nobody is to wait for its locks for more than 3 seconds
RECORD_SECONDS = 1.5
BATCH_SECONDS = 2.2
# sizes that differ less say nothing about what each record costs
APART = 1.5
GROWTH = 4


class Batch(NamedTuple):
    """A batch that is through."""

    # how many lines it had, and how long it took
    done: int
    seconds: float
    # whether it paid for what is loaded once
    is_first: bool = False
    # how long it took by itself; ``None`` as long as no two of them tell that
    alone: float | None = None


def told_apart(done, seconds, before=None):
    """Return what is known of a batch by now.

    :param before: the batch before it, or ``None``
    :return: a ``Batch``
    """
    if not before:
        return Batch(done, seconds, is_first=True)
    alone, sizes = before.alone, (done, before.done)
    if not before.is_first and max(sizes) >= APART * min(sizes):
        each = (seconds - before.seconds) / (done - before.done)
        alone = seconds - each * done
    if alone is not None:
        # others come and go on the machine between two batches
        alone = min(max(alone, 0.0), seconds / 2)
    return Batch(done, seconds, alone=alone)


def next_size(size, batch):
    """Return how many lines the next batch takes at most.

    :param int size: how many the last one could take
    :param batch: the last one, which had some lines
    """
    alone = batch.alone or 0.0
    each = max(batch.seconds - alone, 0.001) / batch.done
    fitting = int(min(RECORD_SECONDS, BATCH_SECONDS - alone) / each)
    if batch.alone is None and batch.seconds <= RECORD_SECONDS:
        # one of another size tells what it took by itself
        fitting = max(fitting, 2 * batch.done)
    if batch.seconds < 2 * RECORD_SECONDS:
        # a small one that was slow paid for what a batch costs by itself
        fitting = max(fitting, min(batch.done, FIRST_BATCH))
    if alone >= batch.seconds / 2:
        # most of it is the batch's own: smaller ones only pay it more often
        fitting = max(fitting, min(2 * batch.done, FIRST_BATCH))
    if batch.alone is None and not batch.is_first and batch.seconds > RECORD_SECONDS:
        # a smaller one tells it as well
        fitting = min(fitting, max(batch.done // 2, 1))
    # where a batch takes its time, one that was lucky is no measure for the next
    is_near = batch.alone is not None and batch.seconds > RECORD_SECONDS / 2
    most = int(batch.done * APART) + 1 if is_near else GROWTH * size
    return max(1, min(most, BATCH_SIZE, fitting))


class Pace:
    """How large the batches of one handover are; a server's process remembers it."""

    _known = LRU(256)

    def __init__(self):
        self.size = FIRST_BATCH
        self.batch = None

    @classmethod
    def of(cls, request):
        """Return what is known of a handover, so that nothing is learnt twice.

        :param request: the handover
        :return: a ``Pace``
        """
        key = request.env.cr.dbname, request.id
        pace = cls._known.get(key) or cls()
        cls._known[key] = pace
        return pace

    def learn(self, done, seconds):
        """Take note of a batch.

        :param int done: how many lines it had
        :param float seconds: how long it took
        """
        self.batch = told_apart(done, seconds, self.batch)
        self.size = next_size(self.size, self.batch)
