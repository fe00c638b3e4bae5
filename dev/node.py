"""Node.js, and the linters of JavaScript and SCSS that run on it.

Their versions are those that the configuration in Odoo's `web/tooling` is written for.
"""

import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dev import apt, network
from dev.processes import Failed, last_words, run
from dev.settings import ROOT
from dev.ui import Step, Stop

# of Debian 12
OLDEST = 18
PACKAGES = ("nodejs", "npm")
WANTED = Path(__file__).with_name("package.json")
RESOLVED = Path(__file__).with_name("package-lock.json")
# what Odoo's configuration asks of Prettier for JavaScript, for SCSS as well; without
# the rules that an editor finds in .editorconfig
STYLE = ("--no-config", "--no-editorconfig", "--tab-width=4", "--print-width=100")


@dataclass(frozen=True)
class Linters:
    """The installed linters."""

    folder: Path

    def eslint(self, tree, files, *options):
        """The command that checks scripts by Odoo's own rules."""
        found = (path / "web/tooling/_eslintrc.json" for path in tree.addons)
        rules = next(path for path in found if path.is_file())
        return [
            *("node", self.folder / "node_modules/eslint/bin/eslint.js"),
            *("--no-eslintrc", "--no-ignore", "--config", rules),
            *("--resolve-plugins-relative-to", self.folder, *options, *files),
        ]

    def prettier(self, files, *options):
        """The command that checks the layout of style sheets."""
        program = self.folder / "node_modules/prettier/bin-prettier.js"
        return ["node", program, *STYLE, *options, *files]


def prepare(settings):
    """The linters, installed when they are not yet; Node.js too."""
    if not _is_there():
        apt.install(settings, PACKAGES)
    if not _is_there():
        raise Stop(
            f"the node that is found first is older than {OLDEST}, or has no npm: "
            "put a newer one first in PATH, or remove it to have Debian's used"
        )
    digest = hashlib.sha256(RESOLVED.read_bytes()).hexdigest()[:8]
    folder = settings.home / "tools" / f"node-{digest}"
    if not folder.exists():
        _install(settings, folder)
    return Linters(folder)


def lock(settings):
    """Resolve package.json; which registry that was asked of is not kept."""
    prepare(settings)
    options = ("--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund")
    try:
        run(
            ["npm", "install", *options, "--omit-lockfile-registry-resolved"],
            cwd=WANTED.parent,
        )
    except Failed as error:
        raise Stop(f"{WANTED} cannot be resolved:\n{error}") from error
    print(f"  {RESOLVED} is current")


def files(names, suffix):
    """The files of add-ons that a browser gets, others' libraries left out."""
    return [
        path
        for name in names
        for path in sorted((ROOT / name / "static").rglob(f"*{suffix}"))
        if "lib" not in path.parts
    ]


def _is_there():
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    said = subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=False
    )
    version = re.match(r"v(\d+)", said.stdout)
    return bool(version) and int(version[1]) >= OLDEST


def _install(settings, folder):
    log = settings.folder("logs") / "node.log"
    partial = settings.folder("tools") / "node.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for path in (WANTED, RESOLVED):
        shutil.copy(path, partial)
    with Step("Fetching the linters of JavaScript"):
        try:
            run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                log=log,
                cwd=partial,
                env=network.environment(),
            )
        except Failed as error:
            raise Stop(
                f"the npm registry did not give what is needed "
                f"({last_words(str(error))}): {network.cure(str(error))}, then run "
                f"the same command again; details in {log}"
            ) from error
    partial.rename(folder)
