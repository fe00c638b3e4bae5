from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import (
    check_count,
    door,
    is_id,
    single,
)
from odoo.addons.crm_handover.models.handover_request import MOVES
from odoo.addons.crm_handover.models.handover_states import CLOSED, PROPOSED, UNDER_WAY

from .handover_training_topic import ADDED

LONGEST_SESSION = 24


class HandoverRequest(models.Model):
    """Training that is planned: topics from the plan, sessions in the calendar."""

    _inherit = "handover.request"

    training_required = fields.Boolean(
        readonly=True,
        copy=False,
        help="The plan asked for training when the handover was submitted.",
    )
    # its topics are copied once; what was removed since stays away
    training_plan_id = fields.Many2one(
        "mail.activity.plan",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The plan of steps that the topics come from.",
    )
    training_topic_ids = fields.One2many(
        "handover.training.topic",
        "request_id",
        string="Training Topics",
        readonly=True,
        copy=False,
        help="What the successors are trained in.",
    )
    training_ids = fields.One2many(
        "handover.training",
        "request_id",
        string="Training Sessions",
        readonly=True,
        copy=False,
        help="The meetings in which they are trained.",
    )
    trainee_ids = fields.One2many(
        "handover.training.trainee",
        "request_id",
        string="Trainees",
        readonly=True,
        copy=False,
        help="The successors who are trained, with ratings and sign-off.",
    )
    can_edit_topics = fields.Boolean(
        compute="_compute_can_plan_training",
        help="The reader may change the topics now.",
    )
    can_plan_training = fields.Boolean(
        compute="_compute_can_plan_training", help="The reader may plan sessions now."
    )

    @api.depends("state", "requester_id", "coordinator_id", "training_state")
    @api.depends_context("uid")
    def _compute_can_plan_training(self):
        for request in self:
            request.can_edit_topics = bool(request.id and not request._topic_refusal())
            request.can_plan_training = bool(
                request.id and not request._session_refusal()
            )

    # ------------------------------------------------------------
    # WHO PLANS, AND WHEN
    # ------------------------------------------------------------

    def _plans_training(self, user):
        """Tell whether ``user`` plans the training of this handover."""
        self.ensure_one()
        return user == self.coordinator_id or self._is_editor(user)

    def _topic_refusal(self, over=(*CLOSED, "done")):
        """Return the error that keeps the caller from changing topics, or ``None``.

        :param over: the states in which nothing more is planned
        """
        self.ensure_one()
        if not self._plans_training(self.env.user):
            return AccessError(
                self.env._(
                    "%s: the requester, the coordinator or a manager plans the"
                    " training.",
                    self.name,
                )
            )
        if self.state in over:
            return UserError(
                self.env._("%s is over: no more training is planned.", self.name)
            )
        if self.training_state in ("done", "waived"):
            return UserError(
                self.env._(
                    "%s: the training is signed off or waived, and stays as it is.",
                    self.name,
                )
            )
        return None

    def _session_refusal(self):
        """Return the error that keeps the caller from a session, or ``None``."""
        if refusal := self._topic_refusal(over=CLOSED):
            return refusal
        # nobody is invited because of a draft; what is not required may go on after the
        # confirmations
        if self.state not in UNDER_WAY:
            return UserError(
                self.env._("%s: submit it before you invite people.", self.name)
            )
        return None

    def _require_topic_edit(self):
        """Lock the requests and raise unless the caller may change the topics."""
        self._lock()
        for request in self:
            if refusal := request._topic_refusal():
                raise refusal

    # ------------------------------------------------------------
    # TOPICS AND TRAINEES
    # ------------------------------------------------------------

    def _plan_topics(self):
        """Copy the plan's topics; those of another plan go, unless they were used."""
        self.ensure_one()
        request, plan = self.sudo(), self._reason_plan()
        # the plan's topics are part of what is approved
        if plan != request.training_plan_id and self.state in PROPOSED:
            topics = request.training_topic_ids
            used = topics.filtered(lambda topic: topic.sequence >= ADDED)
            used |= request.training_ids.topic_ids
            used |= request.trainee_ids.rating_ids.topic_id
            (topics - used)._trusting().unlink()
            for number, topic in enumerate(plan.handover_topic_ids):
                copy = topics._trusting().create(
                    {
                        "request_id": self.id,
                        "sequence": number,
                        "name": topic.name,
                        "description": topic.description,
                        "minutes": topic.minutes,
                    }
                )
                # each successor reads it in their own language
                topic.copy_translations(copy)
            self._trusting().write({"training_plan_id": plan.id})
        self._sync_trainees()

    def _topics_changed(self, **data):
        """Keep up with topics that somebody has added or removed."""
        self._sync_trainees()
        if self.state != "draft":
            self._log_event("training_changed", **data)

    def _sync_trainees(self):
        """Have one row for each successor, once there is something to learn."""
        for request in self.sudo():
            trainees = request.trainee_ids
            asked = (
                request.training_topic_ids
                or request.training_ids
                or request.training_required
            )
            wanted = request.successor_ids if asked else request.successor_ids[:0]
            leaving = trainees.filtered(
                lambda trainee, stay=wanted: (
                    trainee.user_id not in stay
                    and not trainee.date_signed
                    and not trainee.attended_count
                    and not trainee.rating_ids
                )
            )
            coming = wanted - trainees.user_id
            leaving._trusting().unlink()
            trainees._trusting().create(
                [{"request_id": request.id, "user_id": user.id} for user in coming]
            )

    # ------------------------------------------------------------
    # SESSIONS
    # ------------------------------------------------------------

    @door
    def plan_training(
        self,
        start,
        duration=1.0,
        trainer_id=False,
        successor_ids=False,
        topic_ids=False,
    ):
        """Plan a session: a private meeting, to which the calendar invites people.

        :param str start: when it begins, in UTC: ``2026-05-04 08:00:00``
        :param float duration: how many hours it takes, 24 at the most
        :param int trainer_id: the user who trains; by default the predecessor, or who
            stands in for them
        :param list successor_ids: the users who are trained; by default all successors
        :param list topic_ids: the topics of this handover that are on the agenda; by
            default all of them
        :return: the id of the session
        :raise AccessError: when the caller does not plan the training
        :raise UserError: when the handover is not under way, or an argument is wrong
        """
        single(self)
        self._lock()
        if refusal := self._session_refusal():
            raise refusal
        start, stop = self._training_times(start, duration)
        people = self._training_audience(successor_ids)
        trainer = self._training_trainer(trainer_id, people)
        topics = self._training_topics(topic_ids)
        guests = (trainer | people).partner_id
        meeting = self._training_meeting(start, stop, guests, topics)
        session = self._training_session(meeting, trainer, topics)
        self._sync_trainees()
        self._log_event(
            "training_planned",
            people=", ".join(people.mapped("name")),
            topics=len(topics),
            start=fields.Datetime.to_string(start),
        )
        return session.id

    def _training_times(self, start, duration):
        """Return begin and end of a session, or raise."""
        try:
            start = fields.Datetime.to_datetime(start)
        except (TypeError, ValueError):
            start = None
        if not start:
            raise UserError(self.env._("Say when the session begins: a date and time."))
        if (
            isinstance(duration, bool)
            or not isinstance(duration, (int, float))
            or not 0 < duration <= LONGEST_SESSION
        ):
            raise UserError(
                self.env._(
                    "Say how many hours the session takes: %s at the most.",
                    LONGEST_SESSION,
                )
            )
        return start, start + timedelta(minutes=max(1, round(duration * 60)))

    def _training_audience(self, successor_ids):
        """Return who is trained: the successors named, or all who still work here."""
        people = self._chosen(
            successor_ids,
            self.sudo().successor_ids.filtered("active"),
            self.env._("Choose who is trained among the successors."),
        )
        if not people:
            raise UserError(
                self.env._("%s: nobody is trained, choose a successor.", self.name)
            )
        return people

    def _training_topics(self, topic_ids):
        """Return what is on the agenda: the topics that are named, or all."""
        return self._chosen(
            topic_ids,
            self.sudo().training_topic_ids,
            self.env._("Choose topics of this handover."),
        ).sudo(False)

    def _training_meeting(self, start, stop, guests, topics):
        """Create the meeting of a session, to which the calendar invites ``guests``.

        With the caller's rights, as if they had planned it in the calendar.
        """
        return self.env["calendar.event"].create(
            {
                "name": self.env._("Training: %s", self.display_name),
                "start": start,
                "stop": stop,
                "description": self._training_agenda(topics),
                # who leaves, and what is handed over, is not for everybody
                "privacy": "private",
                "partner_ids": [fields.Command.set(guests.ids)],
            }
        )

    def _training_session(self, meeting, trainer, topics):
        """Create the session that takes place in ``meeting``."""
        sessions = self.env["handover.training"]._trusting()
        return sessions.create(
            {
                "request_id": self.id,
                "name": meeting.name,
                "event_id": meeting.id,
                "trainer_id": trainer.id,
                "topic_ids": [fields.Command.set(topics.ids)],
            }
        )

    def _chosen(self, ids, known, problem):
        """Return those of ``known`` that ``ids`` names, all by default, or raise."""
        if ids is False or ids is None:
            return known
        if not isinstance(ids, list) or not all(map(is_id, ids)):
            raise UserError(problem)
        check_count(self.env, ids)
        if set(ids) - set(known.ids):
            raise UserError(problem)
        return known.filtered(lambda record: record.id in ids)

    def _training_trainer(self, trainer_id, people):
        """Return who trains: the one named, the predecessor, or who stands in."""
        users = self.env["res.users"].sudo()
        if trainer_id is False or trainer_id is None:
            trainer = self._default_trainer()
        else:
            trainer = users.browse(trainer_id if is_id(trainer_id) else ()).exists()
        # they mark the attendance, and add the material
        if not trainer or not self._shows_to(trainer):
            raise UserError(
                self.env._(
                    "%s: choose somebody as trainer who sees the handover; invite"
                    " others to the meeting in the calendar.",
                    self.name,
                )
            )
        if trainer in people:
            raise UserError(self.env._("%s: nobody trains themselves.", self.name))
        return trainer

    def _default_trainer(self):
        return self._in_charge(self._person("predecessor"))

    def _training_agenda(self, topics):
        """Return the description of the meeting."""
        items = Markup().join(
            Markup("<li><b>%s</b> (%s)%s</li>")
            % (
                topic.name,
                self.env._("%s min", topic.minutes),
                Markup("<br/>%s") % topic.description if topic.description else "",
            )
            for topic in topics
        )
        link = Markup('<a href="%s">%s</a>') % (self._link(), self.name)
        return (Markup("<ol>%s</ol>") % items if items else Markup()) + Markup(
            "<p>%s %s</p>"
        ) % (self.env._("Material, self-rating and sign-off:"), link)

    def _training_meetings_ahead(self):
        """Return the meetings of the sessions that are still to come."""
        meetings = self.sudo().training_ids.event_id
        return meetings.filtered(lambda m: m.start > fields.Datetime.now())

    def _cancel_training_meetings(self):
        """Take the sessions that are still to come off the calendars."""
        self._training_meetings_ahead().active = False

    def _uninvite(self, people):
        """Take sessions to come off the calendars of who has no part in it any more."""
        if people:
            guests = [fields.Command.unlink(id_) for id_ in people.partner_id.ids]
            self._training_meetings_ahead().write({"partner_ids": guests})

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    @api.model
    def _approved_fields(self):
        return super()._approved_fields() | {"training_required"}

    def _plan_steps(self):
        result = super()._plan_steps()
        self._plan_topics()
        return result

    def _sync_successors(self):
        before = self.sudo().successor_ids
        result = super()._sync_successors()
        self._uninvite(before - self.sudo().successor_ids)
        self._sync_trainees()
        return result

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move == "submit":
            required = self._reason_plan().handover_training_required
            values["training_required"] = required
        return values

    def _after_move(self, move):
        result = super()._after_move(move)
        if MOVES[move].target in CLOSED:
            # the digest tells people
            self._cancel_training_meetings()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_training(self):
        # taken back to draft, it may have sessions
        self._cancel_training_meetings()
        self.sudo().training_ids._trusting().unlink()
