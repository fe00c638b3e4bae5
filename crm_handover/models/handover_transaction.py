"""What is known for one transaction: a cursor, and what it keeps, outlives it."""

from functools import partial


def keep(cr, name, value):
    """Keep a value in the cursor's cache until the transaction ends, and return it."""
    cr.cache[name] = value
    forget = partial(cr.cache.pop, name, None)
    cr.postcommit.add(forget)
    cr.postrollback.add(forget)
    return value
