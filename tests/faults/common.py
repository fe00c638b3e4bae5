"""Real Odoo servers on a database of their own, to be killed, starved and disturbed.

Each class gets a copy of the installed template with the same few people, and starts
``odoo`` as often as it likes. Nothing here touches the database of the other tests.
"""

import atexit
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import xmlrpc.client
from datetime import datetime, timedelta
from pathlib import Path

import psycopg2
from psycopg2 import errors, sql

from odoo.tests import tagged

ROOT = Path(__file__).parents[2]
# how long a test waits for what takes a second or two on a machine that is free
PATIENCE = 120
SALESMAN = ("sales_team.group_sale_salesman", "project.group_project_user")
# login and password are the same; anna hands over to bruno and chen, lee leads the team
PEOPLE = {
    "anna": SALESMAN,
    "bruno": SALESMAN,
    "chen": SALESMAN,
    "lee": ("sales_team.group_sale_salesman_all_leads", "project.group_project_user"),
    "boss": ("sales_team.group_sale_manager", "project.group_project_user"),
}
MACHINE = "x_machine"
OUR_CRONS = (
    "SELECT res_id FROM ir_model_data"
    " WHERE starts_with(module, 'crm_handover') AND model = 'ir.cron'"
)
# every change of an owner that was committed, whoever made it
AUDIT = """
    CREATE TABLE fault_change (
        id serial PRIMARY KEY, lead int, before int, after int);
    CREATE FUNCTION fault_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO fault_change (lead, before, after)
        VALUES (NEW.id, OLD.user_id, NEW.user_id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER fault_change AFTER UPDATE ON crm_lead FOR EACH ROW
        WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id)
        EXECUTE FUNCTION fault_log_change();
"""


def variable(name):
    """What ``make test`` tells the tests about the toolchain."""
    return os.environ[f"HANDOVER_{name}"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Database:
    """A copy of another database, and a connection to it that commits at once.

    It has the mark of ``make test``, and the process in its name: nobody else's is
    dropped.
    """

    def __init__(self, name, template):
        mark = variable("MARK")
        self.name = f"handover_{mark.split()[1]}_{os.getpid()}_{name}"[:63]
        self._on_cluster("CREATE DATABASE {} TEMPLATE {}", self.name, template)
        self._on_cluster("COMMENT ON DATABASE {} IS %s", self.name, values=(mark,))
        source = self._files(template)
        if source.is_dir():
            shutil.copytree(source, self._files(self.name), copy_function=os.link)
        self._connection = None

    def drop(self):
        """Drop it, once the server does not vacuum it by itself any more."""
        for left in reversed(range(PATIENCE)):
            try:
                self._on_cluster("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
                break
            except (errors.InsufficientPrivilege, errors.ObjectInUse):
                if not left:
                    raise
                time.sleep(1)
        shutil.rmtree(self._files(self.name), ignore_errors=True)

    def connect(self):
        """A second connection, with transactions of its own."""
        return psycopg2.connect(f"{variable('PG')} dbname={self.name}")

    def query(self, query, *parameters):
        """Run a statement; answer its rows."""
        if self._connection is None:
            self._connection = self.connect()
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def value(self, query, *parameters):
        return self.query(query, *parameters)[0][0]

    def column(self, query, *parameters):
        return [row[0] for row in self.query(query, *parameters)]

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def wake_crons(self):
        """Have servers look for due crons now; by themselves they do each minute."""
        self._on_cluster("SELECT pg_notify('cron_trigger', %s)", values=(self.name,))

    def terminate_others(self):
        """End all other connections, like a database that is restarted."""
        return self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid != pg_backend_pid()"
        )

    def _files(self, name):
        return Path(variable("DATA_DIR"), "filestore", name)

    def _on_cluster(self, statement, *names, values=None):
        connection = psycopg2.connect(f"{variable('PG')} dbname=postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                names = [sql.Identifier(name) for name in names]
                cursor.execute(sql.SQL(statement).format(*names), values)
        finally:
            connection.close()


class Server:
    """An ``odoo`` process on a database, in a session of its own."""

    def __init__(self, database, *options, addons=(), ours=ROOT):
        """A server that is not started yet.

        :param addons: more folders of add-ons
        :param ours: the folder to have our add-ons from
        """
        self.database = database
        self.port = free_port()
        folders = [
            str(ours) if Path(folder) == ROOT else folder
            for folder in variable("ADDONS").split(",")
        ]
        path = ",".join([*folders, *(str(folder) for folder in addons)])
        self.command = [
            *(variable("PYTHON"), variable("ODOO_BIN")),
            *("--config", variable("CONFIG"), "--database", database.name),
            *("--db-filter", f"^{database.name}$", "--addons-path", path),
            *("--http-interface", "127.0.0.1", "--http-port", str(self.port)),
            *("--gevent-port", str(free_port())),
            *("--workers", "0", "--max-cron-threads", "1", *options),
        ]
        with tempfile.NamedTemporaryFile(
            prefix=f"{database.name}-", suffix=".log", delete=False
        ) as log:
            self.log = Path(log.name)
        self.process = None

    def start(self):
        with open(self.log, "ab") as sink:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server does not start:\n{self.last_words()}")
            time.sleep(0.05)
        return self

    def kill(self):
        """Like a power failure: no chance to tidy up."""
        self._signal(signal.SIGKILL)

    def stop(self):
        self._signal(signal.SIGTERM)

    def forget(self):
        """At the end: no process, no log."""
        self.kill()
        self.log.unlink(missing_ok=True)

    def _signal(self, number):
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(30)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def call(self, login, model, method, *arguments, **options):
        """Call a public method as this user; faults come back as exceptions."""
        uid = self.database.value("SELECT id FROM res_users WHERE login = %s", login)
        url = f"http://127.0.0.1:{self.port}/xmlrpc/2/object"
        with xmlrpc.client.ServerProxy(url, allow_none=True) as proxy:
            return proxy.execute_kw(
                self.database.name, uid, login, model, method, arguments, options
            )

    def last_words(self, count=60):
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])

    def _answers(self):
        try:
            url = f"http://127.0.0.1:{self.port}/xmlrpc/2/common"
            with xmlrpc.client.ServerProxy(url) as proxy:
                return proxy.version()
        except (OSError, xmlrpc.client.Error):
            return False


