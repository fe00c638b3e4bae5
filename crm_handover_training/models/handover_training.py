from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_guard import (
    check_count,
    door,
    is_id,
    single,
    typed,
)
from odoo.addons.crm_handover.models.handover_named import needs
from odoo.addons.crm_handover.models.handover_states import CLOSED
from odoo.addons.crm_handover.word_texts import listed

SESSION_STATES = [
    ("planned", "Planned"),
    ("begun", "Attendance Missing"),
    ("held", "Held"),
    ("missed", "Nobody Came"),
    ("cancelled", "Cancelled"),
]


class HandoverTraining(models.Model):
    """A training session: a meeting in the calendar, and who was there.

    When it is, who is invited and whether it takes place is what the meeting says.
    """

    _name = "handover.training"
    _description = "Handover Training Session"
    _inherit = ["handover.guard"]
    _order = "request_id desc, id"

    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        required=True,
        index=True,
        ondelete="cascade",
        help="The handover that it belongs to.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    name = fields.Char(required=True, help="What the session is called.")
    event_id = fields.Many2one(
        "calendar.event",
        string="Meeting",
        index="btree_not_null",
        ondelete="set null",
        help="The meeting in the calendar.",
    )
    trainer_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="restrict", help="Who teaches."
    )
    topic_ids = fields.Many2many(
        "handover.training.topic",
        "handover_training_agenda_rel",
        "training_id",
        "topic_id",
        help="What is taught in the session.",
    )
    attendee_ids = fields.Many2many(
        "res.users",
        string="Invited",
        compute="_compute_attendee_ids",
        context={"active_test": False},
        help="Who is invited.",
    )
    attended_ids = fields.Many2many(
        "res.users",
        "handover_training_attended_rel",
        "training_id",
        "user_id",
        context={"active_test": False},
        help="Who was there.",
    )
    marked_by_id = fields.Many2one(
        "res.users",
        string="Attendance Marked By",
        ondelete="restrict",
        help="Who noted down who was there.",
    )
    date_marked = fields.Datetime(
        string="Attendance Marked On", help="When it was noted down who was there."
    )
    # the meeting may be deleted afterwards
    date_held = fields.Datetime(help="When the session took place.")
    start = fields.Datetime(compute="_compute_meeting", help="When it starts.")
    stop = fields.Datetime(
        compute="_compute_meeting", string="End", help="When it ends."
    )
    state = fields.Selection(
        SESSION_STATES,
        compute="_compute_meeting",
        help="Whether it is planned, held or cancelled.",
    )
    material_ids = fields.Many2many(
        "ir.attachment",
        string="Add Material",
        compute="_compute_material_ids",
        inverse="_inverse_material_ids",
        help="Slides, lists, recordings: for everybody who sees the session.",
    )
    can_mark = fields.Boolean(
        compute="_compute_can", help="The reader may note down now who was there."
    )
    can_add_material = fields.Boolean(
        compute="_compute_can", help="The reader may add files now."
    )
    can_open_meeting = fields.Boolean(
        compute="_compute_can", help="The reader may open the meeting."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("event_id.partner_ids", "request_id.successor_ids")
    def _compute_attendee_ids(self):
        partners = self._invited_partners()
        for training in self:
            invited = partners.get(training.sudo().event_id)
            training.attendee_ids = training.sudo().request_id.successor_ids.filtered(
                lambda user, known=invited: known and user.partner_id in known
            )

    def _invited_partners(self):
        """Return who is invited to the meetings: ``{meeting: partners}``.

        Not the meeting's own field, which hides the guests of private meetings.
        """
        return dict(
            self.env["calendar.attendee"]
            .sudo()
            ._read_group(
                [("event_id", "in", self.sudo().event_id.ids)],
                ["event_id"],
                ["partner_id:recordset"],
            )
        )

    @api.depends(
        "event_id.start", "event_id.stop", "event_id.active", "date_marked",
        "attended_ids",
    )  # fmt: skip
    def _compute_meeting(self):
        now = fields.Datetime.now()
        for training in self:
            meeting = training.sudo().event_id
            training.start = training.date_held or meeting.start
            training.stop = meeting.stop
            if training.date_marked:
                training.state = "held" if training.attended_ids else "missed"
            elif not meeting.active:
                training.state = "cancelled"
            else:
                training.state = "begun" if meeting.start <= now else "planned"

    @api.model
    def _handover_seats(self):
        """Return as what somebody is to come still: ``{field: domain of sessions}``."""
        due = Domain("date_marked", "=", False) & Domain("event_id.active", "=", True)
        return {"trainer_id": due & Domain("request_id.state", "not in", CLOSED)}

    def _compute_material_ids(self):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        for training in self:
            training.material_ids = files.filtered(
                lambda file, id_=training.id: file.res_id == id_
            )

    def _inverse_material_ids(self):
        # what is uploaded here belongs to the session already
        for training in self:
            kept = training.material_ids
            files = self.env["ir.attachment"].search(
                [("res_model", "=", self._name), ("res_id", "=", training.id)]
            )
            (files - kept).unlink()

    @api.depends("event_id", "date_marked", "request_id.state")
    @api.depends_context("uid")
    @needs("request_id")
    def _compute_can(self):
        partners = self._invited_partners()
        user = self.env.user
        for training in self:
            meeting = training.sudo().event_id
            training.can_mark = not training._attendance_refusal()
            training.can_add_material = not training._material_problem()
            training.can_open_meeting = bool(meeting) and (
                user == meeting.user_id or user.partner_id in partners.get(meeting, ())
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._("Sessions are planned with “Plan a Session”.")

    @typed
    def write(self, vals):
        if not self._trusted():
            # no role is one that was remembered
            self.env["res.groups"]._handover_decide()
            for training in self:
                if problem := training._material_problem():
                    raise AccessError(problem)
        return super().write(vals)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_mark_attendance(self, user_ids):
        """Say which successors were there; said again, it is corrected.

        :param list user_ids: the users who attended; empty when nobody came
        :return: ``True``
        :raise AccessError: when the caller neither trained nor plans the training, or
            marks themselves
        :raise UserError: when it has not begun yet, or names people who take over
            nothing
        """
        single(self)
        self.request_id._lock()
        self.invalidate_recordset()
        if refusal := self._attendance_refusal():
            raise refusal
        users = self._check_attended(user_ids)
        values = {
            "attended_ids": [fields.Command.set(users.ids)],
            "marked_by_id": self.env.uid,
            "date_marked": fields.Datetime.now(),
            "date_held": self.start,
        }
        self._trusting().write(values)
        self.request_id._log_event(
            "training_attended",
            people=", ".join(users.mapped("name")) or "–",
            start=fields.Datetime.to_string(self.start),
        )
        return True

    @door
    def action_open(self):
        """Open the session: its topics, its material, who was there.

        :return: a window action
        """
        single(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    @door
    def action_open_meeting(self):
        """Open the meeting in the calendar, to move or cancel it.

        :return: a window action
        :raise UserError: when there is no meeting any more
        """
        single(self)
        meeting = self.event_id.exists()
        if not meeting:
            raise UserError(
                self.env._("%s: the meeting was deleted, plan another one.", self.name)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": meeting.id,
            "views": [[False, "form"]],
        }

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _role_problem(self):
        """Return why the caller neither trains here nor plans, or an empty text."""
        self.ensure_one()
        user = self.env.user
        if user == self.trainer_id or self.request_id._plans_training(user):
            return ""
        return self.env._("%s: only who trains or plans the training.", self.name)

    def _material_problem(self):
        """Return why the caller adds no material, or an empty text."""
        if problem := self._role_problem():
            return problem
        if self.sudo().request_id.state in CLOSED:
            return self.env._("%s: the handover is over.", self.name)
        return ""

    def _attendance_refusal(self):
        """Return the error that keeps the caller from marking, or ``None``."""
        if problem := self._role_problem():
            return AccessError(problem)
        if self.sudo().request_id.state in CLOSED:
            return UserError(self.env._("%s: the handover is over.", self.name))
        if self.state == "cancelled":
            return UserError(self.env._("%s was cancelled: plan another.", self.name))
        if not self.start or self.start > fields.Datetime.now():
            return UserError(
                self.env._("%s: mark who is there once it has begun.", self.name)
            )
        return None

    def _check_attended(self, user_ids):
        """Return the users of these ids, or raise."""
        request = self.request_id.sudo()
        if not isinstance(user_ids, list) or not all(map(is_id, user_ids)):
            raise UserError(self.env._("Say who attended: a list of users."))
        check_count(self.env, user_ids)
        users = request.successor_ids.filtered(lambda user: user.id in user_ids)
        if set(user_ids) - set(users.ids):
            raise UserError(self.env._("%s: only successors are trained.", self.name))
        before = self.sudo().attended_ids
        if self.env.user in users - before:
            raise AccessError(
                self.env._("%s: somebody else marks that you were there.", self.name)
            )
        signed = request.trainee_ids.filtered("date_signed").user_id
        if gone := (before - users) & signed:
            raise UserError(
                self.env._(
                    "%(person)s has signed off the training: the attendance stays.",
                    person=listed(self.env, gone.mapped("name")),
                )
            )
        return users
