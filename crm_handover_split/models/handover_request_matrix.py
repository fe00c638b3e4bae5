from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door, is_id, single
from odoo.addons.crm_handover.models.handover_request_background import Step


class HandoverRequest(models.Model):
    """Who hands over how much to whom: a table of predecessors and successors.

    Counted are the lines that the reader reads, and the value of the records that the
    reader may open.
    """

    _inherit = "handover.request"

    matrix = fields.Json(
        compute="_compute_matrix",
        help="Predecessors, successors, and how many records go from one to the other.",
    )

    @api.depends("line_ids.successor_id", "line_ids.predecessor_id", "version")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_matrix(self):
        for request in self:
            request.matrix = request._matrix() if request.id else {}

    @door
    def reassign(self, predecessor_id, successor_id, new_successor_id):
        """Give all that goes from one person to another to somebody else instead.

        :param int predecessor_id: who hands over; ``False``: records without an owner
        :param int successor_id: who would take over; ``False``: records without one
        :param int new_successor_id: who takes over instead; ``False``: nobody yet
        :return: how many records have got another successor; 0 where that goes on in
            the background
        :raise AccessError: when the caller may not edit the request
        :raise UserError: when an argument is wrong, or nothing goes from one to the
            other; then nothing is changed
        """
        single(self)
        self._lock()
        self._require_split()
        self._check_may_request()
        for value in (predecessor_id, successor_id):
            if value is not False and not is_id(value):
                raise UserError(self.env._("People are given by their ids."))
        taker = self._check_successor_id(new_successor_id)
        lines = self.env["handover.request.line"]
        between = self._between_domain(predecessor_id, successor_id)
        count = lines.search_count(between)
        if not count:
            raise UserError(
                self.env._("%s: nothing goes from the one to the other.", self.name)
            )
        if taker.id == successor_id:
            return 0
        lines.search(between, order="id", limit=1)._check_gives_not(taker)
        people = predecessor_id, successor_id, taker.id
        return self._do("reassign", *people, count=count) or 0

    @api.model
    def _background_steps(self):
        reassign = Step(lambda env: env._("Give to Somebody Else"))
        return {**super()._background_steps(), "reassign": reassign}

    def _do_reassign(self, predecessor_id, successor_id, new_successor_id):
        self._require_split()
        self._check_may_request()
        taker = self._check_successor_id(new_successor_id)
        lines = self.env["handover.request.line"]
        between = lines._search(self._between_domain(predecessor_id, successor_id))
        count = lines._give_by_hand(fields.Domain("id", "in", between), taker)
        self._touch()
        return count

    def _between_domain(self, predecessor_id, successor_id):
        """Return the domain of what goes from one person to another, but of a pool."""
        between = (
            self._split_domain()
            & fields.Domain("predecessor_id", "=", predecessor_id)
            & fields.Domain("successor_id", "=", successor_id)
            & fields.Domain("pool_team_id", "=", False)
        )
        # what is gone is history
        lines = self.env["handover.request.line"]
        kinds = lines._read_group(between, ["scope_id"])
        there = self.env["handover.scope"].union(*(scope for [scope] in kinds))
        return between & fields.Domain("scope_id", "in", there._there().ids)

    def _matrix(self):
        """Return what the field ``matrix`` holds.

        :return: ``{"givers": [{"id", "name"}], "takers": [{"id", "name"}], "cells":
            [{"giver", "taker", "count", "value"}], "currency_id"}``; ids are 0 where
            there is nobody, and below 0 that of a team whose pool takes them
        """
        Line = self.env["handover.request.line"]
        mine = [("request_id", "=", self._origin.id)]
        groups = Line._read_group(
            mine,
            ["predecessor_id", "successor_id", "pool_team_id"],
            ["__count", "scope_id:recordset"],
            order="predecessor_id, successor_id, pool_team_id",
        )
        scopes = self.env["handover.scope"].union(*(group[4] for group in groups))
        values = self._matrix_values(Line._search(mine), scopes)
        givers, takers, counts = {}, {}, Counter()
        for giver, taker, team, count, _scopes in groups:
            name = taker.sudo().name or ""
            if team and not taker:
                name = self.env._("Pool of %s", team.sudo().name)
            # what somebody took from a pool is theirs
            taker_id = taker.id or -team.id or 0
            givers[giver.id or 0] = giver.sudo().name or ""
            takers[taker_id] = name
            counts[giver.id or 0, taker_id] += count
        cells = [
            {
                "giver": giver_id,
                "taker": taker_id,
                "count": count,
                "value": values.get((giver_id, taker_id), 0),
            }
            for (giver_id, taker_id), count in counts.items()
        ]
        return {
            "givers": [{"id": id_, "name": name} for id_, name in givers.items()],
            "takers": [{"id": id_, "name": name} for id_, name in takers.items()],
            "cells": cells,
            "currency_id": self.company_id.currency_id.id,
        }

    @api.model
    def _matrix_values(self, lines, scopes):
        """Return ``{(giver id, taker id): value}`` of the records the reader may open.

        With the ids as in :meth:`_matrix`.

        :param lines: a query of lines
        """
        values = {}
        for scope in scopes._there():
            name = self._value_field(scope)
            Model = self.env[scope.model].with_context(active_test=False)
            if not name or not Model.has_access("read"):
                continue
            readable = Model._search([("id", "in", lines.subselect("res_id"))])
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    """SELECT COALESCE(line.predecessor_id, 0),
                        COALESCE(line.successor_id, -line.pool_team_id, 0),
                        SUM(record.%(value)s)
                    FROM handover_request_line line
                    JOIN %(table)s record ON record.id = line.res_id
                    WHERE line.scope_id = %(scope)s AND line.id IN %(lines)s
                        AND record.id IN %(readable)s
                    GROUP BY 1, 2""",
                    value=SQL.identifier(name),
                    table=SQL.identifier(Model._table),
                    scope=scope.id,
                    lines=lines.subselect(),
                    readable=readable.subselect(),
                )
            )
            for giver_id, taker_id, value in self.env.cr.fetchall():
                key = giver_id, taker_id
                values[key] = values.get(key, 0) + float(value or 0)
        return values
