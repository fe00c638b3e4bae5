"""Seconds, queries, transactions and memory of one process."""

import ctypes
import gc
import re
import time
from pathlib import Path

from odoo import sql_db
from odoo.tools import SQL

STATUS = Path("/proc/self/status")
# writing 5 there makes the kernel forget the peak of the memory
CLEAR = Path("/proc/self/clear_refs")
# what keeps others from their customers, leads, tasks, to-dos and meetings
_TABLES = r'"?(crm_lead|res_partner|project_task|mail_activity|calendar_event)"?\b'
LOCKS = re.compile(
    rf"(UPDATE|DELETE FROM)\s+{_TABLES}|FROM\s+{_TABLES}.*\bFOR (NO KEY )?UPDATE",
    re.DOTALL,
)


class Meter:
    """Measures what happens within `with meter:` on all cursors of the process."""

    def __init__(self):
        self.longest = self.longest_locking = 0.0
        self._began = {}
        # since when a transaction has locked records of the business
        self._locking = {}
        self._ignored = set()
        Cursor = sql_db.Cursor
        execute, commit = Cursor.execute, Cursor.commit
        rollback, close = Cursor.rollback, Cursor._close

        def measured_execute(cursor, query, *args, **kwargs):
            now = time.monotonic()
            self._began.setdefault(cursor, now)
            if cursor not in self._locking:
                code = query.code if isinstance(query, SQL) else query
                if LOCKS.search(code):
                    self._locking[cursor] = now
            return execute(cursor, query, *args, **kwargs)

        def ending(method):
            def end(cursor, *args, **kwargs):
                try:
                    return method(cursor, *args, **kwargs)
                finally:
                    self._end(cursor)

            return end

        Cursor.execute = measured_execute
        Cursor.commit, Cursor.rollback = ending(commit), ending(rollback)
        Cursor._close = ending(close)

    def ignore(self, cursor):
        """Do not count the transactions of this cursor."""
        self._ignored.add(cursor)

    def attend(self, cursor):
        """Count them again."""
        self._ignored.discard(cursor)

    def _end(self, cursor):
        now = time.monotonic()
        began = self._began.pop(cursor, now)
        locking = self._locking.pop(cursor, now)
        if cursor not in self._ignored:
            self.longest = max(self.longest, now - began)
            self.longest_locking = max(self.longest_locking, now - locking)

    def __enter__(self):
        gc.collect()
        # what the warm-up took and gave back counts as free
        ctypes.CDLL(None).malloc_trim(0)
        CLEAR.write_text("5")
        self.longest = self.longest_locking = 0.0
        self._began.clear()
        self._locking.clear()
        self._memory = _status("VmRSS")
        self._queries = sql_db.sql_counter
        self.began = time.monotonic()
        return self

    def __exit__(self, *_error):
        self.ended = time.monotonic()
        self.queries = sql_db.sql_counter - self._queries
        self.peak_mb = (_status("VmHWM") - self._memory) / 1024

    def result(self):
        """What was measured, as plain values."""
        return {
            "began": self.began,
            "ended": self.ended,
            "queries": self.queries,
            "longest_transaction": self.longest,
            "longest_locking": self.longest_locking,
            "peak_mb": max(self.peak_mb, 0.0),
        }


def _status(name):
    """A value of this process in kB."""
    for line in STATUS.read_text(encoding="ascii").splitlines():
        key, _colon, value = line.partition(":")
        if key == name:
            return int(value.split()[0])
    raise LookupError(name)
