"""`make test`: all of tests/ with real Odoo, PostgreSQL, Chromium and SMTP.

They are dealt out to several processes, each with a database of its own: pytest's
xdist does the one, pytest-odoo the other. One report and one exit code tell of all.
"""

import os
import shlex
import socket

from dev import browser
from dev.databases import Databases
from dev.environment import prepared, preparing, variables
from dev.processes import foreground, lock
from dev.settings import ROOT
from dev.ui import Step

DATABASE = "handover_test"
# what pytest-odoo calls the copies of the processes
COPIES = f"{DATABASE}-gw%"
# each one needs half a GB, and Chromium for the tours as much again
MOST_PROCESSES = 4


def run(settings, arguments):
    """Run the tests on a fresh copy; answer pytest's exit code."""
    with preparing(settings):
        browser.prepare(settings)
    with (
        lock(settings.home / "test.lock", "Waiting for the tests that already run"),
        prepared(settings) as odoo,
    ):
        return _pytest(odoo, arguments or shlex.split(settings.arguments))


def _pytest(odoo, arguments):
    configuration = odoo.configuration(DATABASE, http_port=free_port())
    environment = variables(odoo, configuration)
    databases = Databases(odoo)
    with preparing(odoo.settings), Step("Copying the template for the tests"):
        databases.copy(environment["HANDOVER_INSTALLED_TEMPLATE"], DATABASE)
        # of a run that was killed
        databases.drop_all(COPIES)
    try:
        return foreground(
            [
                *(odoo.packages.python, "-m", "pytest", "tests"),
                *("--odoo-database", DATABASE, "--odoo-config", configuration),
                *("--odoo-addons-path", environment["HANDOVER_ADDONS"]),
                *("--odoo-http", *_processes(odoo.settings, arguments), *arguments),
            ],
            environment,
            ROOT,
        )
    finally:
        databases.drop_all(COPIES)
        databases.drop(DATABASE)


def _processes(settings, arguments):
    """The options that deal out the tests; none for a single process.

    Who chooses tests runs few of them, and may want to look inside with ``--pdb``.
    """
    alone = 1 if arguments else min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    count = settings.jobs or alone
    if count == 1:
        return []
    # a class at a time, as what it sets up costs most; in the order of conftest
    return [
        *("-n", str(count), "--dist", "loadscope", "--no-loadscope-reorder"),
        # one that dies ends the run: with another in its place xdist may wait for ever
        "--max-worker-restart=0",
    ]


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
