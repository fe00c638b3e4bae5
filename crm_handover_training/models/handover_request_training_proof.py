from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models import handover_audience
from odoo.addons.crm_handover.models.handover_guard import door, is_id, single
from odoo.addons.crm_handover.models.handover_states import (
    APPROVED_ON,
    HANDED_OVER,
    UNDER_WAY,
)
from odoo.addons.crm_handover.word_texts import listed

TRAINING_STATES = [
    ("none", "No Training"),
    ("optional", "Not Required"),
    ("open", "To Sign Off"),
    ("done", "Signed Off"),
    ("waived", "Waived"),
]
MOMENTS = ("before", "after")


class HandoverRequest(models.Model):
    """Training that is proven: self-ratings, sign-offs, or a manager's waiver.

    Where the plan requires it, nothing is done without.
    """

    _inherit = "handover.request"

    training_waiver = handover_audience.Text(
        string="Why It Was Waived",
        readonly=True,
        audience="givers",
        copy=False,
        help="Why the handover is done without the training.",
    )
    training_waived_by_id = fields.Many2one(
        "res.users",
        string="Waived By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who decided that.",
    )
    date_training_waived = fields.Datetime(
        string="Waived On", readonly=True, copy=False, help="When that was decided."
    )
    training_state = fields.Selection(
        TRAINING_STATES,
        string="Training",
        compute="_compute_training_state",
        help="Whether training is asked for, and signed off by all.",
    )
    untrained_ids = fields.Many2many(
        "res.users",
        string="Still to Sign Off",
        compute="_compute_training_state",
        context={"active_test": False},
        help="Who has not signed the training off yet.",
    )
    training_self = fields.Json(
        compute="_compute_training_self",
        help="How the reader rates themselves, by topic.",
    )
    can_sign_training = fields.Boolean(
        compute="_compute_can_prove", help="The reader may sign the training off now."
    )
    can_waive_training = fields.Boolean(
        compute="_compute_can_prove", help="The reader may waive the training now."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends(
        "state", "plan_id", "reason_id", "training_required", "date_training_waived",
        "trainee_ids.date_signed", "successor_ids", "line_ids.state",
    )  # fmt: skip
    def _compute_training_state(self):
        for request in self:
            people, untrained = request._training_people()
            request.untrained_ids = untrained
            if request.date_training_waived:
                request.training_state = "waived"
            elif untrained:
                request.training_state = "open"
            elif request._requires_training():
                request.training_state = "done" if people else "none"
            else:
                signed = request.sudo().trainee_ids.mapped("date_signed")
                done = signed and all(signed)
                request.training_state = (
                    "done" if done else "optional" if signed else "none"
                )

    def _requires_training(self):
        """Tell whether the plan asks for training; of a draft, the present one."""
        if self.state == "draft":
            return self._reason_plan().handover_training_required
        return self.training_required

    def _training_people(self):
        """Return who has to be trained, and those of them who have not signed it off.

        Before anything is handed over these are all successors, then those who took
        something.
        """
        self.ensure_one()
        people = self.env["res.users"].sudo()
        if self._requires_training():
            after = self.state in HANDED_OVER
            people = self._takers() if after else self.sudo().successor_ids
        if self.date_training_waived:
            return people, people.browse()
        return people, people - self.sudo().trainee_ids.filtered("date_signed").user_id

    @api.depends("state", "trainee_ids", "training_topic_ids", "training_ids")
    @api.depends_context("uid", "lang")
    def _compute_training_self(self):
        for request in self:
            request.training_self = request._self_rating()

    @api.depends("state", "training_state", "trainee_ids", "training_topic_ids")
    @api.depends_context("uid")
    def _compute_can_prove(self):
        for request in self:
            request.can_sign_training = bool(
                request.id and not request._sign_training_refusal()
            )
            request.can_waive_training = bool(
                request.id and not request._waive_refusal()
            )

    def _trainee(self):
        """Return the caller's own row, as superuser."""
        return self.sudo().trainee_ids.filtered(
            lambda trainee: trainee.user_id == self.env.user
        )

    def _self_rating(self):
        """Return what the caller rates, or ``False`` for who is not trained here."""
        trainee = self._trainee()
        if not trainee:
            return False
        ratings = trainee.rating_ids.grouped("topic_id")
        topics = self.sudo().training_topic_ids.with_context(lang=self.env.lang)
        return {
            "topics": [
                {
                    "id": topic.id,
                    "name": topic.name,
                    "description": topic.description or "",
                    "before": ratings[topic].before if topic in ratings else 0,
                    "after": ratings[topic].after if topic in ratings else 0,
                }
                for topic in topics
            ],
            **{f"can_{moment}": not self._rate_refusal(moment) for moment in MOMENTS},
        }

    # ------------------------------------------------------------
    # SELF-RATING
    # ------------------------------------------------------------

    @door
    def rate_training(self, topic_id, moment, rating):
        """Rate oneself on a topic, as a successor who is trained.

        :param int topic_id: a topic of this handover
        :param str moment: ``before`` or ``after`` the training
        :param int rating: 1 (new to me) to 5 (I could teach it)
        :return: ``{"before": int, "after": int}``, 0 when not rated
        :raise AccessError: when the caller is not trained here
        :raise UserError: when it is too early or too late for it, or an argument is
            wrong
        """
        single(self)
        if moment not in MOMENTS:
            raise UserError(self.env._("Rate yourself before or after the training."))
        if isinstance(rating, bool) or rating not in (1, 2, 3, 4, 5):
            raise UserError(self.env._("A rating is a number from 1 to 5."))
        self._lock()
        if refusal := self._rate_refusal(moment):
            raise refusal
        topic = self.training_topic_ids.filtered(lambda topic: topic.id == topic_id)
        if not is_id(topic_id) or not topic:
            raise UserError(self.env._("Choose a topic of this handover."))
        trainee = self._trainee()
        row = trainee.rating_ids.filtered(lambda row: row.topic_id == topic)
        if moment == "before" and row.after:
            raise UserError(
                self.env._("“%s” is rated after the training already.", topic.name)
            )
        values = {"trainee_id": trainee.id, "topic_id": topic.id, moment: int(rating)}
        if row:
            row._trusting().write(values)
        else:
            row = row._trusting().create(values)
        return {"before": row.before, "after": row.after}

    @door
    def action_rate_training(self):
        """Open the caller's own rating of the topics.

        :return: a window action
        :raise AccessError: when the caller is not trained here
        """
        single(self)
        if not self._trainee():
            raise self._rate_refusal("before")
        view = self.env.ref("crm_handover_training.handover_request_view_form_rating")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rate Yourself"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[view.id, "form"]],
            "target": "new",
        }

    def _rate_refusal(self, moment):
        """Return the error that keeps the caller from rating now, or ``None``."""
        self.ensure_one()
        trainee = self._trainee()
        if not trainee:
            return AccessError(
                self.env._("%s: successors rate themselves, nobody else.", self.name)
            )
        if trainee.date_signed:
            return UserError(
                self.env._("%s: you have signed off the training.", self.name)
            )
        if self.state not in UNDER_WAY:
            return UserError(
                self.env._("%s: rate yourself while it is under way.", self.name)
            )
        if moment == "after" and not self._training_begun(trainee):
            return UserError(
                self.env._(
                    "%s: rate yourself again after a session, or after the handover.",
                    self.name,
                )
            )
        return None

    def _training_begun(self, trainee):
        """Tell whether there was something to learn from yet."""
        return self.state in HANDED_OVER or any(
            session.state in ("begun", "held")
            and trainee.user_id in session.attendee_ids | session.attended_ids
            for session in self.sudo().training_ids
        )

    # ------------------------------------------------------------
    # SIGN-OFF
    # ------------------------------------------------------------

    @door
    def action_sign_training(self, comment=False):
        """Sign off the training, as a successor who has learnt what they need.

        The last one may complete the handover.

        :param str comment: how it was learnt, required of who attended no session
        :return: ``True``
        :raise AccessError: when the caller is not trained here
        :raise UserError: when it is not approved, a topic is not rated yet, or the
            comment is missing
        """
        if comment and not isinstance(comment, str):
            raise UserError(self.env._("A comment is a text."))
        self._lock()
        for request in self:
            request._sign_training((comment or "").strip())
        return True

    def _sign_training(self, comment):
        trainee = self._trainee()
        if trainee.date_signed:
            # a second click
            return
        if refusal := self._sign_training_refusal():
            raise refusal
        if not trainee.attended_count and not comment:
            raise UserError(
                self.env._(
                    "%s: no session has your attendance. Say in a comment how you"
                    " learnt it, or ask the trainer to mark that you were there.",
                    self.name,
                )
            )
        trainee._trusting().write(
            {"date_signed": fields.Datetime.now(), "comment": comment}
        )
        self._log_event(
            "training_signed",
            people=self.env.user.name,
            topics=len(self.training_topic_ids),
            rating=f"{trainee.before:.1f} → {trainee.after:.1f}",
            comment=comment,
        )
        self._complete_if_trained()

    def _sign_training_refusal(self):
        """Return the error that keeps the caller from signing off, or ``None``."""
        self.ensure_one()
        trainee = self._trainee()
        if not trainee:
            return AccessError(
                self.env._("%s: successors sign off their training.", self.name)
            )
        if trainee.date_signed:
            return UserError(
                self.env._("%s: you have signed off the training.", self.name)
            )
        # what was approved is learnt, not what is proposed
        if self.state not in APPROVED_ON:
            return UserError(self.env._("%s: sign off once it is approved.", self.name))
        rated = trainee.rating_ids.filtered("after").topic_id
        if missing := self.training_topic_ids - rated:
            return UserError(
                self.env._(
                    "%(handover)s: rate yourself after the training first: %(topics)s",
                    handover=self.name,
                    topics=listed(self.env, missing.mapped("name")),
                )
            )
        return None

    # ------------------------------------------------------------
    # WAIVER
    # ------------------------------------------------------------

    @door
    def action_waive_training(self, reason):
        """Let a handover be completed without the training that its plan requires.

        :param str reason: why, required; everybody in the handover reads it
        :return: ``True``
        :raise AccessError: when the caller is no manager, or has a part in it
        :raise UserError: when the reason or an open training is missing
        """
        reason = self._check_reason(reason)
        self._lock()
        for request in self:
            if refusal := request._waive_refusal():
                raise refusal
        for request in self:
            request._waive_training(reason)
        return True

    def _waive_training(self, reason):
        """Write down that no training is needed, which may complete the handover."""
        self._trusting().write(
            {
                "training_waiver": reason,
                "training_waived_by_id": self.env.uid,
                "date_training_waived": fields.Datetime.now(),
            }
        )
        self._log_event(
            "training_waived",
            reason=reason,
            self_approval=self._takes_part(self.env.user),
        )
        self._complete_if_trained()

    def _waive_refusal(self):
        """Return the error that keeps the caller from waiving, or ``None``."""
        self.ensure_one()
        user = self.env.user
        problem = self._role_problem("decider", user)
        if not problem and not self._is_manager(user):
            problem = self.env._("only a handover manager waives the training.")
        if problem:
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        if self.training_state != "open" or self.state not in APPROVED_ON:
            return UserError(
                self.env._("%s: no training is to be signed off now.", self.name)
            )
        return None

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _report_sections(self):
        sections = super()._report_sections()
        if self.training_state == "none":
            return sections
        states = dict(self._fields["training_state"]._description_selection(self.env))
        text = states[self.training_state]
        return [
            *sections,
            {"key": "training", "title": self.env._("Training"), "text": text},
        ]

    def _confirm_warnings(self):
        yield from super()._confirm_warnings()
        _people, missing = self._training_people()
        if self.training_ids and not self.date_training_waived:
            # what was planned without being required
            trainees = self.sudo().trainee_ids
            missing |= trainees.filtered(lambda one: not one.date_signed).user_id
        if missing:
            yield self.env._(
                "Training that is not signed off yet: %s.", self._names(missing)
            )

    def _complete_if_trained(self):
        if self.state == "transferred":
            self._complete_if_confirmed()

    def _complete_if_confirmed(self):
        _people, untrained = self._training_people()
        return None if untrained else super()._complete_if_confirmed()

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move == "draft":
            values |= {
                "training_waiver": False,
                "training_waived_by_id": False,
                "date_training_waived": False,
            }
        return values

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "draft":
            # what is proposed next may be something else
            signed = self.sudo().trainee_ids.filtered("date_signed")
            signed._trusting().write({"date_signed": False, "comment": False})
        return result
