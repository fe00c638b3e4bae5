"""`make test-core`: Odoo's own tests must not fail because of our add-ons."""

import json
import re
from contextlib import ExitStack

from dev import browser, processes
from dev.databases import Databases
from dev.environment import prepared, preparing, variables
from dev.odoo_cli import fatal
from dev.settings import ROOT
from dev.testing import free_port
from dev.ui import Step, Stop

MODULES = ("crm", "sales_team", "project")
WITH, WITHOUT = "with", "without"
FAILED = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
STARTED = re.compile(r": Starting (Test\w+\.\w+)")


def run(settings, _arguments):
    """Compare the failures with and without our add-ons."""
    with preparing(settings):
        browser.prepare(settings)
    with (
        processes.lock(
            settings.home / "core.lock", "Waiting for these tests to end elsewhere"
        ),
        prepared(settings) as odoo,
    ):
        environment = variables(odoo)
        templates = {WITH: environment["HANDOVER_INSTALLED_TEMPLATE"]}
        base = environment["HANDOVER_BASE_TEMPLATE"]
        # what fails without our add-ons is found out once for each Odoo
        known = settings.home / f"core-tests-{base}.json"
        if not known.exists():
            templates[WITHOUT] = base
        outcomes = _outcomes(odoo, environment, templates)
        if WITHOUT in outcomes:
            partial = known.with_suffix(".partial")
            partial.write_text(json.dumps(outcomes[WITHOUT]), encoding="utf-8")
            partial.rename(known)
    _compare(settings, json.loads(known.read_text(encoding="utf-8")), outcomes[WITH])


def _compare(settings, without, with_ours):
    (known, total), (failed, ran) = without, with_ours
    print(f"  without our add-ons: {len(known)} of {total} tests fail")
    print(f"  with our add-ons: {len(failed)} of {ran} tests fail")
    if ran < total:
        raise Stop(f"only {ran} of {total} tests ran with our add-ons")
    if new := sorted(set(failed) - set(known)):
        raise Stop(
            "tests of Odoo that fail only with our add-ons: "
            f"{', '.join(new)}; see {_log(settings, WITH)}"
        )


def _outcomes(odoo, environment, templates):
    """The failed tests and the number of all, on a copy of each template at once."""
    databases = Databases(odoo)
    words = " and ".join(templates)
    names = {word: f"handover_core_{word}" for word in templates}
    title = f"Running Odoo's tests of {', '.join(MODULES)} {words} our add-ons"
    with ExitStack() as stack:
        for word, template in templates.items():
            databases.copy(template, names[word])
            stack.callback(databases.drop, names[word])
        programs = [
            _start(odoo, environment, word, names[word], stack) for word in names
        ]
        with Step(title, progress=lambda: _progress(odoo.settings, names)):
            for program in programs:
                program.wait()
    return {word: _outcome(odoo.settings, word) for word in names}


def _start(odoo, environment, word, database, stack):
    log = _log(odoo.settings, word)
    log.unlink(missing_ok=True)
    program = processes.start(
        [
            *(odoo.packages.python, "-m", "dev.core_runner"),
            *("--config", odoo.configuration(database, http_port=free_port())),
            *("--test-tags", ",".join(f"/{name}" for name in MODULES)),
            "--stop-after-init",
        ],
        log,
        env=environment,
        cwd=ROOT,
    )
    stack.callback(processes.stop, program)
    return program


def _outcome(settings, word):
    # Odoo ends with an error when a test failed: which, is in its log
    output = _read(settings, word)
    found = TOTAL.search(output)
    if not found:
        raise Stop(
            f"Odoo's tests did not run: {fatal(output)} (all of it in "
            f"{_log(settings, word)})"
        )
    return sorted(set(FAILED.findall(output))), int(found[3])


def _progress(settings, words):
    """How far each of them is."""
    started = {word: STARTED.findall(_read(settings, word)) for word in words}
    return ", ".join(
        f"{word}: {len(tests)} {tests[-1] if tests else ''}".rstrip()
        for word, tests in started.items()
    )


def _read(settings, word):
    return _log(settings, word).read_text(encoding="utf-8", errors="replace")


def _log(settings, word):
    return settings.folder("logs") / f"core-{word}.log"
