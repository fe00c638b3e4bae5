"""`make lint`: every check that needs no test of ours, or those that ARGS names."""

import re
import shlex

from dev import file_checks, translations
from dev.databases import Databases
from dev.environment import prepared, variables
from dev.odoo_cli import complaints, records
from dev.processes import lock
from dev.settings import ROOT
from dev.ui import Step, Stop

DATABASE = "lint"
ODOO_CHECKS = (
    "TestIndex",
    "TestNaming",
    "TestLintOverrideSignatures",
    "TestDocstring",
    "ManifestLinter",
)
# what Odoo says about the failures of single checks
SUMMARY = re.compile(r"\d+ fail(ed|ures), \d+ error|At least one test failed")


def run(settings, arguments):
    """Run the checks; tell every finding before failing."""
    known = [*file_checks.CHECKS, *DATABASE_CHECKS]
    wanted = arguments or shlex.split(settings.arguments) or known
    if unknown := sorted({*wanted} - {*known}):
        raise Stop(
            f"lint does not know {', '.join(unknown)}: name some of {', '.join(known)}"
        )
    wanted = [name for name in known if name in wanted]
    with lock(settings.folder("") / "lint.lock", "Waiting for the lint that runs"):
        failed = [*_of_files(settings, wanted), *_of_databases(settings, wanted)]
    if failed:
        raise Stop(f"lint found something to put right: {', '.join(failed)}")
    print("  lint: all is well")


def _of_files(settings, wanted):
    """Run those that read files; answer the names of those that found something."""
    tools = file_checks.tools(settings, wanted)
    for name in wanted:
        if check := file_checks.CHECKS.get(name):
            with Step(name):
                findings = check(tools)
            if findings:
                print("\n".join(findings))
                yield name


def _of_databases(settings, wanted):
    """Run those that need Odoo; answer the names of those that found something."""
    wanted = [name for name in wanted if name in DATABASE_CHECKS]
    if not wanted:
        return
    with prepared(settings) as odoo:
        template = variables(odoo)["HANDOVER_INSTALLED_TEMPLATE"]
        odoo = odoo.with_community()
        with Databases(odoo).copied(template, DATABASE) as database:
            translations.add_foundations(odoo, database)
            for name in wanted:
                if findings := DATABASE_CHECKS[name](odoo, database):
                    print("\n".join(findings))
                    yield name


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
        for name in (odoo.settings.home, ROOT, Databases(odoo).own_name(DATABASE)):
            text = text.replace(str(name), "")
        return theirs.search(text) and "handover" not in text

    ours = [text for text in errors if not is_theirs(text)]
    if errors and not ours:
        print(f"  (none of it about our add-ons, {len(errors)} about the community's)")
        return []
    return ours or [output]


def _test_lint(odoo, database):
    """What Odoo's own linter finds, an add-on that is installed on this copy."""
    checks = ",".join(f"/test_lint:{check}" for check in ODOO_CHECKS)
    log = odoo.settings.folder("logs") / "lint.log"
    try:
        output = odoo.call(
            "Odoo's test_lint",
            database,
            *("--init", "test_lint", "--test-tags", checks),
            *("--stop-after-init", "--no-http"),
            log=log,
        )
    except Stop:
        output = log.read_text(encoding="utf-8")
        if errors := _errors(odoo, output):
            return errors
    return complaints(output, odoo.settings.home)


# name: function that answers what it found, in lines
DATABASE_CHECKS = {"translations": translations.problems, "test_lint": _test_lint}
