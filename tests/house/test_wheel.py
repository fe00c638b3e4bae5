"""The wheel alone, on Odoo's add-ons path, is the whole add-on."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "handover_wheel"
# of one test, see conftest
SECONDS = 10
SQL = "SELECT name FROM ir_module_module WHERE state = 'installed'"


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


def addons():
    return sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: building leaves nothing in the work tree."""
    source = tmp_path_factory.mktemp("source")
    shutil.copy(ROOT / "setup.py", source)
    for name in addons():
        shutil.copytree(
            ROOT / name,
            source / name,
            ignore=shutil.ignore_patterns("__pycache__", "*.pyc"),
        )
    run(sys.executable, "setup.py", "--quiet", "bdist_wheel", cwd=source)
    [built] = (source / "dist").glob("*.whl")
    return built


@pytest.fixture
def database():
    """A copy of the template without our add-ons."""
    name = os.environ["HANDOVER_BASE_TEMPLATE"]
    store = Path(os.environ["HANDOVER_DATA_DIR"], "filestore")
    run("dropdb", "--if-exists", DATABASE)
    run("createdb", "--template", name, DATABASE)
    shutil.rmtree(store / DATABASE, ignore_errors=True)
    shutil.copytree(store / name, store / DATABASE, copy_function=os.link)
    yield DATABASE
    run("dropdb", "--force", DATABASE)
    shutil.rmtree(store / DATABASE)


def test_wheel_holds_every_file(wheel):
    wanted = {
        f"odoo/addons/{path.relative_to(ROOT)}"
        for name in addons()
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {
        name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name
    }
    assert found == wanted


def test_odoo_installs_from_the_wheel_alone(wheel, database, tmp_path):
    """Odoo gets its own add-ons and the installed wheel, not the work tree."""
    target = tmp_path / "site"
    run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
        *("--no-index", "--target", target, wheel),
    )
    core = [
        path for path in os.environ["HANDOVER_ADDONS"].split(",") if Path(path) != ROOT
    ]
    log = run(
        *(os.environ["HANDOVER_PYTHON"], os.environ["HANDOVER_ODOO_BIN"]),
        *("--config", os.environ["HANDOVER_CONFIG"], "--database", database),
        *("--addons-path", ",".join([*core, str(target / "odoo" / "addons")])),
        *("--init", "crm_handover", "--with-demo", "--stop-after-init", "--no-http"),
        cwd=tmp_path,
    )
    assert "Module crm_handover loaded" in log
    installed = run("psql", "--tuples-only", "--no-align", "-c", SQL, database)
    assert set(addons()) & set(installed.split()) >= {"crm_handover"}
    assert str(ROOT / "crm_handover") not in log
