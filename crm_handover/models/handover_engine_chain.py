from odoo import api, models
from odoo.fields import Domain

from .handover_said import said_in


class HandoverEngine(models.AbstractModel):
    """The way back of a record that something happened to meanwhile."""

    _inherit = "handover.engine"

    @api.model
    def _is_passed_on(self, line, owners, chain):
        """Tell whether the record is where handovers brought it, and nobody else.

        :param owners: who owns it now
        :param chain: where it went on
        """
        left_so = set((line.after or {}).get("owner", owners.ids))
        if chain.end == line or line.successor_id.id not in left_so:
            return False
        passed_on = left_so - {line.successor_id.id} | {chain.end.successor_id.id}
        return set(owners.ids) == passed_on

    @api.model
    def _chain_obstacle(self, line, scope, record, chain):
        """Return why another handover keeps ``record`` from going back, or ``None``."""
        owners = scope._owners(record)
        taker = line.predecessor_id
        if line.taken_back or not line.before:
            return None
        if taker in owners and self._is_passed_on(line, owners, chain):
            return "already", self._say(
                lambda env: env._("%s has it again already.", taker.name)
            )
        if chain.over:
            return "changed_since", self._say(
                lambda env: env._(
                    "%s had it for a time only, and that is over: it has gone back"
                    " from them.",
                    taker.name,
                )
            )
        if chain.anew and line.successor_id in owners:
            return "changed_since", self._say(
                lambda env: env._(
                    "%s has it by a later handover.", line.successor_id.name
                )
            )
        # who gave it away for good was not who is gone: it stays with who has it
        gone = taker and self._taker_obstacle(taker, scope, record)
        if chain.for_good and gone and self._is_passed_on(line, owners, chain):
            return "changed_since", self._say(
                lambda env: env._(
                    "%(owner)s has it by a later handover for good. %(why)s",
                    owner=chain.end.successor_id.name,
                    why=said_in(env, gone[1]),
                )
            )
        return None

    @api.model
    def _passed_text(self, line):
        """Return from whom a record goes back that is not with its successor."""
        if not line.goes_back or line.sudo().chain_end_id == line:
            return ""
        holder, successor = line._giver().name, line.successor_id.name
        return self._say(
            lambda env: env._(
                "From %(holder)s, who got it from %(successor)s.",
                holder=holder,
                successor=successor,
            )
        )

    @api.model
    def _note_passed(self, lines):
        """Write into the history of other handovers what went back past them."""
        ends = lines._going_back().sudo().chain_end_id - lines
        for request, some in ends.grouped("request_id").items():
            request._log_event("gone_back", records=len(some))

    @api.model
    def _changed_meanwhile(self, lines):
        """Return what was changed of records since they were handed over, and by whom.

        From the tracked changes in the chatter: the names of fields, no values.

        :return: ``{line id: text}``
        """
        texts = {}
        for scope, some in lines.grouped("scope_id").items():
            since = {line.res_id: line for line in some if line.date_done}
            if not since:
                continue
            first = min(line.date_done for line in since.values())
            tracked = (
                self.env["mail.tracking.value"]
                .sudo()
                .search(
                    Domain("mail_message_id.model", "=", scope.model)
                    & Domain("mail_message_id.res_id", "in", list(since))
                    & Domain("mail_message_id.date", ">", first)
                    & Domain("field_id", "!=", False)
                    & Domain("field_id", "!=", scope.owner_field_id.id)
                )
            )
            changes = {}
            for value in tracked:
                message = value.mail_message_id
                line = since[message.res_id]
                if message.date > line.date_done:
                    names, people = changes.setdefault(line.id, ({}, {}))
                    names[value.field_id.field_description] = True
                    people[message.author_id.name or ""] = True
            for line_id, (names, people) in changes.items():
                texts[line_id] = self.env._(
                    "Changed since by %(people)s: %(fields)s.",
                    people=", ".join(filter(None, people)) or self.env._("nobody"),
                    fields=", ".join(sorted(names)),
                )
        return texts
