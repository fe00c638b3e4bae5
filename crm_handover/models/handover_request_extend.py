from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..evidence.plain import plain
from .handover_guard import door, single
from .handover_request import MOVES
from .handover_request_todo import APPROVAL, ENDS_TODOS
from .handover_states import HANDED_OVER

# approved, and the end is still to come
EXTENDABLE = ("approved", *HANDED_OVER)
ASKED = ("date_return_asked", "return_asked_by_id")
# there is no end to decide on any more, or not yet again
UNASKED = (*ENDS_TODOS, "submitted")


class HandoverRequest(models.Model):
    """Another end of a temporary handover: a sooner one at once, a later one approved.

    Whoever hands over, whoever requested it and their superiors ask for it. To come
    back sooner takes nothing from anybody, so it needs no approval; later is what was
    not approved, unless who asks may approve it.
    """

    _inherit = "handover.request"

    date_return_asked = fields.Datetime(
        string="Later End",
        readonly=True,
        copy=False,
        help="Until when somebody wishes a temporary handover to last.",
    )
    return_asked_by_id = fields.Many2one(
        "res.users",
        string="Later End Asked For By",
        readonly=True,
        copy=False,
        help="Who wishes a temporary handover to last longer.",
    )
    can_extend = fields.Boolean(
        compute="_compute_can_extend",
        help="The reader may ask for another end now.",
    )
    can_decide_extension = fields.Boolean(
        compute="_compute_can_extend",
        help="The reader may decide now on the later end that was asked for.",
    )

    @api.depends("state", "kind", "requester_id", "predecessor_id", "date_return_asked")
    @api.depends_context("uid")
    def _compute_can_extend(self):
        for request in self:
            request.can_extend = not request._extend_refusal()
            request.can_decide_extension = not request._extension_refusal()

    @door
    def action_extend(self, date_return):
        """Ask for another end of a temporary handover.

        A sooner one holds at once. A later one is asked of an approver, unless the
        caller may approve it; asked for again, the newer wish replaces the older one,
        and the present end takes it back.

        :param str date_return: when it comes back, in UTC
        :return: ``True``
        :raise AccessError: when the caller has no say in it
        :raise UserError: when it is not temporary, not approved or over, or the time is
            past or before the start
        """
        single(self)
        self._lock()
        if refusal := self._extend_refusal():
            raise refusal
        end = self._check_end(date_return)
        if end == self.date_return:
            # what is approved already; a later wish is withdrawn by it
            self._forget_asked_end()
        elif end < self.date_return or not self._decision_problem(self.env.user):
            self._set_end(end)
        else:
            self._ask_for_end(end)
        return True

    @door
    def action_approve_extension(self, date_return=False):
        """Let a temporary handover last as long as was asked for.

        :param str date_return: the end that the caller has seen, in UTC; when another
            one is asked for by now, it is refused
        :return: ``True``
        :raise AccessError: when the caller may not decide on this handover
        :raise UserError: when nobody asks for a later end, or for another one by now
        """
        single(self)
        self._lock()
        if refusal := self._extension_refusal():
            raise refusal
        asked = self.date_return_asked
        if date_return and fields.Datetime.to_datetime(date_return) != asked:
            raise UserError(
                self.env._(
                    "%s: another end is asked for by now, look at it again.", self.name
                )
            )
        self._set_end(self._check_end(asked), **self._authority())
        return True

    @door
    def action_refuse_extension(self, reason=False):
        """Leave the end of a temporary handover as it was approved.

        :param str reason: why, optional
        :return: ``True``
        :raise AccessError: when the caller may not decide on this handover
        :raise UserError: when nobody asks for a later end
        """
        single(self)
        self._lock()
        if refusal := self._extension_refusal():
            raise refusal
        asked, authority = plain(self.date_return_asked), self._authority()
        self._forget_asked_end(lambda env: env._("Refused"))
        self._log_event("end_refused", end=asked, reason=reason or "", **authority)
        self._notify("end_refused")
        return True

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _extend_refusal(self):
        """Return the error that keeps the caller from asking for another end."""
        self.ensure_one()
        user = self.env.user
        concerned = user == self.predecessor_id or self._is_editor(user)
        if not concerned and (problem := self._role_problem("operator", user)):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        if refusal := self._background_refusal():
            return refusal
        if self.kind != "temporary":
            return UserError(
                self.env._("%s is permanent: it has no end to change.", self.name)
            )
        if self.state not in EXTENDABLE:
            states = dict(self._fields["state"]._description_selection(self.env))
            return UserError(
                self.env._(
                    "%(handover)s is “%(state)s”: its end is changed once it is"
                    " approved, and until it is given back.",
                    handover=self.name,
                    state=states[self.state],
                )
            )
        return None

    def _extension_refusal(self):
        """Return the error that keeps the caller from deciding on a later end."""
        self.ensure_one()
        if problem := self._decision_problem(self.env.user):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        if refusal := self._background_refusal():
            return refusal
        if not self.date_return_asked or self.state not in EXTENDABLE:
            return UserError(
                self.env._("%s: nobody asks for a later end now.", self.name)
            )
        return None

    def _check_end(self, end):
        """Return an end as a time in UTC; raise unless it can be one.

        :raise UserError: when it is missing, past, or not after the start
        """
        end = end and fields.Datetime.to_datetime(end)
        if not end:
            raise UserError(
                self.env._("%s: say when it comes back, as a time.", self.name)
            )
        begun = self.date_started or self.date_planned or self.create_date
        if end <= max(fields.Datetime.now(), begun):
            raise UserError(
                self.env._(
                    "%s: choose a time to come that is after its start. Give it back to"
                    " end it now.",
                    self.name,
                )
            )
        return end.replace(microsecond=0)

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _set_end(self, end, **authority):
        """Have it come back at another time, with the permissions that go with it.

        What is approved is another content of the same approval, see
        :meth:`_note_content`; the event has who decided.

        :param authority: in whose place, for the event
        """
        former = self.date_return
        grants = self.sudo().grant_ids.filtered(
            lambda grant: grant.state != "ended" and grant.expires_at == former
        )
        grants._trusting().write({"expires_at": end})
        self._trusting().write({"date_return": end})
        self._note_content(
            "end_changed", end=plain(end), former_end=plain(former), **authority
        )
        self._forget_asked_end(lambda env: env._("Approved"))
        self._wake_crons(end)
        self._notify("end_changed")

    def _ask_for_end(self, end):
        """Ask an approver whether it may last longer."""
        approver = self._find_approver()
        self._forget_asked_end(lambda env: env._("Another end is asked for"))
        self._trusting().write(
            {
                "date_return_asked": end,
                "return_asked_by_id": self.env.uid,
                "date_decision_asked": fields.Datetime.now(),
            }
        )
        self._log_event("end_asked", end=plain(end))
        self._ask_about_end(approver)

    def _ask_about_end(self, approver):
        self._ask_to_decide_on_end(approver)

    def _ask_to_decide_on_end(self, user):
        self._ask(
            APPROVAL,
            user,
            lambda env: env._("Decide whether it may last longer"),
            by_mail=True,
        )

    @api.model
    def _note_departure(self, users):
        result = super()._note_departure(users)
        asked = self.sudo().search(
            [("date_return_asked", "!=", False), ("state", "in", EXTENDABLE)]
        )
        for request in asked:
            todos = request._todos(APPROVAL)
            if not todos.user_id.filtered("active"):
                todos.unlink()
                request._ask_another_about_end()
        return result

    def _ask_another_about_end(self):
        """Ask somebody else about a later end, as who was asked has left."""
        try:
            approver = self._find_approver()
        except UserError:
            self._call_for_attention(
                lambda env: env._(
                    "Whoever was to decide on a later end has left, and nobody else"
                    " may: it comes back as approved."
                )
            )
            return
        self._log_event("reassigned", people=approver.name)
        self._ask_about_end(approver)

    def _forget_asked_end(self, answer=None):
        """Take back what an approver was asked, if anybody was.

        :param answer: a function of an environment that returns what was decided;
            without one nobody has
        """
        if not self.date_return_asked:
            return
        self._trusting().write(dict.fromkeys(ASKED, False))
        if answer:
            self._close_approval_activity(answer)
        else:
            self._todos(APPROVAL).unlink()

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if MOVES[move].target in UNASKED:
            values.update(dict.fromkeys(ASKED, False))
        return values

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "undo":
            # whoever approved is asked anew, about all of it
            self._todos(APPROVAL).unlink()
        return result

    def _prepare_notice_values(self, step, user, about=None):
        values = super()._prepare_notice_values(step, user, about)
        if step in ("end_changed", "end_refused"):
            # it is about a date, and not about records
            nothing = values["lines"].browse()
            values.update(kinds=[], lines=nothing, total=0, more=0)
        return values

    def _notice_subject(self, step):
        name = self.display_name
        if step == "end_changed":
            return self.env._("%s: another end", name)
        if step == "end_refused":
            return self.env._("%s: the end stays", name)
        return super()._notice_subject(step)
