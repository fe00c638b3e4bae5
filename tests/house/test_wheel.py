"""The wheels alone, in an environment that is empty but for Odoo, are the add-ons."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from ..faults.common import Database, variable

ROOT = Path(__file__).resolve().parent.parent.parent
ALL = "odoo-addons-crm-handover"
COMMUNITY = {
    "base_tier_validation": "odoo-addon-base-tier-validation==19.0.*",
    "helpdesk_mgmt": "odoo-addon-helpdesk-mgmt==19.0.*",
    "queue_job": "odoo-addon-queue-job==19.0.*",
}
# of one test, see conftest
SECONDS = 10
SQL = "SELECT name FROM ir_module_module WHERE state = 'installed'"
FIND = """
import sys
from odoo.modules import Manifest
for name in sys.argv[1:]:
    print(Manifest.for_addon(name).path)
"""


def run(*command, cwd=None):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def pip(*arguments):
    """Call pip so that it asks nobody whether it is the newest."""
    silent = ("--quiet", "--disable-pip-version-check")
    return run(sys.executable, "-m", "pip", *silent, *arguments)


def addons():
    return sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))


def manifest(name):
    text = (ROOT / name / "__manifest__.py").read_text(encoding="utf-8")
    return ast.literal_eval(text)


def depends(name):
    return manifest(name)["depends"]


def distribution(name):
    return f"odoo-addon-{name.replace('_', '-')}"


def files(*names):
    """Every file of the add-ons, at its place below the environment."""
    return {
        f"odoo/addons/{path.relative_to(ROOT)}"
        for name in names
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def contents(wheel):
    """What a wheel puts below the environment, its own description left out."""
    names = zipfile.ZipFile(wheel).namelist()
    return {name for name in names if ".dist-info/" not in name}


def about(wheel):
    """What a wheel says of itself."""
    archive = zipfile.ZipFile(wheel)
    [path] = [name for name in archive.namelist() if name.endswith("/METADATA")]
    return message_from_bytes(archive.read(path))


def required(wheel):
    """What a wheel requires, as ``{distribution: versions}``."""
    lines = about(wheel).get_all("Requires-Dist", [])
    return {
        name: set(versions.split(","))
        for name, versions in (
            re.match(r"([\w-]+)(.*)", line).groups() for line in lines
        )
    }


def of_ours(names):
    """The requirements on add-ons of ours."""
    wanted = {}
    for name in names:
        version = manifest(name)["version"]
        unbroken = re.match(r"\d+\.\d+\.\d+", version)[0]
        wanted[distribution(name)] = {f">={version}", f"=={unbroken}.*"}
    return wanted


def needed(name):
    """The add-ons of the community that one of ours needs, in the end."""
    found = {*depends(name)} & {*COMMUNITY}
    return found.union(*map(needed, {*depends(name)} & {*addons()}))


def need_odoo_alone():
    return [name for name in addons() if not needed(name)]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy to build from: building leaves nothing in the work tree."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("setup.py", "pyproject.toml", "MANIFEST.in", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    (folder / "dev").mkdir()
    shutil.copy(ROOT / "dev" / "community.txt", folder / "dev")
    for name in addons():
        shutil.copytree(
            ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__", "*.pyc"),
        )
    return folder


@pytest.fixture(scope="module")
def wheels(source):
    """All wheels by the name of their distribution."""
    run(sys.executable, "setup.py", "--quiet", "wheels", cwd=source)
    return {about(wheel)["Name"]: wheel for wheel in (source / "dist").iterdir()}


@pytest.fixture(scope="module")
def python(wheels, tmp_path_factory):
    """The Python of an environment with the wheels and, beside it, Odoo.

    Odoo and what it needs is reached by a .pth file: a link to Odoo's folder would
    have pip write into Odoo.
    """
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    dist = wheels[ALL].parent
    pip("--python", python, "install", "--no-index", "--find-links", dist, ALL)
    [site] = folder.glob("lib/python3*/site-packages")
    (site / "odoo-beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


@pytest.fixture
def database():
    """The name of a copy of the template without our add-ons."""
    copy = Database("wheel", variable("BASE_TEMPLATE"))
    yield copy.name
    copy.drop()


def test_every_add_on_has_its_wheel(wheels):
    assert set(wheels) == {ALL, *map(distribution, addons())}
    for name in addons():
        said = about(wheels[distribution(name)])
        assert said["Version"] == manifest(name)["version"]
        assert said["Summary"] == manifest(name)["summary"]
    assert about(wheels[ALL])["Version"] == manifest("crm_handover")["version"]


def test_a_wheel_holds_every_file_of_its_add_on_alone(wheels):
    for name in addons():
        assert contents(wheels[distribution(name)]) == files(name)
    assert contents(wheels[ALL]) == set()


def test_a_wheel_requires_what_its_add_on_depends_on(wheels):
    for name in addons():
        ours = of_ours(other for other in depends(name) if other in addons())
        theirs = dict(
            COMMUNITY[other].split("==")
            for other in depends(name)
            if other in COMMUNITY
        )
        wanted = ours | {other: {f"=={v}"} for other, v in theirs.items()}
        assert required(wheels[distribution(name)]) == wanted


def test_what_no_wheel_brings_is_odoos_own():
    """An add-on of the community that is not listed would be taken for Odoo's."""
    folders = [Path(path) for path in os.environ["HANDOVER_ADDONS"].split(",")]
    # a checkout has two
    core = [path for path in folders if {"base", "crm"} & {*os.listdir(path)}]
    wanted = {other for name in addons() for other in depends(name)}
    for other in wanted - {*addons(), *COMMUNITY}:
        assert any((path / other).is_dir() for path in core), other


def test_one_name_requires_all_that_need_odoo_alone(wheels):
    names = need_odoo_alone()
    assert required(wheels[ALL]) == of_ours(names)
    assert "crm_handover" in names
    assert "crm_handover_queue_job" not in names


def test_pip_builds_one_wheel_with_everything(source, tmp_path):
    offline = ("--no-index", "--no-build-isolation", "--no-deps")
    pip("wheel", *offline, "--wheel-dir", tmp_path, source)
    [wheel] = tmp_path.iterdir()
    assert contents(wheel) == files(*addons())
    assert about(wheel)["Name"] == ALL
    # its files are those of the others
    assert about(wheel)["Version"].endswith("+all")
    assert required(wheel) == {}


def test_odoo_finds_what_was_installed(python, tmp_path):
    names = need_odoo_alone()
    found = run(python, "-c", FIND, *names, cwd=tmp_path).splitlines()
    [site] = python.parent.parent.glob("lib/python3*/site-packages")
    assert found == [str(site / "odoo" / "addons" / name) for name in names]


def test_odoo_installs_from_the_wheels_alone(python, database, tmp_path):
    """Odoo gets its own add-ons and the environment, not the work tree."""
    core = [
        path for path in os.environ["HANDOVER_ADDONS"].split(",") if Path(path) != ROOT
    ]
    log = run(
        *(python, os.environ["HANDOVER_ODOO_BIN"]),
        *("--config", os.environ["HANDOVER_CONFIG"], "--database", database),
        *("--addons-path", ",".join(core)),
        *("--init", "crm_handover", "--with-demo", "--stop-after-init", "--no-http"),
        cwd=tmp_path,
    )
    assert "Module crm_handover loaded" in log
    installed = run("psql", "--tuples-only", "--no-align", "-c", SQL, database)
    assert set(addons()) & set(installed.split()) >= {"crm_handover"}
    assert str(ROOT / "crm_handover") not in log
