import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_background import FATAL, TRANSIENT
from odoo.addons.crm_handover.models.handover_batch_size import (
    FIRST_BATCH,
    Batch,
    next_size,
    told_apart,
)
from odoo.addons.crm_handover.models.handover_states import FREE
from odoo.addons.crm_handover.models.handover_transaction import undoing
from odoo.addons.crm_handover.word_texts import sentences
from odoo.addons.queue_job.job import ENQUEUED, PENDING, STARTED

# so many batches of one handover may run at once, if the channel has that many workers
LANES = 8
# how often somebody looks whether a handover can be closed, or who died needs a deputy
WATCH = timedelta(seconds=5)
# so long the queue may take to take up a job, before the crons go on in its place
PATIENCE = timedelta(minutes=1)
# a batch is sized for seconds: a job that has run for so long died with its worker
DEAD = timedelta(minutes=10)


class HandoverRequest(models.Model):
    """Batches as queue jobs: any number of workers on any number of hosts take them.

    A job is one batch in one transaction, as queue_job wants it, and enqueues the next
    of its lane in the same transaction. Jobs do not name lines: each takes the next
    that nobody holds, so that a job which is done twice, or never, changes nothing.
    The crons stay as the net below: they go on with what failed jobs left, and with all
    of it where nobody takes the jobs.
    """

    _inherit = "handover.request"

    def _go_on(self):
        self.ensure_one()
        self._open_lanes()
        self._wake_crons_later()

    # ------------------------------------------------------------
    # NOBODY TAKES THE JOBS
    # ------------------------------------------------------------

    @api.model
    def _wake_crons_later(self):
        """Have the crons look in a while whether somebody takes the jobs."""
        self._wake_crons(fields.Datetime.now() + PATIENCE + timedelta(seconds=1))

    def _is_with_queue(self):
        """Tell whether the queue has taken up a job of it, or has time left for it."""
        self.ensure_one()
        now = fields.Datetime.now()
        recent = Domain.OR(
            Domain(name, ">", now - PATIENCE)
            for name in ("date_created", "date_enqueued", "date_started", "eta")
        )
        at_work = Domain("state", "=", STARTED)
        at_work &= Domain("date_started", ">", now - DEAD)
        jobs = self.env["queue.job"].sudo()
        return bool(jobs.search_count(self._open_jobs() & (recent | at_work), limit=1))

    @api.model
    def _running(self):
        return super()._running().filtered(lambda request: not request._is_with_queue())

    @api.model
    def _wake_up(self):
        result = super()._wake_up()
        running = self.sudo().search([("state", "=", "running")])
        if any(request._is_with_queue() for request in running):
            self._wake_crons_later()
        return result

    def _next_step_running(self):
        text, todo = super()._next_step_running()
        if not self._is_with_queue():
            waiting = self.env._(
                "No worker of the job queue takes it up, so Odoo's scheduled actions"
                " do."
            )
            text = sentences(self.env, [text, waiting])
        return text, todo

    # ------------------------------------------------------------
    # JOBS
    # ------------------------------------------------------------

    def _job_batch(self, lane, size=FIRST_BATCH, before=None):
        """Hand over the next batch and enqueue the one after it.

        :param int lane: which of the handover's rows of jobs this is
        :param int size: how many lines at most
        :param list before: what is known of the lane's last batch, see ``Batch``
        :return: how many lines were looked at; 0 when there is nothing to do now
        """
        if self.background_step not in FREE:
            # it is being ended, or given back
            self._enqueue_finish(eta=WATCH)
            return 0
        self._review_if_outdated()
        began = time.monotonic()
        done = self._next_batch(size)
        if done == 0:
            # not here: the lock waits for batches, which must not wait for each other
            self._enqueue_finish()
            return 0
        if done:
            seconds = time.monotonic() - began
            batch = told_apart(done, seconds, Batch(*before) if before else None)
            size, before = next_size(size, batch), list(batch)
            if lane == 1:
                # one of them tells how far all are
                self._announce()
        self._enqueue_batch(lane, size, before=before)
        return done or 0

    def _job_finish(self):
        """Close the handover, or see to it that what is left will be done.

        :return: how many lines are left
        """
        if self.background_step not in FREE:
            self._enqueue_finish(eta=WATCH)
            return self.todo_count
        self._finish_if_ready()
        if self.state != "running":
            return 0
        if self._has_open_lanes():
            # a killed job is found by queue_job once something happens in the queue
            self._enqueue_finish(eta=WATCH)
        else:
            self._open_lanes(self._next_due())
        return self.todo_count

    def _next_batch(self, size):
        """Run a batch, whatever comes of it; every line keeps or gets its outcome.

        A job may neither commit nor roll back: what goes wrong is undone to a
        savepoint, and the lines, which this transaction holds, are told about it.

        :return: how many lines were looked at; ``None`` when others were faster
        """
        engine = self.env["handover.engine"]
        try:
            with undoing(self.env.cr):
                lines = engine._claim(self, size)
        except TRANSIENT:
            # the next job sees what they did
            return None
        if not lines:
            return 0
        try:
            with undoing(self.env.cr):
                engine._transfer(lines)
                self.env.flush_all()
        except TRANSIENT:
            engine._postpone(lines.ids)
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - any add-on may raise anything
            engine._give_up(lines.ids, error)
        return len(lines)

    # ------------------------------------------------------------
    # QUEUE
    # ------------------------------------------------------------

    def _open_lanes(self, eta=None):
        """Enqueue the first batch of each lane, but for those that are open."""
        lanes = min(LANES, -(-self.todo_count // FIRST_BATCH))
        for lane in range(1, lanes + 1):
            self._enqueue_batch(lane, FIRST_BATCH, eta)

    def _enqueue_batch(self, lane, size, eta=None, before=None):
        name = self.env._(
            "%(handover)s: next batch (lane %(lane)s)", handover=self.name, lane=lane
        )
        key = self._lane_key(lane)
        self._delayed(description=name, eta=eta, identity_key=key)._job_batch(
            lane, size, before
        )

    def _enqueue_finish(self, eta=None):
        name = self.env._("%(handover)s: finish", handover=self.name)
        # who comes back later does not stand in for who closes it now
        key = f"crm_handover.{'watch' if eta else 'finish'}:{self.id}"
        self._delayed(description=name, eta=eta, identity_key=key)._job_finish()

    def _delayed(self, **options):
        # as the cron does it: for OdooBot, and with nobody's companies
        context = {"lang": self.env.lang} if self.env.lang else {}
        system = self.with_env(self.env(user=SUPERUSER_ID, context=context))
        return system.with_delay(**options)

    def _lane_key(self, lane):
        return f"crm_handover.batch:{self.id}:{lane}"

    def _has_open_lanes(self):
        jobs = self.env["queue.job"].sudo()
        return bool(jobs.search_count(self._open_jobs(), limit=1))

    def _open_jobs(self):
        """Return the domain of the jobs with batches of it that are not done."""
        keys = [self._lane_key(lane) for lane in range(1, LANES + 1)]
        open_states = (PENDING, ENQUEUED, STARTED)
        return Domain("identity_key", "in", keys) & Domain("state", "in", open_states)

    def _next_due(self):
        """Return when lines are due again; at least a moment from now."""
        soon = fields.Datetime.now() + timedelta(seconds=1)
        self.env.cr.execute(
            SQL(
                """SELECT min(COALESCE(next_try, %s)) FROM handover_request_line
                WHERE request_id = %s AND state = 'todo'""",
                soon,
                self.id,
            )
        )
        [due] = self.env.cr.fetchone()
        return max(soon, due or soon, self.hold_until or soon)
