"""Everything put together: packages, Odoo, PostgreSQL; and commands inside it."""

import os
import shlex
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

from dev import browser, packages, postgres, source_tree
from dev.databases import Databases
from dev.odoo_cli import Odoo
from dev.processes import foreground, lock
from dev.settings import ROOT
from dev.ui import Stop

# what the packages, Odoo, its templates and a database take
NEEDED_BYTES = 4_000_000_000


@contextmanager
def prepared(settings):
    """An `Odoo` that can be called, while its PostgreSQL runs."""
    tree, environment = packed(settings)
    with postgres.running(settings, environment) as server:
        yield Odoo(settings, tree, environment, server)


def packed(settings):
    """Odoo's files and the Python packages: what needs no database."""
    with preparing(settings):
        tree = source_tree.prepare(settings)
        return tree, packages.prepare(settings, tree)


def preparing(settings):
    """Hold this while changing what the commands share."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(
            f"{settings.home} cannot be made ({error.strerror}): name another folder "
            "with HANDOVER_HOME=/path"
        ) from error
    ready = settings.home / "odoo"
    if not ready.exists() and shutil.disk_usage(settings.home).free < NEEDED_BYTES:
        raise Stop(
            f"the disk that holds {settings.home} has less than "
            f"{NEEDED_BYTES // 10**9} GB free: free some space, or name a folder on "
            "another disk with HANDOVER_HOME=/path"
        )
    return lock(
        settings.home / "prepare.lock",
        "Waiting for another command that prepares the same",
    )


def variables(odoo, configuration=None):
    """The environment in which tests and tools find all of this."""
    with preparing(odoo.settings):
        databases = Databases(odoo)
        base, with_addons = databases.base(demo=True), databases.with_addons()
    return {
        **common_variables(odoo, configuration or odoo.configuration(with_addons)),
        "HANDOVER_BASE_TEMPLATE": base,
        "HANDOVER_INSTALLED_TEMPLATE": with_addons,
    }


def common_variables(odoo, configuration):
    """The same for what needs no template with demo data."""
    settings, packed, server = odoo.settings, odoo.packages, odoo.server
    addons_path = odoo.with_community().addons_path
    path = [packed.python.parent, server.programs, os.environ.get("PATH", os.defpath)]
    return {
        **os.environ,
        **server.environment,
        "PATH": os.pathsep.join(str(part) for part in path),
        "HANDOVER_HOME": str(settings.home),
        "HANDOVER_PYTHON": str(packed.python),
        "HANDOVER_ODOO_BIN": str(packed.odoo_launcher),
        "HANDOVER_CONFIG": str(configuration),
        "HANDOVER_ADDONS": ",".join(str(path) for path in addons_path),
        "HANDOVER_DATA_DIR": str(odoo.data),
        "HANDOVER_PG": server.dsn,
    }


def execute(settings, arguments):
    """Run any command in the prepared environment."""
    arguments = arguments or shlex.split(settings.arguments)
    if not arguments:
        raise Stop("exec runs a command: name it, e.g. python -m dev exec psql -l")
    with prepared(settings) as odoo:
        return foreground(arguments, variables(odoo), Path.cwd())


def screenshots(settings, _arguments):
    """Take the pictures of the documentation."""
    with preparing(settings):
        browser.prepare(settings)
    return _module(settings, "dev.screenshots")


def bench(settings, _arguments):
    """Measure; SIZES reaches the benchmark through the environment."""
    return _module(settings, "benchmarks")


def _module(settings, module):
    with prepared(settings) as odoo:
        command = [odoo.packages.python, "-m", module]
        sys.stdout.flush()
        return foreground(command, variables(odoo), ROOT)
