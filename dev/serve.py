"""`make run`: serve the demo database until Ctrl-C."""

import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

from dev import processes
from dev.databases import Databases
from dev.environment import prepared, preparing
from dev.odoo_cli import fatal
from dev.settings import ROOT
from dev.testing import free_port
from dev.ui import Step, Stop, table

# login, which is the password too: what the person may try as this role
ROLES = {
    "anna": "salesperson, hands over",
    "bruno": "successor, takes over",
    "chen": "second colleague",
    "maya": "manager, approves",
    "admin": "administrator",
}
SLOWEST_START = 120


def run(settings, _arguments):
    """Prepare, serve, and stop everything at Ctrl-C."""
    _check_port(settings.port)
    with prepared(settings) as odoo:
        databases = Databases(odoo)
        with preparing(settings):
            warnings = databases.own(settings.database, settings.demo)
        for warning in warnings:
            print(f"  our add-ons logged: {warning}")
        with ExitStack() as stack:
            mails = settings.folder("mails") / settings.database
            server = _serve(odoo, mails, stack)
            _announce(odoo, mails)
            try:
                server.wait()
            except KeyboardInterrupt:
                print("\n  Stopping …", flush=True)
                return 0
        raise Stop(f"Odoo stopped by itself: {_last_error(settings)}")


def _serve(odoo, mails, stack):
    """Start the mail sink and Odoo; wait until it answers."""
    settings = odoo.settings
    mail_port = free_port()
    sink = processes.start(
        [odoo.packages.python, "-m", "dev.mail_sink", mail_port, mails],
        settings.folder("logs") / "mail.log",
        cwd=ROOT,
    )
    stack.callback(processes.stop, sink)
    configuration = odoo.configuration(
        settings.database,
        http_port=settings.port,
        smtp_server="127.0.0.1",
        smtp_port=mail_port,
    )
    log = _log(settings)
    log.unlink(missing_ok=True)
    server = processes.start(
        [odoo.packages.python, odoo.packages.odoo_launcher, "--config", configuration],
        log,
        cwd=settings.home,
        env=odoo.packages.environ,
    )
    stack.callback(processes.stop, server)
    with Step("Starting Odoo"):
        _wait_for(f"http://127.0.0.1:{settings.port}/web/login", server, settings)
    return server


def _wait_for(address, server, settings):
    end = time.monotonic() + SLOWEST_START
    # a proxy of the person's network does not know this machine's own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end:
        if server.poll() is not None:
            raise Stop(f"Odoo does not start: {_last_error(settings)}")
        try:
            with opener.open(address, timeout=30):
                return
        except urllib.error.HTTPError as error:
            raise Stop(
                f"Odoo answers with an error ({error.code}): {_last_error(settings)}"
            ) from error
        except OSError:
            time.sleep(0.2)
    raise Stop(f"Odoo does not answer within {SLOWEST_START} s: see {_log(settings)}")


def _announce(odoo, mails):
    settings = odoo.settings
    names = ", ".join(f"'{login}'" for login in ROLES)
    present = {
        row[0]
        for row in odoo.server.query(
            f"SELECT login FROM res_users WHERE active AND login IN ({names})",
            database=settings.database,
        )
    }
    rows = [("login", "password", "role")]
    rows += [(login, login, role) for login, role in ROLES.items() if login in present]
    print(f"\n  http://127.0.0.1:{settings.port}\n")
    for line in table(rows):
        print(f"    {line}")
    print(f"\n  Mails are kept in {mails}, Odoo's log is {_log(settings)}")
    print("  Ctrl-C stops it.", flush=True)


def _check_port(port):
    with socket.socket() as probe:
        # a port whose last connections are just closing is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Stop(
                f"port {port} is reserved for root: choose one above 1023, "
                "e.g. make run PORT=8070"
            ) from error
        except OSError as error:
            raise Stop(
                f"port {port} is taken by another program: choose another one, "
                f"e.g. make run PORT={port + 1 if port < 65535 else 8070}"
            ) from error


def _log(settings):
    return settings.folder("logs") / f"server-{settings.database}.log"


def _last_error(settings):
    log = _log(settings)
    sys.stdout.flush()
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return f"{fatal(text)} (all of it in {log})"
