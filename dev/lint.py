"""`make lint`: every check that needs no test of ours."""

import re

from dev import addons, translations
from dev.databases import Databases
from dev.environment import prepared, variables
from dev.odoo_cli import complaints, records
from dev.processes import Failed, lock
from dev.processes import run as run_program
from dev.settings import ROOT
from dev.ui import Step, Stop

DATABASE = "handover_lint"
ODOO_CHECKS = (
    "TestIndex",
    "TestNaming",
    "TestLintOverrideSignatures",
    "TestDocstring",
    "ManifestLinter",
)
# what Odoo says about the failures of single checks
SUMMARY = re.compile(r"\d+ fail(ed|ures), \d+ error|At least one test failed")


def run(settings, _arguments):
    """Run all of them; tell every finding before failing."""
    with (
        lock(settings.folder("") / "lint.lock", "Waiting for the lint that runs"),
        prepared(settings) as odoo,
    ):
        environment = variables(odoo)
        bin_folder = odoo.packages.python.parent
        ours = addons.names()
        checks = {
            "ruff": [bin_folder / "ruff", "check", "."],
            "ruff format": [bin_folder / "ruff", "format", "--check", "."],
            "pylint-odoo": [bin_folder / "pylint", "--jobs=1", *ours],
        }
        failed = [
            name
            for name, command in checks.items()
            if not _passes(name, command, environment)
        ]
        if not _passes_odoo(odoo, environment):
            failed.append("Odoo's test_lint")
        if problems := translations.problems(odoo, environment):
            print("\n".join(problems))
            failed.append("translations")
    if failed:
        raise Stop(f"lint found something to put right: {', '.join(failed)}")
    print("  lint: all is well")


def _passes(name, command, environment):
    with Step(name):
        try:
            run_program(command, env=environment, cwd=ROOT)
        except Failed as error:
            print(f"\n{error}")
            return False
    return True


def _errors(odoo, output):
    """The errors but for those about others' add-ons; all when none is about them."""
    errors = [
        text
        for match, text in records(output)
        if match["level"] in ("ERROR", "CRITICAL") and not SUMMARY.search(text)
    ]
    names = [name.replace("_", "[._]") for name in odoo.packages.community_addons]
    theirs = re.compile(rf"\b({'|'.join(names)})\b")

    def is_theirs(text):
        # the folders we are in, and the database, may have the name of an add-on
        for name in (odoo.settings.home, ROOT, DATABASE):
            text = text.replace(str(name), "")
        return theirs.search(text) and "handover" not in text

    ours = [text for text in errors if not is_theirs(text)]
    if errors and not ours:
        print(f"  (none of it about our add-ons, {len(errors)} about the community's)")
        return []
    return ours or [output]


def _passes_odoo(odoo, environment):
    """Odoo's own linter, an add-on that is installed on a copy."""
    odoo = odoo.with_community()
    databases = Databases(odoo)
    databases.copy(environment["HANDOVER_INSTALLED_TEMPLATE"], DATABASE)
    checks = ",".join(f"/test_lint:{check}" for check in ODOO_CHECKS)
    log = odoo.settings.folder("logs") / "lint.log"
    try:
        output = odoo.call(
            "Odoo's test_lint",
            DATABASE,
            *("--init", ",".join(["test_lint", *odoo.packages.community_addons])),
            *("--test-tags", checks),
            *("--stop-after-init", "--no-http"),
            log=log,
        )
    except Stop:
        output = log.read_text(encoding="utf-8")
        if errors := _errors(odoo, output):
            print("\n".join(errors))
            return False
    finally:
        databases.drop(DATABASE)
    if found := complaints(output, odoo.settings.home):
        print("\n".join(found))
    return not found
