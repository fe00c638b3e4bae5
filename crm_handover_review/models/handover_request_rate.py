from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_states import HANDED_OVER

RATING = "crm_handover_review.mail_activity_type_rating"
# so long people have for their rating
TIME_TO_RATE = timedelta(days=7)


class HandoverRequest(models.Model):
    """Predecessor, successors and a superior rate the handover at each review."""

    _inherit = "handover.request"

    given_rating_ids = fields.One2many(
        "handover.request.rating",
        "request_id",
        readonly=True,
        copy=False,
        help="What its people think of the handover.",
    )
    can_rate = fields.Boolean(
        compute="_compute_can_rate", help="The reader may rate the handover now."
    )

    @api.depends("state", "review_ids")
    @api.depends_context("uid")
    def _compute_can_rate(self):
        for request in self:
            request.can_rate = bool(request.id) and not request._rating_refusal()

    @door
    def action_rate(self, rating, comment=False, lesson=False):
        """Rate the handover as one of its people, at the last review that has come.

        Rated again before the next review, the new rating takes the place of the old.

        :param int rating: from 1, bad, to 5, good
        :param str comment: optional
        :param str lesson: what is to be done otherwise next time, optional; handover
            managers decide whether it becomes a step of the plan
        :return: ``True``
        :raise AccessError: when the caller neither handed over, took over nor decides
        :raise UserError: before the first review, or when something is no rating
        """
        single(self)
        self._lock()
        if refusal := self._rating_refusal():
            raise refusal
        if isinstance(rating, bool) or not isinstance(rating, int) or not (
            1 <= rating <= 5
        ):  # fmt: skip
            raise UserError(self.env._("Choose a rating from 1 to 5."))
        for text in (comment, lesson):
            if text and not isinstance(text, str):
                raise UserError(self.env._("A comment is a text."))
        lesson = (lesson or "").strip()
        values = {
            "role": self._rating_role(self.env.user),
            "rating": rating,
            "comment": (comment or "").strip(),
            "date": fields.Datetime.now(),
        }
        ratings = self.env["handover.request.rating"]
        days = self._review_reached()
        mine = ratings.sudo().search(
            [
                ("request_id", "=", self.id),
                ("days", "=", days),
                ("user_id", "=", self.env.uid),
            ]
        )
        # what is decided stays decided
        if not mine or mine.lesson_state in (False, "open"):
            values |= {"lesson": lesson, "lesson_state": "open" if lesson else False}
        if mine:
            mine._trusting().write(values)
        else:
            names = {"request_id": self.id, "days": days, "user_id": self.env.uid}
            ratings._trusting().create(names | values)
        self.invalidate_recordset(["given_rating_ids"])
        self._todos(RATING).filtered(
            lambda todo: todo.user_id == self.env.user
        ).action_feedback()
        self._update_result()
        return True

    def _rating_role(self, user):
        """Return as what ``user`` rates the handover, or an empty text."""
        parties = self._parties()
        if user in parties:
            return parties[user]
        return "manager" if self._is_operator(user) else ""

    def _review_reached(self):
        """Return after how many days the last review was that has come, or 0."""
        now = fields.Datetime.now()
        return max(self._reviews(("date_due", "<=", now)).mapped("days"), default=0)

    def _rating_refusal(self):
        """Return the error that keeps the caller from rating, or ``None``."""
        self.ensure_one()
        if not self._rating_role(self.env.user):
            return AccessError(
                self.env._(
                    "%s: predecessor, successors and who decides rate the handover.",
                    self.name,
                )
            )
        if self.state not in HANDED_OVER or not self._review_reached():
            return UserError(
                self.env._("%s is rated from its first review on.", self.name)
            )
        return None

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(RATING)

    @api.model
    def _reminded_types(self):
        return super()._reminded_types() | self._todo_types(RATING)

    def _reviewed(self, days):
        result = super()._reviewed(days)
        self._ask_for_ratings()
        return result

    def _ask_for_ratings(self):
        """Give everybody who rates a to-do, in their language, without a mail."""
        people = self.env["res.users"].sudo().union(*self._parties())
        people |= self._in_charge(self.approver_id)
        people = people.filtered(self._shows_to)
        for user in people - self._todos(RATING).user_id:
            self._ask(
                RATING,
                user,
                lambda env: env._("How well did the handover work? Rate it"),
                date_deadline=lambda request: (
                    fields.Date.context_today(request) + TIME_TO_RATE
                ),
            )
