"""What is known for one transaction: a cursor, and what it keeps, outlives it.

And what a part of one leaves nothing of, where it is undone.
"""

from contextlib import contextmanager
from functools import partial

# in the cursor's cache, while a handover is looked at that nobody keeps
LOOKING = "handover_preview"


class Forgetting(partial):
    """What is done after the commit, whatever was undone before: it only forgets."""


def held(cr, name):
    """Return a dictionary that is empty again once what is locked may be free.

    That is when the transaction ends, and when a part of it is undone, which gives back
    the locks of that part.
    """
    data = cr.precommit.data
    if name not in data:
        data[name] = {}
        # core forgets nothing where there is nothing to do
        cr.precommit.add(lambda: None)
    return data[name]


def keep(cr, name, value):
    """Keep a value in the cursor's cache until the transaction ends, and return it."""
    cr.cache[name] = value
    forget = Forgetting(cr.cache.pop, name, None)
    cr.postcommit.add(forget)
    cr.postrollback.add(forget)
    return value


@contextmanager
def undoing(cr):
    """Undo what is done in this context where it raises, and what waits for the commit.

    A savepoint alone forgets what was to be done before the commit, not what is to be
    done after it: other systems would be told of what did not happen.
    """
    # what comes before it is not its own
    cr.flush()
    waiting, known = cr.postcommit, frozenset(cr.postcommit.data)
    before = len(waiting._funcs)
    try:
        with cr.savepoint():
            yield
    except BaseException:
        funcs = list(waiting._funcs)
        stays = [func for func in funcs[before:] if isinstance(func, Forgetting)]
        waiting._funcs.clear()
        waiting._funcs.extend([*funcs[:before], *stays])
        for name in waiting.data.keys() - known:
            # who collects for a function adds it along with the first of them
            del waiting.data[name]
        raise
