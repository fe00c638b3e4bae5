import json
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..word_texts import listed
from .handover_guard import door, single
from .handover_said import in_all_languages, in_language
from .handover_states import NO_RESULT

# a handover of this size is done before the button comes back
INLINE_LIMIT = 200
# where a transaction keeps the digest of what is being approved in it
APPROVED_NOW = "crm_handover approved now"
# so long the workers pause for whoever wants to stop a handover
HOLD = timedelta(minutes=1)


class HandoverRequest(models.Model):
    """The handover itself, as far as the request is concerned: start, go on, stop.

    What happens to the records is the engine's.
    """

    _inherit = "handover.request"

    @door
    def action_run(self):
        """Hand over now what is approved, before its planned time if need be.

        Small handovers are done when the call comes back, larger ones go on in the
        background.

        :return: ``True``
        """
        self._require("run")
        for request in self:
            request._do("run")
        return True

    @door
    def action_retry(self):
        """Try again what failed.

        :return: ``True``
        """
        self._require("retry")
        for request in self:
            request._do("retry", count=request.failed_count)
        return True

    @door
    def action_cancel(self, reason=False):
        """Cancel it, or stop it while it runs: what is handed over already stays so.

        :param str reason: why, optional
        :return: ``True``
        """
        reason = self._check_reason(reason) if reason else ""
        large = self.filtered(lambda one: not one._is_quick("cancel", one.todo_count))
        (self - large)._cancel_because(reason)
        for request in large._require_end():
            request._do("cancel", reason, count=request.todo_count)
        return True

    def _do_run(self):
        self._start()

    def _do_retry(self):
        failed = self._failed_domain()
        # on the way back, only what was to go back
        back = failed & Domain("goes_back", "=", True)
        goes_back = bool(self.line_ids.search_count(back, limit=1))
        count = self._try_lines_again(back if goes_back else failed)
        if not count:
            raise UserError(self.env._("%s: nothing has failed.", self.name))
        self._move("retry", {"goes_back": goes_back}, lines=count)
        self._review_if_outdated()
        self._proceed()

    def _do_cancel(self, reason):
        self._cancel_because(reason)

    def _require_end(self):
        """Lock them while their workers pause; raise unless the caller may end them.

        :return: ``{handover: the move that ends it}``
        """
        self.filtered(lambda request: not request._refusal("stop"))._hold()
        self._lock()
        moves = {}
        for request in self:
            moves[request] = "stop" if request.state == "running" else "cancel"
            request._require(moves[request])
        return moves

    def _cancel_because(self, reason, tells=True):
        """Cancel it, or stop it while it runs, for whoever calls.

        :param reason: why, as somebody has written it; or a function of an environment
            that returns it as a sentence, of what happens by itself
        :param tells: whether people are told; otherwise the caller does that
        """
        said = in_all_languages(self, reason) if callable(reason) else reason
        for request, move in self._require_end().items():
            if request.goes_back:
                request._stop_return()
                request._finish_return()
                continue
            people = request._expecting()
            request._cancel_lines(said)
            request._move(
                move,
                reason=said,
                done=request.done_count,
                outcome=request._outcome_digest(),
            )
            if move == "stop":
                request._end_needless_permissions(lambda env: env._("It was stopped."))
            if tells:
                # of what happens by itself, nobody knows
                knows = () if callable(reason) else self.env.user
                request._notify("cancelled", without=knows, people=people)

    @door
    def get_progress(self):
        """Tell how far a handover is.

        :return: ``{"state", "total", "todo", "done", "skipped", "failed", "progress",
            "started_at", "finished_at", "seconds_left", "background"}``; times in UTC
            as ISO 8601 or ``False``, ``progress`` from 0 to 100. ``background`` is
            ``False``, or what was asked for and takes its time: ``{"step", "text",
            "done", "total", "in_parts", "can_stop", "since", "problem"}``; where that
            was not done, ``step`` is ``False``, and ``problem`` says why
        """
        single(self)
        left = self.todo_count
        return {
            "state": self.state,
            "total": self.line_count,
            "todo": left,
            "done": self.done_count,
            "skipped": self.skipped_count,
            "failed": self.failed_count,
            "progress": round(self.progress, 1),
            "started_at": self._iso(self.date_started),
            "finished_at": self._iso(self._finished_at()),
            "seconds_left": self._seconds_left(self.line_count - left, left),
            "background": self._background_progress(),
        }

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _in_requesters_words(self, said):
        """Return what is kept on lines, which is for who requested the handover."""
        requester = self.sudo().requester_id
        return in_language(self.with_context(lang=requester.lang).env, said)

    def _cancel_lines(self, said):
        """Take what is still to be handed over as cancelled, in one statement."""
        self.env["handover.request.line"]._update(
            Domain("request_id", "=", self.id) & Domain("state", "=", "todo"),
            SQL(
                """state = 'cancelled', result_code = 'cancelled',
                result_message = %s, result_said = %s::jsonb, reserved = FALSE""",
                self._in_requesters_words(said) or None,
                json.dumps(said) if isinstance(said, dict) else None,
            ),
        )

    def _try_lines_again(self, failed):
        """Have lines tried again, in one statement; return how many of the reader's."""
        mine = self.env["handover.request.line"]._search(failed)
        return self.env["handover.request.line"]._update(
            Domain("id", "in", mine),
            SQL("state = 'todo', attempts = 0, next_try = NULL, %s", NO_RESULT),
        )

    def _failed_domain(self):
        """Return the domain of what can be tried again.

        That is what is not on another handover by now.
        """
        failed = Domain("state", "=", "failed") & Domain("settled", "=", False)
        return Domain("request_id", "=", self.id) & failed

    def _has_failed(self):
        """Tell whether the reader sees anything that can be tried again."""
        lines = self.env["handover.request.line"]
        return bool(lines.search_count(self._failed_domain(), limit=1))

    def _start_when_due(self):
        """Start it, or have it started at its time."""
        if self.date_planned and self.date_planned > fields.Datetime.now():
            self._wake_crons(self.date_planned)
        else:
            self._start()

    def _start_if_due(self):
        """Start it from the cron, unless somebody else was faster."""
        self._lock()
        if self & self._due():
            self._start()

    def _start(self):
        """Start an approved handover, unless what was approved no longer holds."""
        if problem := next(iter(self._start_problems()), None):
            self._review(problem)
            return
        self._move("start", {"date_started": fields.Datetime.now()})
        self._give_permissions()
        self._proceed()

    def _lapse_if_too_late(self):
        """Have the approval lapse where the end came first, so that all is free again.

        Nobody had answered, or it waited for something else.
        """
        self._lock()
        if self & self._too_late():
            self._review(next(self._start_problems()))

    def _proceed(self):
        """Hand over a small request now, leave a large one to the background."""
        if self.todo_count <= INLINE_LIMIT:
            system = self.with_user(SUPERUSER_ID)
            engine = system.env["handover.engine"]
            while engine._run_batch(system):
                pass
            system._finish_if_ready()
        if self.state == "running":
            self._go_on()

    def _go_on(self):
        """Have the rest done in the background: by the cron, or a glue's workers."""
        self._wake_crons()

    def _hold(self):
        """Have the workers pause, so that what is running can be stopped.

        A batch that ends while this transaction waits for it makes its view of the
        lines outdated, and writing them a conflict. So the wish is made known in a
        transaction of its own: the server tries the caller's again, which then sees a
        handover that stands still.
        """
        now = fields.Datetime.now()
        todo = self.filtered(
            lambda request: (
                not request.hold_until or request.hold_until < now + HOLD / 2
            )
        )
        if todo:
            with self.env.registry.cursor() as cr:
                cr.execute(
                    SQL(
                        """UPDATE handover_request SET hold_until = %s WHERE id IN (
                            SELECT id FROM handover_request
                            WHERE id IN %s AND state = 'running'
                            FOR NO KEY UPDATE SKIP LOCKED)""",
                        now + HOLD,
                        tuple(todo.ids),
                    )
                )

    def _announce(self):
        """Tell the open screens of the people concerned how far it is."""
        self.ensure_one()
        progress = {"id": self.id, **self.sudo().get_progress()}
        if told := progress["background"]:
            # what it says in words, and of whom, is for each reader another
            told = {key: told[key] for key in ("step", "done", "total") if key in told}
        progress["background"] = told
        # a successor sees it; of the others somebody may have moved on
        people = self._people("progress")
        takers = people & self.sudo().successor_ids
        people = (people - takers).filtered(self._shows_to)
        for user in people | takers.filtered("active"):
            user._bus_send("handover.request/progress", progress)

    def _start_problems(self):
        """Yield why what was approved may not start now.

        Functions of an environment that return sentences: what is wrong is found out
        once, however many languages it is told in. Extended by super(); asked under the
        lock, and only up to the first problem.
        """
        self.ensure_one()
        if self._is_past():
            yield lambda env: env._("its end is past.")
        yield from filter(None, [self._people_problem()])
        yield from filter(None, [self._content_problem()])

    def _is_past(self):
        """Tell whether a temporary handover would have come back by now."""
        end = self.kind == "temporary" and self.date_return
        return bool(end) and end <= fields.Datetime.now()

    def _people_problem(self):
        """Return whose leaving ends the approval, or ``None``.

        :return: as :meth:`_start_problems` yields it
        """
        approver = self.approver_id.sudo()
        if not approver.active or self._decision_problem(approver):
            name = approver.name
            return lambda env: env._("%s may not approve it any more.", name)
        gone = self.sudo().successor_ids.filtered(
            lambda user: not user.active or user.share
        )
        if gone:
            names = gone.mapped("name")
            return lambda env: env._("%s left meanwhile.", listed(env, names))
        return None

    def _content_problem(self):
        """Return that something else was approved, or ``None``.

        :return: as :meth:`_start_problems` yields it
        """
        approved = self.digest
        if self.env.cr.cache.get(APPROVED_NOW) == (self.id, approved):
            # nothing has come between
            return None
        if approved != self._content_digest():
            return lambda env: env._("its content is not what was approved.")
        return None

    def _review_if_outdated(self):
        """Stop a running handover whose people are no longer those approved."""
        if self.state != "running" or self.goes_back or not self._people_problem():
            return
        # only now: the lock waits for the batch of another worker
        self._lock()
        if self.state == "running" and (problem := self._people_problem()):
            self._review(problem)

    def _review(self, text):
        """Have the approval lapse.

        :param text: a function of an environment that returns why, as a sentence
        """
        problem, people = in_all_languages(self, text), self._expecting()
        self._keep_said("refusal_reason", problem)
        self._move("review", problem=problem)
        if self._is_past():
            # it does not go on as it is: others may take what it would have taken
            self._release_lines()
        self._notify("needs_review", people=people)

    def _finish_if_ready(self):
        """Close a running handover once every line has its outcome."""
        Line = self.env["handover.request.line"].sudo()
        todo = [("request_id", "=", self.id), ("state", "=", "todo")]
        if Line.search_count(todo, limit=1):
            return
        # only now: the lock waits for the batch of another worker
        self._lock()
        if self.state != "running" or Line.search_count(todo, limit=1):
            return
        if self.goes_back:
            self._finish_return()
            return
        self._move(
            "finish",
            # what was tried again came later; the handover keeps its day
            {"date_finished": self.date_finished or fields.Datetime.now()},
            done=self.done_count,
            skipped=self.skipped_count,
            failed=self.failed_count,
            outcome=self._outcome_digest(),
            **self._move_elsewhere(),
        )
        self._notify("transferred")
        if self.sudo().signoff_ids:
            # it was tried again after they had confirmed
            self._complete_if_confirmed()
        if self.kind == "temporary":
            self._wake_crons(self.date_return)

    def _finished_at(self):
        """Return when it came to its present end, of whichever way."""
        if self.state == "running":
            return False
        returned = self.state == "returned" and self.date_returned
        return returned or self.date_finished

    def _iso(self, moment):
        return f"{moment.isoformat(timespec='seconds')}+00:00" if moment else False

    def _seconds_left(self, dealt_with, left):
        if self.state != "running" or not self.date_started or not dealt_with:
            return 0
        elapsed = (fields.Datetime.now() - self.date_started).total_seconds()
        return int(elapsed * left / dealt_with)

    # ------------------------------------------------------------
    # WHAT IT DOES TO RECORDS
    # ------------------------------------------------------------

    @api.model
    def _changing_owners(self):
        """Return the domain of handovers by which records change their owner.

        What counts, measures and has people sign a handover leaves out the others.
        Extended by super().
        """
        return Domain.TRUE

    @api.model
    def _changing_owners_fields(self):
        """Return the names of the fields that :meth:`_changing_owners` asks."""
        conditions = self._changing_owners().iter_conditions()
        return {condition.field_expr for condition in conditions}

    def _changes_owners(self):
        self.ensure_one()
        return bool(self.filtered_domain(self._changing_owners()))
