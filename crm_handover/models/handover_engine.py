"""The transfer of records, whatever their model: lock, compare, write, check, note.

A batch is a few hundred lines of one request in one transaction. Killed at any point it
leaves either all of the batch or nothing, and the next run goes on from there.
"""

import logging
import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .handover_background import FATAL, TRANSIENT
from .handover_batch_size import BATCH_SIZE
from .handover_columns import column
from .handover_said import Sentence, joined, keep_said
from .handover_transaction import undoing

_logger = logging.getLogger(__name__)

# after a conflict the same lines come back in smaller batches, at last one by one
SHRINK = 10
# a record that stays locked for this many tries is reported
MAX_ATTEMPTS = 6

# the owner changes, and nothing else is told about it: one digest replaces a mail per
# record, one note replaces core's tracking message
QUIET = {
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "mail_notify_force_send": False,
    "skip_attendee_notification": True,
    "dont_notify": True,
}


# the function of a trigger that raised, in what the database says of where it was
TRIGGER = re.compile(r"function ([\w.]+)\(")


class RecordsRefused(Exception):
    """Some records of a batch did not take the change: ``{line id: (code, text)}``."""

    def __init__(self, refusals):
        super().__init__()
        self.refusals = refusals


class HandoverEngine(models.AbstractModel):
    _name = "handover.engine"
    _description = "Handover Engine"
    _inherit = ["handover.background"]

    # ------------------------------------------------------------
    # BATCHES
    # ------------------------------------------------------------

    @api.model
    def _run_batch(self, request):
        """Transfer the next lines of ``request``, within the current transaction.

        :return: how many lines were looked at; 0 when there is nothing to do now
        """
        lines = self._claim(request)
        if lines:
            self._transfer(lines)
            self.env.flush_all()
        return len(lines)

    @api.model
    def _claim(self, request, limit=BATCH_SIZE):
        """Lock the next lines of a running request; other workers skip them."""
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            SQL(
                """SELECT id FROM handover_request WHERE id = %s AND state = 'running'
                    AND (hold_until IS NULL OR hold_until <= %s)
                FOR KEY SHARE SKIP LOCKED""",
                request.id,
                fields.Datetime.now(),
            ),
            # a conflict with others is no error, it is tried again
            log_exceptions=False,
        )
        # nothing more is taken from a request that somebody is about to stop
        if not cr.rowcount:
            return self.env["handover.request.line"]
        cr.execute(
            SQL(
                """SELECT id, attempts FROM handover_request_line
                WHERE request_id = %s AND state = 'todo'
                    AND (next_try IS NULL OR next_try <= %s)
                ORDER BY attempts, scope_id, res_id LIMIT %s FOR UPDATE SKIP LOCKED""",
                request.id,
                fields.Datetime.now(),
                limit,
            ),
            log_exceptions=False,
        )
        rows = cr.fetchall()
        tried = rows[0][1] if rows else 0
        size = max(1, min(limit, BATCH_SIZE // SHRINK**tried))
        lines = self.env["handover.request.line"].sudo()
        lines = lines.browse(id_ for id_, attempts in rows[:size] if attempts == tried)
        lines.invalidate_recordset()
        return lines

    # ------------------------------------------------------------
    # TRANSFER
    # ------------------------------------------------------------

    @api.model
    def _transfer(self, lines):
        """Hand over what ``lines`` name, and write what became of each line.

        :param lines: locked lines of one request, in state ``todo``
        """
        request = lines.request_id
        engine = self.with_context(
            **QUIET,
            lang=request.requester_id.lang,
            allowed_company_ids=request.company_id.ids,
        )
        lines = lines.with_env(engine.env)
        for scope, of_scope in lines._by_kind(lambda line: line.scope_id).items():
            records = scope._records(of_scope.mapped("res_id"))
            free = set(records.try_lock_for_update(allow_referencing=True).ids)
            others = records.browse(id_ for id_ in records._ids if id_ not in free)
            kept = set(others.exists().ids)
            res_ids = zip(of_scope._ids, column(of_scope, "res_id"), strict=True)
            held = of_scope.browse(id_ for id_, res_id in res_ids if res_id in kept)
            held._postpone()
            ready = of_scope._unless({*held._ids})
            records.browse(free).invalidate_recordset()
            # a record that cannot even be looked at stops no other
            results = engine._isolating(ready, engine._obstacle_results)
            already = of_scope.browse(
                id_ for id_, result in results.items() if result["code"] == "already"
            )
            todo = ready._unless(results)
            results |= engine._isolating(already, engine._move_along_only)
            results |= engine._isolating(todo, engine._hand_over)
            ready._record_results(results)

    @api.model
    def _obstacle_results(self, lines):
        return {
            id_: {"code": code, "message": text}
            for id_, (code, text) in self._obstacles(lines).items()
        }

    @api.model
    def _isolating(self, lines, step):
        """Do ``step`` for all lines at once, and without those that refuse.

        :param step: method that takes lines and returns results by line id
        :return: ``{line id: {"code", "message", "said", "before", "after"}}``
        """
        if not lines:
            return {}
        try:
            with undoing(self.env.cr):
                results = step(lines)
                # here, as a record may refuse to say how it is
                keep_said(self, results.values())
                return results
        except RecordsRefused as error:
            # the change is undone; these lines are known, the rest is tried again
            refusals = error.refusals
        except (*TRANSIENT, *FATAL):
            raise
        except Exception as error:  # noqa: BLE001 - any add-on may raise anything
            if len(lines) == 1:
                return {lines.id: self._failure(error)}
            half = len(lines) // 2
            first, second = lines[:half], lines[half:]
            return self._isolating(first, step) | self._isolating(second, step)
        rest = lines.filtered(lambda line: line.id not in refusals)
        known = {
            id_: {"code": code, "message": text}
            for id_, (code, text) in refusals.items()
        }
        return known | self._isolating(rest, step)

    @api.model
    def _sift(self, things, step):
        """Do ``step`` for all things at once, and without those that refuse.

        What ``step`` did for those is undone. One step for all as long as nothing
        refuses, which is nearly always.

        :param things: records: to-dos, meetings, whatever goes along; or the range of
            the numbers of what is no record yet
        :param step: function of some of them, whose answer does not matter
        :return: ``{thing: error}``, those that refused
        """
        if not things:
            return {}
        try:
            with undoing(self.env.cr):
                step(things)
        except (*TRANSIENT, *FATAL):
            raise
        except Exception as error:  # noqa: BLE001 - any add-on may raise anything
            if len(things) == 1:
                return {things: error}
            half = len(things) // 2
            first, second = things[:half], things[half:]
            return self._sift(first, step) | self._sift(second, step)
        return {}

    @api.model
    def _failure(self, error):
        """Return the result of a line whose record raised ``error``."""
        code = "error"
        if isinstance(error, AccessError):
            code = "forbidden"
        elif isinstance(error, (UserError, psycopg2.Error)):
            code = "rejected"
        hint = Sentence(
            self.env,
            lambda env: (
                env._("Ask your administrator, then try again.")
                if code == "error"
                else env._("Correct this, then try again.")
            ),
        )
        return {"code": code, "message": joined(self.env, (self._reason(error), hint))}

    @api.model
    def _reason(self, error):
        """Return what refused, and why, as a text for people.

        :param error: what was raised; or a sentence of ours, which is that text
        """
        if isinstance(error, Sentence):
            return error
        if isinstance(error, UserError):
            return " ".join(str(error).split())
        if isinstance(error, psycopg2.Error):
            _logger.info("The database refused a handover", exc_info=error)
            return Sentence(
                self.env,
                lambda env: env._(
                    "The database refused the change: %s",
                    self.with_env(env)._database_reason(error),
                ),
            )
        _logger.warning("Something failed in a handover", exc_info=error)
        return Sentence(
            self.env,
            lambda env: env._("Unexpected error; the server's log has the details."),
        )

    @api.model
    def _database_reason(self, error):
        """Return what refused: the text of a constraint, a field, else its name.

        Not what the database says of it, which may hold the row.
        """
        diag = error.diag
        for model in self.env:
            Model = self.env[model]
            if Model._table != diag.table_name or Model._abstract:
                continue
            if diag.constraint_name in Model._table_objects:
                return " ".join(Model._sql_error_to_message(error).split())
            if field := Model._fields.get(diag.column_name):
                return field._description_string(self.env)
        trigger = TRIGGER.search(diag.context or "")
        return (
            diag.constraint_name
            or diag.column_name
            or (trigger and trigger[1])
            or diag.table_name
            or self.env._("no reason given")
        )

    # ------------------------------------------------------------
    # WHATEVER COMES OF IT
    # ------------------------------------------------------------

    @api.model
    def _run_batch_safely(self, request, limit=BATCH_SIZE):
        """Run one batch, whatever comes of it; every line keeps or gets its outcome."""
        lines = self._safely(lambda: self._claim(request, limit))
        if not lines:
            return 0
        try:
            self._transfer(lines)
            self.env.flush_all()
        except TRANSIENT:
            self.env.cr.rollback()
            _logger.info("%s: a batch met a conflict, later again", request)
            self._postpone(lines.ids)
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - one request never stops the others
            self.env.cr.rollback()
            self._give_up(lines.ids, error)
        return len(lines)

    @api.model
    def _postpone(self, line_ids):
        """Count a try for these lines, in a transaction after a rollback."""
        self._locked_again(line_ids)._postpone(patiently=False)

    @api.model
    def _give_up(self, line_ids, error):
        """Report an error of ours on these lines, in a transaction after a rollback."""
        _logger.error("A batch of a handover failed", exc_info=error)
        lines = self._locked_again(line_ids)
        failure = self.with_env(lines.env)._failure(error)
        lines._record_results(dict.fromkeys(lines.ids, failure))

    @api.model
    def _locked_again(self, line_ids):
        """Lock lines of one request that have no outcome, for who requested it."""
        lines = self.env["handover.request.line"].sudo().browse(line_ids)
        lines = lines.try_lock_for_update().filtered(lambda line: line.state == "todo")
        return lines.with_context(lang=lines.request_id.requester_id.lang)
