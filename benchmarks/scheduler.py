"""Odoo's own scheduler in this process: a cron thread as every server has it."""

import time
from functools import cache

import psycopg2

from odoo.service import server
from odoo.tools import config

from odoo.addons.base.models.ir_cron import IrCron

POLL_SECONDS = 0.01


@cache
def start(meter):
    """Start one cron thread."""
    process_job = IrCron._process_job.__func__

    def process_and_ignore(cls, cursor, job):
        # this cursor holds the row of the job while the job commits on its own one
        meter.ignore(cursor)
        return process_job(cls, cursor, job)

    IrCron._process_job = classmethod(process_and_ignore)
    config["max_cron_threads"] = 1
    server.server = server.ThreadedServer(None)
    server.server.cron_spawn()
    # until it listens
    time.sleep(1)


def wait(database, request_id):
    """Wait until a handover is through, on a connection that is not measured."""
    _wait_for(database, request_id, "state NOT IN ('approved', 'running')")


def wait_while(database, request_id, state):
    """Wait until a handover is not in this state any more."""
    _wait_for(database, request_id, f"state != '{state}'")


def wait_for_all(database, giver_id):
    """Wait until all handovers of somebody are through."""
    _wait(
        database,
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM handover_request"
        f" WHERE predecessor_id = {giver_id} AND state IN ('approved', 'running'))",
    )


def wait_for_document(database, request_id):
    """Wait until the document of a handover is made, or cannot be made."""
    _wait_for(
        database, request_id, "(document_due IS NULL OR document_problem IS NOT NULL)"
    )


def wait_for_step(database, request_id):
    """Wait until what goes on with a handover in the background is done."""
    _wait_for(database, request_id, "background_step IS NULL")


def _wait_for(database, request_id, condition):
    _wait(
        database,
        f"SELECT 1 FROM handover_request WHERE id = {request_id} AND {condition}",
    )


def _wait(database, query):
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query)
            if cursor.fetchone():
                break
            time.sleep(POLL_SECONDS)
    connection.close()
