"""Databases: templates that are made once, and copies of them.

What a database was made of is kept as its comment, in the database server itself,
and written last: a database without it is a failed try.
"""

import hashlib
import os
import shutil

from dev import addons
from dev.odoo_cli import complaints
from dev.processes import run
from dev.settings import ROOT
from dev.ui import Step, Stop

# glue add-ons find here what they stick to
BASE_ADDONS = ("crm", "project", "sale_crm")
# the first one is everybody's
LANGUAGES = ("en_US", "zh_CN")
# another way to make the templates gives this another number
RECIPE = 2
DEMO, PLAIN = "demo", "plain"


class Databases:
    """The databases of one Odoo."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.server = odoo.server
        # the files of a database lie in the home: a server that several homes use
        # has templates for each
        self.home = hashlib.sha256(str(odoo.settings.home).encode()).hexdigest()[:6]

    def made_of(self, name):
        """What this database was made of; None when it is not there or unfinished."""
        rows = self.server.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{name}'"
        )
        return rows[0][0] if rows else None

    def exists(self, name):
        """Whether there is a database of this name, finished or not."""
        return bool(
            self.server.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
        )

    def drop(self, name):
        """Remove a database and its files."""
        self.server.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self._files(name), ignore_errors=True)

    def drop_all(self, pattern):
        """Remove the databases with names like this, in the sense of SQL."""
        for [name] in self.server.query(
            f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}'"
        ):
            self.drop(name)

    def copy(self, source, target):
        """Replace `target` by a copy of a database that nobody is connected to."""
        self.drop(target)
        self.server.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        if self._files(source).is_dir():
            # Odoo never changes a file of its store: both may share it
            shutil.copytree(
                self._files(source), self._files(target), copy_function=os.link
            )

    def mark(self, name, made_of):
        """Say that this database is finished, and what it was made of."""
        self.server.query(f"COMMENT ON DATABASE \"{name}\" IS '{made_of}'")

    def rename(self, source, target):
        """Give a finished database its name."""
        shutil.rmtree(self._files(target), ignore_errors=True)
        if self._files(source).is_dir():
            self._files(source).rename(self._files(target))
        self.server.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')

    def installed(self, name):
        """The add-ons that are installed in a database."""
        rows = self.server.query(
            "SELECT name FROM ir_module_module WHERE state = 'installed'", database=name
        )
        return [row[0] for row in rows]

    def base(self, demo):
        """The template without our add-ons, with or without Odoo's demo data."""
        recipe = "-".join((self.odoo.tree.key, str(RECIPE), *BASE_ADDONS, *LANGUAGES))
        key = hashlib.sha256(recipe.encode()).hexdigest()[:6]
        name = f"handover_base_{DEMO if demo else PLAIN}_{self.home}{key}"
        if self.made_of(name) is None:
            kind = "with Odoo's demo data" if demo else "without demo data"
            self.drop(name)
            self.odoo.call(
                f"Creating a database {kind} (once, about a minute and a half)",
                name,
                *("--init", ",".join(BASE_ADDONS)),
                *(["--with-demo"] if demo else []),
                *(
                    "--load-language",
                    ",".join(LANGUAGES),
                    "--stop-after-init",
                    "--no-http",
                ),
            )
            self.mark(name, recipe)
        return name

    def with_addons(self):
        """The template with our add-ons and all demo data; strict about their log."""
        made_of = self._state(demo=True)
        name = f"handover_installed_{self.home}"
        if self.made_of(name) != made_of:
            self.copy(self.base(demo=True), name)
            log = self.install(name, demo=True)
            if found := complaints(log, self.odoo.settings.home):
                raise Stop(
                    "installing our add-ons logs warnings, which must be put right:\n"
                    + "\n".join(found)
                )
            self.mark(name, made_of)
        return name

    def core_alone(self):
        """The template with the main add-on and nothing of ours beside it."""
        made_of = f"alone {self._state(demo=True)}"
        name = f"handover_alone_{self.home}"
        if self.made_of(name) != made_of:
            self.copy(self.base(demo=True), name)
            self.odoo.call(
                f"Installing {addons.MAIN} alone",
                name,
                *("--init", addons.MAIN, "--skip-auto-install", "--with-demo"),
                *("--stop-after-init", "--no-http"),
            )
            beside = set(self.installed(name)) & set(addons.names()) - {addons.MAIN}
            if beside:
                raise Stop(f"{addons.MAIN} brings along {', '.join(sorted(beside))}")
            self.mark(name, made_of)
        return name

    def install(self, name, demo, everything=False):
        """Install our add-ons, or update what is installed; answer Odoo's log."""
        installed = self.installed(name)
        ours = addons.names()
        arguments = []
        update = [addon for addon in ours if addon in installed]
        if everything:
            update = ["all"]
        if update:
            arguments += ["--update", ",".join(update)]
        wanted = addons.wanted(installed)
        if install := [addon for addon in wanted if addon not in installed]:
            arguments += ["--init", ",".join(install)]
        if not arguments:
            return ""
        return self.odoo.call(
            "Updating our add-ons" if update else "Installing our add-ons",
            name,
            *arguments,
            *(["--with-demo"] if demo else []),
            *("--stop-after-init", "--no-http"),
        )

    def own(self, name, demo):
        """A person's database: made when missing, updated when the add-ons changed.

        Answers the warnings that our add-ons logged.
        """
        found = self.made_of(name)
        if found is None:
            if self.exists(name) and self.server.query(
                "SELECT 1 FROM information_schema.tables "
                "WHERE table_name = 'ir_module_module'",
                database=name,
            ):
                raise Stop(
                    f"there is a database {name} that was not made here: choose "
                    "another name, e.g. make run DB=handover2"
                )
            building = f"{name}-new"
            template = self.base(demo)
            with Step(f"Creating the database {name}"):
                self.copy(template, building)
            log = self.install(building, demo)
            if demo:
                self.tell_story(building)
            self.drop(name)
            self.mark(building, self._state(demo))
            self.rename(building, name)
            return complaints(log, self.odoo.settings.home)
        kind, home, tree, *_digest = found.split()
        if home != self.home:
            raise Stop(
                f"the database {name} belongs to another folder than "
                f"{self.odoo.settings.home}: choose another name, "
                "e.g. make run DB=handover2"
            )
        if kind == DEMO and not demo:
            raise Stop(
                f"the database {name} has demo data: choose another one, "
                f"e.g. make run DEMO=0 DB={name}_empty"
            )
        demo = kind == DEMO
        if found == self._state(demo):
            return []
        log = self.install(name, demo, everything=tree != self.odoo.tree.key)
        self.mark(name, self._state(demo))
        return complaints(log, self.odoo.settings.home)

    def tell_story(self, name):
        """Give a database with our demo data its past, see `dev/story.py`."""
        with Step("Telling the past of the demo story"):
            run(
                [
                    *(self.odoo.packages.python, "-m", "dev.story"),
                    *(self.odoo.configuration(name), name),
                ],
                log=self.odoo.settings.folder("logs") / f"{name}-story.log",
                cwd=ROOT,
            )

    def _state(self, demo):
        kind = DEMO if demo else PLAIN
        return f"{kind} {self.home} {self.odoo.tree.key} {addons.digest()}"

    def _files(self, name):
        return self.odoo.data / "filestore" / name
