from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..result import WEIGHTS, pace, score, share, stars

APPROVER = "crm_handover.group_handover_approver"
# so long people have for their confirmation
TIME_TO_CONFIRM = timedelta(days=7)
# how long what took: ``{field: (start, end)}``
PHASES = {
    "days_preparing": ("create_date", "date_submitted"),
    "days_deciding": ("date_submitted", "date_approved"),
    "days_waiting": ("date_approved", "date_started"),
    "days_confirming": ("date_finished", "date_completed"),
}


def days_between(start, end):
    return (end - start).total_seconds() / 86_400 if start and end else 0.0


class HandoverRequest(models.Model):
    """How long the phases took, and how good the result is: facts, one by one."""

    _inherit = "handover.request"

    days_preparing = fields.Float(
        "Days of Preparing",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 1),
        help="From the first draft to the submission.",
    )
    days_deciding = fields.Float(
        "Days of Deciding",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 1),
        help="From the submission to the approval.",
    )
    days_waiting = fields.Float(
        "Days of Waiting",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 1),
        help="From the approval to the start of the transfer.",
    )
    days_confirming = fields.Float(
        "Days of Confirming",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 1),
        help="From the end of the transfer to the last confirmation.",
    )
    # figures of several people: not for everybody who reads the handover
    result_score = fields.Integer(
        "Result",
        readonly=True,
        copy=False,
        aggregator="avg",
        groups=APPROVER,
        help="How good the handover was, 0 to 100: the weighted mean of what is known"
        " of completeness, coverage, time, first contacts, acceptance, retention and"
        " satisfaction. There is none before the first review or rating.",
    )
    has_result = fields.Boolean(
        compute="_compute_has_result",
        groups=APPROVER,
        help="How it went is known: it was reviewed, or rated.",
    )
    result_parts = fields.Json(
        readonly=True,
        copy=False,
        groups=APPROVER,
        help="The points that are known, from 0 to 100, by what they are for.",
    )
    result_table = fields.Json(
        compute="_compute_result_table",
        groups=APPROVER,
        help="The points with their weights and rules; those not known yet have none.",
    )

    @api.depends("result_parts", "result_score")
    @api.depends_context("lang")
    def _compute_result_table(self):
        for request in self:
            parts = request.result_parts or {}
            texts = request._result_texts()
            # what is not known yet says so: it has no points
            request.result_table = [
                {
                    "part": part,
                    "name": texts[part][0],
                    "rule": texts[part][1],
                    "points": parts.get(part, False),
                    "weight": weight,
                }
                for part, weight in WEIGHTS.items()
            ]

    @api.depends("result_score")
    def _compute_has_result(self):
        # for the ORM, none is 0
        self.flush_recordset(["result_score"])
        self.env.cr.execute(
            SQL(
                """SELECT id FROM handover_request
                WHERE id IN %s AND result_score IS NOT NULL""",
                tuple(self.ids) or (0,),
            )
        )
        known = {row[0] for row in self.env.cr.fetchall()}
        for request in self:
            request.has_result = request.id in known

    def _result_texts(self):
        """Return name and rule of each part, in the reader's language."""
        env = self.env
        return {
            "completeness": (
                env._("Completeness"),
                env._("how much of what the successors need was there before"),
            ),
            "coverage": (env._("Coverage"), env._("share of the records handed over")),
            "time": (
                env._("Time"),
                env._(
                    "100, less 5 for each day after the planned day, or after the week"
                    " for the confirmations"
                ),
            ),
            "first_contact": (
                env._("First contact"),
                env._("share of the customers contacted within the agreed days"),
            ),
            "acceptance": (
                env._("Acceptance"),
                env._("share of the answers in which successors accepted a record"),
            ),
            "retention": (env._("Retention"), env._("share of the deals not lost")),
            "satisfaction": (
                env._("Satisfaction"),
                env._("mean rating, of customers as well: 1 is 0, 5 is 100"),
            ),
        }

    # ------------------------------------------------------------
    # SCORE
    # ------------------------------------------------------------

    def _update_result(self):
        """Work the result out anew, from what is known by now."""
        for request in self.sudo():
            parts = {
                part: points
                for part, points in request._result_points().items()
                if points is not None
            }
            if request.result_parts != parts:
                request._trusting().write({"result_parts": parts})
            request._keep_score(score(parts) if request._is_reviewed() else None)

    def _is_reviewed(self):
        """Tell whether anything is known of how it went: it was reviewed, or rated."""
        measured = self._reviews(("date_measured", "!=", False))
        return bool(measured or self._ratings())

    def _keep_score(self, points):
        """Write the result; by SQL, as the ORM would keep 0 for none, see below."""
        if points is not None:
            if self.result_score != points:
                self._trusting().write({"result_score": points})
            return
        self.flush_recordset(["result_score"])
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request SET result_score = NULL"
                " WHERE id = %s AND result_score IS NOT NULL",
                self.id,
            )
        )
        self.invalidate_recordset(["result_score", "has_result"], flush=False)

    def _result_points(self):
        self.ensure_one()
        reviews = self._reviews(("date_measured", "!=", False))
        last = max(reviews.mapped("days"), default=0)
        reviews = reviews.filtered(lambda review: review.days == last)
        ratings = self._ratings()
        accepted, declined = self._answers()
        deals = sum(reviews.mapped("deal_count"))
        lost = sum(reviews.mapped("lost_count"))
        return {
            "completeness": self._report_points().get("completeness"),
            "coverage": share(self.done_count, self.line_count),
            "time": self._result_time(reviews),
            "first_contact": share(
                sum(reviews.mapped("in_time_count")),
                sum(reviews.mapped("customer_count")),
            ),
            "acceptance": share(accepted, accepted + declined),
            "retention": share(deals - lost, deals),
            "satisfaction": stars(sum(ratings) / len(ratings)) if ratings else None,
        }

    def _ratings(self):
        """Return all ratings, of the people of the handover and of customers."""
        mine = [("request_id", "=", self.id)]
        ratings = self.env["handover.request.rating"].sudo().search(mine)
        customers = self.env["handover.customer.rating"].sudo()
        rated = customers.search([*mine, ("date_rated", "!=", False)])
        return ratings.mapped("rating") + rated.mapped("rating")

    def _answers(self):
        """Return how many records were accepted, and how many declined."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT count(*) FILTER (WHERE decision = 'accepted'),
                    count(*) FILTER (WHERE decision = 'declined')
                FROM handover_request_line WHERE request_id = %s""",
                self.id,
            )
        )
        return self.env.cr.fetchone()

    def _result_time(self, reviews):
        """Return the points for time, once the handover is done or was reviewed."""
        end = self.date_completed or max(reviews.mapped("date_due"), default=None)
        if not end or not self.date_finished:
            return None
        late = max(days_between(self.date_finished + TIME_TO_CONFIRM, end), 0)
        if self.date_planned:
            late += max(days_between(self.date_planned, self.date_started), 0)
        return pace(int(late))

    # ------------------------------------------------------------
    # PHASES
    # ------------------------------------------------------------

    def _update_days(self):
        """Work out how long the phases took; one that is not over has no days.

        By SQL, as the ORM would keep 0 for none, which lowers every mean.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request SET %s WHERE id IN %s",
                SQL(", ").join(
                    SQL(
                        "%s = round(extract(epoch FROM %s - %s)::numeric / 86400, 1)",
                        SQL.identifier(name),
                        SQL.identifier(end),
                        SQL.identifier(start),
                    )
                    for name, (start, end) in PHASES.items()
                ),
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(PHASES, flush=False)

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        self._update_days()
        if move in ("finish", "stay", "complete"):
            self._update_result()
        return result

    def _conclude(self, figures):
        result = super()._conclude(figures)
        self._update_result()
        return result
