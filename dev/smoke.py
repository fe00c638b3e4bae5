"""`make smoke`: the whole way on databases as others have them, a short look at each.

None has demo data. Each is made of a template that is there already, as far as one is,
while the one before it is looked at, and dropped afterwards.
``make smoke ARGS="plain companies"`` chooses.
"""

import shlex
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from dev import addons
from dev.databases import COPY, Databases
from dev.environment import common_variables, prepared, preparing
from dev.processes import foreground, lock
from dev.settings import ROOT
from dev.testing import free_port
from dev.ui import Stop, table


class Variant(NamedTuple):
    """A database: what is installed besides the core, and loaded languages."""

    told: str
    beside: tuple = ()
    options: tuple = ()
    languages: tuple = ()

    @property
    def begins_plain(self):
        """Whether all is in it that the plain one has."""
        return not self.options


VARIANTS = {
    "plain": Variant("the core, and what installs itself with it"),
    "companies": Variant("two companies with a currency each, and people in both"),
    "languages": Variant(
        "five languages, and people in each",
        languages=("zh_CN", "de_DE", "fr_FR", "es_ES", "ja_JP"),
    ),
    "alone": Variant("the core alone", options=("--skip-auto-install",)),
    "apps": Variant(
        "sales, accounting, employees, website, calendars elsewhere, and our glue",
        beside=(
            *("sale", "account", "hr", "website", "sale_project"),
            *("google_calendar", "microsoft_calendar"),
        ),
    ),
}


def run(settings, arguments):
    """Run ``tests/smoke`` on each variant; answer pytest's worst exit code."""
    chosen = arguments or shlex.split(settings.arguments) or [*VARIANTS]
    if unknown := [name for name in chosen if name not in VARIANTS]:
        raise Stop(
            f"{unknown[0]} is no variant: choose of {', '.join(VARIANTS)}, as in "
            'make smoke ARGS="plain companies"'
        )
    rows, codes = [("variant", "tests", "seconds", "")], []
    with (
        lock(settings.home / "test.lock", "Waiting for the tests that already run"),
        prepared(settings) as odoo,
        _Smoke(odoo) as smoke,
        # one processor makes databases while another one tests
        ThreadPoolExecutor(max_workers=1) as maker,
    ):
        # in the order in which they share a template
        names = [name for name in VARIANTS if name in chosen]
        made = {name: maker.submit(smoke.make, name) for name in names}
        try:
            for name in names:
                started = time.monotonic()
                code, tests = smoke.look(name, made[name].result())
                seconds = f"{time.monotonic() - started:.0f}"
                rows.append((name, tests, seconds, "failed" if code else "well"))
                codes.append(code)
        finally:
            maker.shutdown(cancel_futures=True)
    print("\n" + "\n".join(table(rows)), flush=True)
    return max(codes, key=abs)


class _Smoke:
    """The databases of the variants, as long as they are looked at."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.databases = Databases(odoo)
        self.template = self.databases.own_name("smoke")
        self.made = []

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for database in (*self.made, self.template):
            self.databases.drop(database)

    def make(self, name):
        """Make the database of a variant and answer its name."""
        database = self.databases.own_name(f"smoke_{name}")
        self.made.append(database)
        with preparing(self.odoo.settings):
            self._make(database, VARIANTS[name])
        return database

    def look(self, name, database):
        """Run the tests on a database: pytest's exit code, and how many."""
        report = self.odoo.settings.folder("logs") / f"{database}.xml"
        report.unlink(missing_ok=True)
        print(f"\n  {name}: {VARIANTS[name].told}", flush=True)
        try:
            code = self._pytest(name, database, report)
        finally:
            self.databases.drop(database)
        return code, _count(report)

    def _make(self, database, variant):
        """Make the database of a variant; the plain one is made once."""
        databases = self.databases
        if not variant.begins_plain:
            base = databases.base(demo=False)
            self._install(base, database, addons.MAIN, *variant.options)
            return
        if not databases.exists(self.template):
            self._install(databases.base(demo=False), self.template, addons.MAIN)
        if variant.beside:
            # as companies do it: with an app comes our glue to it
            self._install(self.template, database, ",".join(variant.beside))
        else:
            databases.copy(self.template, database)
        if variant.languages:
            self.odoo.call(
                "Loading languages",
                database,
                *("--load-language", ",".join(variant.languages)),
                *("--stop-after-init", "--no-http"),
            )

    def _install(self, template, database, names, *options):
        self.databases.copy(template, database)
        self.odoo.call(
            f"Installing {names}",
            database,
            *("--init", names, *options, "--stop-after-init", "--no-http"),
        )

    def _pytest(self, name, database, report):
        configuration = self.odoo.configuration(database, http_port=free_port())
        environment = common_variables(self.odoo, configuration)
        environment["HANDOVER_SMOKE"] = name
        environment["HANDOVER_MARK"] = f"{COPY} {self.databases.home}"
        return foreground(
            [
                *(self.odoo.packages.python, "-m", "pytest", "tests/smoke", "-q"),
                *("--odoo-database", database, "--odoo-config", configuration),
                *("--odoo-addons-path", environment["HANDOVER_ADDONS"]),
                *("--odoo-http", f"--junitxml={report}"),
            ],
            environment,
            ROOT,
        )


def _count(report):
    """How many tests a report tells of."""
    if not report.exists():
        return "0"
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    return str(sum(int(suite.get("tests")) for suite in suites))
