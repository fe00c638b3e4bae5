from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount

POOL = "crm_handover.mail_activity_type_pool"
# after these, other records are in pools than before
MINDED = ("finish", "stay", "give_back", "nothing_left", "stop")


class HandoverRequest(models.Model):
    """Handing over to nobody yet: a team's pool takes the records.

    The team is theirs from then on, an owner comes later: who of the team takes them,
    or gets them from its leader. The leader has one to-do while something waits.
    """

    _inherit = "handover.request"

    to_pool = fields.Boolean(
        string="Into the Team's Pool",
        content=True,
        help="Nobody takes over yet: what the team can hold without an owner waits in"
        " its pool, until a member takes it. The rest goes to the team's leader.",
    )
    pool_team_ids = fields.Many2many(
        "crm.team",
        "handover_request_pool_team_rel",
        string="Pools",
        copy=False,
        readonly=True,
        context={"active_test": False},
        help="The teams whose pools take records of this handover.",
    )

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains("to_pool", "successor_id", "target_team_id", "company_id")
    def _check_to_pool(self):
        for request in self.filtered("to_pool"):
            if request.successor_id or not request.target_team_id:
                raise ValidationError(
                    self.env._(
                        "%s goes into a team's pool: choose the team, and no"
                        " successor.",
                        request.name,
                    )
                )
            request._check_pool_team(request.target_team_id)

    def _check_pool_team(self, team):
        """Raise unless the pool of ``team`` can take records of this handover."""
        self.ensure_one()
        team = team.sudo()
        if not team.active or (team.company_id or self.company_id) != self.company_id:
            raise ValidationError(
                self.env._(
                    "%(handover)s: choose the pool of a team of %(company)s.",
                    handover=self.name,
                    company=self.company_id.sudo().name,
                )
            )

    @api.onchange("successor_id", "target_team_id")
    def _onchange_to_pool(self):
        if self.successor_id or not self.target_team_id:
            self.to_pool = False

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def _default_pool(self):
        """Return the team whose pool takes what names nobody, or none."""
        team = self.target_team_id
        # without a leader, nobody else is there to take it
        nobody = self.to_pool or not team.sudo().user_id
        return team if nobody and not self.successor_id else team.browse()

    def _sync_pools(self):
        """Keep the list of teams right whose pools take records."""
        request = self.sudo()
        lines = request.env["handover.request.line"]
        mine = [("request_id", "=", self.id), ("pool_team_id", "!=", False)]
        teams = [team for [team] in lines._read_group(mine, ["pool_team_id"])]
        ids = set(request._default_pool().ids).union(*(team.ids for team in teams))
        if ids != set(request.pool_team_ids.ids):
            self._trusting().write({"pool_team_ids": [fields.Command.set(ids)]})

    def _claimers(self):
        """Return who has nothing from this handover but what was in a pool before."""
        request = self.sudo()
        users, lines = request.env["res.users"], request.env["handover.request.line"]
        if not request.pool_team_ids:
            return users
        mine = Domain("request_id", "=", self.id) & Domain("successor_id", "!=", False)
        came = {False: users, True: users}
        for claimed in came:
            operator = "!=" if claimed else "="
            theirs = mine & Domain("date_claimed", operator, False)
            for [user] in lines._read_group(theirs, ["successor_id"]):
                came[claimed] |= user
        return came[True] - came[False] - request.successor_id

    # ------------------------------------------------------------
    # THE CHECK
    # ------------------------------------------------------------

    def _request_findings(self):
        return [*super()._request_findings(), *self._pool_findings()]

    def _pool_findings(self):
        """Return what is to be known of the pools that records go to."""
        request = self.sudo()
        lines = request.env["handover.request.line"]
        mine = [("request_id", "=", self.id), ("state", "=", "todo")]
        groups = lines._read_group(
            [*mine, ("pool_team_id", "!=", False)], ["pool_team_id"], ["__count"]
        )
        findings = []
        for team, count in groups:
            values = {"team": team.name, "count": count}
            people = team.member_ids | team.user_id
            if not (team.active and people):
                findings.append(
                    self._finding(
                        "pool_without_people",
                        "blocker",
                        self.env._(
                            "Records that nobody could take out of the pool of"
                            " %(team)s: %(count)s.",
                            **values,
                        ),
                        self.env._("Choose another team, or give it members."),
                    )
                )
                continue
            findings.append(
                self._finding(
                    "pool",
                    "info",
                    self.env._(
                        "Records that go into the pool of %(team)s: %(count)s.",
                        **values,
                    ),
                    self.env._(
                        "A member of the team takes them from there, or its leader"
                        " gives them to one. Meetings stay until then."
                    ),
                )
            )
            if not team.user_id.active or team.user_id == request.predecessor_id:
                findings.append(
                    self._finding(
                        "pool_without_leader",
                        "warning",
                        self.env._(
                            "%(team)s has no leader who looks after its pool: to-dos on"
                            " the records stay where they are.",
                            **values,
                        ),
                        self.env._("Name a leader of the team, or choose another one."),
                    )
                )
        return findings

    # ------------------------------------------------------------
    # ONE TO-DO FOR EACH POOL
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        if move in MINDED:
            for request in self.sudo().filtered("pool_team_ids"):
                request._mind_pools(request.pool_team_ids)
        return result

    @api.model
    def _cron_remind(self):
        env = self.sudo().env
        named = [("state", "=", "done"), ("pool_team_id", "!=", False)]
        groups = env["handover.request.line"]._read_group(named, ["pool_team_id"])
        todos = env["mail.activity"].search([("handover_pool_team_id", "!=", False)])
        teams = todos.handover_pool_team_id.union(*(team for [team] in groups))
        self._mind_pools(teams)
        return super()._cron_remind()

    @api.model
    def _mind_pools(self, teams):
        """Have who leads a team look after its pool after some days, until it is empty.

        One to-do for each team, however many records and handovers.
        """
        for team in teams.sudo():
            self.sudo()._mind_pool(team)

    @api.model
    def _mind_pool(self, team):
        Line = self.env["handover.request.line"]
        waiting = Line._in_pool_domain() & Domain("pool_team_id", "=", team.id)
        oldest = Line.search(waiting, order="date_done, id", limit=1)
        todo = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        todo = todo.search([("handover_pool_team_id", "=", team.id)])
        days, user = oldest.company_id.handover_pool_days, team.user_id
        if oldest and not user.active:
            user = oldest.request_id._caretaker()
        if not (oldest and days and user):
            todo.unlink()
            return
        values = self.with_context(lang=user.lang)._prepare_pool_todo(
            team, oldest.date_done.date(), days, Line.search_count(waiting)
        )
        if todo[:1].user_id != user:
            todo.unlink()
            todo.create(
                {
                    **values,
                    "activity_type_id": self.env.ref(POOL).id,
                    "user_id": user.id,
                    "handover_made": True,
                    "handover_pool_team_id": team.id,
                }
            )
        elif any(todo[name] != value for name, value in values.items()):
            todo.write(values)

    @api.model
    def _prepare_pool_todo(self, team, since, days, count):
        """Return day and text of the to-do; who ended one has as many days again."""
        ended = self.env["mail.activity"].with_context(active_test=False)
        ended = ended.search(
            [("handover_pool_team_id", "=", team.id), ("active", "=", False)],
            order="date_done desc",
            limit=1,
        )
        return {
            "date_deadline": max(since, ended.date_done or since) + timedelta(days),
            "summary": self.env._(
                "To be taken from the pool of %(team)s: %(count)s",
                count=count,
                team=team.name,
            ),
        }

    # ------------------------------------------------------------
    # THE OVERVIEW
    # ------------------------------------------------------------

    @api.model
    def _overview_pool(self):
        """Return what waits in the pools that the reader sees.

        :return: ``{"name", "count", "days", "value", "currency_id", "detail"}``:
            for how many days the oldest has been waiting, and what those are worth that
            the reader may read, in the currency of the company
        """
        Line = self.env["handover.request.line"]
        waiting = Line._in_pool_domain()
        [(count, since)] = Line._read_group(waiting, [], ["__count", "date_done:min"])
        days = (fields.Date.today() - since.date()).days if count else 0
        currency = self.env.company.currency_id
        value = self._pool_value(waiting) if count else 0
        detail = self.env._("Nobody's yet: members of the teams take them")
        if count:
            detail = self.env._(
                "Days of the oldest: %(days)s; worth %(value)s",
                days=days,
                value=format_amount(self.env, value, currency, trailing_zeroes=False),
            )
        return {
            "name": self.env._("In Pools"),
            "count": count,
            "days": days,
            "value": value,
            "currency_id": currency.id,
            "detail": detail,
        }

    @api.model
    def _pool_value(self, waiting):
        """Return what the waiting records are worth that the reader may read."""
        kinds = self.env["handover.scope"]._in_use().sudo(False)
        worth = [
            scope._worth_of_lines(waiting, self.env.company)
            for scope in kinds
            if scope._has_pool()
        ]
        return sum(value for found in worth for value in found.values())
