"""What is known for one transaction: a cursor, and what it keeps, outlives it."""

from functools import partial


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
    forget = partial(cr.cache.pop, name, None)
    cr.postcommit.add(forget)
    cr.postrollback.add(forget)
    return value
