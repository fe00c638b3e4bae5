"""`make release VERSION=19.0.1.5.0`: versions, changelog and tag of what goes out.

It commits and tags, and sends nothing anywhere: `git push --follow-tags` does. What is
out takes the place of the version from which a test upgrades.
"""

import ast
import datetime
import lzma
import re
import subprocess
import tarfile

from dev import addons, readme
from dev.settings import ROOT
from dev.ui import Stop

# what a server needs of the add-ons that were released last
FORMER = "tests/faults/former.tar.xz"
# and what git calls all that each of them had
FORMER_TREES = "tests/faults/former.txt"
KINDS = (".py", ".xml", ".csv", ".json", ".sql")
PACKED = (
    *(f":(glob)crm_handover*/**/*{kind}" for kind in KINDS),
    ":(exclude,glob)**/static/**",
)
CHANGELOG = "CHANGELOG.md"
# they speak with add-ons of their version
SCRIPTS = "examples/pyproject.toml"
NUMBER = r"19\.0\.\d+\.\d+\.\d+"
VERSION = re.compile(rf'(?<="version": "){NUMBER}(?=")')
SCRIPTS_VERSION = re.compile(rf'^(?P<name>version = "){NUMBER}(?=")', re.M)


def run(settings, _arguments):
    """Release what is here; refused as long as something is not ready for it."""
    release = Release(ROOT, settings.version)
    release.check()
    release.set_versions()
    release.date_changelog()
    readme.write(settings)
    release.tag()
    release.pack()
    print(f"  {release.version} is tagged; git push --follow-tags sends it")


def number(version):
    """A version, to be compared."""
    return [int(part) for part in version.split(".")]


def version_in(manifest):
    """The version that a manifest's text gives."""
    return ast.literal_eval(manifest)["version"]


class Release:
    """A version of all add-ons in a clone: that of the main one names it."""

    def __init__(self, root, version):
        self.root = root
        self.version = version

    def check(self):
        """Refuse, and change nothing, what could not be released as it is."""
        if not re.fullmatch(NUMBER, self.version):
            raise Stop(f"VERSION={self.version} is none: as in VERSION=19.0.1.5.0")
        if self._git("status", "--porcelain"):
            raise Stop("something is not committed: commit it, or take it away")
        if self._git("tag", "--list", self.version):
            raise Stop(f"{self.version} is out: give a higher version")
        present = version_in(self._manifest(addons.MAIN).read_text("utf-8"))
        if number(self.version) < number(present):
            raise Stop(f"{self.version} is lower than {present}: give a higher version")
        if not self._news():
            raise Stop(f"{CHANGELOG} says nothing below “## {self.version}”")

    def changed(self, trees=False):
        """Yield each add-on that was released otherwise, with its version then.

        :param trees: whether whatever is committed counts, a script of a page or a
            translation as well, and not what a database is upgraded for alone
        """
        former_trees = self._read_trees() if trees else {}
        present_trees = self._trees("HEAD") if trees else {}
        with tarfile.open(self.root / FORMER) as archive:
            former = {
                member.name: archive.extractfile(member).read()
                for member in archive
                if member.isfile()
            }
        for name in filter(re.compile(r"\w+/__manifest__\.py").fullmatch, former):
            addon = name.split("/")[0]
            before = {
                path: data
                for path, data in former.items()
                if path.startswith(f"{addon}/")
            }
            other = before != (self._present(addon) or before)
            tree = present_trees.get(addon)
            if other or tree and tree != former_trees.get(addon):
                yield addon, version_in(former[name].decode())

    def set_versions(self):
        """The main add-on has the release's; what changed has another than before.

        So have the scripts, which are not packed.
        """
        self._set_version(addons.MAIN, self.version)
        path = self.root / SCRIPTS
        text = SCRIPTS_VERSION.sub(rf"\g<name>{self.version}", path.read_text("utf-8"))
        path.write_text(text, "utf-8")
        for addon, before in self.changed(trees=True):
            if version_in(self._manifest(addon).read_text("utf-8")) == before:
                *kept, last = number(before)
                self._set_version(addon, ".".join(map(str, [*kept, last + 1])))

    def date_changelog(self):
        """Say in the changelog on which day it went out."""
        path = self.root / CHANGELOG
        heading = f"## {self.version}\n"
        dated = f"## {self.version} ({datetime.date.today().isoformat()})\n"
        path.write_text(path.read_text("utf-8").replace(heading, dated, 1), "utf-8")

    def tag(self):
        """Commit what the release has changed, and tag it with what is new."""
        self._git("commit", "--all", "-m", f"[REL] {addons.MAIN}: {self.version}")
        news = f"{self.version}\n\n{self._news()}"
        # a list's # is no comment
        self._git("tag", "-a", self.version, "--cleanup=verbatim", "-F", "-", text=news)

    def pack(self):
        """Put the tagged add-ons in the place of those that a test upgrades from."""
        archive = subprocess.run(
            ["git", "archive", "--format=tar", self.version, "--", *PACKED],
            cwd=self.root,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        path = self.root / FORMER
        path.write_bytes(lzma.compress(archive, preset=9 | lzma.PRESET_EXTREME))
        trees = self._trees(self.version)
        lines = [f"{tree} {addon}\n" for addon, tree in sorted(trees.items())]
        (self.root / FORMER_TREES).write_text("".join(lines), "utf-8")
        self._git("add", FORMER, FORMER_TREES)
        self._git(
            "commit", "-m", f"[IMP] tests: databases of {self.version} are upgraded"
        )

    def _news(self):
        """What the changelog says of it, dated or not."""
        text = (self.root / CHANGELOG).read_text("utf-8")
        heading = rf"^## {re.escape(self.version)}(?: \(.+\))?\n"
        found = re.search(rf"{heading}(.*?)(?=^## |\Z)", text, re.M | re.S)
        return found[1].strip() if found else ""

    def _trees(self, commit):
        """What git calls the content of each add-on in a commit: one word each."""
        found = self._git("ls-tree", commit, "--format=%(objectname) %(path)")
        rows = (line.split(" ", 1) for line in found.splitlines())
        return {name: tree for tree, name in rows if name.startswith(addons.MAIN)}

    def _read_trees(self):
        rows = (self.root / FORMER_TREES).read_text("utf-8").splitlines()
        return {name: tree for tree, name in (row.split(" ", 1) for row in rows)}

    def _present(self, addon):
        """The files of an add-on that are packed, by their path."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in (self.root / addon).rglob("*")
            if path.suffix in KINDS and "static" not in path.parts
        }

    def _manifest(self, addon):
        return self.root / addon / "__manifest__.py"

    def _set_version(self, addon, version):
        path = self._manifest(addon)
        path.write_text(VERSION.sub(version, path.read_text("utf-8"), count=1), "utf-8")

    def _git(self, *arguments, text=None):
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Stop(f"git {arguments[0]}: {done.stdout.strip()}")
        return done.stdout.strip()
