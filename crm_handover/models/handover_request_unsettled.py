import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_guard import door, single
from .handover_request_todo import ATTENTION
from .handover_said import in_all_languages
from .handover_states import CLOSED, HANDED_OVER

# what nobody can do anything about, or is as it should be
SETTLED_ITSELF = ("missing", "closed")
# declined before the run: it will not move
DECLINED = (
    Domain("state", "=", "todo")
    & Domain("decision", "=", "declined")
    & Domain("request_id.state", "=", "approved")
)
LEFT_ALONE = Domain("state", "=", "skipped") & Domain(
    "result_code", "not in", SETTLED_ITSELF
)
FAILED = Domain("state", "=", "failed") & Domain("goes_back", "=", False)
UNSETTLED = Domain("settled", "=", False) & (DECLINED | LEFT_ALONE | FAILED)
# of a handover that was stopped, what it did not come to
STOPPED = (
    Domain("settled", "=", False)
    & Domain("state", "=", "cancelled")
    & Domain("request_id.date_started", "!=", False)
)


class HandoverRequest(models.Model):
    """What was not handed over: who is told, and what becomes of it.

    Declined, failed and left alone is not the end of it. Who looks after the handover
    has a to-do until each of these records is on another handover, or somebody said
    that it stays. What was approved stays as it was approved: another successor is
    another handover, with an approval of its own.
    """

    _inherit = "handover.request"

    origin_id = fields.Many2one(
        "handover.request",
        string="Continues",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The handover whose rest this is.",
    )
    unsettled_count = fields.Integer(
        compute="_compute_unsettled",
        string="Not Handed Over",
        help="Declined, failed, left alone or not come to when it was stopped, and"
        " nobody has decided on it yet.",
    )
    can_settle = fields.Boolean(
        compute="_compute_unsettled",
        help="The reader may decide on what was not handed over.",
    )

    @api.depends("state", "line_ids.state", "line_ids.decision", "line_ids.settled")
    @api.depends_context("uid")
    def _compute_unsettled(self):
        lines = self.env["handover.request.line"].sudo()
        groups = lines._read_group(
            Domain("request_id", "in", self.ids) & (UNSETTLED | STOPPED),
            ["request_id"],
            ["__count"],
        )
        counts = {request.id: count for request, count in groups}
        for request in self:
            request.unsettled_count = counts.get(request.id, 0)
            request.can_settle = bool(
                request.unsettled_count and not request._settle_refusal()
            )

    @door
    def action_view_unsettled(self):
        """Open the records that were not handed over in a list.

        :return: a window action
        """
        action = self.action_view_lines()
        single(self)
        self._check_any_unsettled()
        action["domain"] = [*self._unsettled_domain()]
        action["name"] = self.env._("Not Handed Over")
        action["context"] = {"handover_settle": self.can_settle, "handover_one": True}
        return action

    @door
    def action_choose_give(self):
        """Open the dialog that gives all that was not handed over to somebody else.

        :return: a window action
        """
        single(self)
        self._check_any_unsettled()
        return self.env["handover.request.line"]._choose_give(self)

    @door
    def action_new_draft(self):
        """Make a new draft of all that was not handed over, and open it.

        Many records are brought onto it in the background.

        :return: a window action
        :raise AccessError: when the caller does not look after this handover
        :raise UserError: when nothing is left, or nothing of it is still theirs
        """
        single(self)
        self._check_any_unsettled()
        self._require_settle()
        return self._continue()._open_form()

    @door
    def action_settle(self):
        """Leave all that was not handed over as it is.

        Of many records that goes on in the background.

        :return: ``True``
        :raise AccessError: when the caller does not look after this handover
        :raise UserError: when nothing is left
        """
        single(self)
        count = self._check_any_unsettled()
        self._require_settle()
        self._do("settle", count=count)
        return True

    # ------------------------------------------------------------
    # WHO, AND WHICH
    # ------------------------------------------------------------

    def _settle_refusal(self):
        """Return the error that keeps the caller from deciding on it, or ``None``."""
        self.ensure_one()
        user = self.env.user
        cares = user in self.sudo().coordinator_id
        if not (cares or self._is_editor(user) or self._is_operator(user)):
            return AccessError(
                self.env._(
                    "%s: the coordinator, the requester or a superior decides on it.",
                    self.name,
                )
            )
        if self.state == "running":
            return UserError(self.env._("%s runs: wait until it is over.", self.name))
        return self._background_refusal()

    def _unsettled_domain(self):
        """Return the domain of what was not handed over."""
        return Domain("request_id", "=", self.id) & (UNSETTLED | STOPPED)

    def _check_any_unsettled(self):
        """Return how many records were not handed over; raise when there are none."""
        lines = self.env["handover.request.line"]
        if count := lines.search_count(self._unsettled_domain()):
            return count
        raise UserError(
            self.env._("%s: no record is waiting for a decision.", self.name)
        )

    def _require_settle(self):
        """Lock the handover, and raise unless the caller may decide on the rest."""
        self._lock()
        if refusal := self._settle_refusal():
            raise refusal

    # ------------------------------------------------------------
    # AS THEY ARE
    # ------------------------------------------------------------

    def _do_settle(self):
        self._require_settle()
        mine = self.env["handover.request.line"]._search(self._unsettled_domain())
        count = self._settle_lines(Domain("id", "in", mine))
        self._log_event("settled", records=count)
        self._end_attention_if_settled()

    def _settle_lines(self, domain):
        """Take lines as decided on, in one statement, whatever their number.

        :param Domain domain: which lines of this handover, not decided on so far
        :return: how many there are
        """
        Line = self.env["handover.request.line"].sudo()
        domain &= Domain("request_id", "=", self.id) & Domain("settled", "=", False)
        comes_with = self.env["project.task"].sudo().with_context(active_test=False)
        comes_with = comes_with.search(Domain("handover_line_id", "any", domain))
        waited = Domain("id", "in", comes_with.handover_line_id.ids)
        said = in_all_languages(self, lambda env: env._("The successor declined it."))
        # what was declined beforehand has its end
        count = Line._update(
            domain & Domain("state", "=", "todo"),
            SQL(
                """settled = TRUE, state = %s, result_code = 'declined',
                result_message = %s, result_said = %s::jsonb, reserved = FALSE,
                next_try = NULL, date_done = %s""",
                Line._outcome("declined", False)["state"],
                self._in_requesters_words(said),
                json.dumps(said),
                fields.Datetime.now(),
            ),
        )
        count += Line._update(domain, SQL("settled = TRUE"))
        self.env["handover.mixin"]._handover_forget_access()
        # nobody tries it again
        if self.state in HANDED_OVER:
            self._end_unused_permissions()
            if comes_with:
                self._give_waiting_tasks(waited)
        return count

    # ------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------

    def _troubles(self):
        yield from super()._troubles()
        yield self._unsettled_trouble()

    def _unsettled_trouble(self):
        """Return what was not handed over, or ``None``."""
        count = self.state not in CLOSED and self.unsettled_count
        return count and (
            lambda env: env._(
                "Not handed over: %s. Give them to somebody else, make a new draft of"
                " them, or leave them as they are.",
                count,
            )
        )

    def _tell_declined(self, lines, reason):
        """Tell predecessor and approver at once, and who looks after it."""
        user = self.env.user
        # who gets the to-do now reads it there
        caretaker = self._caretaker() if not self._todos(ATTENTION) else user.browse()
        self._call_for_attention(
            lambda env: env._(
                "%(successor)s declined records: %(count)s. “%(reason)s” Give them to"
                " somebody else, make a new draft of them, or leave them as they are.",
                successor=user.name,
                count=len(lines),
                reason=reason,
            ),
            lasts=False,
        )
        self._notify("declined", without=caretaker | user, about=lines)

    def _end_attention_if_settled(self):
        """End the to-do once everything has been decided on."""
        for request in self:
            if not any(request._troubles()):
                request._end_attention()
