from odoo import api, models

TICKET = "helpdesk.ticket"


class HandoverEngine(models.AbstractModel):
    """Who can take a ticket: who works in Helpdesk, and is in the ticket's team.

    Helpdesk itself gives a ticket of a team to nobody else.
    """

    _inherit = "handover.engine"

    @api.model
    def _obstacles(self, lines, **way):
        obstacles = super()._obstacles(lines, **way)
        # whose it was may have it again
        asked = lines.filtered(
            lambda line: (
                line.scope_id.model == TICKET
                and line.scope_id.owner_field_id.name == "user_id"
                and line.successor_id
                and not line.goes_back
                and line.id not in obstacles
            )
        )
        for scope, some in asked.grouped("scope_id").items():
            tickets = scope._records(some.mapped("res_id"))
            for line, ticket in zip(some, tickets, strict=True):
                if ticket.team_id and line.successor_id not in ticket.team_id.user_ids:
                    text = self._not_in_helpdesk_team(line.successor_id, ticket.team_id)
                    obstacles[line.id] = "rejected", text
        return obstacles

    @api.model
    def _not_in_helpdesk_team(self, user, team):
        return self._say(
            lambda env: env._(
                "%(user)s is not in the helpdesk team %(team)s: choose somebody of the"
                " team, or have them added to it.",
                user=user.name,
                team=team.with_context(lang=env.lang).name,
            )
        )

    @api.model
    def _strangers(self, scope, lines):
        strangers = super()._strangers(scope, lines)
        if scope.model != TICKET:
            return strangers
        # every employee reads what they follow, and works on nothing by that
        given = lines.request_id.grant_ids.filtered(
            lambda grant: grant.state != "ended" and self._may_open(grant, scope)
        )
        takers = lines.grouped(lambda line: line._taker())
        for taker in takers.keys() - strangers.keys() - {*given.user_id}:
            if taker and not taker._handover_may_any(self.env[TICKET], "write"):
                strangers[taker] = "successor_no_access", self._no_helpdesk(taker)
        return strangers

    @api.model
    def _no_helpdesk(self, user):
        return self._say(lambda env: env._("%s has no role in Helpdesk.", user.name))
