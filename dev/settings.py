"""What the person may choose, each by one environment variable."""

import re
from dataclasses import dataclass
from pathlib import Path

from dev.ui import Stop

ROOT = Path(__file__).resolve().parent.parent
MOST_JOBS = 16
# PostgreSQL keeps 63 letters; while it is made, a database is called `…-new`
LONGEST_NAME = 59
DATABASE_NAME = re.compile(rf"[a-z][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}")


@dataclass(frozen=True)
class Settings:
    """The choices, checked."""

    home: Path
    port: int
    database: str
    demo: bool
    odoo: Path | None
    database_url: str
    arguments: str
    jobs: int | None
    version: str

    @classmethod
    def read(cls, environ):
        """Read them from the environment; an empty variable counts as not set."""

        def choice(name, default=""):
            return environ.get(name, "").strip() or default

        port = choice("PORT", "8069")
        if not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise Stop(f"PORT={port} is no port: give a number from 1024 to 65535")
        database = choice("DB", "handover")
        if not DATABASE_NAME.fullmatch(database):
            raise Stop(
                f"DB={database} is no database name: use lower-case letters, digits, "
                f"- and _, a letter first, {LONGEST_NAME} at most"
            )
        demo = choice("DEMO", "1")
        if demo not in ("0", "1"):
            raise Stop(f"DEMO={demo} is not known: DEMO=0 or DEMO=1")
        jobs = choice("JOBS")
        if jobs and (not jobs.isdecimal() or not 1 <= int(jobs) <= MOST_JOBS):
            raise Stop(f"JOBS={jobs} is not known: give a number from 1 to {MOST_JOBS}")
        odoo = choice("ODOO")
        home = choice("HANDOVER_HOME", str(ROOT / ".handover"))
        for folder in (str(ROOT), home, odoo):
            if "," in folder:
                raise Stop(
                    f"{folder} has a comma in its name, which ends a folder's name in "
                    "Odoo's configuration: use a folder without one"
                )
        return cls(
            home=Path(home).expanduser().resolve(),
            port=int(port),
            database=database,
            demo=demo == "1",
            odoo=Path(odoo).expanduser().resolve() if odoo else None,
            database_url=choice("DATABASE_URL"),
            arguments=choice("ARGS"),
            jobs=int(jobs) if jobs else None,
            version=choice("VERSION"),
        )

    def folder(self, name):
        """A folder below the home, made when it is missing."""
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path
