"""Odoo in this process, on one database, without serving anything."""

import os
import sys
import threading

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from benchmarks.postbox import PORT


def load(database):
    """Answer the loaded registry of a database."""
    config.parse_config(
        [
            *("--config", os.environ["HANDOVER_CONFIG"], "--database", database),
            *("--max-cron-threads", "0", "--workers", "0", "--log-level", "error"),
            *("--smtp", "127.0.0.1", "--smtp-port", os.environ.get(PORT, "25")),
        ],
        setup_logging=True,
    )
    threading.current_thread().dbname = database
    return Registry(database)


def superuser(cursor):
    """The environment of OdooBot."""
    return api.Environment(cursor, SUPERUSER_ID, {})


def say(word, text=""):
    """Send a line to the process that started this one."""
    sys.stdout.write(f"{word} {text}\n")
    sys.stdout.flush()
