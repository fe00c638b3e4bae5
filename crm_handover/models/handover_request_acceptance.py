from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .handover_guard import door, single
from .handover_request_todo import ACCEPTANCE


class HandoverRequest(models.Model):
    """Whether successors have to accept, or silence counts, and from when on.

    The company says so. Silence at once: nothing waits. Silence after some days:
    nothing is handed over before, unless every successor has decided. Needed: what is
    not accepted stays with its owner.
    """

    _inherit = "handover.request"

    acceptance_end = fields.Datetime(
        string="Silence Counts From",
        compute="_compute_acceptance_end",
        help="Until then successors accept or decline; whoever is silent has accepted.",
    )

    asks_successors = fields.Boolean(
        compute="_compute_asks_successors",
        help="After the approval, successors have time to accept or decline.",
    )

    @api.depends("company_id")
    def _compute_asks_successors(self):
        for request in self:
            days = request.company_id.sudo().handover_silence_days
            request.asks_successors = days > 0 or request._needs_acceptance()

    @api.depends("date_approved", "company_id", "state")
    def _compute_acceptance_end(self):
        for request in self:
            company = request.company_id.sudo()
            days = company.handover_silence_days
            silence = company.handover_acceptance == "silence"
            request.acceptance_end = (
                request.state == "approved"
                and silence
                and days > 0
                and request.date_approved
                and request.date_approved + timedelta(days=days)
            )

    @door
    def action_accept_all(self):
        """Accept all that waits for the caller's decision, as their successor.

        Of many records that goes on in the background.

        :return: ``True``
        :raise UserError: when nothing waits for them, or it is not approved, or runs
        """
        single(self)
        if refusal := self.sudo()._background_refusal():
            raise refusal
        self._check_may_accept()
        lines = self.env["handover.request.line"]
        count = lines.search_count(self._awaited_domain())
        if not count:
            raise UserError(
                self.env._("%s: no record is waiting for a decision.", self.name)
            )
        self._do("accept", count=count)
        return True

    def _needs_acceptance(self):
        """Tell whether what nobody accepted stays with its owner."""
        return self.company_id.sudo().handover_acceptance == "needed"

    def _leaves_undecided(self):
        """Tell whether the run leaves alone what nobody has accepted."""
        return self.state == "running" and self._needs_acceptance()

    def _undecided_users(self):
        """Return the successors who have neither accepted nor declined all records."""
        groups = (
            self.env["handover.request.line"]
            .sudo()
            ._read_group(
                [
                    ("request_id", "=", self.id),
                    ("state", "=", "todo"),
                    ("decision", "=", "pending"),
                ],
                ["successor_id"],
            )
        )
        return self.env["res.users"].sudo().union(*(user for [user] in groups))

    def _is_awaited(self):
        """Tell whether the start waits for the successors.

        Where acceptance is needed, a planned handover starts at its time with what is
        accepted by then; any other one starts with the last answer.
        """
        self.ensure_one()
        if self._needs_acceptance():
            planned, approved = self.date_planned, self.date_approved
            # a time that had passed by then left nobody any time to answer
            waits = not planned or (bool(approved) and planned <= approved)
        else:
            end = self.acceptance_end
            waits = bool(end) and end > fields.Datetime.now()
        return waits and bool(self._undecided_users())

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    @api.model
    def _due(self):
        return super()._due().filtered(lambda request: not request._is_awaited())

    def _start_when_due(self):
        self._ask_successors()
        if not self._is_awaited():
            return super()._start_when_due()
        times = filter(None, (self.date_planned, self.acceptance_end))
        if start := max(times, default=None):
            self._wake_crons(start)
        return None

    def _do_accept(self):
        self._check_may_accept()
        self._decide_on(self._awaited_domain(), "accepted", False)

    def _check_may_accept(self):
        """Lock the handover, and raise unless its successors decide now."""
        self._lock()
        if self.state != "approved":
            raise UserError(
                self.env._(
                    "%s: decide between the approval and the handover itself.",
                    self.name,
                )
            )

    def _awaited_domain(self):
        """Return the domain of the lines that wait for the caller's decision."""
        return (
            Domain("request_id", "=", self.id)
            & Domain("state", "=", "todo")
            & Domain("decision", "=", "pending")
            & Domain("successor_id", "=", self.env.uid)
        )

    def _decide_on(self, domain, decision, reason):
        """Keep what their successor says of lines, in one statement.

        :param Domain domain: which lines of this handover
        """
        count = self.env["handover.request.line"]._keep_decision(
            domain, decision, reason
        )
        self._log_event(decision, lines=count, reason=reason or "")
        self._end_attention_if_settled()
        self._start_decided()
        self.env["handover.mixin"]._handover_forget_access()

    def _start_decided(self):
        """Have started what waited for the answers that came in now."""
        for request in self:
            todos = request._todos(ACCEPTANCE)
            decided = todos.user_id - request._undecided_users()
            for user_todos in todos.grouped("user_id").values():
                if user_todos.user_id <= decided:
                    user_todos.action_feedback()
        if self.sudo() & self.sudo()._due():
            self._wake_crons()

    def _refusal(self, move):
        if refusal := super()._refusal(move):
            return refusal
        if move == "run" and self.acceptance_end and self._is_awaited():
            return UserError(
                self.env._(
                    "%(handover)s: %(successors)s may still decline records, silence"
                    " counts from %(date)s.",
                    handover=self.name,
                    successors=self._names(self._undecided_users()),
                    date=fields.Datetime.to_string(self.acceptance_end),
                )
            )
        return None

    def _after_move(self, move):
        result = super()._after_move(move)
        if move in ("start", "review", "undo"):
            self._todos(ACCEPTANCE).unlink()
        return result

    # ------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------

    def _ask_successors(self):
        """Give each successor whose answer matters one to-do, in their language.

        The digest of the approval tells them by mail.
        """
        self.ensure_one()
        if not self.asks_successors:
            return
        deadline = self.acceptance_end or self.date_planned or fields.Datetime.now()
        for user in self._undecided_users():
            self._ask(
                ACCEPTANCE,
                user,
                lambda env: env._("Accept or decline your records"),
                date_deadline=self._day(deadline),
            )
