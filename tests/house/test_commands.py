"""What the commands of the Makefile take, refuse, and leave alone."""

import configparser
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from psycopg2.extensions import parse_dsn

from dev import bytecode, network, postgres, serve, smoke, source_tree, vulnerabilities
from dev.databases import Databases
from dev.odoo_cli import Odoo
from dev.packages import VirtualEnvironment
from dev.settings import Settings
from dev.ui import Stop

ROOT = Path(__file__).resolve().parent.parent.parent
DIFFICULT = "50%s o'clock \\ 100%"


@pytest.fixture
def server():
    """The PostgreSQL of the tests, as the commands see it."""
    environ = os.environ
    return postgres.Server(
        programs=Path(),
        host=environ["PGHOST"],
        port=environ.get("PGPORT", "5432"),
        user=environ["PGUSER"],
        password=environ.get("PGPASSWORD", ""),
    )


@pytest.fixture
def databases(server, tmp_path):
    """Those of a home that has none yet."""
    settings = SimpleNamespace(home=tmp_path)
    return Databases(SimpleNamespace(settings=settings, server=server, data=tmp_path))


@contextmanager
def database_of(server, comment):
    """A database that somebody else made."""
    name = f"stranger_{os.getpid()}"
    server.query(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        if comment:
            server.query(f"COMMENT ON DATABASE \"{name}\" IS '{comment}'")
        yield name
    finally:
        server.query(f'DROP DATABASE IF EXISTS "{name}"')


def lay_out(folder, *paths, series="19, 0"):
    """Files of an Odoo, as far as the commands look at them."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"version_info = ({series}, 0, FINAL, 0, '')\n")
    return folder


def test_an_odoo_is_found_as_it_lies_in_a_checkout_or_a_package(tmp_path):
    """A checkout has its add-ons in two folders, a package in one."""
    checkout = lay_out(
        tmp_path / "checkout", "odoo-bin", "odoo/release.py",
        "odoo/addons/base/__manifest__.py", "addons/crm/__manifest__.py",
    )  # fmt: skip
    tree = source_tree._named(checkout)
    assert tree.package == checkout / "odoo"
    assert tree.addons == [checkout / "odoo/addons", checkout / "addons"]
    package = f"{source_tree.PACKAGE}/"
    package = lay_out(
        tmp_path / "package", f"{package}release.py",
        f"{package}addons/base/__manifest__.py", f"{package}addons/crm/__manifest__.py",
    )  # fmt: skip
    tree = source_tree._named(package)
    assert tree.addons == [package / source_tree.PACKAGE / "addons"]
    names = ("odoo/release.py", "odoo/addons/crm/x")
    old = lay_out(tmp_path / "old", *names, series="18, 0")
    less = lay_out(tmp_path / "less", names[0], "odoo/addons/base/x")
    for folder, told in (
        (old, "is Odoo 18.0"),
        (less, "no add-on"),
        (tmp_path / "none", "holds no Odoo"),
    ):
        with pytest.raises(Stop, match=told):
            source_tree._named(folder)


def refused(**environ):
    """What the commands say about these settings."""
    with pytest.raises(Stop) as refusal:
        Settings.read(environ)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


# ------------------------------------------------------------
# DATABASES
# ------------------------------------------------------------


@pytest.mark.parametrize(
    "comment", ["", "holiday photos", "demo 000000 of another home"]
)
def test_what_is_not_ours_is_never_dropped(server, databases, comment):
    with database_of(server, comment) as name:
        for replace in (
            databases.drop,
            databases.drop_all,
            lambda name: databases.copy("template0", name),
            lambda name: databases.create(name, "base"),
            lambda name: databases.own(name, demo=True),
        ):
            with pytest.raises(Stop, match=name):
                replace(name)
            assert databases.exists(name)
            assert (databases.made_of(name) or "") == comment


def test_what_is_ours_is_replaced_and_dropped(databases):
    name = databases.own_name("copy")
    for _again in range(2):
        databases.copy("template0", name)
        assert databases.is_ours(name)
    databases.drop(name)
    assert not databases.exists(name)


def test_what_a_killed_run_left_without_a_mark_is_dropped(server, databases):
    left = databases.own_name("test") + "-gw0"
    for comment in (None, "copy 000000"):
        server.query(f'CREATE DATABASE "{left}" TEMPLATE template0')
        if comment:
            databases.mark(left, comment)
            with pytest.raises(Stop, match=left):
                databases.drop_all(left)
            assert databases.exists(left)
            databases.mark(left, f"copy {databases.home}")
        databases.drop_all(left)
        assert not databases.exists(left)


def test_two_homes_on_one_server_have_names_of_their_own(server, tmp_path):
    names = set()
    for home in (tmp_path / "one", tmp_path / "two"):
        settings = SimpleNamespace(home=home)
        odoo = SimpleNamespace(settings=settings, server=server, data=home)
        names |= {Databases(odoo).own_name(word) for word in ("test", "installed")}
    assert len(names) == 4


# ------------------------------------------------------------
# SETTINGS
# ------------------------------------------------------------


def test_a_difficult_password_reaches_odoo_and_libpq_as_it_is(tmp_path):
    server = postgres.Server(tmp_path, "a host", password=DIFFICULT)
    assert parse_dsn(server.dsn)["password"] == DIFFICULT
    assert parse_dsn(server.dsn)["host"] == "a host"
    settings = SimpleNamespace(home=tmp_path, folder=lambda _name: tmp_path)
    tree = SimpleNamespace(addons=[])
    odoo = Odoo(settings, tree, None, server)
    # as Odoo reads it
    parser = configparser.RawConfigParser()
    parser.read(odoo.configuration("any"))
    assert parser.get("options", "db_password") == DIFFICULT


@pytest.mark.parametrize(
    "url",
    ["postgresql://odoo:a#b@host", "postgresql://odoo:a/b@host", "mysql://odoo@host"],
)
def test_an_address_that_cannot_be_read_gets_one_line(url, tmp_path):
    with pytest.raises(Stop, match="DATABASE_URL is not understood"):
        postgres._named(url, tmp_path)


def test_a_database_name_fits_postgresql_while_it_is_made():
    assert Settings.read({"DB": "a" * 59}).database == "a" * 59
    for name in ("a" * 60, "a" * 63, "a" * 64, "Shop", "1st", "a b"):
        assert name in refused(DB=name)


def test_a_comma_in_a_folder_is_refused():
    for name in ("HANDOVER_HOME", "ODOO"):
        assert "comma" in refused(**{name: "/srv/a, b"})


# ------------------------------------------------------------
# SERVING
# ------------------------------------------------------------


def test_a_server_that_replaces_itself_finds_its_packages():
    """As Odoo does when a call passes its real-time limit."""
    environment = VirtualEnvironment(Path(sys.prefix), None)
    again = "import odoo, sys; print(sys.prefix)"
    replace = (
        "import os, sys;"
        " name = os.path.basename(sys.executable);"
        f" os.execve(sys.executable, [name, '-c', {again!r}], os.environ)"
    )
    done = subprocess.run(
        [environment.python, "-c", replace],
        # whatever Python the person's own PATH names
        env={**environment.environ, "PYTHONPATH": ""},
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == sys.prefix


def test_the_server_gets_that_environment(tmp_path):
    started = []

    def start(command, log, **options):
        started.append(options)
        return SimpleNamespace(poll=lambda: None)

    packages = VirtualEnvironment(Path(sys.prefix), None)
    settings = SimpleNamespace(
        home=tmp_path, folder=lambda _name: tmp_path, database="any", port=1
    )
    odoo = SimpleNamespace(
        packages=packages, settings=settings, configuration=lambda *_args, **_more: ""
    )
    with (
        patch.object(serve.processes, "start", start),
        patch.object(serve, "_wait_for", lambda *_arguments: None),
    ):
        serve._serve(odoo, tmp_path, SimpleNamespace(callback=lambda *_arguments: None))
    server = started[-1]["env"]
    assert server["PATH"].split(os.pathsep)[0] == str(packages.python.parent)


# ------------------------------------------------------------
# THE NETWORK
# ------------------------------------------------------------


def test_a_certificate_is_named_as_the_cause():
    for said in (
        "invalid peer certificate: UnknownIssuer",
        "npm ERR! code SELF_SIGNED_CERT_IN_CHAIN",
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
    ):
        assert "SSL_CERT_FILE" in network.cure(said)
    assert network.cure("Temporary failure in name resolution") == "check the network"


def test_who_is_trusted_is_what_a_variable_names_or_the_system():
    assert network.certificates({"PIP_CERT": "/a/ca.pem"}) == "/a/ca.pem"
    assert network.certificates({}) is None or Path(network.certificates({})).is_file()


def test_who_is_trusted_is_what_pips_files_name_with_no_pip_there(tmp_path):
    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    home = tmp_path / "home"
    environ = {"HOME": str(home)}
    write(home / ".config/pip/pip.conf", "[global]\ncert = ~/ca%20.pem\n")
    assert network.certificates(environ).endswith("/ca%20.pem")
    assert "~" not in network.certificates(environ)
    named = write(tmp_path / "named.conf", "[install]\ncert = /named/ca.pem\n")
    environ["PIP_CONFIG_FILE"] = str(named)
    assert network.certificates(environ) == "/named/ca.pem"
    # in the place of the user's own, and what is for `install` wins wherever it stands
    write(named, "[global]\nIndex_URL = https://named.test\n")
    assert not str(network.certificates(environ)).endswith("/ca%20.pem")
    environ["XDG_CONFIG_DIRS"] = str(tmp_path)
    write(tmp_path / "pip/pip.conf", "[install]\n--index-url = https://shared.test\n")
    assert network._pip_configuration(environ)["index-url"] == "https://shared.test"
    # no file of pip's, and one that pip could not read either
    environ["PIP_CONFIG_FILE"] = os.devnull
    assert network.certificates(environ) in (None, *network.SYSTEM)
    write(named, "cert")
    environ["PIP_CONFIG_FILE"] = str(named)
    assert not str(network.certificates(environ)).endswith("/ca%20.pem")
    # one that is not there takes nobody's place
    named.unlink()
    assert network.certificates(environ).endswith("/ca%20.pem")


# ------------------------------------------------------------
# WHAT IS PINNED
# ------------------------------------------------------------


def test_a_vulnerability_of_a_pin_is_found_until_somebody_has_looked_at_it():
    audited = [
        {"name": "good", "version": "1", "vulns": []},
        {"name": "unknown", "skip_reason": "not there"},
        {
            "name": "Bad", "version": "2",
            "vulns": [
                {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]},
                {"id": "PYSEC-2", "aliases": [], "fix_versions": []},
            ],
        },
    ]  # fmt: skip
    first, second = vulnerabilities.findings(audited, {})
    assert "Bad 2: PYSEC-1, mended in 3" in first
    assert "no version yet" in second
    [left] = vulnerabilities.findings(audited, {("bad", "2"): {"CVE-1"}})
    assert "PYSEC-2" in left
    assert len(vulnerabilities.findings(audited, {("bad", "1"): {"CVE-1"}})) == 2


def test_of_the_linters_as_well():
    places = vulnerabilities._linters()
    assert places["node_modules/eslint"][0] == "eslint"
    answered = {
        "eslint": {
            "nodes": ["node_modules/eslint"],
            "via": [{"url": "https://example.org/advisories/GHSA-1"}, "other"],
        },
        "other": {"nodes": ["node_modules/not-there"], "via": ["eslint"]},
    }
    [found] = vulnerabilities.findings(vulnerabilities.listed(answered, places), {})
    assert "eslint" in found and "GHSA-1" in found


def test_what_was_looked_at_is_pinned():
    pins = vulnerabilities.pins()
    assert vulnerabilities.known().keys() <= pins
    assert {"sphinx", "eslint", "lxml"} <= {name for name, _version in pins}


def test_setup_without_setuptools_says_what_to_do(tmp_path):
    (tmp_path / "setuptools.py").write_text("raise ImportError('none here')\n")
    done = subprocess.run(
        [sys.executable, "setup.py", "bdist_wheel"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "setuptools 70.1" in done.stderr
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------
# SMOKE
# ------------------------------------------------------------


def test_what_is_no_variant_is_refused_before_anything_is_made():
    # settings that have no home
    settings = SimpleNamespace(arguments="plain nowhere")
    with pytest.raises(Stop, match="nowhere is no variant: choose of plain, "):
        smoke.run(settings, [])


def test_each_python_file_is_compiled_once_and_what_is_gone_forgotten(tmp_path):
    source, home = tmp_path / "source", tmp_path / "home"
    for name in ("stays", "goes"):
        (source / name).mkdir(parents=True)
        (source / name / "part.py").touch()
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    settings = SimpleNamespace(home=home)
    bytecode.keep(settings, environ)
    for name in ("stays", "goes"):
        command = [sys.executable, "-c", "import part"]
        subprocess.run(command, cwd=source / name, env=environ, check=True)
    (source / "goes" / "part.py").unlink()
    (source / "goes").rmdir()
    bytecode.keep(settings, environ)
    kept = [path.parent for path in home.rglob("part.*.pyc")]
    assert kept == [home / "bytecode" / (source / "stays").relative_to("/")]
    assert not [*source.rglob("*.pyc")]
