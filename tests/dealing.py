"""How tests are dealt out to several processes: a class at a time.

Those on a database that is made when first needed go to one process, which makes it
once.
"""

from xdist.scheduler import LoadScopeScheduling

# {what is installed: where its tests are}
BESIDE = {
    "hr": (
        "tests/hr/", "tests/hr_holidays/test_cover.py",
        "tests/hr_holidays/test_tours.py", "tests/archive/test_departure.py",
        "tests/rpc/test_beside.py::TestBesideHR",
    ),
    "base_tier_validation": (
        "tests/tier_validation/", "tests/rpc/test_beside.py::TestBesideTiers",
    ),
}  # fmt: skip


def share(nodeid):
    """Return what a test goes with: its class, or the database of several ones."""
    for name, places in BESIDE.items():
        if nodeid.startswith(places):
            return name
    return nodeid.rpartition("::")[0]


class Dealing(LoadScopeScheduling):
    def _split_scope(self, nodeid):
        return share(nodeid)
