from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door
from odoo.addons.crm_handover.models.handover_request import MOVES

OPEN = ("waiting", "pending")
# the levels begin anew with the next submission
FORGOTTEN = ("draft", "cancelled")


class HandoverRequest(models.Model):
    """Levels of approval: each is decided by who its definition names.

    Who decides on one needs the rights that an approval always needs, has no part in
    the handover, and decided on no other level. The approval takes effect with the
    last one. What is approved is what was submitted: a change begins anew.
    """

    _inherit = "handover.request"

    levels_text = fields.Char(
        string="Levels",
        compute="_compute_levels_text",
        help="The levels of the approval, and who decided on them.",
    )
    submitted_digest = fields.Char(
        readonly=True,
        copy=False,
        help="The digest of what was submitted, which all levels approve.",
    )

    @api.depends("state", "approver_id")
    @api.depends_context("lang")
    def _compute_levels_text(self):
        for request in self:
            levels = request._levels()
            request.levels_text = " · ".join(map(request._level_text, levels)) or False

    def _level_text(self, level):
        if level.status == "approved":
            return self.env._(
                "%(level)s: approved by %(user)s",
                level=level.name,
                user=level.done_by.name,
            )
        if level.status == "rejected":
            return self.env._(
                "%(level)s: refused by %(user)s",
                level=level.name,
                user=level.done_by.name,
            )
        if level.status in OPEN:
            names = self._names(level._get_reviewers())
            return self.env._("%(level)s: %(users)s", level=level.name, users=names)
        return level.name

    # ------------------------------------------------------------
    # DECISIONS
    # ------------------------------------------------------------

    @door
    def action_approve(self, expected_version=False):
        """Approve, or where more levels follow, pass it on to the next one.

        :param int expected_version: the ``version`` that the caller has seen; when the
            content has changed since, the approval is refused
        :return: ``True``
        :raise AccessError: when the caller may not decide on this level
        :raise UserError: when it is not submitted, or has changed
        """
        decided = self.filtered(lambda request: request._decided_level_by_caller())
        leveled = (self - decided).filtered(lambda request: request._open_level())
        leveled._require("approve")
        for request in leveled:
            request._check_version(expected_version)
            request._check_as_submitted()
        passed_on = leveled.filtered(lambda request: len(request._open_levels()) > 1)
        for request in passed_on:
            request._raise_blockers(request._request_findings())
            request._pass_on_to_next_level()
        rest = self - decided - passed_on
        if not rest:
            return True
        return super(HandoverRequest, rest).action_approve(expected_version)

    def _next_deciders(self):
        return super()._next_deciders() | self._open_levels()[1:2]._get_reviewers()

    def _decision_problem(self, user):
        problem = super()._decision_problem(user)
        levels, level = self._levels(), self._open_level()
        if problem or not levels:
            return problem
        if level and user in levels.done_by:
            return self.env._("who decided on one level does not decide on another.")
        # what is asked for after the approval, the last level decides
        level = level or levels[-1]
        reviewers = self._reviewers_of(level) | level.done_by
        if user not in reviewers:
            return self.env._(
                "the level “%(level)s” is decided by %(users)s.",
                level=level.name,
                users=self._names(reviewers) or self.env._("nobody"),
            )
        return ""

    def _approver_candidates(self):
        # deputies are asked as well, never instead
        candidates = super()._approver_candidates()
        # what is asked for after the approval, the last level decides
        level = self._open_level() or self._levels()[-1:]
        named = level._get_reviewers() if level else candidates.browse()
        return (candidates & named) | candidates

    def _authority(self):
        authority, level = super()._authority(), self._open_level()
        if authority or not level:
            return authority
        user, deputies = self.env.user, self.env["handover.deputy"]
        named = level._get_reviewers()
        away = (named - user).filtered(lambda one: user in deputies._deputies_of(one))
        return {"in_place_of": away[0].name} if away and user not in named else {}

    def _refusal(self, move):
        refusal = super()._refusal(move)
        if refusal or move != "refuse" or not self._open_level():
            return refusal
        # a level that somebody else decides on is not theirs to refuse either
        if problem := self._decision_problem(self.env.user):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        return None

    def _decided_level_by_caller(self):
        """Tell whether a second click asks for what the first one did."""
        return (
            self.state == "submitted"
            and self.env.user in self._levels().done_by
            and self.env.user != self.sudo().approver_id
        )

    def _check_as_submitted(self):
        if self.sudo().submitted_digest != self._content_digest():
            raise UserError(
                self.env._(
                    "%s has changed since it was submitted: have it taken back to draft"
                    " and submitted again, its levels begin anew then.",
                    self.name,
                )
            )

    def _pass_on_to_next_level(self):
        level = self._open_level()
        authority = self._authority()
        self._decide_level("approved")
        self._close_approval_activity(lambda env: env._("Approved"))
        self._log_event(
            "level_approved",
            level=level.name,
            digest=self.submitted_digest,
            **authority,
        )
        self._ask_level()

    def _ask_level(self):
        """Ask who decides on the level whose turn it is."""
        approver = self._find_approver()
        self._trusting().write(
            {"approver_id": approver.id, "asked_ids": [Command.clear()]}
        )
        self._ask_approver()

    # ------------------------------------------------------------
    # LEVELS
    # ------------------------------------------------------------

    def _levels(self):
        """Return the levels of this handover in their order, as superuser."""
        reviews = self.env["tier.review"].sudo()
        return reviews.search(
            Domain("model", "=", self._name) & Domain("res_id", "in", self.ids),
            order="sequence, id",
        )

    def _reviewers_of(self, level):
        """Return who decides on a level: who it names, and their deputies."""
        named = level._get_reviewers()
        # who stands in is asked as long as the row says so
        self._keep_rows("handover_deputy", SQL("user_id = ANY(%s)", named.ids))
        return named | self.env["handover.deputy"]._deputies_of(named)

    def _open_levels(self):
        return self._levels().filtered(lambda level: level.status in OPEN)

    def _open_level(self):
        """Return the level whose turn it is, or none."""
        return self._open_levels()[:1]

    def _write_levels(self, levels, values):
        levels.with_env(self._trusting().env).write(values)

    def _decide_level(self, status):
        """Note the caller's decision, and whose turn it is then."""
        self._write_levels(
            self._open_level(),
            {
                "status": status,
                "done_by": self.env.uid,
                "reviewed_date": fields.Datetime.now(),
            },
        )
        self._write_levels(self._open_level(), {"status": "pending"})

    def _forget_levels(self):
        self._levels().with_env(self._trusting().env).unlink()

    def _needs_level(self, definition):
        """Tell whether the handover meets the condition of a definition."""
        condition = definition.definition_domain
        return not condition or self.filtered_domain(literal_eval(condition))

    def _begin_levels(self):
        """Make the levels that this handover needs, by their definitions."""
        self._forget_levels()
        request = self._trusting()
        definitions = request.env["tier.definition"].search(
            Domain("model", "=", self._name)
            & Domain("company_id", "in", [False, self.company_id.id]),
            order="sequence desc, id",
        )
        applying = definitions.filtered(request._needs_level)
        request.env["tier.review"].create(
            [
                {
                    "model": self._name,
                    "res_id": self.id,
                    "definition_id": definition.id,
                    "requested_by": self.env.uid,
                    "sequence": number,
                    "status": "pending" if number == 1 else "waiting",
                }
                for number, definition in enumerate(applying, 1)
            ]
        )

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _before_submission(self):
        result = super()._before_submission()
        self._begin_levels()
        return result

    def _after_move(self, move):
        result = super()._after_move(move)
        for request in self:
            if move == "submit":
                digest = request._content_digest() if request._levels() else False
                request._trusting().write({"submitted_digest": digest})
            elif move in ("approve", "refuse") and request._open_level():
                request._decide_level("approved" if move == "approve" else "rejected")
            elif move == "undo" and request._levels():
                request._begin_levels()
                request._trusting().write({"approver_id": request._find_approver().id})
            elif MOVES[move].target in FORGOTTEN:
                request._forget_levels()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_levels(self):
        self._forget_levels()
