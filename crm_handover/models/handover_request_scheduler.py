import random
import time
from collections import deque
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .handover_batch_size import Pace
from .handover_states import FREE, HANDED_OVER

# so many crons work on what runs: those of two hosts with two threads each
RUNNERS = 4
# so many seconds one handover has where others wait for the same cron
TURN = 2.0
# seconds between two messages about the progress
ANNOUNCE_EVERY = 1.0
# when what somebody else is at is looked at again
LOOK_AGAIN = timedelta(seconds=5)


class HandoverRequest(models.Model):
    """The crons: start what is due, take back what is over, go on with what runs.

    What happens to the records is the engine's.
    """

    _inherit = "handover.request"

    @api.model
    def _cron_run(self):
        """Run what is due, in batches: starts, returns, and what is running.

        Several crons, on several hosts, may do this at the same time.
        """
        Cron, Request = self.env["ir.cron"], self.sudo()
        safely = self.env["handover.background"]._safely
        for request in map(Request.browse, _shuffled(Request._in_background().ids)):
            request._go_on_in_background(TURN)
        taken = []
        for request in map(Request.browse, Request._too_late().ids):
            taken.append(request._unless_taken(request._lapse_if_too_late))
        for request in map(Request.browse, Request._due().ids):
            taken.append(request._unless_taken(request._start_if_due))
        for request in map(Request.browse, Request._due_back().ids):
            taken.append(request._unless_taken(request._return_if_due))
        safely(self.env["handover.grant"]._alarm_when_late)
        if any(taken):
            # whoever holds it may not go through
            Request._wake_crons(fields.Datetime.now() + LOOK_AGAIN)
        turns = Request._turns()
        in_time = Cron._commit_progress(remaining=Request._lines_due_count())
        while turns and in_time:
            request = Request.browse(turns.popleft())
            in_time, is_through = request._run_batches(TURN if turns else None)
            # two workers that both keep their shared lock cannot get the other one
            Cron._commit_progress()
            safely(request._finish_if_ready, request._tell_failure)
            Cron._commit_progress()
            if not is_through:
                turns.append(request.id)
        self._wake_up()
        Cron._commit_progress()

    @api.model
    def _turns(self):
        """Return the ids of what runs, in the order in which this cron takes turns.

        Each cron in another one: what is small does not wait for what is large, and
        what began last not for what began first.
        """
        return deque(_shuffled(self._running().ids))

    def _unless_taken(self, step):
        """Do a step of the cron, and commit it, unless somebody else is at it.

        Crons that waited for one another at each handover would do the work of one.

        :return: whether it was passed over
        """
        self.ensure_one()

        def take():
            if self._is_taken():
                return True
            step()
            return False

        passed = self.env["handover.background"]._safely(take, self._tell_failure)
        self.env["ir.cron"]._commit_progress()
        return passed

    def _is_taken(self):
        """Tell whether another transaction holds it; otherwise this one does now."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM handover_request WHERE id = %s FOR UPDATE SKIP LOCKED",
                self.id,
            ),
            # a conflict with others is no error, it is tried again
            log_exceptions=False,
        )
        return not self.env.cr.rowcount

    def _run_batches(self, turn=None):
        """Run one batch after the other, each committed.

        :param float turn: seconds after which others have theirs; ``None``: no others
        :return: whether there is time left, and whether nothing is to be done now
        """
        self.ensure_one()
        engine = self.env["handover.engine"]
        commit_progress = self.env["ir.cron"]._commit_progress
        announced = started = time.monotonic()
        pace, in_time = Pace.of(self), True
        while in_time:
            # people may leave in the middle of a run: nobody is given more then
            engine._safely(self._review_if_outdated)
            # a batch begins with a view that knows what others committed
            commit_progress()
            began = time.monotonic()
            done = engine._run_batch_safely(self, pace.size)
            if not done:
                return True, True
            pace.learn(done, time.monotonic() - began)
            if time.monotonic() - announced > ANNOUNCE_EVERY:
                announced = time.monotonic()
                self._announce()
            in_time = commit_progress(done)
            # a long run takes no more memory than a short one
            self.env.invalidate_all()
            if turn is not None and time.monotonic() - started >= turn:
                break
        return bool(in_time), False

    @api.model
    def _wake_up(self):
        """Come back for what is left: at once, or when postponed lines are due."""
        Request = self.sudo()
        if Request._lines_due_count(limit=1):
            # a time that has come wakes the crons of all hosts
            Request._wake_crons()
            return
        line = (
            self.env["handover.request.line"]
            .sudo()
            .search(
                [
                    ("state", "=", "todo"),
                    ("next_try", "!=", False),
                    ("request_id.state", "=", "running"),
                ],
                order="next_try",
                limit=1,
            )
        )
        held = Request.search([("state", "=", "running"), ("hold_until", "!=", False)])
        times = [*line.mapped("next_try"), *held.mapped("hold_until")]
        if times:
            Request._wake_crons(min(times) + timedelta(seconds=1))

    # ------------------------------------------------------------
    # WHAT IS DUE
    # ------------------------------------------------------------

    @api.model
    def _due(self):
        """Return the approved handovers whose time has come."""
        now = fields.Datetime.now()
        return self.search(
            [
                ("state", "=", "approved"),
                ("background_step", "in", FREE),
                "|",
                ("date_planned", "=", False),
                ("date_planned", "<=", now),
            ],
            order="date_planned, id",
        )

    @api.model
    def _too_late(self):
        """Return the approved temporary handovers whose end came before their start."""
        return self.search(
            [
                ("state", "=", "approved"),
                ("background_step", "in", FREE),
                ("kind", "=", "temporary"),
                ("date_return", "<=", fields.Datetime.now()),
            ],
            order="date_return, id",
        )

    @api.model
    def _due_back(self):
        """Return the temporary handovers whose time is over.

        Those that were stopped, too, for what had moved by then, and those whose
        approval lapsed on the way, for somebody to hear of it. Each once: what could
        not be given back is tried again by whoever looks after it.
        """
        over = self.search(
            [
                ("kind", "=", "temporary"),
                ("background_step", "in", FREE),
                ("state", "in", (*HANDED_OVER, "cancelled", "needs_review")),
                ("date_started", "!=", False),
                ("date_return", "<=", fields.Datetime.now()),
            ],
            order="date_return, id",
        )
        return over.filtered(
            lambda request: (
                not request.date_return_tried
                or request.date_return_tried < request.date_return
            )
        )

    @api.model
    def _running(self):
        """Return what the crons go on with; extended by super()."""
        ours = [("state", "=", "running"), ("background_step", "in", FREE)]
        return self.search(ours, order="date_started, id")

    @api.model
    def _lines_due_count(self, limit=None):
        return self.env["handover.request.line"].search_count(
            [
                ("state", "=", "todo"),
                ("request_id", "in", self._running().ids),
                "|",
                ("request_id.hold_until", "=", False),
                ("request_id.hold_until", "<=", fields.Datetime.now()),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            limit=limit,
        )

    @api.model
    def _wake_crons(self, at=None):
        """Have the crons run, now or at a time (UTC)."""
        for number in range(1, RUNNERS + 1):
            name = f"crm_handover.ir_cron_handover_request_run_{number}"
            # one of them may have been deleted, or not be there before an upgrade
            if cron := self.env.ref(name, raise_if_not_found=False):
                cron.sudo()._trigger(at)


def _shuffled(ids):
    return random.sample(ids, len(ids))
