"""`make test-core`: Odoo's own tests must not fail because of our add-ons."""

import json
import re

from dev import browser
from dev.databases import Databases
from dev.environment import prepared, preparing, variables
from dev.odoo_cli import fatal
from dev.processes import Failed, lock
from dev.processes import run as run_program
from dev.settings import ROOT
from dev.testing import free_port
from dev.ui import Step, Stop

MODULES = ("crm", "sales_team", "project")
DATABASE = "handover_core"
FAILED = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def run(settings, _arguments):
    """Compare the failures with and without our add-ons."""
    with preparing(settings):
        browser.prepare(settings)
    with (
        lock(settings.home / "core.lock", "Waiting for these tests to end elsewhere"),
        prepared(settings) as odoo,
    ):
        environment = variables(odoo)
        known, total = _without(odoo, environment)
        failed, ran = _outcome(
            odoo, environment, environment["HANDOVER_INSTALLED_TEMPLATE"], "with"
        )
    print(f"  without our add-ons: {len(known)} of {total} tests fail")
    print(f"  with our add-ons: {len(failed)} of {ran} tests fail")
    if ran < total:
        raise Stop(f"only {ran} of {total} tests ran with our add-ons")
    if new := sorted(set(failed) - set(known)):
        raise Stop(
            "tests of Odoo that fail only with our add-ons: "
            f"{', '.join(new)}; see {settings.home / 'logs'}/core-with.log"
        )


def _without(odoo, environment):
    """What fails without our add-ons; found out once for each Odoo."""
    base = environment["HANDOVER_BASE_TEMPLATE"]
    path = odoo.settings.home / f"core-tests-{base}.json"
    if not path.exists():
        outcome = _outcome(odoo, environment, base, "without")
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(outcome), encoding="utf-8")
        partial.rename(path)
    return json.loads(path.read_text(encoding="utf-8"))


def _outcome(odoo, environment, template, word):
    """The failed tests and the number of all, on a copy of a template."""
    databases = Databases(odoo)
    databases.copy(template, DATABASE)
    log = odoo.settings.folder("logs") / f"core-{word}.log"
    log.unlink(missing_ok=True)
    tests = ",".join(f"/{name}" for name in MODULES)
    with Step(f"Running Odoo's tests of {', '.join(MODULES)} {word} our add-ons") as st:
        try:
            output = run_program(
                [
                    *(odoo.packages.python, "-m", "dev.core_runner"),
                    *("--config", odoo.configuration(DATABASE, http_port=free_port())),
                    *("--test-tags", tests, "--stop-after-init"),
                ],
                log=log,
                env=environment,
                cwd=ROOT,
                on_line=lambda line: _show(st, line),
            )
        except Failed as error:
            # Odoo ends with an error when a test failed: which, is in its log
            output = str(error)
    databases.drop(DATABASE)
    found = TOTAL.search(output)
    if not found:
        raise Stop(f"Odoo's tests did not run: {fatal(output)} (all of it in {log})")
    return sorted(set(FAILED.findall(output))), int(found[3])


def _show(step, line):
    if ": Starting Test" in line:
        step.detail(line.partition(": Starting ")[2].strip(" .\n"))
