import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import (
    check_count,
    door,
    is_id,
    single,
)
from odoo.addons.crm_handover.models.handover_limits import limit
from odoo.addons.crm_handover.models.handover_request_background import Step

from ..allocation import NOTHING, Deal, bundle_up, torn

# a share of a split goes to a successor, or to a team's pool: their ids
NOBODY = False, False
# people at a time; more do not fit on a screen
MAX_TAKERS = 100


class HandoverRequest(models.Model):
    """Split a handover over several successors: propose, compare, allocate.

    Bundles of records that belong together are dealt out, see ``allocation.py``.
    """

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_split(self):
        """Open the screen that splits the records over several successors.

        Of more records than it can show, the dialog that splits them by a rule.

        :return: a client action, or a window action
        :raise UserError: when the request is no draft of the caller's, or is empty
        """
        single(self)
        self._require_split()
        if not self._can_be_shown():
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Split %s", self.name),
                "res_model": "handover.request.split",
                "views": [[False, "form"]],
                "target": "new",
                "context": {"default_request_id": self.id},
            }
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_handover_split.handover_split_action"
        )
        return {**action, "context": {"active_id": self.id}}

    @door
    def get_allocation(self):
        """Return the records to split, and how they can be.

        :return: ``{"name", "company_id", "currency_id", "predecessor_id", "criteria":
            [{"code", "name", "problem"}], "successor_ids", "team_ids", "kinds": {id:
            name}, "givers": {id: name}, "bundles": [name], "pools": {id: name},
            "pooled_kinds": [ids], "lines": [[id, name, kind id, giver id, successor id,
            bundle, value, to-dos]], "hidden_values"}``; ``bundle`` is a place in
            ``bundles``, an id is 0 where there is none, a successor below 0 is the pool
            of the team with this id, ``pooled_kinds`` are what can be in a pool, and
            ``hidden_values`` counts the records whose value the caller may not read
        :raise AccessError: when the caller may not edit the request
        :raise UserError: when it is no draft, has no records or too many of them
        """
        single(self)
        self._require_split()
        self._check_can_be_shown()
        lines = self._lines_to_split()
        facts = self._allocation_lines(lines)
        places, names = self._bundle_names(lines, facts)
        team = self._team_takers()
        present = self._able(lines.successor_id | self.successor_id)
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "currency_id": self.company_id.currency_id.id,
            "predecessor_id": self.predecessor_id.id,
            "criteria": [
                {"code": code, "name": name, "problem": self._split_problem(code)}
                for code, name in self._split_criteria().items()
            ],
            "successor_ids": (present or team).ids,
            "team_ids": team.ids,
            "kinds": {str(scope.id): scope.name for scope in lines.scope_id},
            "givers": {str(user.id): user.name for user in lines.sudo().predecessor_id},
            "bundles": names,
            "pools": {str(team.id): team.name for team in self._split_pools(lines)},
            "pooled_kinds": [s.id for s in lines.scope_id if s.sudo()._has_pool()],
            "lines": [
                [
                    line.id,
                    line.res_name or "",
                    line.scope_id.id,
                    line.predecessor_id.id or 0,
                    line.successor_id.id or -line.pool_team_id.id or 0,
                    places[fact.bundle],
                    fact.load.value,
                    fact.load.todos,
                ]
                for line, fact in zip(lines, facts, strict=True)
            ],
            "hidden_values": self._hidden_values(lines),
        }

    @door
    def propose_allocation(
        self, criterion, successor_ids=False, caps=False, keep_together=True
    ):
        """Propose who gets which records. Changes nothing.

        :param str criterion: ``turn``: one after the other; ``load``: who has less gets
            more; ``territory``, ``language``, ``tag``: who has most of it gets the
            rest of it; ``talked``: who was in contact with the customer; ``team``: the
            members of the target team, by load; ``hand``: as it is
        :param list successor_ids: who takes over; empty: the present successors, or the
            members of the target team
        :param list caps: for each of them how many records at most, ``False``: no limit
        :param bool keep_together: what belongs together goes to the same person
        :return: ``{"criterion", "keep_together", "takers": [{"successor_id", "name",
            "note", "cap", "line_ids", "chosen_by", "before", "gives", "after"}],
            "left": [line ids], "torn", "fairness", "values_known"}``. ``note`` says who
            is away or leaves, as far as the caller sees it. ``chosen_by`` says of each
            of the lines why, or is empty. The three loads are ``{"records",
            "value", "todos"}`` of what the caller may open, ``left`` is what nobody
            may take or has room for, ``torn`` counts what belongs together and does not
            stay so, ``fairness`` is the largest load as a multiple of the mean, and
            without
            ``values_known`` the value of what the takers have already is not counted
        :raise AccessError: when the caller may not edit the request
        :raise UserError: when an argument is wrong, there is nothing to split, or so
            much that :meth:`allocate` does it without a proposal
        """
        single(self)
        self._require_split()
        self._check_can_be_shown()
        return self._propose(criterion, successor_ids, caps, keep_together)

    @door
    def allocate(
        self,
        assignment=False,
        criterion="load",
        successor_ids=False,
        caps=False,
        keep_together=True,
    ):
        """Give the records of the draft to successors, all of them at once.

        Each record keeps why: by hand, or the rule of the criterion. What is given by
        hand and then given back has the reason back that it had before.

        :param list assignment: ``[{"successor_id": id or False, "pool_team_id": id or
            False, "line_ids": [ids]}]``: a successor, the pool of a team, or nobody
            yet; records that are not named stay as they are. With successors as well,
            what the criterion proposes for them too is given by its rule
        :param str criterion: without an assignment: do what
            :meth:`propose_allocation` proposes; what nobody takes has no successor then
        :param list successor_ids: as for a proposal
        :param list caps: as for a proposal
        :param bool keep_together: as for a proposal
        :return: how many records have got another successor; 0 where a criterion
            splits so many that it goes on in the background
        :raise AccessError: when the caller may not edit the request
        :raise UserError: when an argument is wrong; then nothing is changed
        """
        single(self)
        self._lock()
        self._require_split()
        self._check_may_request()
        if assignment is not False:
            wanted = self._check_assignment(assignment)
            chosen = {}
            if successor_ids and criterion != "hand":
                proposal = self._propose(criterion, successor_ids, caps, keep_together)
                chosen = self._split_rules(proposal, wanted)
            return self._allocate(wanted, chosen)
        # what is wrong is said now, whenever it is done
        self._check_criterion(criterion)
        if criterion == "hand":
            raise UserError(self.env._("By hand, an assignment says who gets what."))
        takers = self._check_takers(criterion, successor_ids)
        self._check_caps(caps, takers)
        together = bool(keep_together)
        return self._do("split", criterion, takers.ids, caps, together) or 0

    @api.model
    def _background_steps(self):
        split = Step(lambda env: env._("Split"), factor=2)
        return {**super()._background_steps(), "split": split}

    def _do_split(self, criterion, successor_ids, caps, keep_together):
        self._require_split()
        self._check_may_request()
        proposal = self._propose(criterion, successor_ids, caps, keep_together)
        wanted = dict.fromkeys(proposal["left"], NOBODY)
        for taker in proposal["takers"]:
            share = taker["successor_id"], False
            wanted.update(dict.fromkeys(taker["line_ids"], share))
        return self._allocate(wanted, self._split_rules(proposal, wanted))

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _can_be_shown(self):
        """Tell whether a screen can show all records that are split."""
        most = limit(self.env, "max_records_per_call")
        count = self.env["handover.request.line"].search_count(
            self._split_domain(), limit=most + 1
        )
        return count <= most

    def _check_can_be_shown(self):
        if not self._can_be_shown():
            raise UserError(
                self.env._(
                    "%(handover)s has more than %(limit)s records: have them split by a"
                    " rule, without looking at each.",
                    handover=self.name,
                    limit=limit(self.env, "max_records_per_call"),
                )
            )

    def _require_split(self):
        if refusal := self._edit_refusal():
            raise refusal
        if not self.line_count:
            raise UserError(
                self.env._("%s has no records yet: collect them first.", self.name)
            )

    @api.model
    def _split_criteria(self):
        """Return ``{code: name}``, in the order of the screen."""
        return {
            "hand": self.env._("By hand"),
            "load": self.env._("By load"),
            "turn": self.env._("In turn"),
            "territory": self.env._("By territory"),
            "language": self.env._("By language"),
            "tag": self.env._("By tag"),
            "talked": self.env._("By contact so far"),
            "team": self.env._("Over the target team"),
        }

    def _split_problem(self, criterion):
        """Return why this criterion cannot be used here, or an empty text."""
        if criterion == "team" and not self.target_team_id:
            return self.env._("Choose the target team of the handover first.")
        if criterion == "team" and not self._team_takers():
            return self.env._("Nobody in the target team can take over.")
        return ""

    def _team_takers(self):
        """Return the members of the target team who can take over."""
        return self._able(self.target_team_id.sudo().member_ids)

    def _able(self, users):
        """Return those of ``users`` who can take work over, in their order."""
        able = (
            (users - self.predecessor_id)
            .sudo()
            .filtered(
                lambda user: (
                    user.active
                    and not user.share
                    and self.company_id in user.company_ids
                )
            )
        )
        return able.with_env(self.env)

    def _check_criterion(self, criterion):
        if not isinstance(criterion, str) or criterion not in self._split_criteria():
            raise UserError(
                self.env._(
                    "Records are split by one of: %s.",
                    ", ".join(self._split_criteria()),
                )
            )
        if problem := self._split_problem(criterion):
            raise UserError(problem)

    def _check_takers(self, criterion, successor_ids):
        """Return the users who take, as superuser, in the order given."""
        if not successor_ids:
            team = self._team_takers()
            present = self._able(self.successor_ids)
            takers = team if criterion == "team" else present or team
            successor_ids = takers.ids
        elif not isinstance(successor_ids, (list, tuple)):
            raise UserError(self.env._("Successors are given as a list of their ids."))
        if len(successor_ids) > MAX_TAKERS:
            raise UserError(
                self.env._("Split it over %s people at the most.", MAX_TAKERS)
            )
        if not successor_ids:
            raise UserError(self.env._("%s: choose who takes over.", self.name))
        takers = self.env["res.users"].sudo()
        for user_id in successor_ids:
            if not is_id(user_id):
                raise UserError(
                    self.env._("Successors are given by their ids, whole numbers.")
                )
            takers |= self._check_successor_id(user_id)
        if criterion == "team" and (others := takers - self._team_takers()):
            raise UserError(
                self.env._(
                    "%(person)s is not in the team %(team)s.",
                    person=others[0].name,
                    team=self.target_team_id.name,
                )
            )
        return takers

    def _check_caps(self, caps, takers):
        """Return ``{user id: most records or None}``."""
        if not caps:
            return dict.fromkeys(takers.ids)
        if not isinstance(caps, (list, tuple)) or len(caps) != len(takers):
            raise UserError(
                self.env._("Limits are given as a list, one for each successor.")
            )
        result = {}
        for taker, cap in zip(takers, caps, strict=True):
            if cap is not False and not (cap == 0 or is_id(cap)):
                raise UserError(
                    self.env._("%s: a limit is a whole number of records.", taker.name)
                )
            result[taker.id] = None if cap is False else int(cap)
        return result

    def _split_pools(self, lines):
        """Return the teams whose pools are offered, as superuser."""
        request = self.sudo()
        teams = lines.sudo().pool_team_id | request.target_team_id
        teams |= request._giving_teams()
        return teams.filtered(
            lambda team: (
                team.active and team.company_id in (request.company_id, team.browse())
            )
        )

    def _check_assignment(self, assignment):
        """Return ``{line: (successor id, team id)}``, ids or ``False``, or raise."""
        wrong = UserError(
            self.env._(
                "An assignment is a list that names a successor and records:"
                " successor_id or pool_team_id, line_ids."
            )
        )
        if not isinstance(assignment, (list, tuple)) or not assignment:
            raise wrong
        result, takers = {}, {}
        for part in assignment:
            if not isinstance(part, dict):
                raise wrong
            line_ids, team_id = part.get("line_ids"), part.get("pool_team_id", False)
            successor_id = part.get("successor_id", False if team_id else None)
            if not isinstance(line_ids, (list, tuple)):
                raise wrong
            named = [id_ for id_ in (successor_id, team_id) if id_ is not False]
            if len(named) > 1 or not all(is_id(id_) for id_ in (*named, *line_ids)):
                raise wrong
            share = successor_id, team_id
            if share not in takers:
                taker = self._check_successor_id(successor_id)
                takers[share] = taker.id, team_id and self._check_pool_id(team_id)
            if not result.keys().isdisjoint(line_ids) or len({*line_ids}) != len(
                line_ids
            ):
                raise UserError(self.env._("A record goes to one successor only."))
            result.update(dict.fromkeys(line_ids, takers[share]))
        check_count(self.env, result)
        return result

    def _check_pool_id(self, team_id):
        """Return the id of a team whose pool can take records, or raise."""
        team = self.env["crm.team"].sudo().browse(team_id).exists()
        if not team:
            raise UserError(self.env._("The team does not exist."))
        self._check_pool_team(team)
        return team.id

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _propose(self, criterion, successor_ids, caps, keep_together):
        """Return what :meth:`propose_allocation` answers."""
        self._check_criterion(criterion)
        users = self._check_takers(criterion, successor_ids)
        limits = self._check_caps(caps, users)
        lines = self._lines_to_split()
        facts = self._allocation_lines(lines, criterion, users)
        takers, known = self._allocation_takers(users, limits, criterion)
        before = {taker.id: taker.load for taker in takers}
        gives = dict.fromkeys(before, NOTHING)
        for fact in facts:
            if fact.giver in gives:
                load = fact.load if known else fact.load._replace(value=0)
                gives[fact.giver] = gives[fact.giver].plus(load)
        # what they give in this handover does not count against them
        for taker in takers:
            taker.load = taker.load.minus(gives[taker.id])
        deal = Deal(bundle_up(facts, bool(keep_together)), takers)
        if criterion == "hand":
            present = {line.id: line.successor_id.id for line in lines}
            assignment = deal.as_it_is(present)
        elif criterion == "turn":
            assignment = deal.in_turn()
        else:
            assignment = deal.by_load()
        by_taker = {}
        for line_id, taker_id in assignment.items():
            by_taker.setdefault(taker_id, []).append(line_id)
        left = set(by_taker.get(None, ()))
        if criterion == "hand":
            left -= set(lines.filtered("pool_team_id").ids)
        caller = users.with_env(self.env)
        notes = caller._handover_candidate_notes(self.company_id)
        return {
            "criterion": criterion,
            "keep_together": bool(keep_together),
            "takers": [
                {
                    "successor_id": user.id,
                    "name": user.name,
                    "note": notes.get(user.id, ""),
                    "cap": False if limits[user.id] is None else limits[user.id],
                    "line_ids": (mine := sorted(by_taker.get(user.id, ()))),
                    "chosen_by": [
                        self._split_rule(criterion, deal, id_) for id_ in mine
                    ],
                    "before": before[user.id]._asdict(),
                    "gives": gives[user.id]._asdict(),
                    "after": deal.loads[user.id]._asdict(),
                }
                for user in users
            ],
            "left": sorted(left),
            "torn": torn(facts, assignment),
            "fairness": round(deal.fairness, 2),
            "values_known": bool(known),
        }

    @api.model
    def _split_rule(self, criterion, deal, line_id):
        """Return by which rule a deal gives this line to its taker, or nothing."""
        if criterion == "hand":
            return ""
        if line_id in deal.suited or criterion in ("turn", "team"):
            return criterion
        return "load"

    @api.model
    def _split_rules(self, proposal, wanted):
        """Return the rules of what is wanted as it is proposed: ``{line id: code}``."""
        return {
            line_id: code
            for taker in proposal["takers"]
            for line_id, code in zip(taker["line_ids"], taker["chosen_by"], strict=True)
            if wanted.get(line_id) == (taker["successor_id"], False)
        }

    def _allocate(self, assignment, chosen=()):
        """Write the successors and pools of lines and why, in one statement.

        :param assignment: ``{line id: (user id, team id)}``, ids or ``False``, of who
            can take over
        :param chosen: by which rule: ``{line id: code}``; the rest is by hand
        :return: how many lines have got another taker
        """
        chosen = dict(chosen)
        lines = {line.id: line for line in self._lines_to_split([*assignment])}
        if not assignment.keys() <= lines.keys():
            raise UserError(
                self.env._(
                    "%s: some of these records are not on it any more. Open the split"
                    " again.",
                    self.name,
                )
            )
        rows, count, users = [], 0, self.env["res.users"]
        for line_id, (taker_id, team_id) in assignment.items():
            line = lines[line_id]
            if team_id:
                line._check_has_pool()
            line._check_gives_not(users.browse(taker_id))
            share = taker_id or False, team_id
            changes = share != (line.successor_id.id, line.pool_team_id.id)
            code, before = chosen.get(line_id), False
            if not code and changes:
                code, before = line._given_by_hand(share)
            elif not code:
                # what stays where it is was not moved by hand
                code, before = line.chosen_by, line.sudo().before_hand
            code = code if taker_id else False
            if changes or code != line.chosen_by:
                rows.append(
                    {
                        "id": line_id,
                        "successor_id": taker_id or None,
                        "pool_team_id": team_id or None,
                        "chosen_by": code or None,
                        "before_hand": before or None,
                    }
                )
                count += changes
        if not rows:
            return 0
        changed = self.env["handover.request.line"].browse(row["id"] for row in rows)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE handover_request_line line
                SET successor_id = r.successor_id, pool_team_id = r.pool_team_id,
                    chosen_by = r.chosen_by, before_hand = r.before_hand,
                    write_date = %(now)s, write_uid = %(uid)s
                FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
                    id int, successor_id int, pool_team_id int, chosen_by varchar,
                    before_hand varchar
                )
                WHERE line.id = r.id AND line.request_id = %(request)s""",
                now=self.env.cr.now(),
                uid=self.env.uid,
                rows=json.dumps(rows),
                request=self.id,
            )
        )
        changed.invalidate_recordset()
        changed.modified(["successor_id", "pool_team_id", "chosen_by", "before_hand"])
        # why is nothing that is approved
        if count:
            self._touch()
        return count

    def _bundle_names(self, lines, facts):
        """Return ``({bundle: its place}, [its name])``.

        A bundle is called as the record that it is about, if that is on the handover
        or the caller may open it, else as its first record.
        """
        names = {}
        for line, fact in zip(lines, facts, strict=True):
            itself = fact.bundle == (line.scope_id.model, line.res_id)
            if itself or fact.bundle not in names:
                names[fact.bundle] = line.res_name or ""
        on_it = {(line.scope_id.model, line.res_id) for line in lines} & names.keys()
        by_model = {}
        for model, id_ in names.keys() - on_it:
            by_model.setdefault(model, []).append(id_)
        for model, ids in by_model.items():
            Model = self.env[model].with_context(active_test=False)
            if not Model.has_access("read"):
                continue
            for record in Model.search([("id", "in", ids)]):
                names[model, record.id] = record.display_name
        return {bundle: n for n, bundle in enumerate(names)}, [*names.values()]

    def _hidden_values(self, lines):
        """Count the records whose value the caller may not read."""
        hidden = 0
        for scope, some in lines.grouped("scope_id").items():
            if self._value_field(scope):
                ids = some.mapped("res_id")
                hidden += len(ids) - len(self._readable_values(scope, ids))
        return hidden
