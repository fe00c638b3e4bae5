"""`make test`: all of tests/ with real Odoo, PostgreSQL, Chromium and SMTP.

Once with all add-ons, and one of each class of the core's once more with nothing of
ours beside it; `make test-alone` runs all of those.

They are dealt out to several processes, each with a database of its own: pytest's
xdist does the one, pytest-odoo the other. One report and one exit code tell of all.
"""

import os
import shlex
import socket
from typing import NamedTuple

from dev import browser
from dev.databases import COPY, Databases
from dev.environment import prepared, preparing, variables
from dev.processes import foreground, lock
from dev.settings import ROOT
from dev.ui import Step

# each one needs half a GB, and Chromium for the tours as much again
MOST_PROCESSES = 4


class Job(NamedTuple):
    """Tests that run together: on a database of this name, copied from a template.

    The name is what :meth:`Databases.own_name` makes of it.
    """

    title: str
    database: str
    template: str
    paths: tuple
    options: tuple = ()


# tests/rpc goes the whole way there, and more; the rest is for databases that differ
OF_THEIR_OWN = ("--ignore=tests/smoke",)
EVERYTHING = Job(
    "all add-ons", "test", "HANDOVER_INSTALLED_TEMPLATE", ("tests",), OF_THEIR_OWN
)
# nothing of ours is beside it: it must neither name nor need what is not there
ALONE = Job("the core alone", "test_alone", "HANDOVER_ALONE_TEMPLATE", ("tests/core",))
# what a class of tests sets up and does once shows whether something is missing
SAMPLE = ALONE._replace(options=("--first-of-each-class",))


def run(settings, arguments):
    """Run all tests, and some of the core's with nothing beside it.

    With arguments, those tests alone. Answers pytest's exit code, or the worst one.
    """
    arguments = arguments or shlex.split(settings.arguments)
    jobs = [EVERYTHING] if arguments else [EVERYTHING, SAMPLE]
    return _run(settings, jobs, arguments)


def run_alone(settings, arguments):
    """Run all tests of the core with nothing beside it; answer pytest's exit code."""
    return _run(settings, [ALONE], arguments or shlex.split(settings.arguments))


def _run(settings, jobs, arguments):
    with preparing(settings):
        browser.prepare(settings)
    with (
        lock(settings.home / "test.lock", "Waiting for the tests that already run"),
        prepared(settings) as odoo,
    ):
        codes = [_pytest(odoo, job, arguments) for job in jobs]
    return max(codes, key=abs)


def _pytest(odoo, job, arguments):
    print(f"\n  Testing {job.title}", flush=True)
    databases = Databases(odoo)
    database = databases.own_name(job.database)
    configuration = odoo.configuration(database, http_port=free_port())
    environment = variables(odoo, configuration)
    # what pytest-odoo calls the copies of the processes; they mark them themselves
    copies = f"{database}-gw"
    environment["HANDOVER_MARK"] = f"{COPY} {databases.home}"
    chosen = any(part.startswith("tests") for part in arguments)
    with preparing(odoo.settings):
        if job is not EVERYTHING:
            environment[job.template] = databases.core_alone()
        with Step("Copying the template for the tests"):
            databases.copy(environment[job.template], database)
        if job is EVERYTHING and not arguments:
            databases.make_bundles(database)
        with Step("Removing what is left of a run that was killed"):
            # the lock says that nobody uses them
            databases.drop_all(copies)
            databases.drop_all(f"handover_{databases.home}_")
    try:
        return foreground(
            [
                *(odoo.packages.python, "-m", "pytest"),
                *(() if chosen else job.paths),
                *(() if chosen else job.options),
                *("--odoo-database", database, "--odoo-config", configuration),
                *("--odoo-addons-path", environment["HANDOVER_ADDONS"]),
                *("--odoo-http", *_processes(odoo.settings, arguments), *arguments),
            ],
            environment,
            ROOT,
        )
    finally:
        databases.drop_made_since(copies)
        databases.drop(database)


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
