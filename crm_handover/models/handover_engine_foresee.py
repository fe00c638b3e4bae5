from odoo import api, models
from odoo.fields import Domain

from .handover_columns import column, one


class HandoverEngine(models.AbstractModel):
    """What the run would refuse, asked before it does, and without a trial.

    A trial, undone afterwards, would tell more; but whatever an add-on does to the
    world outside of the database when an owner changes, it would have done.
    """

    _inherit = "handover.engine"

    @api.model
    def _obstacles(self, lines, **way):
        obstacles = super()._obstacles(lines, **way)
        asked = lines._by_kind(lambda line: bool(self._asks_for_team(line.scope_id)))
        asked = asked.get(True, lines.browse())
        for scope, some, changes in self._to_change(asked, obstacles):
            obstacles |= self._team_obstacles(scope, some, changes)
        return obstacles

    @api.model
    def _foreseen(self, lines):
        """Return the obstacles, and what the run would find out by itself only.

        :return: ``{line id: (result code, text)}``, for who asks
        """
        obstacles = self._obstacles(lines)
        for scope, some, changes in self._to_change(lines, obstacles):
            for change, group in self._by_change(some, changes).items():
                obstacles |= self._access_obstacles(scope, group, *change)
        return {id_: (code, str(text)) for id_, (code, text) in obstacles.items()}

    @api.model
    def _out_of_team(self, lines):
        """Return which records go, but not into the team that was chosen for them.

        :param lines: lines without obstacles
        :return: ``{line id: the sales team that the record comes into}``
        """
        asked = lines._by_kind(
            lambda line: bool(
                line.request_id.target_team_id
                and line.scope_id.team_field_id
                and not line.pool_team_id
            )
        ).get(True, lines.browse())
        return {
            line.id: changes[line.id][2]
            for _scope, some, changes in self._to_change(asked, ())
            for line in some
            if changes[line.id][2] != line.request_id.target_team_id
        }

    @api.model
    def _to_change(self, lines, obstacles):
        """Yield what ``lines`` without obstacles are to change, by kind of record.

        :return: a kind of record, its lines, and ``{line id: (who goes, who comes, the
            sales team)}``
        """
        free = lines._unless(obstacles)
        for scope, some in free._by_kind(lambda line: line.scope_id).items():
            records = scope._records(column(some, "res_id"))
            yield scope, some, self._changes(scope, some, records)

    # ------------------------------------------------------------
    # COMPANIES
    # ------------------------------------------------------------

    @api.model
    def _asks_for_team(self, scope):
        """Tell whether core asks for the company of a team when it is written."""
        name, Model = scope.team_field_id.name, self.env.get(scope.model)
        return (
            name
            and Model is not None
            and Model._check_company_auto
            and Model._fields[name].check_company
        )

    @api.model
    def _team_obstacles(self, scope, lines, changes):
        """Return whose team is of another company."""
        handler = scope._handler()
        records = scope._records(column(lines, "res_id"))
        fits, misfits = {}, {}
        of_records = zip(records._ids, scope._kinds(records), strict=True)
        for id_, (res_id, kind) in zip(lines._ids, of_records, strict=True):
            team = changes[id_][2]
            like = team._ids, kind
            if like not in fits:
                fits[like] = handler._handover_fits(one(records, res_id), team)
            if not fits[like]:
                misfits[id_] = "other_company", self._team_elsewhere(team)
        return misfits

    @api.model
    def _team_elsewhere(self, team):
        return self._say(
            lambda env: env._(
                "Its sales team %(team)s belongs to %(company)s, and it does not.",
                team=team.with_context(lang=env.lang).name,
                company=team.company_id.name,
            )
        )

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    @api.model
    def _access_obstacles(self, scope, lines, _giver, taker, team):
        """Return which records ``taker`` could not open once they are theirs.

        Not where the handover gives them a permission first: what that opens is seen
        when it is given.
        """
        given = lines.request_id.grant_ids.filtered(
            lambda grant: grant.state != "ended" and self._may_open(grant, scope)
        )
        if not taker or taker in given.user_id:
            return {}
        records = scope._records(column(lines, "res_id"))
        becomes = {scope.owner_field_id.name: taker}
        if scope.team_field_id:
            becomes[scope.team_field_id.name] = team
        if self._has_followers(records):
            becomes["message_partner_ids"] = taker.partner_id
        opened = self._readable_as(records, taker, becomes)
        text = self._not_open_to(taker)
        res_ids = zip(lines._ids, column(lines, "res_id"), strict=True)
        return {
            id_: ("successor_no_access", text)
            for id_, res_id in res_ids
            if res_id not in opened
        }

    @api.model
    def _may_open(self, grant, scope):
        """Tell whether a permission can open records of a kind at all."""
        return {
            "group": self._rules_open(grant.sudo().group_id, scope.model),
            "team": bool(scope.team_field_id),
            "project": scope.model in ("project.project", "project.task"),
        }[grant.kind]

    @api.model
    def _rules_open(self, group, model):
        """Tell whether record rules of a group, or of what it implies, are of a model.

        Of what it inherits as well. A group without them opens no record that its
        people could not open before.
        """
        rules = self.env["ir.rule"].sudo()
        return bool(
            group
            and rules.search_count(
                [
                    ("model_id.model", "in", [model, *self.env[model]._inherits]),
                    ("perm_read", "=", True),
                    ("groups", "in", list(group._handover_closure())),
                    # what handovers open says nothing about the group
                    ("domain_force", "not like", "handover_readable"),
                ],
                limit=1,
            )
        )

    @api.model
    def _readable_as(self, records, user, becomes):
        """Return the ids of ``records`` that record rules open to ``user``.

        :param becomes: what some of their fields will hold: ``{name: records}``
        """
        with user._handover_rights(records, handover_access=False) as theirs:
            rules = theirs.env["ir.rule"]._compute_domain(records._name)
        rules = rules.map_conditions(
            lambda condition: self._decided(records, condition, becomes)
        )
        theirs = theirs.sudo().with_context(active_test=False)
        return set(theirs._search(Domain("id", "in", records.ids) & rules))

    @api.model
    def _decided(self, records, condition, becomes):
        """Return a condition of a rule, or whether it holds, where ``becomes`` says.

        A field with several values gets one more; what the others say is asked there.
        """
        name, _dot, rest = condition.field_expr.partition(".")
        if name not in becomes:
            return condition
        operator, value = condition.operator, condition.value
        if rest:
            holds = bool(becomes[name].filtered_domain(Domain(rest, operator, value)))
        elif operator in ("in", "not in", "=", "!="):
            values = value if operator.endswith("in") else [value]
            named = set(becomes[name].ids or [False]) & set(values)
            holds = bool(named) == (operator in ("in", "="))
        else:
            return condition
        several = records._fields[name].type != "many2one"
        if several and holds == (operator in ("not in", "!=")):
            return condition
        return Domain.TRUE if holds else Domain.FALSE
