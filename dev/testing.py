"""`make test`: all of tests/ with real Odoo, PostgreSQL, Chromium and SMTP."""

import shlex
import socket

from dev import browser
from dev.databases import Databases
from dev.environment import prepared, preparing, variables
from dev.processes import foreground, lock
from dev.settings import ROOT
from dev.ui import Step

DATABASE = "handover_test"


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
    try:
        return foreground(
            [
                *(odoo.packages.python, "-m", "pytest", "tests"),
                *("--odoo-database", DATABASE, "--odoo-config", configuration),
                *("--odoo-addons-path", environment["HANDOVER_ADDONS"]),
                *("--odoo-http", *arguments),
            ],
            environment,
            ROOT,
        )
    finally:
        databases.drop(DATABASE)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
