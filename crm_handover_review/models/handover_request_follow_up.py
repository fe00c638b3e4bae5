from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_states import HANDED_OVER

from ..followup import MOST_REVIEWS, parse_days

# days of no review
NEVER = "0"
# the records are not handed over yet
BEFORE_TRANSFER = (
    "draft",
    "submitted",
    "approved",
    "needs_review",
    "refused",
    "running",
)


class HandoverRequest(models.Model):
    """After the handover: reviews some days later, and what happens until the last."""

    _inherit = "handover.request"

    review_plan = fields.Char(
        readonly=True, copy=False, help="Days of this handover's own reviews."
    )
    review_days = fields.Char(
        string="Reviews After",
        compute="_compute_review_days",
        inverse="_inverse_review_days",
        help="After how many days it is looked at what became of the handover, as 7,"
        " 30, 90. Nothing: as the company has it; 0: never.",
    )
    can_plan_reviews = fields.Boolean(
        compute="_compute_can_plan_reviews",
        help="The reader may choose the days of the reviews now.",
    )
    review_ids = fields.One2many(
        "handover.request.review",
        "request_id",
        readonly=True,
        copy=False,
        help="The figures some days after the handover, for each successor.",
    )
    date_follow_up = fields.Date(
        readonly=True,
        copy=False,
        help="Until when it is looked at how the records fare.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends(
        lambda self: (
            *("review_plan", "company_id.handover_review_days"),
            *self._changing_owners_fields(),
        )
    )
    def _compute_review_days(self):
        for request in self:
            company = request.company_id.sudo()
            days = request.review_plan or company.handover_review_days
            request.review_days = days if request._changes_owners() else NEVER

    def _inverse_review_days(self):
        # no role is one that was remembered; what is written with it stays as it is
        self.env["res.groups"]._handover_decide()
        for request in self:
            wanted = (request.review_days or "").strip()
            if refusal := request._review_refusal():
                raise refusal
            if problem := request._review_days_problem(wanted):
                raise UserError(problem)
            if wanted == request.company_id.sudo().handover_review_days:
                wanted = False
            request._trusting().write({"review_plan": wanted})

    @api.depends("state", "requester_id")
    @api.depends_context("uid")
    def _compute_can_plan_reviews(self):
        for request in self:
            request.can_plan_reviews = not request._review_refusal()

    def _review_refusal(self):
        """Return the error that keeps the caller from planning reviews, or ``None``."""
        self.ensure_one()
        if problem := self._role_problem("editor", self.env.user):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        if self.state not in BEFORE_TRANSFER:
            return UserError(
                self.env._(
                    "%s: the days of the reviews are chosen before the records are"
                    " handed over.",
                    self.name,
                )
            )
        return None

    @api.model
    def _review_days_problem(self, text):
        """Return why ``text`` does not name days of reviews, or an empty text."""
        try:
            parse_days(text)
        except ValueError:
            return self.env._(
                "“%(text)s” are no days: write whole numbers from 1 to 365 with commas"
                " in between, %(most)s at the most, as 7, 30, 90.",
                text=text,
                most=MOST_REVIEWS,
            )
        return ""

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "finish":
            self._plan_reviews()
        elif move in ("give_back", "nothing_left"):
            self._planned_reviews()._trusting().unlink()
            for request in self:
                request._end_follow_up()
        return result

    def _reviews(self, *domain):
        """Return the reviews as superuser.

        Not by ``review_ids``: what the caller may not see stays out of the cache.
        """
        reviews = self.env["handover.request.review"].sudo()
        return reviews.search([("request_id", "in", self.ids), *domain])

    def _planned_reviews(self):
        return self._reviews(("date_measured", "=", False))

    def _plan_reviews(self):
        """Plan the reviews of what was handed over just now, one per successor."""
        Review = self.env["handover.request.review"]
        # of what nobody has taken over there is nothing to measure
        changing = self.filtered(lambda request: request._changes_owners())
        for request in changing:
            request._planned_reviews()._trusting().unlink()
            start = request.date_finished
            known = {
                (review.successor_id, review.days) for review in request._reviews()
            }
            Review._trusting().create(
                [
                    {
                        "request_id": request.id,
                        "successor_id": successor.id,
                        "days": days,
                        "date_from": start,
                        "date_due": start + timedelta(days=days),
                    }
                    for successor in request._takers()
                    for days in parse_days(request.review_days)
                    if (successor, days) not in known
                ]
            )
            request._trusting().write({"date_follow_up": False})
        if changing:
            self._follow_up_soon()

    @api.model
    def _follow_up_soon(self):
        self.env.ref(
            "crm_handover_review.ir_cron_handover_request_follow_up"
        ).sudo()._trigger()

    # ------------------------------------------------------------
    # EVERY DAY
    # ------------------------------------------------------------

    @api.model
    def _cron_follow_up(self):
        """Look after the handovers whose reviews are not over, once a day."""
        Cron = self.env["ir.cron"]
        due = self.sudo().search(
            [
                ("state", "in", HANDED_OVER),
                ("review_ids", "any", [("date_measured", "=", False)]),
                "|",
                ("date_follow_up", "=", False),
                ("date_follow_up", "!=", fields.Date.today()),
            ],
            order="date_follow_up, id",
        )
        Cron._commit_progress(remaining=len(due))
        for id_ in due.ids:
            self.sudo().browse(id_)._follow_up_safely()
            if not Cron._commit_progress(1):
                break

    def _follow_up_safely(self):
        """Follow up; what fails waits for tomorrow, and stops no other handover."""
        if not self.env["handover.background"]._safely(self._follow_up):
            self._trusting().write({"date_follow_up": fields.Date.today()})

    def _follow_up(self):
        """Look at the records, measure what is due, and draw the conclusions.

        The cron commits after each part. Looking and measuring take long and lock
        nobody out; the conclusions are short, and come all together or not at all.

        :return: ``True``
        """
        self.ensure_one()
        commit_part = self.env["handover.background"]._commit_part
        self.env["handover.followup"]._follow(self)
        commit_part()
        self.env["handover.followup"]._refresh(self)
        commit_part()
        now = fields.Datetime.now()
        due = self._planned_reviews().filtered(lambda review: review.date_due <= now)
        figures = {}
        for reviews in due.grouped("days").values():
            figures |= reviews._measure()
            commit_part()
        self._lock()
        if self.state in HANDED_OVER:
            self._conclude(figures)
        else:
            # it went back meanwhile
            self._end_follow_up()
        return True

    def _conclude(self, figures):
        """Keep what was measured, and do what follows from it.

        :param figures: ``{review: {field: value}}``
        """
        for review, values in figures.items():
            review._keep(values)
        for days in sorted({review.days for review in figures}):
            self._reviewed(days)
        self._trusting().write({"date_follow_up": fields.Date.today()})
        if not self._planned_reviews():
            self._end_follow_up()

    def _reviewed(self, days):
        """Do what follows on the figures of the reviews after so many days."""
        self.ensure_one()
        self._tell_outside("review_due", days=days)

    def _end_follow_up(self):
        """Forget the records: what remains are the figures."""
        self.env["handover.followup"]._forget(self)
