from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from . import handover_audience
from .handover_guard import door, single, typed
from .handover_states import HANDED_OVER, STATES

# whose work is handed over: with those who left, but not the system's own user
EMPLOYEES = f"[('share', '=', False), ('id', '!=', {SUPERUSER_ID})]"


class Move(NamedTuple):
    """A way from one state to another, and who may take it.

    ``editor``: who requested it, or a manager. ``decider``: an operator who has no
    part in it. ``operator``: team leader, approver, manager. ``system``: the code.
    """

    sources: tuple
    target: str
    role: str


# The one table of moves; `_move` is the one method that takes them.
MOVES = {
    "submit": Move(("draft",), "submitted", "editor"),
    "approve": Move(("submitted",), "approved", "decider"),
    "refuse": Move(("submitted",), "refused", "decider"),
    "draft": Move(
        ("submitted", "refused", "cancelled", "needs_review"), "draft", "editor"
    ),
    "cancel": Move(
        ("draft", "submitted", "approved", "needs_review"), "cancelled", "editor"
    ),
    "stop": Move(("running",), "cancelled", "operator"),
    "run": Move(("approved",), "running", "operator"),
    "retry": Move(("running", "transferred", "done"), "running", "operator"),
    # the one who approved it, and not for long
    "undo": Move(("approved",), "submitted", "operator"),
    "start": Move(("approved",), "running", "system"),
    "finish": Move(("running",), "transferred", "system"),
    # on the way back: a part stays handed over
    "stay": Move(("running",), "transferred", "system"),
    "return": Move(
        # what was given back in part: the rest, when somebody chooses it
        ("transferred", "done", "cancelled", "returned"),
        "running",
        "operator",
    ),
    "give_back": Move(("running",), "returned", "system"),
    "nothing_left": Move(("transferred", "done"), "returned", "system"),
    "complete": Move(("transferred",), "done", "system"),
    "review": Move(("approved", "running"), "needs_review", "system"),
}
# the code of the event of a move, where it is not the state that it leads to
EVENTS = {"retry": "retried", "return": "returning", "undo": "undone"}
# who reads it, with those whom the lines name
PEOPLE = frozenset(
    (
        *("predecessor_id", "predecessor_ids", "successor_id", "successor_ids"),
        *("coordinator_id", "company_id"),
    )
)
# whose work it is, in each way that it is said
GIVER = frozenset(("predecessor_id", "predecessor_ids", "source_team_id"))


