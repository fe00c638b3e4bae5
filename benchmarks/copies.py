"""One generated database for each size, and fresh copies of it."""

import hashlib
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from benchmarks.runner import run_module
from dev.databases import Databases
from dev.postgres import Server
from dev.settings import Settings
from dev.ui import Step

HERE = Path(__file__).parent
# what the generated databases are made by
MAKERS = ("cloning.py", "people.py", "population.py")


class Copies:
    """The databases of the benchmark, in the environment of `python -m dev bench`."""

    def __init__(self, environ):
        self.settings = Settings.read(environ)
        self.server = Server(
            programs=Path(),
            host=environ["PGHOST"],
            port=environ.get("PGPORT", "5432"),
            user=environ["PGUSER"],
            password=environ.get("PGPASSWORD", ""),
        )
        self.log = self.settings.folder("logs") / "bench.log"
        self.log.unlink(missing_ok=True)
        # with our add-ons, and Odoo without them
        self.source = environ["HANDOVER_INSTALLED_TEMPLATE"]
        self.base = environ["HANDOVER_BASE_TEMPLATE"]
        self.databases = Databases(
            SimpleNamespace(
                settings=self.settings,
                server=self.server,
                data=Path(environ["HANDOVER_DATA_DIR"]),
            )
        )

    @property
    def prefix(self):
        """How the names of all databases of the benchmark begin."""
        return f"handover_bench_{self.databases.home}"

    def template(self, size, leads_only=False):
        """The database with work of this size; generated when it is missing."""
        name = f"{self.prefix}_{size}{'_leads' * leads_only}"
        makers = b"".join((HERE / file).read_bytes() for file in MAKERS)
        recipe = hashlib.sha256(makers).hexdigest()[:12]
        source = self.databases.made_of(self.source)
        made_of = f"bench {self.databases.home} {recipe} of {source}"
        if self.databases.made_of(name) != made_of:
            with Step(f"Generating {size:,} records (once)"):
                self.databases.copy(self.source, name)
                arguments = (str(size), *(["leads"] if leads_only else ()))
                run_module("benchmarks.population", name, self.log, *arguments)
                self.server.query("VACUUM ANALYZE", database=name)
                self.databases.mark(name, made_of)
        return name

    @contextmanager
    def fresh(self, template, name=None):
        """A copy of this template, dropped afterwards."""
        name = name or f"{template}_copy"
        self.databases.copy(template, name)
        try:
            yield name
        finally:
            self.databases.drop(name)