def install(database, *names, update=(), **where):
    """Install and update add-ons in a database that no server uses.

    :param where: where they are, see :class:`Server`
    """
    options = [
        option
        for key, some in (("--update", update), ("--init", names))
        for option in ((key, ",".join(some)) if some else ())
    ]
    server = Server(database, *options, "--stop-after-init", "--no-http", **where)
    with open(server.log, "ab") as sink:
        done = subprocess.run(
            server.command, stdout=sink, stderr=subprocess.STDOUT, check=False
        )
    log = server.log.read_text(encoding="utf-8", errors="replace")
    server.log.unlink()
    assert not done.returncode, log
    assert " ERROR " not in log, log


class Template:
    """The installed template with the people of the tests, made when first needed."""

    _made = None
    _lock = threading.Lock()

    @classmethod
    def name(cls):
        with cls._lock:
            cls._made = cls._made or cls._make()
        return cls._made.name

    @classmethod
    def _make(cls):
        database = Database("people", variable("INSTALLED_TEMPLATE"))
        atexit.register(database.drop)
        cls.populate(database)
        database.close()
        return database

    @classmethod
    def populate(cls, database, **where):
        """Put the people of the tests into a database with our add-ons."""
        # other jobs have no part in this, and some would talk to the internet
        database.query(
            f"UPDATE ir_cron SET active = FALSE WHERE id NOT IN ({OUR_CRONS})"
        )
        database.query("UPDATE res_users SET password = 'admin' WHERE login = 'admin'")
        database.query("UPDATE res_users SET login = login || '_of_demo' WHERE id > 5")
        database.query(AUDIT)
        server = Server(database, "--max-cron-threads", "0", **where).start()
        try:
            cls._populate(server)
        finally:
            server.forget()

    @classmethod
    def _populate(cls, server):
        def create(model, values):
            return server.call("admin", model, "create", values)

        company = server.database.value("SELECT min(id) FROM res_company")
        ids = {}
        for login, groups in PEOPLE.items():
            refs = [
                server.database.value(
                    "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s",
                    *group.split("."),
                )
                for group in groups
            ]
            values = {
                "name": login.capitalize(), "login": login, "password": login,
                "email": f"{login}@faults.test", "company_id": company,
                "group_ids": [(6, 0, refs)], "notification_type": "email",
                "lang": "en_US",
            }  # fmt: skip
            ids[login] = create("res.users", values)
        # a welcome to-do that project gives to new users
        tasks = server.call(
            "admin", "project.task", "search", [("user_ids", "in", list(ids.values()))]
        )
        server.call("admin", "project.task", "unlink", tasks)
        values = {
            "name": "Faults", "user_id": ids["lee"],
            "crm_team_member_ids": [
                (0, 0, {"user_id": ids[name]}) for name in ("anna", "bruno", "chen")
            ],
        }  # fmt: skip
        team = create("crm.team", values)
        values = {"name": "Model", "type": "opportunity", "team_id": team}
        create("crm.lead", values | {"user_id": ids["anna"]})
        cls._add_machines(server, create)

    @classmethod
    def _add_machines(cls, server, create):
        """A kind for a model that was made on the screen: servers start with it."""
        owner = {
            "name": "x_keeper_id", "field_description": "Keeper",
            "ttype": "many2one", "relation": "res.users",
        }  # fmt: skip
        values = {"name": "Machine", "model": MACHINE, "field_id": [(0, 0, owner)]}
        model = create("ir.model", values)
        field = server.database.value(
            "SELECT id FROM ir_model_fields WHERE model = %s AND name = 'x_keeper_id'",
            MACHINE,
        )
        values = {"name": "Machines", "model_id": model, "owner_field_id": field}
        create("handover.scope", values)


