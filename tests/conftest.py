"""A test that is skipped fails: whatever it needs is there, `make test` sees to it.

And the order in which several processes take the tests up.
"""

import os
from collections import defaultdict

import pytest


def _refuse_skip(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr
        if isinstance(reason, tuple):
            reason = reason[-1]
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped here. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """The same for a file that skips itself as a whole."""
    report = yield
    _refuse_skip(report)
    return report


def _seconds(item):
    """About how long a test takes; those that say nothing are usual ones."""
    return getattr(item.cls or item.module, "SECONDS", 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Let several processes start with what takes longest, so that they end together.

    One process alone goes through the files by name.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    total = defaultdict(int)
    for item in items:
        total[item.parent.nodeid] += _seconds(item)
    # the names are the same in all processes, and so must be the order
    items.sort(key=lambda item: (-total[item.parent.nodeid], item.parent.nodeid))
