"""A mail server of our own for the mails that Odoo sends after a mass edit."""

import os
import shutil
import sys
from contextlib import contextmanager

from dev.processes import start, stop
from dev.settings import ROOT
from dev.testing import free_port

# the workers find its port here
PORT = "HANDOVER_BENCH_SMTP_PORT"


@contextmanager
def postbox(settings, log):
    """Take every mail while the ways run; all of it goes away afterwards."""
    port, folder = free_port(), settings.home / "bench-mails"
    command = [sys.executable, "-m", "dev.mail_sink", port, folder]
    sink = start(command, log, cwd=ROOT)
    os.environ[PORT] = str(port)
    try:
        yield
    finally:
        stop(sink)
        shutil.rmtree(folder, ignore_errors=True)
