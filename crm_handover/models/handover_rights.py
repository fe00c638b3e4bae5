"""What somebody may do, as the tables say it.

Core remembers groups, access rights, record rules and companies of people, for all
transactions of a server; also what one of them read that began before a change was
committed. Where somebody decides by the rights of another one, none of it is asked.
"""

from contextlib import contextmanager
from functools import partial

# in the cache of the transaction: rights are read from the tables now
READING = "handover_reading_rights"


def reads_tables(env):
    """Tell whether rights are read from the tables now."""
    return env.cr.cache.get(READING, False)


def unremembered(method):
    """Return a method of core's without what core remembers of its answers.

    :param method: bound, as ``super()`` gives it
    """
    function = method.__func__
    return partial(getattr(function, "__wrapped__", function), method.__self__)


@contextmanager
def rights_from_tables(env):
    """Have core's checks read the tables in this context, if anything is decided.

    Each lookup costs some queries. So it is for the question that decides alone, and
    whoever looks at a screen is answered as everywhere in Odoo.
    """
    if reads_tables(env) or not env["res.groups"]._handover_decides():
        yield
        return
    # worked out of what core remembers
    env["res.users"].invalidate_model(["all_group_ids"], flush=False)
    env["res.groups"].invalidate_model(
        ["all_implied_ids", "all_implied_by_ids"], flush=False
    )
    env.cr.cache[READING] = True
    try:
        yield
    finally:
        env.cr.cache.pop(READING, None)