@tagged("standard", "post_install", "-at_install")
class FaultCase(unittest.TestCase):
    """Tests on a database and servers of their own."""

    longMessage = True
    maxDiff = 2000
    # of one test, see conftest
    SECONDS = 8
    SERVERS = 1
    OPTIONS = ()
    ADDONS = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = Database(cls.__name__.lower(), cls.template())
        cls.addClassCleanup(cls.db.drop)
        cls.addClassCleanup(cls.db.close)
        cls.prepare()
        cls.know_people()
        cls.servers = [cls.start_server() for _number in range(cls.SERVERS)]
        cls.server = cls.servers[0] if cls.servers else None

    @classmethod
    def template(cls):
        """The name of the database to begin with: the one with the people."""
        return Template.name()

    @classmethod
    def know_people(cls):
        cls.ids = dict(cls.db.query("SELECT login, id FROM res_users"))
        cls.model_lead = cls.db.value("SELECT id FROM crm_lead WHERE name = 'Model'")

    @classmethod
    def prepare(cls):
        """Change the database before a server starts."""

    @classmethod
    def start_server(cls, *options):
        server = Server(cls.db, *cls.OPTIONS, *options, addons=cls.ADDONS)
        cls.addClassCleanup(server.forget)
        return server.start()

    # ------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------

    @classmethod
    def multiply(cls, table, id_, count, **values):
        """Insert copies of a row; ``values`` are SQL expressions, ``n`` counts."""
        columns = cls.db.column(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s"
            " AND column_name != 'id'",
            table,
        )
        if table.endswith("_rel"):
            raise ValueError("a relation has no id")
        names = ", ".join(f'"{name}"' for name in columns)
        given = ", ".join(values.get(name, f'"{name}"') for name in columns)
        return cls.db.column(
            f"INSERT INTO {table} ({names}) SELECT {given}"
            f" FROM {table}, generate_series(1, {count}) AS n WHERE id = %s"
            " RETURNING id",
            id_,
        )

    @classmethod
    def make_leads(cls, count, owner="anna", **values):
        values = {
            "name": "'Deal ' || n", "user_id": str(cls.ids[owner]), **values
        }  # fmt: skip
        return cls.multiply("crm_lead", cls.model_lead, count, **values)

    @classmethod
    def make_request(
        cls, leads, state="submitted", model="crm.lead", by="anna", **values
    ):
        """A handover from Anna to Bruno, made over RPC by Anna."""
        values = {
            "predecessor_id": cls.ids["anna"],
            "successor_id": cls.ids["bruno"],
            **values,
        }
        request = cls.server.call(by, "handover.request", "create", values)
        cls.server.call(by, "handover.request", "add_records", [request], model, leads)
        if state != "draft":
            cls.server.call(by, "handover.request", "action_submit", [request])
        if state == "approved":
            cls.approve(request)
        return request

    @classmethod
    def make_planned(cls, leads, **values):
        """A handover that is approved and starts with ``action_run``."""
        tomorrow = (datetime.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
        return cls.make_request(leads, "approved", date_planned=tomorrow, **values)

    @classmethod
    def approve(cls, request):
        cls.server.call("boss", "handover.request", "action_approve", [request])

    @classmethod
    def run_now(cls, request):
        cls.server.call("boss", "handover.request", "action_run", [request])

    def trigger(self, name, body, table="crm_lead", when="BEFORE UPDATE"):
        """Add a trigger for each row to a table, until the end of the test."""
        self.db.query(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN {body} END $$;"
            f" CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION {name}()"
        )
        self.addCleanup(self.untrigger, name)

    def untrigger(self, name):
        self.db.query(f"DROP FUNCTION IF EXISTS {name} CASCADE")

    def slow_down(self, milliseconds):
        """Let each change of an owner take longer."""
        seconds = milliseconds / 1000
        self.trigger(
            "fault_slow",
            f"IF NEW.user_id IS DISTINCT FROM OLD.user_id THEN"
            f" PERFORM pg_sleep({seconds}); END IF; RETURN NEW;",
        )

    # ------------------------------------------------------------
    # WAITING
    # ------------------------------------------------------------

    def wait_until(self, what, condition, wake=True):
        """Poll until ``condition`` holds; fail with the servers' logs."""
        deadline = time.monotonic() + PATIENCE
        woken = 0.0
        while not (result := condition()):
            if time.monotonic() > deadline:
                logs = "\n\n".join(server.last_words() for server in self.servers)
                self.fail(f"{what}: not within {PATIENCE} s\n{logs}")
            if wake and time.monotonic() - woken > 1:
                # servers look every minute by themselves; that is all this shortens
                self.db.wake_crons()
                woken = time.monotonic()
            time.sleep(0.05)
        return result

    def let_crons_pass(self):
        """Wait until each of our crons has come by once more."""
        ours = f"id IN ({OUR_CRONS})"
        self.db.query(f"UPDATE ir_cron SET lastcall = NULL WHERE {ours}")
        self.db.query(
            "INSERT INTO ir_cron_trigger (cron_id, call_at)"
            f" SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron WHERE {ours}"
        )
        passed = f"SELECT bool_and(lastcall IS NOT NULL) FROM ir_cron WHERE {ours}"
        self.wait_until("each cron came by", lambda: self.db.value(passed))

    def wait_for_state(self, request, *states):
        self.wait_until(
            f"handover {request} becomes {' or '.join(states)}",
            lambda: self.state(request) in states,
        )

    def wait_for_lines(self, request, count, state="done"):
        """Wait until this many lines have got that far; answer how many have."""
        return self.wait_until(
            f"{count} lines of handover {request} {state}",
            lambda: (number := self.count(request, state)) >= count and number,
        )

    # ------------------------------------------------------------
    # QUESTIONS
    # ------------------------------------------------------------

    def state(self, request):
        return self.db.value(
            "SELECT state FROM handover_request WHERE id = %s", request
        )

    def count(self, request, state):
        return self.db.value(
            "SELECT count(*) FROM handover_request_line"
            " WHERE request_id = %s AND state = %s",
            request,
            state,
        )

    def outcomes(self, request):
        """How many lines have which outcome: ``{(state, code): count}``."""
        rows = self.db.query(
            "SELECT state, result_code, count(*) FROM handover_request_line"
            " WHERE request_id = %s GROUP BY state, result_code",
            request,
        )
        return {(state, code): count for state, code, count in rows}

    def code_of(self, request, record):
        return self.db.value(
            "SELECT result_code FROM handover_request_line"
            " WHERE request_id = %s AND res_id = %s",
            request,
            record,
        )

    def events(self, request):
        return self.db.column(
            "SELECT code FROM handover_request_event WHERE request_ref = %s"
            " ORDER BY id",
            request,
        )

    def event_data(self, request, code):
        return self.db.value(
            "SELECT data FROM handover_request_event"
            " WHERE request_ref = %s AND code = %s ORDER BY id DESC LIMIT 1",
            request,
            code,
        )

    def owners(self, leads):
        """How many leads each login owns."""
        return dict(
            self.db.query(
                "SELECT u.login, count(*) FROM crm_lead l"
                " LEFT JOIN res_users u ON u.id = l.user_id"
                " WHERE l.id = ANY(%s) GROUP BY u.login",
                leads,
            )
        )

    def changes(self, leads):
        """How often the owner of each lead was changed: ``{times: leads}``."""
        rows = self.db.query(
            """SELECT times, count(*) FROM (
                SELECT count(change.id) AS times FROM unnest(%s) AS wanted(id)
                LEFT JOIN fault_change change ON change.lead = wanted.id
                GROUP BY wanted.id
            ) AS per_lead GROUP BY times""",
            leads,
        )
        return dict(rows)

    def progress(self, request):
        return self.server.call("boss", "handover.request", "get_progress", [request])

    # ------------------------------------------------------------
    # ASSERTIONS
    # ------------------------------------------------------------

    def assertConsistent(self, request, leads):
        """Whatever has happened so far: lines, owners and notes tell the same."""
        # in one statement, as batches may go on meanwhile
        rows = self.db.query(
            """SELECT
                line.state = 'done' AS handed_over,
                lead.user_id = line.successor_id AS owned,
                (SELECT count(*) FROM fault_change WHERE lead = line.res_id) AS changes,
                (SELECT count(*) FROM mail_message message
                    WHERE message.model = 'crm.lead' AND message.res_id = line.res_id
                    AND message.body LIKE '%%data-oe-model="handover.request"%%')
                    AS notes,
                count(*)
            FROM handover_request_line line JOIN crm_lead lead ON lead.id = line.res_id
            WHERE line.request_id = %s AND line.res_id = ANY(%s)
            GROUP BY 1, 2, 3, 4""",
            request,
            leads,
        )
        wrong = [
            row[:-1]
            for row in rows
            if row[:-1] not in {(True, True, 1, 1), (False, False, 0, 0)}
        ]
        self.assertFalse(
            wrong, "lines as (done, owned by the successor, owner changes, notes)"
        )
        self.assertEqual(sum(row[-1] for row in rows), len(leads))

    def assertHandedOverOnce(self, request, leads):
        """Each lead has changed hands exactly once, and everything says so."""
        count = len(leads)
        self.assertEqual(self.state(request), "transferred")
        self.assertEqual(self.outcomes(request), {("done", "done"): count})
        self.assertEqual(self.owners(leads), {"bruno": count})
        self.assertEqual(self.changes(leads), {1: count})
        self.assertConsistent(request, leads)
        tracked = self.db.query(
            """SELECT old_value_integer, new_value_integer, count(*)
            FROM mail_tracking_value value
            JOIN ir_model_fields field ON field.id = value.field_id
            JOIN mail_message message ON message.id = value.mail_message_id
            WHERE message.model = 'crm.lead' AND message.res_id = ANY(%s)
                AND field.name = 'user_id'
            GROUP BY 1, 2""",
            leads,
        )
        self.assertEqual(tracked, [(self.ids["anna"], self.ids["bruno"], count)])
        self.assertEqual(self.followers(leads), {"bruno": count})
        self.assertEvents(request, "submitted", "approved", "running", "transferred")
        data = self.event_data(request, "transferred")
        self.assertRegex(data.pop("outcome"), "^[0-9a-f]{64}$")
        self.assertTrue(data.pop("form"), "nobody could verify it later")
        self.assertEqual(data, {"done": count, "skipped": 0, "failed": 0})

    def followers(self, leads):
        return dict(
            self.db.query(
                """SELECT u.login, count(*) FROM mail_followers f
                JOIN res_users u ON u.partner_id = f.partner_id
                WHERE f.res_model = 'crm.lead' AND f.res_id = ANY(%s)
                GROUP BY u.login""",
                leads,
            )
        )

    def assertEvents(self, request, *codes):
        """Exactly these events, each with the hash of the one before.

        Documents are made beside, whenever their own cron gets to it.
        """
        events = [code for code in self.events(request) if code != "document"]
        self.assertEqual(events, list(codes))
        rows = self.db.query(
            """SELECT request_ref, request_name, company_id, code, actor_id,
                to_char(date, 'YYYY-MM-DD HH24:MI:SS'), transport, data, previous_hash,
                closed, hash
            FROM handover_request_event WHERE request_ref = %s ORDER BY id""",
            request,
        )
        names = (
            *("request_ref", "request_name", "company_id", "code", "actor_id", "date"),
            *("transport", "data", "previous_hash", "closed"),
        )
        previous = ""
        for *values, hash_ in rows:
            event = dict(zip(names, values, strict=True))
            self.assertEqual(event["previous_hash"], previous)
            # of parts for some readers, their digests stand for what they say
            closed, data = event.pop("closed"), event["data"] or {}
            if closed:
                data = {key: data[key] for key in data if key not in closed}
                event["closed"] = closed
            # the database keeps an empty Json as NULL
            event["data"] = data or False
            text = json.dumps(
                event, sort_keys=True, ensure_ascii=False, separators=(",", ":")
            )
            line = f"{text}\n".encode()
            self.assertEqual(hashlib.sha256(line).hexdigest(), hash_)
            previous = hash_
        head = "SELECT event_head FROM handover_request WHERE id = %s"
        self.assertEqual(self.db.value(head, request), previous)

    def assertRefuses(self, code, call, *arguments):
        """Fail unless the call is refused with this XML-RPC fault code."""
        with self.assertRaises(xmlrpc.client.Fault) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.faultCode, code, caught.exception.faultString)
        return caught.exception.faultString
