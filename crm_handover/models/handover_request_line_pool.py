from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .handover_guard import door
from .handover_states import HANDED_OVER

# what went into a pool, and nobody has taken from there by its handover
WAITING = (
    Domain("state", "=", "done")
    & Domain("pool_team_id", "!=", False)
    & Domain("successor_id", "=", False)
)
# while a pool is open: the history is not under way
OPEN = (*HANDED_OVER, "cancelled")


class HandoverRequestLine(models.Model):
    """A record that goes to nobody yet: it waits in a team's pool.

    A member of the team takes it from there, or its leader gives it to one. It is the
    same handover all the way: whoever took it is its successor.
    """

    _inherit = "handover.request.line"

    pool_team_id = fields.Many2one(
        "crm.team",
        string="Team's Pool",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', (company_id, False))]",
        content=True,
        help="Instead of a successor: the record belongs to this team, and to nobody"
        " until one of its members takes it.",
    )
    date_claimed = fields.Datetime(
        string="Taken From the Pool On",
        copy=False,
        help="When somebody of the team got it.",
    )
    in_pool = fields.Boolean(
        string="Waits in the Pool",
        compute="_compute_in_pool",
        search="_search_in_pool",
        help="It is open, in its team's pool, and nobody's.",
    )
    pool_days = fields.Integer(
        string="Days in the Pool",
        compute="_compute_in_pool",
        help="For how many days it has been waiting there.",
    )
    can_claim = fields.Boolean(
        compute="_compute_can_claim", help="The reader may take it from the pool now."
    )
    can_give = fields.Boolean(
        compute="_compute_can_claim",
        help="The reader may give it to a member of the team now.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("state", "pool_team_id", "successor_id", "date_done")
    def _compute_in_pool(self):
        waiting = self.sudo()._search(
            Domain("id", "in", self.ids) & self._in_pool_domain()
        )
        ids = set(waiting.get_result_ids())
        today = fields.Date.today()
        for line in self:
            line.in_pool = line._origin.id in ids
            since = line.in_pool and line.date_done
            line.pool_days = (today - since.date()).days if since else 0

    @api.model
    def _search_in_pool(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._in_pool_domain()

    @api.model
    def _in_pool_domain(self):
        """Return the domain of what waits in pools: also of what the record is now."""
        scopes = self.env["handover.scope"]._in_use()
        return WAITING & Domain.OR(
            Domain("scope_id", "=", scope.id) & scope._unowned_domain()
            for scope in scopes
            if scope._has_pool()
        )

    @api.depends("state", "pool_team_id", "successor_id")
    @api.depends_context("uid")
    def _compute_can_claim(self):
        for line in self:
            waits = line.in_pool
            line.can_claim = waits and not line._pool_refusal(self.env.user)
            line.can_give = waits and line.sudo()._gives_from_pool(self.env.user)

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains("pool_team_id", "successor_id")
    def _check_pool(self):
        planned = self.filtered(lambda line: line.pool_team_id and line.state == "todo")
        for line in planned.filtered(lambda line: not line.goes_back):
            if line.successor_id:
                raise ValidationError(
                    self.env._(
                        "%s goes to a successor or to a team's pool: choose one.",
                        line.res_name,
                    )
                )
            line._check_has_pool()
            line.request_id._check_pool_team(line.pool_team_id)

    def _check_has_pool(self):
        """Raise where such a record cannot be in a team's pool."""
        if not self.scope_id._has_pool():
            raise ValidationError(
                self.env._(
                    "%(record)s: %(kind)s always belong to somebody, choose a"
                    " successor.",
                    record=self.res_name,
                    kind=self.scope_id.name,
                )
            )

    @api.model
    def _one_taker(self, vals):
        """Return values of a line with a successor or a pool: the one just chosen."""
        if "date_claimed" in vals:
            return vals
        if vals.get("successor_id"):
            return {"pool_team_id": False, **vals}
        if vals.get("pool_team_id"):
            return {"successor_id": False, **vals}
        return vals

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_claim(self):
        """Take these records from their team's pool, as a member of the team.

        All of them or none: where somebody else was faster, the answer says who has it.

        :return: ``True``
        :raise AccessError: when the caller is not of the team
        :raise UserError: when a record does not wait in a pool any more
        """
        self._take_from_pool(self.env.user)
        return True

    def _were_pooled(self):
        """Tell whether all of these records went into a pool with their handover."""
        return all(line.pool_team_id and line.state == "done" for line in self)

    def _take_from_pool(self, taker):
        """Have ``taker`` get these records, which wait in pools, if the caller may."""
        lines = self.sudo()
        requests = lines.request_id
        requests._lock()
        self.invalidate_recordset()
        for line in self:
            if refusal := line._pool_refusal(taker):
                raise refusal
        for request in requests:
            if refusal := request._background_refusal():
                raise refusal
        lines.env["handover.engine"]._give_out(lines, taker)
        for request, some in lines.grouped("request_id").items():
            request._sync_successors()
            request._note_content(
                "claimed",
                outcome=request._outcome_digest(),
                user=taker.name,
                records=len(some),
            )
            if taker != self.env.user:
                request._send_notice("given", taker, some)
                request._send_mails_soon()
        requests._mind_pools(lines.pool_team_id)
        self.env["handover.mixin"]._handover_forget_access()

    def _gives_from_pool(self, user):
        """Tell whether ``user`` says who gets it; of records of the superuser."""
        return user == self.pool_team_id.user_id or self.request_id._is_operator(user)

    def _pool_refusal(self, taker):
        """Return the error that keeps the caller from giving it to ``taker``, or none.

        Role first, then where it is: who has no part in the team learns nothing.
        """
        self.ensure_one()
        line, user = self.sudo(), self.env.user
        team = line.pool_team_id
        if not team:
            return UserError(self.env._("%s is in no team's pool.", line.res_name))
        leads = line._gives_from_pool(user)
        people = team.member_ids | team.user_id
        if taker == user and user not in people:
            return AccessError(
                self.env._("%s: only who is of the team takes it.", line.res_name)
            )
        if taker != user and not leads:
            return AccessError(
                self.env._("%s: the leader of the team gives it.", line.res_name)
            )
        if taker not in people:
            return UserError(
                self.env._(
                    "%(user)s is not in %(team)s: choose one of its members.",
                    user=taker.name,
                    team=team.name,
                )
            )
        return line._not_in_pool(taker)

    def _not_in_pool(self, taker):
        """Return why it does not wait in the pool for ``taker``, or ``None``."""
        if self.successor_id:
            return UserError(
                self.env._(
                    "%(record)s: %(user)s has it already.",
                    record=self.res_name,
                    user=self.successor_id.name,
                )
            )
        if self.state != "done" or self.request_id.state not in OPEN:
            return UserError(self.env._("%s does not wait in the pool.", self.res_name))
        if taker == self.predecessor_id:
            return UserError(
                self.env._(
                    "%(record)s comes from %(user)s: have it given back instead.",
                    record=self.res_name,
                    user=taker.name,
                )
            )
        return None

    # ------------------------------------------------------------
    # ENGINE
    # ------------------------------------------------------------

    def _goes_to_pool(self):
        """Tell whether the record goes into a pool, and not back, nor to somebody."""
        return bool(self.pool_team_id and not self.successor_id and not self.goes_back)

    def _keeper(self):
        """Return who has the to-dos of a record in a pool: the leader of the team."""
        line = self.sudo()
        users = line.env["res.users"]
        if kept_by := (self.after or {}).get("keeper"):
            return users.browse(kept_by).exists()
        if not self._goes_to_pool():
            return users
        leader = line.pool_team_id.user_id
        here = leader.active and line.request_id.company_id in leader.company_ids
        return leader if here and leader != line.predecessor_id else users

    def _taker_told(self):
        """Return who gets the record, for a report: a name, a pool, or ""."""
        line = self.sudo()
        if line.successor_id or not line.pool_team_id:
            return line.successor_id.name or ""
        return self.env._("Pool of %s", line.pool_team_id.name)

    def _told_people(self):
        """Return who had the record and who has it, for a note: names or ""."""
        team = self.pool_team_id
        pool = self.env._("the pool of %s", team.name) if team else ""
        before, after = self._giver().name, self._taker().name
        if self.goes_back:
            return before or pool, after
        return (pool if self.date_claimed else before), after or pool
