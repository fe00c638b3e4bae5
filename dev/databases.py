"""Databases: templates that are made once, and copies of them.

What a database is stands in its comment, in the database server itself: our mark, which
is one word for its kind, the key of our home, and what it was made of. The last is
written when it is finished. What does not carry the mark of our home is somebody
else's, and never dropped.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress

from dev import addons
from dev.odoo_cli import complaints
from dev.processes import Failed, run
from dev.settings import ROOT
from dev.ui import Step, Stop

# glue add-ons find here what they stick to
BASE_ADDONS = ("crm", "project", "sale_crm")
# the first one is everybody's
LANGUAGES = ("en_US", "zh_CN")
# another way to make the templates gives this another number
RECIPE = 3
# how long a database may be in use after its last user
DROP_SECONDS = 60
# kinds of databases
DEMO, PLAIN, BASE, ALONE, COPY = "demo", "plain", "base", "alone", "copy"


def _key(home):
    """The key of a home, made once: one server may serve homes of several machines.

    Their paths may be the same, so it is drawn by lot.
    """
    path = home / "key"
    home.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), tempfile.NamedTemporaryFile("w", dir=home) as file:
        file.write(secrets.token_hex(3))
        file.flush()
        # all of it at once, or what another command has written meanwhile
        os.link(file.name, path)
    return path.read_text()


class Databases:
    """The databases of one Odoo."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.server = odoo.server
        # the files of a database lie in the home: a server that several homes use
        # has templates for each
        self.home = _key(odoo.settings.home)

    def made_of(self, name):
        """The comment of this database; None when it is not there or has none."""
        rows = self.server.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{name}'"
        )
        return rows[0][0] if rows else None

    def is_ours(self, name):
        """Whether this database carries the mark of our home."""
        words = (self.made_of(name) or "").split()
        return words[1:2] == [self.home]

    def refuse_stranger(self, name):
        """Raise `Stop` when there is a database of this name that is not ours."""
        if self.exists(name) and not self.is_ours(name):
            raise Stop(
                f"there is a database {name} that was not made by "
                f"{self.odoo.settings.home}: rename it, or drop it yourself"
            )

    def exists(self, name):
        """Whether there is a database of this name, finished or not."""
        return bool(
            self.server.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
        )

    def drop(self, name):
        """Remove a database of ours and its files; raise `Stop` at somebody else's."""
        self.refuse_stranger(name)
        self._drop(name)

    def drop_made_since(self, prefix):
        """Remove what a program made whose names begin so; none was there before."""
        for name in self.beginning(prefix):
            # copies that ended before they could be marked have no comment at all
            if self.is_ours(name) or self.made_of(name) is None:
                self._drop(name)

    def drop_all(self, prefix):
        """Remove our databases whose names begin so; raise `Stop` at others'.

        A copy whose maker was killed before it was marked has no comment: the key of
        our home, which is drawn by lot, is in its name then.
        """
        for name in self.beginning(prefix):
            if self.made_of(name) is None and f"_{self.home}" in name:
                self._drop(name)
            else:
                self.drop(name)

    def beginning(self, prefix):
        """The names of the databases that begin so."""
        rows = self.server.query(
            f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')"
        )
        return [row[0] for row in rows]

    def own_name(self, name):
        """The name of a database that only our home makes."""
        return f"handover_{name}_{self.home}"

    def create(self, name, kind):
        """Make an empty database as Odoo does, with our mark from the beginning."""
        self.drop(name)
        self._create(name, "ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0", kind)
        # as Odoo does; where there is none, some searches take longer
        with suppress(Failed):
            self.server.query("CREATE EXTENSION IF NOT EXISTS pg_trgm", database=name)

    def copy(self, source, target):
        """Replace `target` by a copy of a database that nobody is connected to."""
        self.drop(target)
        self._create(target, f'TEMPLATE "{source}"', COPY)
        if self._files(source).is_dir():
            # Odoo never changes a file of its store: both may share it
            shutil.copytree(
                self._files(source), self._files(target), copy_function=os.link
            )

    @contextmanager
    def copied(self, source, word):
        """The name of a copy, one that only our home makes; dropped afterwards."""
        name = self.own_name(word)
        self.copy(source, name)
        try:
            yield name
        finally:
            self.drop(name)

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
        made_of = f"{BASE} {self.home} {recipe}"
        if self.made_of(name) != made_of:
            kind = "with Odoo's demo data" if demo else "without demo data"
            self.create(name, BASE)
            self.odoo.call(
                f"Creating a database {kind} (once, some two minutes)",
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
            self.mark(name, made_of)
        return name

    def with_addons(self):
        """The template with our add-ons and all demo data; strict about their log."""
        made_of = self._state(demo=True)
        name = self.own_name("installed")
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
        made_of = f"{ALONE} {self.home} {self._state(demo=True)}"
        name = self.own_name("core_alone")
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
        kind, home, tree = self._described(name)
        if not kind:
            building = f"{name}-new"
            template = self.base(demo)
            with Step(f"Creating the database {name}"):
                self.copy(template, building)
            log = self.install(building, demo)
            if demo:
                self.tell_story(building)
            self.mark(building, self._state(demo))
            self.rename(building, name)
            return complaints(log, self.odoo.settings.home)
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
        if self.made_of(name) == self._state(demo):
            return []
        log = self.install(name, demo, everything=tree != self.odoo.tree.key)
        self.mark(name, self._state(demo))
        return complaints(log, self.odoo.settings.home)

    def _described(self, name):
        """Kind, home and Odoo of a person's database; empty when it is not there.

        Raises `Stop` when it is no such database.
        """
        if not self.exists(name):
            return "", "", ""
        kind, home, tree, *_digest = [*(self.made_of(name) or "").split(), "", "", ""]
        if kind not in (DEMO, PLAIN):
            raise Stop(
                f"there is a database {name} that was not made here: choose another "
                "name, e.g. make run DB=handover2"
            )
        return kind, home, tree

    def tell_story(self, name):
        """Give a database with our demo data its past, see `dev/story.py`."""
        with Step("Telling the past of the demo story"):
            self._run("story", name)

    def make_bundles(self, name):
        """Make Odoo's bundles of scripts and style sheets, see `dev/bundles.py`."""
        with Step("Making the bundles of scripts and style sheets"):
            self._run("bundles", name)

    def _run(self, module, name):
        """Run one of our modules on a database."""
        run(
            [
                *(self.odoo.packages.python, "-m", f"dev.{module}"),
                *(self.odoo.configuration(name), name),
            ],
            log=self.odoo.settings.folder("logs") / f"{name}-{module}.log",
            cwd=ROOT,
        )

    def _state(self, demo):
        kind = DEMO if demo else PLAIN
        return f"{kind} {self.home} {self.odoo.tree.key} {addons.digest()}"

    def _create(self, name, options, kind):
        """Create a database that has our mark from the beginning."""
        self.server.query(
            f'CREATE DATABASE "{name}" {options};\n'
            f"COMMENT ON DATABASE \"{name}\" IS '{kind} {self.home}'"
        )

    def _drop(self, name):
        """Drop it, once the server does not vacuum it by itself any more."""
        for left in reversed(range(DROP_SECONDS)):
            try:
                self.server.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                break
            except Failed:
                if not left:
                    raise
                time.sleep(1)
        shutil.rmtree(self._files(name), ignore_errors=True)

    def _files(self, name):
        return self.odoo.data / "filestore" / name
