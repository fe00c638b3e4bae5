from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from .handover_guard import door, single
from .handover_request_todo import ATTENTION
from .handover_states import CLOSED

BATCH = 1_000

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

# what a handover of the rest takes from the one before it
CARRIED_OVER = (
    "company_id", "predecessor_id", "predecessor_ids", "source_team_id", "reason_id",
    "purpose", "is_sudden", "move_activities", "move_meetings", "predecessor_follows",
    "coordinator_id", "predecessor_access", "plan_id",
)  # fmt: skip


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
        action["domain"] = [("id", "in", self._unsettled_lines().ids)]
        action["name"] = self.env._("Not Handed Over")
        action["context"] = {"handover_settle": self.can_settle, "handover_one": True}
        return action

    @door
    def action_choose_give(self):
        """Open the dialog that gives all that was not handed over to somebody else.

        :return: a window action
        """
        single(self)
        return self._unsettled_lines().action_choose_give()

    @door
    def action_new_draft(self):
        """Make a new draft of all that was not handed over, and open it.

        :return: a window action
        :raise AccessError: when the caller does not look after this handover
        :raise UserError: when nothing is left, or nothing of it is still theirs
        """
        single(self)
        return self._unsettled_lines().action_new_draft()

    @door
    def action_settle(self):
        """Leave all that was not handed over as it is.

        :return: ``True``
        :raise AccessError: when the caller does not look after this handover
        :raise UserError: when nothing is left
        """
        single(self)
        return self._unsettled_lines().action_settle()

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
        return None

    def _unsettled_lines(self):
        """Return what was not handed over; raise when there is nothing."""
        lines = self.env["handover.request.line"].search(
            Domain("request_id", "=", self.id) & (UNSETTLED | STOPPED)
        )
        if not lines:
            raise UserError(
                self.env._("%s: no record is waiting for a decision.", self.name)
            )
        return lines

    # ------------------------------------------------------------
    # A HANDOVER OF THE REST
    # ------------------------------------------------------------

    def _carried_over(self):
        """Return what a handover of the rest takes from this one; extended by super().

        :return: names of fields
        """
        return CARRIED_OVER

    def _goes_on(self):
        """Tell whether it is for a time that is not over."""
        return self.kind == "temporary" and self.date_return > fields.Datetime.now()

    def _continue(self, lines, successor=None):
        """Make a draft of these records, which were not handed over; return it.

        Who looks after the handover may, though the records are not theirs to hand
        over: the records were brought onto it by who may, and the draft needs an
        approval of its own.

        :raise UserError: when none of them is still with who hands over
        """
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._carried_over()
        }
        if self.coordinator_id and not self._shows_to(self.coordinator_id):
            # gone, or in no company of it any more
            values["coordinator_id"] = self._caretaker().id
        values |= self._left_givers(lines)
        values["successor_id"] = successor.id if successor else False
        now = fields.Datetime.now()
        if self._goes_on():
            values |= {"kind": "temporary", "date_return": self.date_return}
        if self.predecessor_access == "read":
            if self.date_access_end > now:
                values["date_access_end"] = self.date_access_end
            else:
                values["predecessor_access"] = "none"
        self._check_rate(1)
        draft = self.browse()._trusting().create(values)
        draft._trusting().write({"origin_id": self.id})
        if not sum(
            draft._continue_kind(scope, some)
            for scope, some in lines.sudo()._there().grouped("scope_id").items()
        ):
            raise self._nothing_continues()
        draft._records_changed()
        return draft.with_env(self.env)

    def _nothing_continues(self):
        """Return the error that says that none of the records can go on."""
        return UserError(
            self.env._(
                "%(handover)s: none of these records is still with %(predecessor)s:"
                " leave them as they are.",
                handover=self.name,
                predecessor=self._giver_name(),
            )
        )

    def _left_givers(self, lines):
        """Return who hands over the rest of what several people gave, as values.

        Only whose records these are, and who has anything in the company: nobody else
        is named, told, or asked to confirm.

        :return: values of a handover; none where one person or a team gives
        :raise UserError: when none of them has anything there any more
        """
        several = self._several_givers()
        if not several:
            return {}
        left = several & lines.sudo()._there().predecessor_id
        # records may have gone meanwhile
        left.invalidate_recordset(["handover_company_ids"])
        company = self.company_id
        left = left.filtered(lambda one: company in one.handover_company_ids)
        if not left:
            raise self._nothing_continues()
        alone = len(left) == 1
        return {
            "predecessor_id": alone and left.id,
            "predecessor_ids": [fields.Command.set([] if alone else left.ids)],
        }

    def _continue_kind(self, scope, lines):
        """Add what of one kind is still with who hands over; return how many."""
        count = 0
        for some in split_every(BATCH, lines.ids, lines.browse):
            theirs = scope._records().search(
                Domain("id", "in", some.mapped("res_id"))
                & scope._belonging_domain(self._givers(), self.source_team_id)
                & scope._company_domain(self.company_id)
            )
            if self.predecessor_id != self.requester_id:
                theirs -= scope._handler()._handover_sealed(theirs)
            self._carry_over(some, self._add(scope, theirs))
            count += len(theirs)
        return count

    def _carry_over(self, olds, news):
        """Copy what was said of the records; take the old lines as decided on."""
        by_record = {line.res_id: line for line in olds}
        old_of = {line: by_record[line.res_id] for line in news}
        said = news.grouped(lambda line: (old_of[line].note, old_of[line].risk))
        for (note, risk), lines in said.items():
            if note or risk != "none":
                lines._trusting().write({"note": note, "risk": risk})
        olds.browse(line.id for line in old_of.values())._settle()

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
