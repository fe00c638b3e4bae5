"""The pool of a team: records that are nobody's yet, and who takes them from there."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .handover_engine import QUIET
from .handover_said import said_in


class HandoverEngine(models.AbstractModel):
    _inherit = "handover.engine"

    # ------------------------------------------------------------
    # INTO THE POOL
    # ------------------------------------------------------------

    @api.model
    def _is_in_pool(self, line, scope, record):
        """Tell whether ``record`` is in the pool of its line: it is nobody's."""
        return (
            bool(line.pool_team_id)
            and scope._has_pool()
            and not scope._owners(record)
            and record[scope.team_field_id.name] == line.pool_team_id
        )

    @api.model
    def _pool_obstacle(self, team, scope, record):
        """Return why ``record`` cannot go into the pool of ``team``, or ``None``."""
        if not scope._has_pool():
            return "rejected", self._say(
                lambda env: env._("Such records always belong to somebody.")
            )
        if not team.active:
            return "rejected", self._say(
                lambda env: env._(
                    "The team %s is archived.", team.with_context(lang=env.lang).name
                )
            )
        if not scope._handler()._handover_fits(record, team):
            return "other_company", self._say(
                lambda env: env._(
                    "The team %(team)s belongs to %(company)s, and it does not.",
                    team=team.with_context(lang=env.lang).name,
                    company=team.company_id.name,
                )
            )
        return None

    @api.model
    def _move_todos(self, lines, records, giver, taker, keeper, moved):
        """Hand over the to-dos on the records of ``lines``.

        Of what is in a pool, the team's leader has them: who has to decide on it. They
        go on to whoever takes it from there.

        :param keeper: the leader, or nobody
        :param moved: what moved, by record id; it is added there
        """
        heir = taker or keeper
        todos = self.env["mail.activity"].sudo()
        if giver and heir:
            todos |= self._activities(records, giver)
        if keeper and taker:
            kept = {line.res_id: line.after or {} for line in lines}
            todos |= self._activities(records, keeper, kept)
        self._move_activities(todos, heir, moved)
        if keeper and not taker:
            for record_id in todos.mapped("res_id"):
                moved[record_id]["keeper"] = keeper.id

    # ------------------------------------------------------------
    # OUT OF THE POOL
    # ------------------------------------------------------------

    @api.model
    def _give_out(self, lines, taker):
        """Have ``taker`` get records that wait in pools, as a handover does it.

        :param lines: lines of which the caller has locked the handovers
        :raise UserError: when one of them cannot; then the caller's work is undone
        """
        for request, some in lines.grouped("request_id").items():
            engine = self.with_context(
                **QUIET,
                lang=request.requester_id.lang,
                allowed_company_ids=request.company_id.ids,
                handover_caller_lang=self.env.lang,
            )
            for scope, of_scope in (
                some.with_env(engine.env).grouped("scope_id").items()
            ):
                engine._give_out_kind(scope, of_scope, taker)

    @api.model
    def _give_out_kind(self, scope, lines, taker):
        records = scope._records(lines.mapped("res_id")).exists()
        self._check_waiting(scope, lines, records, taker)
        former = {line.id: (line.before or {}, line.after or {}) for line in lines}
        lines._trusting().write(
            {"successor_id": taker.id, "date_claimed": fields.Datetime.now()}
        )
        if stranger := self._strangers(scope, lines).get(taker):
            self._refuse_claim(lines[0], stranger[1])
        results = self._isolating(lines, self._hand_over)
        for line in lines:
            result = results[line.id]
            if result["code"] != "done":
                self._refuse_claim(line, result["message"])
            before, after = self._together(*former[line.id], result)
            line._trusting().write(
                {
                    "before": before,
                    "after": after,
                    "result_message": result["message"] or False,
                    "result_said": result.get("said") or False,
                }
            )

    @api.model
    def _check_waiting(self, scope, lines, records, taker):
        """Raise unless the records wait in their pools, and ``taker`` can have them."""
        free = records.try_lock_for_update(allow_referencing=True)
        records.invalidate_recordset()
        by_id = {record.id: record for record in records}
        closed = self._staying_closed(scope, lines, records)
        for line in lines:
            record = by_id.get(line.res_id)
            if record is None:
                obstacle = "missing", self._missing(scope)
            elif record not in free:
                obstacle = (
                    "locked",
                    self._say(lambda env: env._("Somebody is writing it: try again.")),
                )
            elif not self._is_in_pool(line, scope, record):
                obstacle = "stale_owner", self._why_gone(scope, record)
            elif record.id in closed:
                obstacle = self._closed_obstacle(scope, record)
            else:
                obstacle = self._taker_obstacle(taker, scope, record)
            if obstacle:
                self._refuse_claim(line, obstacle[1])

    @api.model
    def _why_gone(self, scope, record):
        """Return who has a record that has left its pool, as a sentence."""
        if owners := ", ".join(scope._owners(record).mapped("name")):
            return self._say(lambda env: env._("%s has it already.", owners))
        return self._say(lambda env: env._("It went to another team."))

    @api.model
    def _refuse_claim(self, line, why):
        """Refuse it in the words of whoever wants it."""
        lang = self.env.context.get("handover_caller_lang")
        env = self.env(context={**self.env.context, "lang": lang})
        why = said_in(env, why)
        raise UserError(env._("%(record)s: %(why)s", record=line.res_name, why=why))

    @api.model
    def _together(self, before, after, result):
        """Return what a line keeps of both ways: into the pool, and out of it.

        So that all of it goes back as one.
        """
        new_before, new_after = result["before"], {**after, **result["after"]}
        for name in ("activities", "meetings"):
            ways = [*after.get(name, ()), *result["after"].get(name, ())]
            once = {(thing[0] if isinstance(thing, list) else thing): thing
                    for thing in reversed(ways)}  # fmt: skip
            if once:
                new_after[name] = [*once.values()]
        new_after.pop("keeper", None)
        if result.get("stayed"):
            new_after["stayed"] = result["stayed"]
        values = {**new_before.get("values", {}), **before.get("values", {})}
        lefts = {**after.get("values", {}), **result["after"].get("values", {})}
        old_before = {**(before or new_before)}
        if values:
            old_before["values"], new_after["values"] = values, lefts
        return old_before, new_after
