from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .handover_guard import door
from .handover_request_approval import APPROVAL
from .handover_states import HANDED_OVER

# so long whoever approved may take it back
UNDO = timedelta(minutes=10)


class HandoverRequest(models.Model):
    """The second thought of who approved: for ten minutes the approval is taken back.

    What has not begun waits for a decision again. What has moved goes back, as
    :meth:`action_return` does it.
    """

    _inherit = "handover.request"

    can_undo = fields.Boolean(
        compute="_compute_undo",
        help="The reader approved it just now, and may take that back.",
    )
    undo_until = fields.Datetime(
        compute="_compute_undo",
        help="Until when the reader may take back their own approval.",
    )

    @api.depends("state", "date_approved")
    @api.depends_context("uid")
    def _compute_undo(self):
        for request in self:
            request.can_undo = request.date_approved and not request._undo_refusal()
            request.undo_until = request.can_undo and request._undo_end()

    @door
    def action_undo_approval(self):
        """Take back one's own approval, within ten minutes.

        Before the start the handover waits for a decision again. Afterwards it is given
        back: what was changed since stays, and its outcome says so.

        :return: ``True``
        :raise AccessError: when the caller is not who approved it
        :raise UserError: when it is too late, it is being handed over now, or there is
            no approval any more
        """
        self._lock()
        for request in self:
            if refusal := request._undo_refusal():
                raise refusal
        for request in self:
            if request.state == "approved":
                request._take_approval_back()
            else:
                request._require("return")
                request._return(lambda env: env._("The approval was taken back."))
        return True

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _approval_event(self):
        """Return the event of the last approval, as superuser."""
        events = self.env["handover.request.event"].sudo()
        approved = [("request_id", "=", self.id), ("code", "=", "approved")]
        return events.search(approved, order="id desc", limit=1)

    def _undo_end(self):
        """Return until when the last approval may be taken back."""
        return self._approval_event().date + UNDO

    def _undo_refusal(self):
        """Return the error that keeps the caller from taking the approval back.

        Who it is comes first, then the state, then the time; ``None`` when all is well.
        """
        self.ensure_one()
        env, name = self.env, self.name
        # a superior who is none any more decides on nothing
        problem = self._role_problem("operator", env.user)
        if not problem and self._approval_event().actor_id != env.user:
            problem = env._("only who approved it takes the approval back.")
        if problem:
            return AccessError(
                env._("%(handover)s: %(problem)s", handover=name, problem=problem)
            )
        if refusal := self._background_refusal():
            return refusal
        if self.state == "running":
            return UserError(
                env._(
                    "%s is at work now: take the approval back when it is done, or stop"
                    " it.",
                    name,
                )
            )
        if self.state not in ("approved", *HANDED_OVER):
            states = dict(self._fields["state"]._description_selection(env))
            return UserError(
                env._(
                    "%(handover)s is “%(state)s”: there is no approval to take back.",
                    handover=name,
                    state=states[self.state],
                )
            )
        if fields.Datetime.now() >= self._undo_end():
            return UserError(
                env._(
                    "%(handover)s was approved more than %(minutes)s minutes ago: it"
                    " can be cancelled before its time, or given back afterwards.",
                    handover=name,
                    minutes=int(UNDO.total_seconds() // 60),
                )
            )
        return None if self.state == "approved" else self._refusal("return")

    def _take_approval_back(self):
        """Have it wait for a decision again, as if nobody had decided."""
        self._move("undo", dict.fromkeys(APPROVAL, False))
        self._forget_decisions()
        self._ask_approver()
        self._notify("undone")

    def _forget_decisions(self):
        """Ask the successors anew, but for what is on another handover by now."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request_line"
                " SET decision = 'pending', decision_reason = NULL"
                " WHERE request_id = %s AND state = 'todo' AND settled IS NOT TRUE",
                self.id,
            )
        )
        self.env["handover.request.line"].invalidate_model(
            ["decision", "decision_reason"]
        )
