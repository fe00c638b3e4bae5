"""PostgreSQL: the one that is named, or an embedded one that we start."""

import fcntl
import os
import pwd
import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from dev.processes import Failed, last_words, run
from dev.ui import Step, Stop

OLDEST = 13
ROLE = "odoo"
# PostgreSQL does not run as root; there it runs as this system user
SYSTEM_USER = "pgserver"
# the longest path of a Unix socket, less PostgreSQL's own file name
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
CONFIGURATION = {
    "listen_addresses": "",
    # a crash of the machine may lose the last moments, it never damages the data
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "jit": "off",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL."""

    programs: Path
    host: str
    port: str = "5432"
    user: str = ROLE
    password: str = ""

    @property
    def environment(self):
        """The variables that libpq's programs read."""
        variables = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        if self.password:
            variables["PGPASSWORD"] = self.password
        return variables

    @property
    def dsn(self):
        """libpq's keywords and values, without a database."""
        words = {"host": self.host, "port": self.port, "user": self.user}
        if self.password:
            words["password"] = self.password
        return " ".join(f"{key}={_quoted(value)}" for key, value in words.items())

    @property
    def odoo_options(self):
        """The same as Odoo's configuration."""
        options = {
            "db_host": self.host,
            "db_port": self.port,
            "db_user": self.user,
            "pg_path": str(self.programs),
        }
        if self.password:
            options["db_password"] = self.password
        return options

    def query(self, sql, database="postgres", user=None):
        """Run SQL; answer the rows as lists of strings."""
        environment = dict(os.environ, **self.environment, PGCONNECT_TIMEOUT="10")
        if user:
            environment["PGUSER"] = user
        output = run(
            [
                *(self.programs / "psql", "--no-psqlrc", "--quiet", "--tuples-only"),
                *("--no-align", "--field-separator=\t", "--set=ON_ERROR_STOP=1"),
                *("--dbname", database),
            ],
            env=environment,
            text=sql,
        )
        return [line.split("\t") for line in output.splitlines() if line]


def _quoted(value):
    """A value as libpq reads it among keywords."""
    escaped = value.replace("\\", r"\\").replace("'", r"\'")
    return f"'{escaped}'"


@contextmanager
def running(settings, environment):
    """A PostgreSQL to use; the embedded one stops with its last user."""
    if settings.database_url:
        yield _named(settings.database_url, environment.postgres_bin)
        return
    embedded = _Embedded(settings, environment.postgres_bin)
    with embedded.used() as server:
        yield server


def _named(url, programs):
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        parts = port = None
    if not parts or parts.scheme not in ("postgresql", "postgres"):
        raise Stop(
            "DATABASE_URL is not understood: write it as "
            "postgresql://user:password@host:5432, with %25 for a percent sign in the "
            "password, %40 for @, %2F for /, %23 for # and %3A for :"
        )
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    server = Server(
        programs=programs,
        host=unquote(host) or "localhost",
        port=str(port),
        user=unquote(parts.username or ROLE),
        password=unquote(parts.password or ""),
    )
    if server.user == "postgres":
        raise Stop(
            "Odoo refuses the PostgreSQL role postgres: name another role in "
            "DATABASE_URL (CREATE ROLE odoo LOGIN CREATEDB makes one)"
        )
    try:
        [[number, creates]] = server.query(
            "SELECT current_setting('server_version_num'), rolcreatedb OR rolsuper "
            "FROM pg_roles WHERE rolname = current_user"
        )
    except Failed as error:
        raise Stop(
            f"the PostgreSQL of DATABASE_URL does not answer "
            f"({last_words(str(error))}): check the address, the role and the password"
        ) from error
    if int(number) < OLDEST * 10000:
        raise Stop(
            f"the PostgreSQL of DATABASE_URL is version {int(number) // 10000}: Odoo "
            f"19 needs {OLDEST} or newer"
        )
    if creates != "t":
        raise Stop(
            f"the role {server.user} of DATABASE_URL may not create databases: allow "
            f"it with ALTER ROLE {server.user} CREATEDB"
        )
    return server


class _Embedded:
    """The embedded server, shared by all commands that run at once."""

    def __init__(self, settings, programs):
        self.programs = programs
        self.data = settings.folder("") / "postgres"
        self.log = settings.folder("logs") / "postgres.log"
        self.guard = settings.home / "postgres.lock"
        self.users = settings.home / "postgres.users"
        self.prefix = []
        self.owner = None
        if os.geteuid() == 0:
            self.owner = _system_user()
            self.prefix = _as_system_user(self.data.parent)

    @contextmanager
    def used(self):
        """Start it if need be; stop it after the last user.

        A shared lock on a file says who uses it: the system takes it back even from
        a command that was killed.
        """
        with open(self.users, "a", encoding="utf-8") as users:
            with open(self.guard, "a", encoding="utf-8") as guard:
                fcntl.flock(guard, fcntl.LOCK_EX)
                fcntl.flock(users, fcntl.LOCK_SH)
                server = self._start()
            try:
                yield server
            finally:
                with open(self.guard, "a", encoding="utf-8") as guard:
                    fcntl.flock(guard, fcntl.LOCK_EX)
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        # another command uses it
                        pass
                    else:
                        self._control("--mode=fast", "stop")

    def _start(self):
        if not (self.data / "PG_VERSION").exists():
            self._create()
        sockets = self._socket_folder()
        server = Server(self.programs, str(sockets))
        if not self._answers(server):
            settings = {**CONFIGURATION, "unix_socket_directories": str(sockets)}
            options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
            self.log.touch()
            self._own(self.log)
            try:
                self._control("--log", self.log, "--options", options, "start")
            except Failed as error:
                raise Stop(
                    f"the embedded PostgreSQL does not start "
                    f"({last_words(self.log.read_text(encoding='utf-8'))}): see "
                    f"{self.log}"
                ) from error
        if not server.query(
            f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'", user="postgres"
        ):
            server.query(f"CREATE ROLE {ROLE} LOGIN CREATEDB", user="postgres")
        return server

    def _create(self):
        partial = self.data.with_name("postgres.partial")
        shutil.rmtree(partial, ignore_errors=True)
        with Step("Creating the embedded PostgreSQL"):
            partial.mkdir(mode=0o700)
            self._own(partial)
            try:
                run(
                    [
                        *self.prefix,
                        *(self.programs / "initdb", "--pgdata", partial),
                        # trust: the socket's folder is closed to other users
                        *("--username=postgres", "--auth=trust", "--encoding=UTF8"),
                        # the same order and case rules on every machine
                        *("--locale=C", "--locale-provider=builtin"),
                        "--builtin-locale=C.UTF-8",
                    ],
                    cwd="/",
                )
            except Failed as error:
                raise Stop(
                    f"the embedded PostgreSQL cannot be created "
                    f"({last_words(str(error))}): choose another folder with "
                    "HANDOVER_HOME=/path"
                ) from error
        partial.rename(self.data)

    def _control(self, *arguments):
        """pg_ctl; its answer goes to the log, a pipe would stay open in the server."""
        run(
            [
                *self.prefix,
                *("sh", "-c", '"$@" >/dev/null 2>&1', "pg_ctl"),
                *(self.programs / "pg_ctl", "--pgdata", self.data, "--wait"),
                *arguments,
            ],
            cwd="/",
        )

    def _answers(self, server):
        """Whether it runs; one that is just ending is waited for."""
        for _attempt in range(50):
            try:
                run([self.programs / "pg_isready"], env=dict(server.environment))
            except Failed as error:
                if "rejecting" not in str(error):
                    return False
                time.sleep(0.2)
            else:
                return True
        return False

    def _socket_folder(self):
        """The data folder, or a short path where that one is too long."""
        if len(str(self.data)) <= LONGEST_SOCKET_FOLDER:
            return self.data
        marker = self.data.parent / "postgres.sockets"
        if marker.exists():
            folder = Path(marker.read_text(encoding="utf-8"))
            if folder.is_dir():
                return folder
        folder = Path(tempfile.mkdtemp(prefix="handover-"))
        self._own(folder)
        marker.write_text(str(folder), encoding="utf-8")
        return folder

    def _own(self, path):
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)


def _system_user():
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        run(
            [
                *("useradd", "--system", "--user-group", "--no-create-home"),
                *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"),
                SYSTEM_USER,
            ]
        )
        return pwd.getpwnam(SYSTEM_USER)


def _as_system_user(folder):
    """The command that runs another one as the system user, able to reach `folder`."""
    plain = [
        *("setpriv", "--reuid", SYSTEM_USER, "--regid", SYSTEM_USER),
        "--clear-groups",
    ]
    # in a folder that is closed to others (as /root is) it keeps the one right of
    # root that lets it pass through
    capability = "dac_override"
    passing = [
        *plain,
        *(f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"),
    ]
    for prefix in (plain, passing):
        try:
            # not `test -x`, which asks without the capability
            run([*prefix, "stat", folder / "."], cwd="/")
        except Failed:
            continue
        return prefix
    closed = next(
        parent
        for parent in [*reversed(folder.parents), folder]
        if not re.search(r"[1357]$", oct(parent.stat().st_mode))
    )
    raise Stop(
        f"{closed} is closed to other users, and PostgreSQL does not run as root: "
        f"run chmod o+x {closed}, or name an open folder with "
        "HANDOVER_HOME=/var/tmp/handover"
    )