class HandoverRequest(models.Model):
    """A handover: who hands over, who takes over, why, when, and where it stands.

    Who may do what, for a request of predecessor P with successor S:

    * the requester edits, submits, takes back and cancels it, and deletes a draft;
      everybody may request for their own records, team leaders for their team,
      handover managers for everybody in their companies;
    * team leaders, handover approvers and managers approve or refuse it, unless they
      requested it, hand over or take over; they run it, retry it and stop it while
      it runs;
    * P and S read it and confirm, S accepts or declines records; a manager confirms for
      an archived P;
    * nobody writes the state or an outcome, and nobody edits what was submitted.
    """

    _name = "handover.request"
    _description = "Handover"
    _inherit = [
        "handover.guard", "handover.audience", "handover.automated", "mail.thread",
        "mail.activity.mixin",
    ]  # fmt: skip
    _order = "id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        help="The number, given when the handover is made.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        content=True,
        help="The company whose records are handed over.",
    )
    requester_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who made the handover, and may change it while it is a draft.",
    )
    predecessor_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        context={"active_test": False},
        domain=f"[('share', '=', False), ('id', '!=', {SUPERUSER_ID}),"
        " ('handover_company_ids', 'in', company_id)]",
        help="Who hands over. People who left can be chosen as well, and people who"
        " moved to another company and left something in this one.",
        content=True,
    )
    predecessor_ids = fields.Many2many(
        "res.users",
        "handover_request_giver_rel",
        string="Several People",
        # who gave once is named on it as long as it is there
        ondelete="restrict",
        context={"active_test": False},
        domain=f"[('share', '=', False), ('id', '!=', {SUPERUSER_ID}),"
        " ('handover_company_ids', 'in', company_id)]",
        help="Several people who hand over together, instead of one or of a team. Each"
        " record says whose it is.",
        content=True,
    )
    source_team_id = fields.Many2one(
        "crm.team",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Without a predecessor, the records of this team are handed over.",
        content=True,
    )
    successor_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('id', '!=', predecessor_id)]",
        help="Who takes over, unless a record names someone else.",
        content=True,
    )
    target_team_id = fields.Many2one(
        "crm.team",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="The team the records belong to afterwards. Without a successor, its"
        " leader takes them over, or its pool.",
        content=True,
    )
    team_ids = fields.Many2many(
        "crm.team",
        copy=False,
        readonly=True,
        string="Teams Concerned",
        # who leads a team that is archived is a superior all the same
        context={"active_test": False},
        help="The sales teams of the predecessor; their leaders decide.",
    )
    superior_ids = fields.Many2many(
        "res.users",
        compute="_compute_superior_ids",
        search="_search_superior_ids",
        compute_sudo=True,
        string="Superiors",
        # one value for all callers, as rights hang on it
        context={"active_test": False},
        help="Who leads the predecessor: they read the handover, and all that hangs on"
        " it.",
    )
    successor_ids = fields.Many2many(
        "res.users",
        "handover_request_successor_rel",
        copy=False,
        readonly=True,
        string="Successors",
        # who has left is still to be found missing
        context={"active_test": False},
        help="Everybody who takes over at least one record.",
    )
    approver_id = fields.Many2one(
        "res.users",
        copy=False,
        check_company=True,
        tracking=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="Who is asked to decide. Empty: the team leader, or else an approver of"
        " the company.",
        content=True,
    )
    reason_id = fields.Many2one(
        "handover.reason",
        tracking=True,
        ondelete="restrict",
        content=True,
        help="Why the work passes on; it also brings the plan of steps.",
    )
    purpose = fields.Text(help="What the handover is to achieve.", content=True)
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")],
        default="permanent",
        required=True,
        tracking=True,
        content=True,
        help="Permanent, or temporary with a day on which the records come back.",
    )
    date_planned = fields.Datetime(
        string="Planned For",
        tracking=True,
        copy=False,
        help="When the records are handed over. Empty: as soon as it is approved.",
        content=True,
    )
    date_return = fields.Datetime(
        string="Comes Back On",
        tracking=True,
        copy=False,
        help="When a temporary handover is given back by itself.",
        content=True,
    )
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand="_group_expand_state",
        help="Where it stands between draft and done.",
    )
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Grows with each change; an approval is for one version.",
    )
    digest = fields.Char(
        readonly=True, copy=False, help="SHA-256 of what was approved."
    )
    client_key = fields.Char(
        copy=False,
        size=64,
        help="A caller's own key, unique per requester: sent again, it makes no second"
        " handover.",
        content=True,
    )
    refusal_reason = handover_audience.Text(
        translate=True,
        readonly=True,
        copy=False,
        audience="givers",
        help="Why it was refused, or why its approval lapsed.",
    )
    date_submitted = fields.Datetime(
        readonly=True, copy=False, help="When somebody was asked to approve it."
    )
    date_approved = fields.Datetime(
        readonly=True, copy=False, help="When it was approved."
    )
    date_started = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the first record was about to change its owner.",
    )
    date_finished = fields.Datetime(
        string="Handed Over On",
        readonly=True,
        copy=False,
        help="When every record had its outcome.",
    )
    date_completed = fields.Datetime(
        readonly=True, copy=False, help="When the last one confirmed."
    )
    date_returned = fields.Datetime(
        string="Given Back On",
        readonly=True,
        copy=False,
        help="When all of it was given back.",
    )
    hold_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Nothing more is handed over before, as somebody is about to stop it.",
    )
    goes_back = fields.Boolean(
        readonly=True, copy=False, help="The records are on their way back now."
    )

    move_activities = fields.Boolean(
        string="To-dos Move Along",
        default=True,
        help="Open to-dos of the predecessor on the records go to the successor.",
        content=True,
    )
    move_meetings = fields.Boolean(
        string="Meetings Move Along",
        default=True,
        help="Future meetings that the predecessor organises about the records go to"
        " the successor, a series from its next meeting on. Private ones stay, and so"
        " do those with colleagues alone.",
        content=True,
    )
    predecessor_follows = fields.Boolean(
        string="Predecessor Keeps Following",
        help="The predecessor goes on receiving the messages of the records; of tasks"
        " and projects only with access as before, since who follows them has access."
        " The same goes for what else they follow, which ends when they leave.",
        content=True,
    )

    line_ids = fields.One2many(
        "handover.request.line",
        "request_id",
        copy=False,
        content=True,
        help="The records that are handed over, with their outcome.",
    )
    event_ids = fields.One2many(
        "handover.request.event",
        "request_id",
        readonly=True,
        copy=False,
        help="What happened to it, step by step; nobody changes that.",
    )
    event_head = fields.Char(
        string="Last Event",
        readonly=True,
        copy=False,
        help="Hash of the last event: none is missing at the end.",
    )
    signoff_ids = fields.One2many(
        "handover.request.signoff",
        "request_id",
        readonly=True,
        copy=False,
        help="Who has confirmed their part, and when.",
    )

    line_count = fields.Integer(
        compute="_compute_counts", string="Records", help="How many records it has."
    )
    todo_count = fields.Integer(
        compute="_compute_counts",
        string="To Do",
        help="Records that have no outcome yet.",
    )
    done_count = fields.Integer(
        compute="_compute_counts",
        string="Handed Over",
        help="Records that are with their successor.",
    )
    skipped_count = fields.Integer(
        compute="_compute_counts",
        string="Left Alone",
        help="Records that stayed with their owner for a reason, which each of"
        " them tells.",
    )
    failed_count = fields.Integer(
        compute="_compute_counts",
        string="Failed",
        help="Records that refused the change; they can be tried again.",
    )
    returned_count = fields.Integer(
        compute="_compute_counts",
        string="Given Back",
        help="Records that went back to who had them before.",
    )
    progress = fields.Float(
        compute="_compute_counts", help="Share of records dealt with, 0 to 100."
    )
    pending_user_ids = fields.Many2many(
        "res.users",
        compute="_compute_pending_user_ids",
        string="Still to Confirm",
        context={"active_test": False},
        help="Who has not confirmed yet.",
    )
    can_edit = fields.Boolean(
        compute="_compute_can", help="The reader may change it now."
    )
    can_submit = fields.Boolean(
        compute="_compute_can", help="The reader may submit it now."
    )
    can_approve = fields.Boolean(
        compute="_compute_can", help="The reader may approve it now."
    )
    can_refuse = fields.Boolean(
        compute="_compute_can", help="The reader may refuse it now."
    )
    can_draft = fields.Boolean(
        compute="_compute_can", help="The reader may take it back to draft now."
    )
    can_cancel = fields.Boolean(
        compute="_compute_can", help="The reader may cancel or stop it now."
    )
    can_run = fields.Boolean(
        compute="_compute_can", help="The reader may hand over now."
    )
    can_retry = fields.Boolean(
        compute="_compute_can", help="The reader may try again what failed."
    )
    can_confirm = fields.Boolean(
        compute="_compute_can", help="The reader is asked to confirm now."
    )
    can_return = fields.Boolean(
        compute="_compute_can", help="The reader may give records back now."
    )

    _users_differ = models.Constraint(
        "CHECK (predecessor_id != successor_id)",
        "Nobody hands work over to themselves: choose another successor.",
    )
    _unique_client_key = models.UniqueIndex(
        "(requester_id, client_key) WHERE client_key IS NOT NULL",
        "You have sent a handover with this key already.",
    )
    _made_idx = models.Index("(requester_id, create_date)")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {}
        groups = (
            self.env["handover.request.line"]
            .sudo()
            ._read_group(
                [("request_id", "in", self.ids)], ["request_id", "state"], ["__count"]
            )
        )
        for request, state, count in groups:
            counts.setdefault(request.id, {})[state] = count
        for request in self:
            by_state = counts.get(request.id, {})
            total = sum(by_state.values())
            request.line_count = total
            request.done_count = by_state.get("done", 0)
            request.skipped_count = by_state.get("skipped", 0)
            request.failed_count = by_state.get("failed", 0)
            request.returned_count = by_state.get("returned", 0)
            left = request.todo_count = by_state.get("todo", 0)
            request.progress = 100.0 * (total - left) / total if total else 0.0

    @api.depends(
        *("state", "requester_id", "predecessor_id", "predecessor_ids", "signoff_ids"),
        "line_ids",
    )
    @api.depends_context("uid")
    def _compute_can(self):
        for request in self:
            request.can_edit = not request._edit_refusal()
            for move in ("submit", "approve", "refuse", "draft", "run"):
                request[f"can_{move}"] = not request._refusal(move)
            cancel = "stop" if request.state == "running" else "cancel"
            request.can_cancel = not request._refusal(cancel)
            request.can_retry = bool(
                request.failed_count
                and not request._refusal("retry")
                and request._has_failed()
            )
            request.can_return = bool(
                not request._refusal("return")
                and (request.done_count or request._besides_givers())
            )
            request.can_confirm = bool(
                request.state == "transferred"
                and request._unconfirmed_for(self.env.user)
            )

    @api.depends("state", "signoff_ids")
    def _compute_pending_user_ids(self):
        for request in self:
            pending = self.env["res.users"].sudo()
            if request.state == "transferred":
                confirmed = request.sudo().signoff_ids.user_id
                pending = pending.union(*request._parties()) - confirmed
            request.pending_user_ids = pending

    @api.model
    def _group_expand_state(self, states, domain):
        # in the order of the way, and without columns that nobody is in
        return [state for state, _label in STATES if state in states]

    @api.depends("name", "predecessor_id", "predecessor_ids", "source_team_id")
    def _compute_display_name(self):
        for request in self:
            giver = request.predecessor_id.name or request.source_team_id.name
            if several := request._several_givers():
                # in no language: the value is the same for all readers
                giver = f"{several[0].name} + {len(several) - 1}"
            request.display_name = (
                f"{request.name} – {giver}" if giver else request.name
            )

    @api.model
    def _guarded_initial(self):
        return {
            "name": self.env._("New"),
            "state": "draft",
            "version": 1,
            "requester_id": self.env.uid,
        }

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains(*sorted(GIVER), "company_id", "kind")
    def _check_giver(self):
        # whoever wrote the list may not see everybody on it
        self.invalidate_recordset(["predecessor_ids"])
        for request in self:
            givers = request._givers()
            # records may have gone meanwhile
            givers.invalidate_recordset(["handover_company_ids"])
            if not (givers or request.source_team_id):
                raise ValidationError(
                    self.env._("%s: say whose work is handed over.", request.name)
                )
            request._check_several()
            if any(giver.share or giver.id == SUPERUSER_ID for giver in givers):
                # without the name, which the caller may not know
                raise ValidationError(
                    self.env._("Whose work is handed over: choose an employee's user.")
                )
            if any(
                request.company_id not in giver.handover_company_ids for giver in givers
            ):
                raise ValidationError(
                    self.env._(
                        "%(handover)s: whose work is handed over has nothing in"
                        " %(company)s: choose somebody else, or another company.",
                        handover=request.name,
                        company=request.company_id.sudo().name,
                    )
                )

    @api.constrains("successor_id", "company_id")
    def _check_successor(self):
        for request in self:
            if request.successor_id:
                request._check_successor_user(request.successor_id)

    @api.constrains("kind", "date_planned", "date_return")
    def _check_dates(self):
        for request in self:
            if request.kind == "permanent" and request.date_return:
                raise ValidationError(
                    self.env._(
                        "%s is permanent: a date of return is for temporary ones.",
                        request.name,
                    )
                )
            start = request.date_planned or request.create_date
            if request.date_started and request.state in ("running", *HANDED_OVER):
                # somebody may have started it before its time
                start = min(start, request.date_started)
            if request.kind == "temporary" and (
                not request.date_return or request.date_return <= start
            ):
                raise ValidationError(
                    self.env._(
                        "%s is temporary: say when it comes back, after its start.",
                        request.name,
                    )
                )

    @api.constrains("approver_id")
    def _check_approver(self):
        for request in self.filtered("approver_id"):
            if not request._is_operator(request.approver_id):
                raise ValidationError(
                    self.env._(
                        "%s: this person may not approve it, choose a team leader or an"
                        " approver.",
                        request.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        # who approves is chosen, never a default that somebody left behind
        values = super().default_get(fields)
        values.pop("approver_id", None)
        return values

    @api.model
    def _proposed_values(self, values):
        """Return what is proposed for a handover with these values.

        Extended by super().

        :param dict values: those that are known, by the names of fields
        :return: values that go along unless somebody chooses others
        """
        return {}

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        if not self._trusted():
            self._check_rate(len(vals_list))
        requests = super().create(vals_list)
        # constraints look only at what was given
        requests._check_giver()
        for request in requests:
            if not request._trusted():
                request._check_may_request()
            request._trusting().write(
                {
                    "name": request._next_number(),
                    **request._concerned_values(),
                }
            )
            if request.line_ids or any(request._defaults()):
                request._sync_successors()
        return requests

    def _next_number(self):
        """Return the number that is given to a new handover."""
        sequence = self.env["ir.sequence"].sudo().with_company(self.company_id)
        return sequence.next_by_code("handover.request")

    @typed
    def write(self, vals):
        if vals.get("successor_id"):
            # somebody instead of a team's pool
            vals = {"to_pool": False, **vals}
        content = not self._trusted() and self._content_fields.intersection(vals)
        if not content:
            result = super().write(vals)
            self._people_changed(vals)
            return result
        self._lock()
        for request in self:
            if refusal := request._edit_refusal():
                raise refusal
            if content & {*GIVER, "company_id"} and request.line_count:
                raise UserError(
                    self.env._(
                        "%s has records of the present owner: remove them first.",
                        request.name,
                    )
                )
        defaults = {request: request._defaults() for request in self}
        result = super().write(vals)
        for request in self:
            if content & GIVER:
                request._check_may_request()
                request._trusting().write(request._concerned_values())
            request._follow_default(defaults[request])
        self._touch()
        self._people_changed(vals)
        return result

    def _people_changed(self, vals):
        """End what somebody has by the handover who has no part in it any more."""
        if PEOPLE & vals.keys():
            self._handover_end_follows()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for request in self:
            if refusal := request._background_refusal():
                raise refusal
            if request.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is no draft any more: cancel it instead.", request.name
                    )
                )
            grants = request.sudo().grant_ids
            if any(grant.state != "proposed" for grant in grants):
                raise UserError(
                    self.env._(
                        "%s has given permissions: cancel it instead.", request.name
                    )
                )
            grants._trusting().unlink()
            request._log_event("deleted")
            # before the handover: their own rules demand a draft
            self.env["handover.request.line"]._drop_all(request)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        raise UserError(self.env._("Handovers are not created by mail."))

    def message_update(self, msg_dict, update_vals=None):
        raise UserError(self.env._("Handovers are not changed by mail."))

    # ------------------------------------------------------------
    # MOVES
    # ------------------------------------------------------------

    def _refusal(self, move):
        """Return the error that keeps the caller from this move, or ``None``.

        Buttons, checks and tests ask here: role first, then state.
        """
        self.ensure_one()
        user = self.env.user
        approves = move == "approve"
        move = MOVES[move]
        if problem := (
            self._decision_problem(user)
            if approves
            else self._role_problem(move.role, user)
        ):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        states = dict(self._fields["state"]._description_selection(self.env))
        if self.state not in move.sources:
            return UserError(
                self.env._(
                    "%(handover)s is “%(state)s”: it cannot become “%(target)s”.",
                    handover=self.name,
                    state=states[self.state],
                    target=states[move.target],
                )
            )
        if move.target == "draft" and self.state == "cancelled" and self.date_started:
            return UserError(
                self.env._(
                    "%s was handed over in part: make a new one for the rest.",
                    self.name,
                )
            )
        return None

    def _require(self, move):
        """Lock the requests and raise unless the caller may make this move."""
        for request in self:
            # nobody waits for the lock of what goes on in the background
            if refusal := request._background_refusal():
                raise request._refusal(move) or refusal
        self._lock()
        for request in self:
            if refusal := request._refusal(move):
                raise refusal

    def _move(self, move, values=None, **data):
        """Change the state: the one place where it happens. Writes the event.

        Not for overriding: what goes along with a move is in
        :meth:`_prepare_move_values` and :meth:`_after_move`.

        :param move: a key of ``MOVES``; the caller of this method has asked
            :meth:`_require`, or is the system
        :param values: more guarded values to write with the state
        :param data: what the event keeps besides
        """
        sources, target, role = MOVES[move]
        for request in self:
            if request.state not in sources:
                raise UserError(
                    self.env._("%s has moved on meanwhile: reload it.", request.name)
                )
            guarded = {
                **request._prepare_move_values(move),
                "state": target,
                "hold_until": False,
                **(values or {}),
            }
            if role == "system":
                # nobody is there whom a rule could tell why not
                request._write_watched(guarded)
            else:
                request._trusting().write(guarded)
            request._log_event(
                EVENTS.get(move, target), **data, **request._move_facts(move)
            )
            request._announce()
        self.env["handover.mixin"]._handover_forget_access()
        self._after_move(move)

    def _prepare_move_values(self, move):
        """Return guarded values that are written with the state; extended by super().

        :param move: a key of ``MOVES``; the state is still the one before
        """
        self.ensure_one()
        return {}

    def _move_facts(self, move):
        """Do what the event of the move is to tell of, and return that.

        :param move: a key of ``MOVES``; the state is the one after
        :return: plain values by key, see ``handover.request.event``; extended by
            super()
        """
        self.ensure_one()
        return {}

    def _after_move(self, move):
        """Do what goes along with a move that was made; extended by super().

        Each extension minds its own: none may count on another one having run.

        :param move: a key of ``MOVES``; the state is the one after
        """

    def _tell_outside(self, code, **facts):
        """Take note of something that other systems may be told; extended by super().

        :param str code: what happened: the state that was reached, ``review_due``
        :param facts: what belongs to it: plain values, and no customer data
        """
        self.ensure_one()

    def _log_event(self, code, **data):
        self.ensure_one()
        self.env["handover.request.event"]._append(self, code, **data)

    def _lock(self):
        """Wait for the requests' rows, and see what they hold now."""
        if not self.ids:
            return
        self.env.cr.execute(
            SQL(
                "SELECT id FROM handover_request WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids),
            ),
            # a conflict with a batch is no error, it is tried again
            log_exceptions=False,
        )
        self.invalidate_recordset()
        # whoever locks a handover decides on it: no role is one that was remembered
        self.env["res.groups"]._handover_decide()

    # ------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------

    @door
    def action_view_lines(self):
        """Open the records of this handover in a list.

        :return: a window action
        """
        single(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover.handover_request_line_action"
        )
        action["domain"] = [("request_id", "=", self.id)]
        action["context"] = {
            f"search_default_{self._lines_grouping()}": 1,
            "handover_return": self.can_return,
            # of one handover: no column repeats its name
            "handover_one": True,
        }
        return action

    def _open(self):
        """Return the window action that opens these handovers."""
        if len(self) == 1:
            return self._open_form()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover.handover_request_action"
        )
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def _open_form(self):
        """Return the window action that opens this handover."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover.handover_request_action"
        )
        return {**action, "res_id": self.id, "views": [[False, "form"]]}
