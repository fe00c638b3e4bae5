from datetime import timedelta
from operator import ge, gt, le, lt

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..day_texts import local_time
from .handover_guard import door, typed
from .handover_states import AHEAD, CLOSED

# what is said of a step that was not taken
REPLANNED, TOO_LATE, ENDED = NOT_TAKEN = (
    lambda env: env._("Cancelled: the plan has changed"),
    lambda env: env._("Cancelled: it is handed over now"),
    lambda env: env._("Cancelled with the handover"),
)

COMPARE = {
    "in": lambda count, values: count in values,
    "not in": lambda count, values: count not in values,
    ">": gt,
    ">=": ge,
    "<": lt,
    "<=": le,
}


class HandoverRequest(models.Model):
    """The plan: the timetable, who coordinates, and the steps that people take.

    The reason brings Odoo's activity plan, where the handover has none of its own. Its
    steps are activities on the handover, dated from the planned day.
    """

    _inherit = "handover.request"

    plan_id = fields.Many2one(
        "mail.activity.plan",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The steps and topics of this handover alone. Empty: those of its reason.",
    )
    coordinator_id = fields.Many2one(
        "res.users",
        tracking=True,
        copy=False,
        check_company=True,
        default=lambda self: self._default_coordinator(),
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="Keeps the plan going, and takes the steps of people who cannot.",
        content=True,
    )
    date_briefing = fields.Date(
        string="Briefing Starts",
        tracking=True,
        copy=False,
        help="From when on predecessor and successor go through the records.",
        content=True,
    )
    date_overlap_end = fields.Date(
        string="Overlap Ends",
        tracking=True,
        copy=False,
        compute="_compute_date_overlap_end",
        store=True,
        readonly=False,
        precompute=True,
        help="Until when the predecessor answers questions.",
        content=True,
    )
    step_ids = fields.One2many(
        "mail.activity",
        "res_id",
        string="Steps",
        readonly=True,
        copy=False,
        domain=[("handover_step_date", "!=", False)],
        # what is done, or was cancelled, is part of the plan
        context={"active_test": False},
        help="What people do before and after the records move, with its day.",
    )
    late_step_count = fields.Integer(
        string="Late Steps",
        compute="_compute_late_step_count",
        search="_search_late_step_count",
        help="Open steps whose day is over.",
    )
    can_plan = fields.Boolean(
        compute="_compute_can_plan", help="The reader may plan the steps now."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.model
    def _default_coordinator(self):
        user = self.env.user
        return user if user.active and not user.share else user.browse()

    @api.depends("date_planned", "company_id")
    def _compute_date_overlap_end(self):
        """Propose the company's days of overlap; what somebody chose stays."""
        for request in self:
            end, days = (
                request.date_overlap_end,
                request.company_id.handover_overlap_days,
            )
            if request.state == "draft" and days:
                planned = request._day(request.date_planned or fields.Datetime.now())
                if not end or end < planned:
                    end = planned + timedelta(days=days)
            request.date_overlap_end = end

    @api.depends("step_ids.active", "step_ids.date_deadline")
    @api.depends_context("uid", "tz")
    def _compute_late_step_count(self):
        counts = self._late_step_counts([("res_id", "in", self.ids)])
        for request in self:
            request.late_step_count = counts.get(request.id, 0)

    def _search_late_step_count(self, operator, value):
        if operator not in COMPARE:
            return NotImplemented
        counts = self._late_step_counts([])
        matches = COMPARE[operator]
        found = [id_ for id_, count in counts.items() if matches(count, value)]
        if not matches(0, value):
            return [("id", "in", found)]
        return [("id", "not in", list(counts.keys() - set(found)))]

    def _late_step_counts(self, domain):
        """Return the number of late steps, today for the reader: ``{id: count}``."""
        today = fields.Date.context_today(self)
        groups = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [
                    *domain,
                    ("res_model", "=", self._name),
                    ("handover_step_date", "!=", False),
                    ("date_deadline", "<", today),
                ],
                ["res_id"],
                ["__count"],
            )
        )
        return dict(groups)

    @api.depends("state", "requester_id", "plan_id", "reason_id.plan_id")
    @api.depends_context("uid")
    def _compute_can_plan(self):
        for request in self:
            request.can_plan = not request._plan_refusal()

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains("date_briefing", "date_planned", "date_overlap_end")
    def _check_timetable(self):
        for request in self:
            start, end = request.date_briefing, request.date_overlap_end
            planned = request.date_planned and request._day(request.date_planned)
            if start and planned and start > planned:
                raise ValidationError(
                    self.env._(
                        "%s: the briefing starts after the planned day; choose an"
                        " earlier day.",
                        request.name,
                    )
                )
            if end and planned and end < planned and request._is_farewell():
                raise ValidationError(
                    self.env._(
                        "%s: the records move after the last day; plan an earlier day,"
                        " or leave the last day empty.",
                        request.name,
                    )
                )
            if end and planned and end < planned:
                raise ValidationError(
                    self.env._(
                        "%s: the overlap ends before the planned day; choose a later"
                        " day.",
                        request.name,
                    )
                )
            if start and end and end < start:
                raise ValidationError(
                    self.env._(
                        "%s: the overlap ends before the briefing starts; choose a"
                        " later day.",
                        request.name,
                    )
                )

    @api.constrains("coordinator_id")
    def _check_coordinator(self):
        for request in self:
            user = request.coordinator_id
            if user and (not user.active or user.share):
                raise ValidationError(
                    self.env._(
                        "%s cannot coordinate: choose an active employee's user.",
                        user.name,
                    )
                )

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    @door
    def action_plan_steps(self):
        """Schedule the steps that the reason's plan asks for.

        What is scheduled already stays; open steps that nobody rescheduled follow the
        planned day.

        :return: ``True``
        :raise AccessError: when the caller is neither requester, team leader, approver
            nor manager
        :raise UserError: when the handover is over, or its reason has no plan
        """
        self._lock()
        for request in self:
            if refusal := request._plan_refusal():
                raise refusal
        for request in self:
            request._plan_steps()
        return True

    def _plan_refusal(self):
        """Return the error that keeps the caller from planning, or ``None``."""
        self.ensure_one()
        user = self.env.user
        problem = self._role_problem("editor", user)
        if problem and self._role_problem("operator", user):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        if refusal := self._background_refusal():
            return refusal
        if self.state in CLOSED:
            return UserError(
                self.env._("%s is over: no more steps are planned.", self.name)
            )
        if not self._plan_templates():
            return UserError(
                self.env._(
                    "%s: choose a reason that has a plan, or give its reason one under"
                    " CRM › Configuration › Handovers › Reasons.",
                    self.name,
                )
            )
        return None

    def _reason_plan(self):
        """Return its plan, or that of its reason, as superuser, if it is for it.

        All companies have the same reasons: one leads to no plan of another company.
        """
        request = self.sudo()
        plan = request.plan_id or request.reason_id.plan_id
        # those of a parent company are its branches' as well
        ours = plan.company_id.id in (False, *self.company_id.sudo().parent_ids.ids)
        return plan if ours and plan.res_model == self._name else plan.browse()

    def _plan_templates(self):
        return self._reason_plan().template_ids

    def _steps(self):
        """Return the steps, the done and cancelled ones too, as superuser, quietly."""
        activities = self.env["mail.activity"].sudo()
        # the digest tells people, not a mail per step
        activities = activities.with_context(
            active_test=False, mail_activity_quick_update=True
        )
        return activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("handover_step_date", "!=", False),
            ]
        )

    def _plan_steps(self):
        """Schedule what is missing, cancel another plan's steps, move the rest."""
        self.ensure_one()
        request, steps = self.sudo(), self._steps()
        templates = self._plan_templates()
        if self.state in AHEAD and not self.date_planned:
            templates = self._templates_ahead()
        givers = self._several_givers()
        obsolete = steps.filtered("active").filtered(
            lambda step: (
                step.handover_step_id not in templates
                or step.handover_step_giver_id - givers
                or (givers and self._is_one_persons(step))
            )
        )
        self._cancel(obsolete, REPLANNED)
        for step in (steps - obsolete).filtered("active"):
            if not request._shows_to(step.user_id):
                giver = step.handover_step_giver_id
                user = request._responsible(step.handover_step_id, giver)
                step.write({"user_id": user.id})
        missing = request._missing_steps(steps - obsolete)
        steps.create([request._prepare_step_vals(*one) for one in missing])
        self._move_steps()

    def _is_one_persons(self, step):
        """Tell whether a draft planned a step of several people for one of them."""
        by_predecessor = step.handover_step_id.responsible_type == "predecessor"
        is_whole = by_predecessor and not step.handover_step_giver_id
        return is_whole and self.state == "draft"

    def _missing_steps(self, steps):
        """Return what is not among ``steps``: pairs of a template and whose step it is.

        Of several people who hand over together each has those of a predecessor; of all
        other steps that is nobody.
        """
        several, missing = self._several_givers(), []
        for template in self._templates_ahead():
            planned = steps.filtered(
                lambda step, of=template: step.handover_step_id == of
            )
            if not several or template.responsible_type != "predecessor":
                missing += [] if planned else [(template, several.browse())]
            elif not planned or planned.handover_step_giver_id:
                givers = several - planned.handover_step_giver_id
                missing += [(template, giver) for giver in givers]
        return missing

    def _templates_ahead(self):
        """Return the steps that there is time for: what runs at once needs no others.

        Without a planned day, or once it has come, nothing prepares for it any more.
        """
        templates = self._plan_templates()
        if self._planned_day() > self._day(fields.Datetime.now()):
            return templates
        return templates.filtered(lambda template: not template._prepares())

    def _prepare_step_vals(self, template, giver):
        user, day = self._who_and_when(template, self._responsible(template, giver))
        template = template.with_context(lang=user.lang or self.env.lang)
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": template.activity_type_id.id,
            "summary": template.summary or template.activity_type_id.name,
            "note": template.note,
            "user_id": user.id,
            "automated": True,
            "date_deadline": day,
            "handover_step_id": template.id,
            "handover_step_giver_id": giver.id,
            "handover_step_date": day,
        }

    def _move_steps(self):
        """Have the open steps that nobody rescheduled follow the planned day."""
        for step in self._steps().filtered("active"):
            template, day = step.handover_step_id, step.handover_step_date
            if template and step.date_deadline == day:
                request = self.sudo().browse(step.res_id)
                user, new_day = request._who_and_when(template, step.user_id, day)
                values = {"date_deadline": new_day, "handover_step_date": new_day}
                if user != step.user_id:
                    values["user_id"] = user.id
                if new_day != day or user != step.user_id:
                    step.write(values)

    def _cancel(self, steps, say):
        """Close ``steps`` as not taken.

        :param say: one of ``NOT_TAKEN``, see :meth:`_compute_handover_step_feedback`
        """
        values = {"feedback": say(self.env), "handover_step_id": False}
        steps.write({"active": False, **values})

    def _step_day(self, template, day):
        """Return when a step is due that was due on ``day``, or is planned on it.

        Nobody is late at once with what is planned late, and nobody gains time by
        planning again.
        """
        today = fields.Date.context_today(self)
        return max(template._get_date_deadline(self._planned_day()), min(today, day))

    def _who_and_when(self, template, user, day=None):
        """Return who takes a step, and when: the predecessor only while they are there.

        What the plan wants of them later is due on their last day; what falls to them
        as coordinator goes to who looks after the handover.

        :param user: who takes it otherwise
        :param day: when it was due until now, if it was planned
        """
        today = fields.Date.context_today(self)
        day, end = self._step_day(template, day or today), self._last_day(template)
        theirs = end and user in self._givers() and not self._is_back(day)
        if not theirs or day <= end:
            return user, day
        if template.responsible_type == "predecessor" and end >= today:
            return user, end
        other = self._caretaker()
        return (other, day) if other and other != user else (user, max(end, today))

    def _last_day(self, template):
        """Return until when the predecessor takes such a step; ``None``: for good.

        The end of the overlap, or the planned day, unless the plan wants them after it
        and they stay in the company.
        """
        stays = template.responsible_type == "predecessor" and not template._prepares()
        if not self.date_overlap_end and stays and self.kind == "permanent":
            return None
        return self.date_overlap_end or self._planned_day()

    def _is_back(self, day):
        """Tell whether the predecessor, who was away for a time, is back on ``day``."""
        return bool(self.date_return) and day > self._day(self.date_return)

    def _planned_day(self):
        """Return the planned day, or the day on which the records really moved."""
        started = self.state not in AHEAD and self.date_started
        return self._day(started or self.date_planned or fields.Datetime.now())

    def _day(self, moment):
        """Return the day that ``moment`` (UTC) is on, in the zone of the handover."""
        return local_time(self._zone(), moment).date()

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    def _responsible(self, template, giver):
        """Return who takes a step: whom the plan names, or who stands in.

        :param giver: of several people who hand over together, whose step it is
        """
        if giver:
            return self._in_charge(giver)
        found = template._determine_responsible(self.coordinator_id, self)
        return self._in_charge(found["responsible"])

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        # who left the company hands over what stayed there, and coordinates nothing
        mine = self.env.user.company_ids.ids
        return super().create(
            [
                vals
                if vals.get("company_id", mine[0]) in mine
                else {"coordinator_id": False, **vals}
                for vals in vals_list
            ]
        )

    @typed
    def write(self, vals):
        # another reason has another plan
        others = self.browse()
        if "reason_id" in vals and "plan_id" not in vals:
            others = self.filtered(
                lambda one: one.plan_id and one.reason_id.id != vals["reason_id"]
            )
        result = super().write(vals)
        if others:
            others._trusting().write({"plan_id": False})
        if "date_planned" in vals:
            self._move_steps()
        return result

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "start":
            self._cancel(self._steps_needless(), TOO_LATE)
            self._move_steps()
        elif move == "submit":
            for request in self:
                request._plan_steps()
        return result

    def _steps_needless(self):
        """Return open steps that prepare for later what is handed over today."""
        return self._steps().filtered(
            lambda step: (
                step.active
                and step.handover_step_id._prepares()
                and step.date_deadline >= fields.Date.context_today(self)
            )
        )

    def _end_todos(self):
        result = super()._end_todos()
        drafts = self.filtered(lambda request: request.state == "draft")
        # submitted again, it is planned anew
        drafts._steps().filtered("active").unlink()
        steps = (self - drafts)._steps().filtered("active")
        self._cancel(steps, ENDED)
        return result
