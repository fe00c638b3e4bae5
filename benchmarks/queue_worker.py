"""Batches as jobs of OCA's queue_job: `python -m benchmarks.queue_worker WAY DATABASE`.

Talks like `benchmarks.worker`. The work is done by the workers of a server, so that its
queries, its transactions and its memory are not measured here.
"""

import json
import os
import subprocess
import sys
import time
import xmlrpc.client

import psycopg2

from benchmarks import process
from benchmarks.people import GIVER, LEADER, WARM
from benchmarks.postbox import PORT
from dev.processes import die_with_parent, stop
from dev.testing import free_port

PATIENCE_SECONDS = 60
# until the runner of the jobs has found the database
RUNNER_SECONDS = 7
POLL_SECONDS = 0.05


class Server:
    """A server whose workers take so many jobs at once."""

    def __init__(self, database, jobs):
        self.database = database
        self.port = free_port()
        channels = f"root:{jobs},root.handover:{jobs}"
        self.environ = {**os.environ, "ODOO_QUEUE_JOB_CHANNELS": channels}
        # one more takes the calls
        self.options = ["--workers", str(jobs + 1), "--load", "base,web,queue_job"]
        self.options += ["--http-interface", "127.0.0.1", "--http-port", str(self.port)]
        self.options += ["--gevent-port", str(free_port())]
        self.process = None

    def start(self):
        """Install the queue, serve, and wait for the runner of the jobs."""
        self._odoo("--init", "queue_job", "--stop-after-init", "--no-http").wait()
        self.process = self._odoo(*self.options)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server does not start")
            time.sleep(0.1)
        time.sleep(RUNNER_SECONDS)

    def models(self):
        """Answer what XML-RPC calls go to."""
        return xmlrpc.client.ServerProxy(
            f"http://127.0.0.1:{self.port}/xmlrpc/2/object"
        )

    def _odoo(self, *options):
        command = [os.environ["HANDOVER_PYTHON"], os.environ["HANDOVER_ODOO_BIN"]]
        command += ["--config", os.environ["HANDOVER_CONFIG"], *options]
        command += ["--database", self.database, "--db-filter", f"^{self.database}$"]
        command += ["--addons-path", os.environ["HANDOVER_ADDONS"]]
        command += ["--max-cron-threads", "0", "--log-level", "error"]
        command += ["--smtp", "127.0.0.1", "--smtp-port", os.environ.get(PORT, "25")]
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            env=self.environ,
            preexec_fn=die_with_parent,
        )

    def _answers(self):
        try:
            url = f"http://127.0.0.1:{self.port}/xmlrpc/2/common"
            return xmlrpc.client.ServerProxy(url).version()
        except (OSError, xmlrpc.client.Error):
            return False


class Handover:
    """The approved handover of one person, started over XML-RPC."""

    def __init__(self, server, giver):
        self.server = server
        self.connection = psycopg2.connect(dbname=server.database)
        self.connection.autocommit = True
        [(self.leader,)] = self._query(
            "SELECT id FROM res_users WHERE login = %s", LEADER
        )
        [(self.id, self.records)] = self._query(
            """SELECT request.id, count(*) FROM handover_request request
            JOIN handover_request_line line ON line.request_id = request.id
            JOIN res_users giver ON giver.id = request.predecessor_id
            WHERE giver.login = %s AND request.state = 'approved'
            GROUP BY request.id""",
            giver,
        )

    def run(self):
        """Start it, and wait until the jobs have done it."""
        self.server.models().execute_kw(
            *(self.server.database, self.leader, LEADER),
            *("handover.request", "action_run", [[self.id]]),
        )
        while self._state() == "running":
            time.sleep(POLL_SECONDS)
        if self._state() != "transferred":
            raise RuntimeError(f"the handover is {self._state()}")

    def _state(self):
        [(state,)] = self._query(
            "SELECT state FROM handover_request WHERE id = %s", self.id
        )
        return state

    def _query(self, sql, value):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [value])
            return cursor.fetchall()


def main(way, database):
    """Warm up, wait, measure."""
    server = Server(database, int(way.rpartition("_")[2]))
    try:
        server.start()
        Handover(server, WARM).run()
        handover = Handover(server, GIVER)
        process.say("ready")
        sys.stdin.readline()
        began = time.monotonic()
        handover.run()
        result = {
            "records": handover.records,
            "began": began,
            "ended": time.monotonic(),
        }
    finally:
        if server.process:
            stop(server.process)
    process.say("result", json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
