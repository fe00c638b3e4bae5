"""What happens to records: the obstacles, the new owner, what moves along, the note.

Both directions are the same steps. A line's ``giver`` and ``taker`` are predecessor and
successor, and the other way round when it is given back.
"""

from odoo import api, models

from ..day_texts import moment_text
from .handover_columns import column, grouped_by, one
from .handover_engine import RecordsRefused
from .handover_said import Sentence, joined


class HandoverEngine(models.AbstractModel):
    _inherit = "handover.engine"

    # ------------------------------------------------------------
    # OBSTACLES
    # ------------------------------------------------------------

    @api.model
    def _obstacles(self, lines):
        """Return why lines cannot be handed over, or given back, as things stand now.

        The preview shows what the run reports, since both ask here.

        :return: ``{line id: (result code, text)}``
        """
        obstacles = {}
        for scope, of_scope in lines._by_kind(lambda line: line.scope_id).items():
            res_ids = column(of_scope, "res_id")
            records = scope._records(res_ids).exists()
            # first: it reads at once what is asked next
            kinds = dict(zip(records._ids, scope._kinds(records), strict=True))
            sealed = scope._handler()._handover_sealed(records)
            closed = self._staying_closed(scope, of_scope, records)
            gone = self._gone_elsewhere(scope, of_scope, records)
            strangers = self._strangers(scope, of_scope)
            back = of_scope._going_back()
            chains = back._chains()
            changed = self._went_since(scope, back, records, chains)
            there, sealed, free = {*records._ids}, {*sealed._ids}, set()
            of_lines = zip(of_scope._ids, res_ids, of_scope._kinds(), strict=True)
            for id_, res_id, of_line in of_lines:
                like = of_line, kinds.get(res_id), res_id in sealed, res_id in closed
                # of what is alike nothing keeps one where nothing keeps the other
                if like in free and id_ not in gone:
                    continue
                line, record = one(of_scope, id_), one(records, res_id)
                if res_id not in there:
                    obstacle = "missing", self._missing(scope)
                elif line.goes_back:
                    chain = chains[line.id]
                    obstacle = self._chain_obstacle(line, scope, record, chain)
                    obstacle = obstacle or self._return_obstacle(
                        line, scope, record, closed, changed
                    )
                else:
                    obstacle = self._obstacle(
                        line, scope, record, res_id in sealed, closed, gone
                    )
                if not obstacle and strangers and line._taker() in strangers:
                    obstacle = strangers[line._taker()]
                if obstacle:
                    obstacles[id_] = obstacle
                else:
                    free.add(like)
        return obstacles

    @api.model
    def _obstacle(self, line, scope, record, sealed, closed, gone):
        """Return why ``record`` cannot be handed over, or ``None``.

        Of records that are alike one is asked, see ``handover.scope._kinds``.

        :param gone: what went to another company or team, see `_gone_elsewhere`
        """
        successor = line.successor_id
        if line.decision == "declined":
            return "declined", self._say(
                lambda env: env._("The successor declined it.")
            )
        undecided = successor and line.decision == "pending"
        if undecided and line.request_id._leaves_undecided():
            return "declined", self._say(
                lambda env: env._("The successor did not accept it.")
            )
        if sealed and line.request_id.requester_id != line.predecessor_id:
            return "private", self._say(
                lambda env: env._("It is private to its owner.")
            )
        owners = scope._owners(record)
        if line.predecessor_id not in owners:
            if successor and successor in owners:
                return "already", self._owned_already()
            if self._is_in_pool(line, scope, record):
                return "already", self._say(
                    lambda env: env._("It was in the team's pool already.")
                )
            if line.predecessor_id or owners:
                return "stale_owner", self._belongs_to(owners)
        if line.id in gone:
            return gone[line.id]
        if record.id in closed:
            return self._closed_obstacle(scope, record)
        if line._goes_to_pool():
            return self._pool_obstacle(line.pool_team_id, scope, record)
        return self._taker_obstacle(successor, scope, record)

    @api.model
    def _return_obstacle(self, line, scope, record, closed, changed):
        """Return why ``record`` cannot be given back, or ``None``.

        :param changed: what went to others since, see `_went_since`
        """
        if line.id in changed:
            return changed[line.id]
        if record.id in closed:
            code, text = self._closed_obstacle(scope, record)
            if scope._handler()._handover_again(record):
                return code, self._say(
                    lambda env: env._(
                        "%s So does what came in its place: hand it over by itself.",
                        text.say(env),
                    )
                )
            return code, text
        taker = line.predecessor_id
        if taker and (obstacle := self._taker_obstacle(taker, scope, record)):
            return obstacle
        if not line.before:
            # only what moved along goes back
            return "already", self._owned_already()
        return None

    @api.model
    def _taker_obstacle(self, taker, scope, record):
        """Return why this user cannot take ``record``, or ``None``."""
        name = taker.name
        if not taker.active or taker.share:
            return "successor_no_access", self._say(
                lambda env: env._(
                    "%s is not an active employee.", name or env._("Nobody")
                )
            )
        company = "company_id" in record._fields and record.company_id
        if company and company not in taker.company_ids:
            company = company.name
            return "other_company", self._say(
                lambda env: env._(
                    "%(user)s does not work in %(company)s.",
                    user=name,
                    company=company,
                )
            )
        return None

    @api.model
    def _staying_closed(self, scope, lines, records):
        """Return the ids of closed records that stay with who closed them.

        One that goes on purpose does not; nor does, on the way back, one that was
        closed when it was handed over.

        :param records: the records of ``lines`` that are there
        """
        closed = {*records._ids} - {*scope._open(records)._ids}
        if not closed:
            return closed
        return closed - {*column(self._going_although_closed(lines), "res_id")}

    @api.model
    def _going_although_closed(self, lines):
        """Return those of ``lines`` whose record goes even when it is closed."""
        going = lines._by_kind(lambda line: line._goes_although_closed())
        return going.get(True, lines.browse())

    @api.model
    def _closed_obstacle(self, scope, record):
        owners = ", ".join(scope._owners(record).mapped("name"))
        handler = scope._handler()

        def closed_as(env):
            theirs = record.with_context(lang=env.lang)
            return handler.with_context(lang=env.lang)._handover_closed_as(theirs)

        return "closed", self._say(
            lambda env: env._(
                "It is closed (%(how)s) and stays with %(owner)s.",
                how=closed_as(env),
                owner=owners or env._("nobody"),
            )
        )

    @api.model
    def _strangers(self, scope, lines):
        """Return the takers who have no access to this kind of record, and why."""
        return {
            taker: (
                "successor_no_access",
                self._say(
                    lambda env, name=taker.name: env._(
                        "%s has no access to records of this kind.", name
                    )
                ),
            )
            for taker in lines._by_kind(lambda line: line._taker())
            if taker and lines.request_id._is_closed(scope.model, taker)
        }

    @api.model
    def _went_since(self, scope, lines, there, chains):
        """Return whose records went to others since they were handed over.

        :param lines: lines of one kind of record that go back
        :param there: those of their records that are there
        :param chains: see ``_chains``, of those that are to go back
        :return: ``{line id: (result code, text)}``
        """

        by_id = {record.id: record for record in there} if lines else {}

        def went(line):
            record = by_id.get(line.res_id)
            if record is None or line.taken_back:
                return False
            owners = scope._owners(record)
            left_so = set((line.after or {}).get("owner", owners.ids))
            return set(owners.ids) != left_so and not self._is_passed_on(
                line, owners, chains[line.id]
            )

        lines = lines.filtered(went)
        records = scope._records(lines.mapped("res_id"))
        last, changed = self._last_changes(records, scope.owner_field_id), {}
        for line in lines:
            record = by_id[line.res_id]
            who, when = last[record.id]
            owners = ", ".join(scope._owners(record).mapped("name"))
            zone = line.request_id._zone()
            changed[line.id] = (
                "changed_since",
                self._went_to(owners, who.name, when, zone),
            )
        return changed

    @api.model
    def _went_to(self, owners, who, when, zone):
        def text(env):
            change = {
                "who": who or env._("somebody else"),
                "when": moment_text(env, when, zone),
            }
            if not owners:
                return env._(
                    "It is nobody's by now: changed by %(who)s on %(when)s.", **change
                )
            return env._(
                "It went to %(owner)s since: changed by %(who)s on %(when)s.",
                owner=owners,
                **change,
            )

        return self._say(text)

    @api.model
    def _last_changes(self, records, field):
        """Return who changed ``field`` of each record last, and when.

        From the tracked changes in the chatter; where they do not tell of the present
        owner, the last change of the record itself.

        :return: ``{record id: (user or contact, moment)}``
        """
        tracked = self.env["mail.tracking.value"].sudo()
        if records:
            tracked = tracked.search(
                [
                    ("field_id", "=", field.id),
                    ("mail_message_id.model", "=", records._name),
                    ("mail_message_id.res_id", "in", records.ids),
                ],
                order="id desc",
            )
        nothing = tracked.browse()
        by_id = tracked.grouped(lambda tracking: tracking.mail_message_id.res_id)
        return {
            record.id: self._told_change(record, field, by_id.get(record.id, nothing))
            for record in records
        }

    @api.model
    def _told_change(self, record, field, tracked):
        """Return who made the last of its tracked changes, and when, if it is that.

        :param tracked: the newest first
        """
        tracking, owners = tracked[:1], record[field.name]
        if field.ttype == "many2one":
            tells = tracking.new_value_integer == owners.id
        else:
            names = ", ".join(owners.mapped("display_name"))
            tells = (tracking.new_value_char or "") == names
        if tracking and tells:
            message = tracking.mail_message_id
            return message.author_id, message.date
        return record.write_uid, record.write_date

    # ------------------------------------------------------------
    # SENTENCES
    # ------------------------------------------------------------

    @api.model
    def _say(self, text):
        """Return a sentence that each reader has in their language.

        :param text: a function of an environment that returns it; called later as
            well, so it names nothing that is no more what it was
        """
        return Sentence(self.env, text)

    @api.model
    def _missing(self, scope):
        return self._say(lambda env: scope.with_context(lang=env.lang)._why_missing())

    @api.model
    def _owned_already(self):
        return self._say(lambda env: env._("The successor owned it already."))

    @api.model
    def _not_open_to(self, user):
        name = user.name
        return self._say(lambda env: env._("%s could not open it.", name))

    @api.model
    def _belongs_to(self, owners):
        names = ", ".join(owners.mapped("name"))
        return self._say(
            lambda env: env._(
                "It belongs to %s now, and was left alone.", names or env._("nobody")
            )
        )

    # ------------------------------------------------------------
    # TRANSFER
    # ------------------------------------------------------------

    @api.model
    def _hand_over(self, lines):
        """Write the new owners of ``lines``, check them, move along, note it down.

        :param lines: lines of one scope, without obstacles
        :return: ``{line id: {"code", "message", "before", "after"}}``
        :raise RecordsRefused: when some records did not take it
        """
        scope = lines.scope_id
        handler = scope._handler()
        records = scope._records(column(lines, "res_id"))
        befores = handler._handover_snapshot(scope, records)
        for id_, counts in self._counts(records).items():
            befores[id_].update(counts)
        self._note_closed(lines, scope, befores)
        changes = self._changes(scope, lines, records)
        groups = self._by_change(lines, changes)
        besides = {}
        for change, group in groups.items():
            some = records.browse(column(group, "res_id"))
            besides |= self._write_owners(scope, group, some, change)
        records.invalidate_recordset()
        moved = self._move_along(lines, records)
        # as a follower, the new manager of an invited-only project can open it
        self._check_taken(lines, scope, records, moved)
        afters = handler._handover_snapshot(scope, records)
        self._note_besides(befores, afters, besides)
        self._note_down(lines, scope, records, befores, afters)
        self._note_passed(lines)
        passed = {line.id: self._passed_text(line) for line in lines._going_back()}
        return {
            id_: self._result(
                moved[res_id],
                code="done",
                message=passed.get(id_, ""),
                before=befores[res_id],
                after=afters[res_id],
            )
            for id_, res_id in zip(lines._ids, column(lines, "res_id"), strict=True)
        }

    @api.model
    def _note_besides(self, befores, afters, besides):
        """Add what changed besides the owner and the team to what lines keep."""
        for record_id, changed in besides.items():
            if values := changed["values"]:
                befores[record_id]["values"] = {k: v[0] for k, v in values.items()}
                afters[record_id]["values"] = {k: v[1] for k, v in values.items()}
            if changed["lost"]:
                befores[record_id]["lost"] = changed["lost"]

    @api.model
    def _note_closed(self, lines, scope, befores):
        """Note of records that go although they are closed that they were."""
        if lines := self._going_although_closed(lines):
            records = scope._records(lines.mapped("res_id"))
            for record in records - scope._open(records):
                befores[record.id]["closed"] = True

    @api.model
    def _counts(self, records):
        """Return how many messages and files ``records`` have, for the evidence.

        :return: ``{record id: {"messages", "files"}}``
        """
        counts = {id_: {"messages": 0, "files": 0} for id_ in records._ids}
        mine = [("res_id", "in", records.ids)]
        kinds = {
            "messages": ("mail.message", [("model", "=", records._name)]),
            "files": (
                "ir.attachment",
                [("res_model", "=", records._name), ("res_field", "=", False)],
            ),
        }
        for name, (model, domain) in kinds.items():
            groups = (
                self.env[model]
                .sudo()
                ._read_group([*mine, *domain], ["res_id"], ["__count"])
            )
            for id_, count in groups:
                counts[id_][name] = count
        return counts

    @api.model
    def _changes(self, scope, lines, records):
        """Return what the records of ``lines`` are to become.

        Those that are alike are asked once, see :meth:`_handover_team` of the mixin.

        :param lines: lines of one scope
        :param records: their records
        :return: ``{line id: (who goes, who comes, the sales team)}``
        """
        changes = {}
        kinds = dict(zip(records._ids, scope._kinds(records), strict=True))
        res_ids, known = column(lines, "res_id"), {}
        of_lines = zip(lines._ids, res_ids, lines._kinds(), strict=True)
        for id_, res_id, of_line in of_lines:
            like = of_line, kinds[res_id]
            if like not in known:
                line, record = one(lines, id_), one(records, res_id)
                known[like] = self._change(scope, line, record)
            changes[id_] = known[like]
        return changes

    @api.model
    def _by_change(self, lines, changes):
        """Group lines by what their records become: ``{change: lines}``."""
        # those that are alike share theirs
        kinds = [id(changes[id_]) for id_ in lines._ids]
        return grouped_by(lines, kinds, lambda line: changes[line.id])

    @api.model
    def _change(self, scope, line, record):
        """Return who goes, who comes, and the team, see :meth:`_changes`."""
        if line.goes_back:
            return self._change_back(scope, line, record)
        taker, team = line.successor_id, line.pool_team_id
        if not team:
            target = line.request_id.target_team_id
            team = scope._handler()._handover_team(scope, record, taker, target)
        return line.predecessor_id, taker, team

    @api.model
    def _change_back(self, scope, line, record):
        """Return who goes, who comes, and the team, where ``record`` goes back."""
        before = line.before
        owners = scope._owners(record)
        end = line.sudo().chain_end_id
        if end.successor_id not in owners:
            # it was put back by hand
            end = line
        giver = end.successor_id
        if line.taken_back and giver not in owners:
            # those who came instead
            giver = owners - line.predecessor_id
        giver -= giver.browse(before["owner"])
        team = self.env["crm.team"].sudo()
        if scope.team_field_id:
            team = record[scope.team_field_id.name]
            former = team.browse(before["team"] or ())
            fits = self.env["handover.mixin"]._handover_fits
            if team.id == end.after["team"] and fits(record, former):
                team = former
        return giver, line.predecessor_id, team

    @api.model
    def _move_along_only(self, lines):
        """Return the results of lines whose successor owned the record before."""
        records = lines.scope_id._records(lines.mapped("res_id"))
        moved = self._move_along(lines, records)
        text = self._owned_already()
        return {
            line.id: self._result(moved[line.res_id], code="already", message=text)
            for line in lines
        }

    @api.model
    def _result(self, moved, code, message="", after=None, **values):
        """Return the result of a line whose record went; what stayed is in its text.

        :param moved: what went along with the record, and what did not
        """
        stayed = moved.pop("stayed", [])
        if stayed:
            message = joined(self.env, [message, *(t["text"] for t in stayed)])
        return {
            "code": code,
            "message": message,
            "after": {**(after or {}), **moved},
            "stayed": stayed,
            **values,
        }

    @api.model
    def _check_taken(self, lines, scope, records, moved):
        """Read the owners back, as those who take the records.

        :param moved: what went along with each record, and what did not
        :raise RecordsRefused: when another add-on put an owner back, or somebody could
            not open what they got
        """
        refusals = {}
        for taker, group in lines._by_kind(lambda line: line._taker()).items():
            some = records.browse(column(group, "res_id"))
            readable = set(self._readable(some, taker)._ids)
            kinds, has_taken = zip(group._kinds(), scope._kinds(some), strict=True), {}
            for record, line, like in zip(some, group, kinds, strict=True):
                if like not in has_taken:
                    has_taken[like] = self._has_taken(line, scope, record, taker)
                if not has_taken[like]:
                    refusals[line.id] = (
                        "overridden",
                        self._say(
                            lambda env: env._(
                                "Another rule of the database kept the owner."
                            )
                        ),
                    )
                elif record.id not in readable:
                    # who does not follow it may see nothing of it for that
                    stayed = moved[record.id].get("stayed", ())
                    texts = self._not_open_to(taker), *(t["text"] for t in stayed)
                    text = joined(self.env, texts)
                    refusals[line.id] = "successor_no_access", text
        if refusals:
            raise RecordsRefused(refusals)

    @api.model
    def _has_taken(self, line, scope, record, taker):
        """Tell whether the owner of ``record`` is who should be, and nobody else."""
        owners = scope._owners(record)
        keeps = line.goes_back and line.successor_id.id in line.before["owner"]
        stays = not keeps and line._giver() and line._giver() in owners
        strayed = line._goes_to_pool() and not self._is_in_pool(line, scope, record)
        return not (stays or strayed or (taker and taker not in owners))

    @api.model
    def _readable(self, records, user):
        """Return those of ``records`` that ``user`` can open in their companies.

        What the handover itself opens does not count: that ends with it.
        """
        if not user:
            return records
        return user._handover_may(records, handover_access=False)
