"""Calling Odoo: its configuration, its command line, and what it logs."""

import re

from dev import addons
from dev.processes import Failed, run
from dev.settings import ROOT
from dev.ui import Step, Stop

LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
# 2026-01-31 12:00:00,000 PID LEVEL DATABASE LOGGER: MESSAGE
RECORD = re.compile(
    r"\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[\w.]+): "
    r"(?P<message>.*)"
)
COMPLAINTS = ("WARNING", "ERROR", "CRITICAL")


class Odoo:
    """One Odoo tree with its packages on one PostgreSQL."""

    def __init__(self, settings, tree, packages, server, community=False):
        self.settings = settings
        self.tree = tree
        self.packages = packages
        self.server = server
        self.community = community
        self.data = settings.folder("data")

    def with_community(self):
        """The same with the community's add-ons on its path, for checks of our glue.

        Nobody who tries ours should be offered them: they want a server of their own
        kind, see `queue_job`.
        """
        return Odoo(self.settings, self.tree, self.packages, self.server, True)

    @property
    def addons_path(self):
        """Odoo's add-ons, the community's when they are wanted, and ours."""
        return [
            *self.tree.addons,
            *([self.packages.community] if self.community else []),
            *([ROOT] if addons.names() else []),
        ]

    def configuration(self, database, **more):
        """Write the configuration for one database; answer its path."""
        options = {
            "addons_path": ",".join(str(path) for path in self.addons_path),
            "data_dir": self.data,
            "db_name": database,
            "dbfilter": f"^{re.escape(database)}$",
            "list_db": False,
            "http_interface": "127.0.0.1",
            **self.server.odoo_options,
            **more,
        }
        path = self.settings.folder("config") / f"{database}.conf"
        # the home of a person's own trial holds a password for DATABASE_URL too
        path.touch(mode=0o600)
        lines = [f"{key} = {value}" for key, value in options.items()]
        path.write_text("\n".join(["[options]", *lines, ""]), encoding="utf-8")
        return path

    def call(self, title, database, *arguments, log=None, command=()):
        """Run `odoo` to its end, showing which module is loaded; answer its log."""
        log = log or self.settings.folder("logs") / f"{database}.log"
        log.unlink(missing_ok=True)
        with Step(title) as step:

            def on_line(line):
                if loading := LOADING.search(line):
                    step.detail("module {1} of {2}: {0}".format(*loading.groups()))

            try:
                return run(
                    [
                        *(self.packages.python, self.packages.odoo_launcher, *command),
                        *("--config", self.configuration(database)),
                        *arguments,
                    ],
                    log=log,
                    cwd=self.settings.home,
                    on_line=on_line,
                )
            except Failed as error:
                raise Stop(
                    f"{title} failed: {fatal(str(error))}\n(all of it in {log})"
                ) from error


def records(log):
    """The log as (match of the first line, whole text) of each record."""
    current, lines = None, []
    for line in log.splitlines():
        if match := RECORD.match(line):
            if current:
                yield current, "\n".join(lines)
            current, lines = match, []
        lines.append(line)
    if current:
        yield current, "\n".join(lines)


def complaints(log, home):
    """The warnings and errors that are about our add-ons."""
    ours = "|".join(addons.names())
    about = re.compile(rf"\b({ours})\b|(?<![\w/.-])handover\.\w+")

    def is_ours(match, text):
        # the folders we are in may have the name of an add-on
        words = text[match.start("logger") :]
        for folder in (home, ROOT):
            words = words.replace(f"{folder}/", "")
        return about.search(words)

    return [
        text
        for match, text in records(log)
        if match["level"] in COMPLAINTS and is_ours(match, text)
    ]


def fatal(log):
    """The line that says why Odoo gave up."""
    errors = [text for match, text in records(log) if match["level"] in COMPLAINTS[1:]]
    text = errors[-1] if errors else log
    lines = [line for line in text.splitlines() if line.strip()] or ["no output"]
    return lines[-1].strip()
