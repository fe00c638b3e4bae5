"""`make test-core`: Odoo's own tests must not fail because of our add-ons.

They run with our add-ons. What fails then runs once more, with them and without: some
fail on an Odoo alone as well, and a tour that waited too long for a busy machine does
well the second time.
"""

import re
from contextlib import ExitStack
from typing import NamedTuple

from dev import browser, processes
from dev.databases import Databases
from dev.environment import prepared, preparing, variables
from dev.odoo_cli import fatal
from dev.settings import ROOT
from dev.testing import free_port
from dev.ui import Step, Stop

# at once, so that they end at about the same time
PARTS = {"sales": ("crm", "sales_team"), "projects": ("project",)}
# a test, or a class whose preparing failed
FAILED = re.compile(
    r": (?:FAIL|ERROR): (?:(?:Subtest )?(\w+\.\w+)|setUpClass \((?:\w+\.)+(\w+)\))"
)
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
# Odoo's tests archive people who have work, which our guard is there to refuse
UNGUARDED = """
    UPDATE res_company SET handover_archive_guard = FALSE;
    INSERT INTO ir_default (field_id, json_value)
    SELECT id, 'false' FROM ir_model_fields
    WHERE model = 'res.company' AND name = 'handover_archive_guard';
"""
STARTED = re.compile(r": Starting (Test\w+\.\w+)")


class Job(NamedTuple):
    """Tests, as Odoo's option names them, on a copy of a template."""

    name: str
    template: str
    tags: str


def run(settings, _arguments):
    """Run them; raise `Stop` naming those that fail with our add-ons alone."""
    with preparing(settings):
        browser.prepare(settings)
    with (
        processes.lock(
            settings.home / "core.lock", "Waiting for these tests to end elsewhere"
        ),
        prepared(settings) as odoo,
    ):
        environment = variables(odoo)
        ours = environment["HANDOVER_INSTALLED_TEMPLATE"]
        jobs = [
            Job(part, ours, ",".join(f"/{name}" for name in names))
            for part, names in PARTS.items()
        ]
        outcomes = _outcomes(odoo, environment, jobs, "Running Odoo's tests")
        print(f"  Odoo's tests with our add-ons: {sum(n for _f, n in outcomes)} ran")
        if failed := sorted(set().union(*(failed for failed, _n in outcomes))):
            _again(odoo, environment, failed)


def _again(odoo, environment, failed):
    """Run those that failed once more, with and without our add-ons."""
    modules = [name for names in PARTS.values() for name in names]
    tags = ",".join(f"/{name}:{test}" for test in failed for name in modules)
    templates = {
        "with": environment["HANDOVER_INSTALLED_TEMPLATE"],
        "without": environment["HANDOVER_BASE_TEMPLATE"],
    }
    jobs = [Job(name, template, tags) for name, template in templates.items()]
    step = f"Running the {len(failed)} that failed once more"
    (ours, _n), (alone, _n) = _outcomes(odoo, environment, jobs, step)
    for title, tests in (
        ("fail without our add-ons as well", alone),
        ("did well the second time", set(failed) - ours - alone),
    ):
        if tests:
            print(f"  {title}: {', '.join(sorted(tests))}")
    if new := sorted(ours - alone):
        raise Stop(
            f"tests of Odoo that fail only with our add-ons: {', '.join(new)}; see "
            f"{_log(odoo.settings, 'with')}"
        )


def _outcomes(odoo, environment, jobs, title):
    """The failed tests and the number of all, for each job; they run at once."""
    databases = Databases(odoo)
    programs = []
    with ExitStack() as stack:
        for job in jobs:
            copy = databases.copied(job.template, f"core_{job.name}")
            database = stack.enter_context(copy)
            if job.template == environment["HANDOVER_INSTALLED_TEMPLATE"]:
                odoo.server.query(UNGUARDED, database)
            programs.append(_start(odoo, environment, job, database, stack))
        with Step(title, progress=lambda: _progress(odoo.settings, jobs)):
            for program in programs:
                program.wait()
    return [_outcome(odoo.settings, job) for job in jobs]


def _start(odoo, environment, job, database, stack):
    log = _log(odoo.settings, job.name)
    log.unlink(missing_ok=True)
    program = processes.start(
        [
            *(odoo.packages.python, "-m", "dev.core_runner"),
            *("--config", odoo.configuration(database, http_port=free_port())),
            *("--test-tags", job.tags),
            "--stop-after-init",
        ],
        log,
        env=environment,
        cwd=ROOT,
    )
    stack.callback(processes.stop, program)
    return program


def _outcome(settings, job):
    # Odoo ends with an error when a test failed: which, is in its log
    output = _read(settings, job)
    found = TOTAL.search(output)
    if not found or not int(found[3]):
        raise Stop(
            f"Odoo's tests did not run: {fatal(output)} (all of it in "
            f"{_log(settings, job.name)})"
        )
    failed = {test or whole_class for test, whole_class in FAILED.findall(output)}
    if not failed and (int(found[1]) or int(found[2])):
        raise Stop(
            "tests of Odoo fail, and it does not say which: see "
            f"{_log(settings, job.name)}"
        )
    return failed, int(found[3])


def _progress(settings, jobs):
    """How far each of them is."""
    started = {job.name: STARTED.findall(_read(settings, job)) for job in jobs}
    return ", ".join(
        f"{name}: {len(tests)} {tests[-1] if tests else ''}".rstrip()
        for name, tests in started.items()
    )


def _read(settings, job):
    return _log(settings, job.name).read_text(encoding="utf-8", errors="replace")


def _log(settings, name):
    return settings.folder("logs") / f"core-{name}.log"
