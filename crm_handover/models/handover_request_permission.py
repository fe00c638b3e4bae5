from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..word_texts import sentences
from .handover_grant import LASTING
from .handover_guard import door, single
from .handover_request_todo import PERMISSION
from .handover_request_unsettled import FAILED
from .handover_states import HANDED_OVER


class HandoverRequest(models.Model):
    """Which permissions go along: proposed, looked at, given, ended.

    What a grant is, and how it is given and taken, is in ``handover.grant``.
    """

    _inherit = "handover.request"

    grant_ids = fields.One2many(
        "handover.grant",
        "request_id",
        string="Permissions",
        copy=False,
        content=True,
        help="What the successors get for the new records, and until when.",
    )
    can_propose = fields.Boolean(
        compute="_compute_can_propose", help="The reader may propose permissions now."
    )
    can_end_permissions = fields.Boolean(
        compute="_compute_can_propose", help="The reader may end permissions now."
    )

    @api.depends("state", "grant_ids.state")
    @api.depends_context("uid")
    def _compute_can_propose(self):
        for request in self:
            request.can_propose = not request._permission_refusal()
            request.can_end_permissions = any(request.grant_ids.mapped("can_end"))

    @door
    def action_propose_permissions(self):
        """Propose what the successors need to open their records, and do not have.

        :return: ``True``
        :raise AccessError: when the caller may not propose permissions here
        :raise UserError: when it is no draft, or nothing would help
        """
        single(self)
        self._lock()
        self._check_permission_edit()
        if not self._propose_permissions():
            raise UserError(
                self.env._(
                    "%s: the successors lack no permission that may be given.",
                    self.name,
                )
            )
        return True

    def _propose_permissions(self):
        """Propose what the successors lack, as the caller; return the proposals."""
        return self.env["handover.grant"].create(
            [
                {
                    "request_id": self.id,
                    "user_id": user.id,
                    "kind": thing_kind,
                    f"{thing_kind}_id": thing.id,
                }
                for user, thing_kind, thing in self._missing_permissions()
            ]
        )

    # ------------------------------------------------------------
    # PROPOSALS
    # ------------------------------------------------------------

    def _permission_refusal(self):
        """Return the error that keeps the caller from proposing, or ``None``."""
        self.ensure_one()
        refusal = self._edit_refusal()
        leads = self.env.user in self._leaders()
        if isinstance(refusal, AccessError) and leads and self.state == "draft":
            return None
        return refusal

    def _check_permission_edit(self):
        for request in self:
            if refusal := request._permission_refusal():
                raise refusal

    def _missing_permissions(self):
        """Return what would open to successors what they could not open.

        :return: ``[(user, kind of permission, group, sales team or project)]``
        """
        missing = []
        known = self.sudo().grant_ids.filtered(lambda grant: grant.state != "ended")
        for scope, user in self._takers_by_scope():
            if self._opens_for_good(scope.model, user):
                continue
            if grantable := self.env["handover.grantable"]._opening(scope.model)[:1]:
                missing.append((user, "group", grantable.group_id))
        team = self.sudo().target_team_id
        for user in self.sudo().successor_ids if team else ():
            if user not in team.member_ids | team.user_id:
                missing.append((user, "team", team))
        return [
            proposal
            for proposal in dict.fromkeys(missing)
            if not known.filtered(
                lambda grant, proposal=proposal: (
                    (grant.user_id, grant.kind, grant._thing()) == proposal
                )
            )
        ]

    def _takers_by_scope(self):
        """Return ``[(scope, successor)]`` of what is still to be handed over."""
        groups = (
            self.env["handover.request.line"]
            .sudo()
            ._read_group(
                [
                    ("request_id", "=", self.id),
                    ("state", "=", "todo"),
                    ("successor_id", "!=", False),
                ],
                ["scope_id", "successor_id"],
            )
        )
        return [
            (scope, user)
            for scope, user in groups
            if user.active and not scope._is_gone()
        ]

    def _is_closed(self, model, user):
        """Tell whether ``user`` could open no record of ``model``, grants included."""
        if model not in self.env or user._handover_may_any(self.env[model]):
            return False
        proposed = self.sudo().grant_ids.filtered(
            lambda grant: (
                grant.kind == "group"
                and grant.state == "proposed"
                and grant.user_id == user
            )
        )
        opening = self.env["handover.grantable"]._opening(model).group_id
        return not proposed.group_id & opening

    def _opens_for_good(self, model, user):
        """Tell whether ``user`` can open ``model`` without what another grant lends."""
        lent = (
            user.sudo()
            .env["handover.grant"]
            .search(
                [
                    ("user_id", "=", user.id),
                    ("kind", "=", "group"),
                    ("state", "in", LASTING),
                    ("had_before", "=", False),
                ]
            )
        )
        # from the database: another server may have ended a permission just now
        groups = (user.sudo().group_ids - lent.group_id)._handover_closure()
        access = self.env["ir.model.access"].sudo()
        return bool(
            access.search_count(
                [
                    ("model_id.model", "=", model),
                    ("perm_read", "=", True),
                    ("group_id", "in", [False, *groups]),
                ],
                limit=1,
            )
        )

    def _request_findings(self):
        return [*super()._request_findings(), *self._permission_findings()]

    def _permission_findings(self):
        """Return what each permission means, and what keeps it from being given."""
        grants = self.env["handover.grant"].search([("request_id", "=", self.id)])
        grants = grants.filtered(lambda grant: grant.state == "proposed")
        for grant in grants:
            yield self._finding("permission", "info", grant._sentence())
            if problem := grant._problem():
                yield self._finding(
                    "permission_problem",
                    "blocker",
                    self.env._(
                        "%(permission)s: %(problem)s",
                        permission=grant._thing_name(),
                        problem=problem,
                    ),
                    self.env._("Remove the permission, or correct it."),
                )
        if grants and (problem := grants._end_job_problem()):
            yield self._finding("permissions_do_not_end", "blocker", problem)
        # a successor is told nothing about the others
        if self._permission_refusal() and not self._is_operator(self.env.user):
            return
        for user, kind, thing in self._missing_permissions():
            yield self._finding(
                "missing_permission",
                "info" if kind == "team" else "warning",
                self.env._(
                    "%(user)s lacks a permission: %(permission)s",
                    user=user.name,
                    permission=thing.full_name if kind == "group" else thing.name,
                ),
                self.env._("Propose it under “Permissions”."),
            )

    def _start_problems(self):
        yield from super()._start_problems()
        grants = self.sudo().grant_ids.filtered(lambda grant: grant.state == "proposed")

        def said(env):
            proposed = grants.with_context(lang=env.lang)
            problems = [problem for one in proposed if (problem := one._problem())]
            if proposed and (problem := proposed._end_job_problem()):
                problems.append(problem)
            return sentences(env, problems)

        if said(self.env):
            yield said

    # ------------------------------------------------------------
    # LIFE
    # ------------------------------------------------------------

    def _give_permissions(self):
        """Give what was approved, before the first record changes its owner.

        Whoever has declined all that was theirs, or has not accepted where that is
        needed, gets none.
        """
        proposed = self.sudo().grant_ids.filtered(
            lambda grant: grant.state == "proposed"
        )
        takers = self._willing(proposed.user_id, starting=True)
        takers |= self._taking_besides()
        given = proposed.filtered(lambda grant: grant.user_id in takers)
        given._activate()
        (proposed - given)._end(self._nothing_taken)

    @staticmethod
    def _nothing_taken(env):
        return env._("They take nothing over here any more.")

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "finish":
            for request in self:
                request._end_unused_permissions()
        return result

    def _end_unused_permissions(self):
        """End what successors had who took nothing over, now that it is over."""
        waiting = self._still_taking() | self._taking_besides()
        live = self.sudo().grant_ids.filtered(
            lambda grant: grant.state in LASTING and grant.user_id not in waiting
        )
        if live:
            takers = self._takers()
            unused = live.filtered(lambda grant: grant.user_id not in takers)
            unused._end(self._nothing_taken)

    def _taking_besides(self):
        """Return who takes over what is no record of it, as superuser.

        Settings by which new work comes, and what the predecessor has on records of
        others.
        """
        request = self.sudo()
        rows = request.inflow_outcome or request.inflow or ()
        moved = (row for row in rows if row.get("state", "moved") == "moved")
        users = self.env["res.users"].sudo()
        users = users.browse({row["taker"] for row in moved if row["taker"]})
        if request._moves_elsewhere():
            users |= request._elsewhere_taker()
        return users

    def _still_taking(self):
        """Return the successors to whom something may come although it has ended.

        What failed is tried again until somebody decides on it. Extended by super().
        """
        waits = Domain("request_id", "=", self.id) & Domain("settled", "=", False)
        groups = (
            self.env["handover.request.line"]
            .sudo()
            ._read_group(waits & FAILED, ["successor_id"])
        )
        users = self.env["res.users"].sudo()
        return users.union(*(successor for [successor] in groups))

    def _end_needless_permissions(self, reason):
        """End what successors had for records that are not with them any more.

        :param reason: why, see :meth:`handover.grant._end`
        """
        live = self.sudo().grant_ids.filtered(lambda grant: grant.state in LASTING)
        takers = self._takers()
        if self.state in HANDED_OVER:
            takers |= self._taking_besides()
        live.filtered(lambda grant: grant.user_id not in takers)._end(reason)

    def _people_changed(self, vals):
        result = super()._people_changed(vals)
        for request in self.sudo():
            live = request.grant_ids.filtered(lambda grant: grant.state in LASTING)
            if live:
                people = request.successor_ids | request._takers()
                former = live.filtered(
                    lambda grant, now=people: grant.user_id not in now
                )
                former._end(self._nothing_taken)
        return result

    def _alarm(self, text):
        """Give whoever is in charge one to-do about permissions, in their language.

        :param text: a function of an environment that returns what is wrong
        """
        self.ensure_one()
        if self._todos(PERMISSION):
            return
        request = self.sudo()
        user = request.approver_id
        if not user.active or not request._is_operator(user):
            managers = self.env.ref("crm_handover.group_handover_manager").sudo()
            people = managers.all_user_ids.filtered(
                lambda user: user.active and request._is_manager(user)
            )
            user = people[:1] or self.env.ref("base.user_admin")
        self._ask(
            PERMISSION,
            user,
            lambda env: env._("Look at the permissions"),
            by_mail=True,
            note=lambda request: text(request.env),
        )
