from odoo import api, fields, models

from ..day_texts import day_text, moment_text
from ..word_texts import sentences
from .handover_request_return import STUCK
from .handover_states import CLOSED

# so many people are named, the rest is counted
NAMED = 3


class HandoverRequest(models.Model):
    """Whose turn it is, in words: the first thing that a reader of the form sees."""

    _inherit = "handover.request"

    next_step = fields.Json(
        compute="_compute_next_step",
        help="Where it stands (text), what the reader can do (todo), and whether it is"
        " their turn (mine).",
    )

    is_shared_out = fields.Boolean(
        compute="_compute_is_shared_out", help="Records go to other successors as well."
    )

    @api.depends("successor_id", "successor_ids")
    def _compute_is_shared_out(self):
        for request in self:
            request.is_shared_out = bool(request.successor_ids - request.successor_id)

    # also what the texts name; the rest is read anew with each form
    @api.depends(
        "state", "approver_id", "requester_id", "date_planned", "date_return",
        "successor_ids", "pending_user_ids", "line_count", "done_count", "todo_count",
        "failed_count", "returned_count", "late_step_count", "goes_back",
        "waiting_for_me",
    )  # fmt: skip
    @api.depends_context("uid", "lang", "tz")
    def _compute_next_step(self):
        for request in self:
            if not request.id:
                request.next_step = False
                continue
            text, todo = getattr(request, f"_next_step_{request.state}")()
            request.next_step = {
                "text": sentences(self.env, [text, request._next_step_late()]),
                "todo": todo,
                "mine": request.waiting_for_me,
            }

    # ------------------------------------------------------------
    # EACH STATE: what is said, and what the reader can do about it
    # ------------------------------------------------------------

    def _next_step_draft(self):
        if not self.can_edit:
            todo = self.env.user in self._givers() and self.env._(
                "You can tell the successor what matters: a note on each record."
            )
            return self._waiting_to_submit(), todo or ""
        if not self.line_count:
            return (
                self.env._("A draft without records."),
                self.env._("Collect the records, then submit it."),
            )
        if blockers := self.blockers:
            return self._blocked_draft(blockers)
        text = self.env._("A draft: nobody else is asked yet.")
        if self.approver_id:
            return text, self.env._(
                "Look through the records, then submit it to %s.",
                self.approver_id.sudo().name,
            )
        return text, self.env._(
            "Look through the records, then submit it to the team leader."
        )

    def _blocked_draft(self, blockers):
        """Say what keeps the draft from being submitted, and the first way out."""
        text = self.env._(
            "A draft that cannot be submitted yet: %s", blockers[0]["message"]
        )
        if more := len(blockers) - 1:
            more = self.env._("More that stands in the way: %s.", more)
            text = sentences(self.env, [text, more])
        return text, blockers[0]["fix"]

    def _next_step_submitted(self):
        approver = self.approver_id.sudo()
        if self.waiting_for_me:
            return (
                self.env._("Waiting for you to approve."),
                self.env._("Look at the records and findings, then approve or refuse."),
            )
        text = self.env._("Waiting for %s to approve.", approver.name)
        if self.can_approve:
            return text, self.env._("You may decide as well.")
        if self.can_draft:
            return text, self.env._("Take it back to change something.")
        return text, ""

    def _next_step_approved(self):
        todo = ""
        if self._undecided_count(self.env.user):
            todo = self.env._("Accept your records before then, or decline them.")
        elif self.can_settle:
            todo = self.env._("Decide on what was declined.")
        elif self.can_run and self._needs_acceptance():
            todo = self.env._("You can hand over now; what is not accepted stays.")
        elif self.can_run:
            todo = self.env._("You can hand over now instead of waiting.")
        if self._is_awaited():
            text = self.env._(
                "Approved; waiting for %s to accept.",
                self._names(self._undecided_users()),
            )
            if self.acceptance_end:
                text = self.env._(
                    "%(waiting)s Silence counts from %(date)s.",
                    waiting=text,
                    date=moment_text(self.env, self.acceptance_end),
                )
        elif self.date_planned:
            text = self.env._(
                "Approved; it is handed over on %s.",
                self._told_moment(self.date_planned),
            )
        else:
            text = self.env._("Approved; it is handed over in a moment.")
        return text, todo

    def _next_step_running(self):
        values = {"count": self.line_count - self.todo_count, "total": self.line_count}
        if self.goes_back:
            return self.env._("It is being given back."), ""
        text = self.env._("Handing over: %(count)s of %(total)s.", **values)
        return text, self.env._("You can leave this page; it goes on by itself.")

    def _next_step_transferred(self):
        if self._has_lines(STUCK):
            text = self.env._(
                "Giving it back failed in part; failed: %s.", self.failed_count
            )
            return text, self.can_retry and self.env._(
                "See why records failed, then try again."
            ) or ""
        if self._besides_wait():
            text = self.env._(
                "Given back but for what moved besides records: to-dos, meetings, mail"
                " addresses, what was followed."
            )
            return text, self.can_return and self.env._(
                "Once the cause is gone, press “Give Back”."
            ) or ""
        done = self.env._("Handed over.")
        if self.failed_count:
            done = self.env._("Handed over; failed: %s.", self.failed_count)
        done = sentences(self.env, [done, self._next_step_given_back()])
        waiting = self.env._(
            "Waiting for %s to confirm.", self._names(self.pending_user_ids)
        )
        if self.env.user in self.pending_user_ids:
            waiting = self.env._("Waiting for you to confirm.")
        text = sentences(self.env, [done, waiting])
        if self.can_confirm:
            return text, self.env._("Look through the records, then confirm your part.")
        if self.can_retry:
            return text, self.env._("See why records failed, then try again.")
        if self.can_settle:
            return text, self.env._("Decide on what was not handed over.")
        return text, ""

    def _next_step_done(self):
        text, todo = self._next_step_confirmed()
        return sentences(self.env, [text, self._next_step_given_back()]), todo

    def _next_step_confirmed(self):
        if self.kind == "temporary" and self.date_return:
            return self.env._(
                "Handed over and confirmed; it comes back on %s.",
                self._told_moment(self.date_return),
            ), ""
        if self.date_overlap_end and self.date_overlap_end >= fields.Date.context_today(
            self
        ):
            return self.env._(
                "Handed over and confirmed; questions are answered until %s.",
                day_text(self.env, self.date_overlap_end),
            ), ""
        return self.env._("Handed over and confirmed."), ""

    def _next_step_refused(self):
        return self._to_be_corrected(self.env._("Refused."))

    def _next_step_needs_review(self):
        return self._to_be_corrected(self.env._("Approved, but it did not go on."))

    def _next_step_cancelled(self):
        text = (
            self.env._("Stopped; records handed over before: %s.", self.done_count)
            if self.done_count
            else self.env._("Cancelled; the records stay with their owner.")
        )
        if self.can_draft:
            return text, self.env._("Take it back to draft to use it again.")
        return text, ""

    def _next_step_returned(self):
        if self.done_count:
            return self.env._(
                "Given back; changed meanwhile, and so with the successor: %s.",
                self.done_count,
            ), ""
        return self.env._("Given back."), ""

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _to_be_corrected(self, text):
        if self.can_draft:
            return text, self.env._("Take it back to draft, correct it, submit again.")
        waiting = self.env._(
            "Waiting for %s to correct it.", self.requester_id.sudo().name
        )
        return sentences(self.env, [text, waiting]), ""

    def _waiting_to_submit(self):
        return self.env._("Waiting for %s to submit it.", self.requester_id.sudo().name)

    def _next_step_given_back(self):
        """Return how many records went back, as a sentence, or an empty text."""
        if not self.returned_count:
            return ""
        return self.env._("Given back: %s.", self.returned_count)

    def _next_step_late(self):
        """Return how many steps are late, as a sentence, or an empty text."""
        if not self.late_step_count or self.state in CLOSED:
            return ""
        return self.env._("Late steps: %s.", self.late_step_count)

    def _undecided_count(self, user):
        """Return how many records ``user`` has neither accepted nor declined."""
        return self.env["handover.request.line"].search_count(
            [
                ("request_id", "=", self.id),
                ("successor_id", "=", user.id),
                ("state", "=", "todo"),
                ("decision", "=", "pending"),
            ]
        )
