"""XML-RPC: Odoo serves in this process, the client is another one.

`python -m benchmarks.rpc PORT DATABASE LOGIN` is the client: it reads the calls as
JSON, says `ready`, waits for a line and calls one after the other.
"""

import json
import subprocess
import sys
import xmlrpc.client
from functools import cache

from dev.processes import die_with_parent
from dev.settings import ROOT
from dev.testing import free_port


@cache
def serve():
    """Answer the port on which this process serves from now on."""
    from odoo import http
    from odoo.service import server
    from odoo.tools import config

    server.load_server_wide_modules()
    config["http_interface"], config["http_port"] = "127.0.0.1", free_port()
    server.server = server.ThreadedServer(http.root)
    server.server.http_spawn()
    return config["http_port"]


class Client:
    """A client that has its calls and waits for the start."""

    def __init__(self, database, login, calls):
        command = [sys.executable, "-m", "benchmarks.rpc", str(serve()), database]
        self.process = subprocess.Popen(
            [*command, login],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            preexec_fn=die_with_parent,
        )
        self._say(json.dumps(calls))
        self.process.stdout.readline()

    def run(self):
        """Have the calls made."""
        self._say("go")
        if self.process.wait():
            raise RuntimeError("the client failed")

    def _say(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()


def main(port, database, login):
    """Be the client; the password is the login."""
    address = f"http://127.0.0.1:{port}/xmlrpc/2"
    uid = xmlrpc.client.ServerProxy(f"{address}/common").login(database, login, login)
    models = xmlrpc.client.ServerProxy(f"{address}/object")
    calls = json.loads(sys.stdin.readline())
    print("ready", flush=True)
    sys.stdin.readline()
    for model, method, arguments in calls:
        models.execute_kw(database, uid, login, model, method, arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
