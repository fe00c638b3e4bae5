"""A test that is skipped fails: whatever it needs is there, `make test` sees to it.

And the order in which several processes take the tests up, and the files they have.
"""

import os
import shutil
from collections import defaultdict
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from odoo.sql_db import db_connect
from odoo.tests.common import get_db_name
from odoo.tools import SQL
from odoo.tools import config as settings

from . import browsers, caches
from .dealing import Dealing, share


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


def pytest_addoption(parser):
    parser.addoption(
        "--first-of-each-class",
        action="store_true",
        help="run one test of each class",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Let several processes start with what takes longest, so that they end together.

    One process alone goes through the files by name.
    """
    if config.option.first_of_each_class:
        first = {item.parent.nodeid: item for item in reversed(items)}
        items[:] = [item for item in items if first[item.parent.nodeid] is item]
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    total = defaultdict(int)
    for item in items:
        total[share(item.nodeid)] += _seconds(item)
    # the names are the same in all processes, and so must be the order
    items.sort(
        key=lambda item: (
            -total[share(item.nodeid)], share(item.nodeid), item.parent.nodeid
        )
    )  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Dealing(config, log)


def _mark(name):
    """Say whose this database is: `make test` drops what carries its mark."""
    with db_connect("postgres").cursor() as cr:
        cr.execute(
            SQL(
                "COMMENT ON DATABASE %s IS %s",
                SQL.identifier(name),
                os.environ["HANDOVER_MARK"],
            )
        )


@pytest.fixture(scope="session", autouse=True)
def kept_caches():
    """Empty no cache that nobody has changed, see :mod:`tests.caches`."""
    with caches.kept():
        yield


@pytest.fixture(scope="session", autouse=True)
def kept_scripts():
    """Load the scripts of the web client once, see :mod:`tests.browsers`."""
    with browsers.kept_scripts():
        yield


@pytest.fixture(scope="session", autouse=True)
def own_files(load_registry):
    """Give each process files of its own, as it has a database of its own.

    pytest-odoo has all processes share those of the database that they copied. But
    after each class of tests Odoo removes what its own database does not know: also
    what a test in another process had only just written.
    """
    name = get_db_name()
    _mark(name)
    shared = Path(settings.filestore(name))
    own = Path(settings["data_dir"], "filestore", name)
    if own == shared:
        yield
        return
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(shared, own, copy_function=os.link)
    # what pytest-odoo put in its place answers the shared ones
    with patch.object(
        settings, "filestore", partial(type(settings).filestore, settings)
    ):
        yield
    shutil.rmtree(own)
