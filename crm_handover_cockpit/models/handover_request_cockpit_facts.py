from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover_briefing.models.handover_card import KNOWLEDGE

from ..board import NOBODY, RISKS, Row

# of a line: what a column needs to sort and count its cards
OUTLINED = [
    "scope_id", "res_id", "successor_id", "pool_team_id", "decision", "state",
]  # fmt: skip
# and what a card shows besides
SHOWN = [
    "res_name", "predecessor_id", "note", "risk", "decision_reason", "chosen_by",
]  # fmt: skip


class Bundled(NamedTuple):
    """What a record belongs together with."""

    bundle: tuple


class HandoverRequest(models.Model):
    """What the cockpit knows of the records: a few queries for each kind of them."""

    _inherit = "handover.request"

    def _cockpit_outline(self):
        """Return all records that the reader may see, with what sorts and counts them.

        :return: rows as of :meth:`_cockpit_rows`: who takes them, what they belong
            together with, their kinds and values, and the defaults of everything else
        """
        lines = self._cockpit_lines(OUTLINED)
        units, rows = lines._units(), []
        for scope, some in lines.grouped("scope_id").items():
            ids = some.mapped("res_id")
            values = self._readable_values(scope.sudo(), ids)
            valued = [values.get(id_, 0) for id_ in ids]
            rows += [
                Row(
                    line.id,
                    self._cockpit_taker(line),
                    units[line.id],
                    name="",
                    kind=scope.id,
                    value=value,
                )
                for line, value in zip(some, valued, strict=True)
            ]
        return rows

    def _cockpit_lines(self, names, rows=None):
        """Return the lines that the reader may see, with these fields.

        What has gone back, or whose kind is gone, is history.

        :param list rows: of which records alone
        """
        domain = Domain("request_id", "=", self.id) & Domain("state", "!=", "returned")
        if rows is not None:
            domain &= Domain("id", "in", [row.line_id for row in rows])
        lines = self.env["handover.request.line"]
        return lines.search_fetch(domain, names, order="id")._there()

    def _cockpit_rows(self, outline=None):
        """Return the records that the reader may see on this handover.

        :param list outline: of which alone: rows of :meth:`_cockpit_outline`
        :return: a list of :class:`~..board.Row`
        """
        lines = self._cockpit_lines([*OUTLINED, *SHOWN], outline)
        if outline is None:
            units = lines._units()
        else:
            # what they belong together with depends on all the others
            units = {row.line_id: row.bundle for row in outline}
        cards = self._cockpit_briefing(lines)
        called, rows = lines._called(), []
        for scope, some in lines.grouped("scope_id").items():
            facts = self._cockpit_facts(scope.sudo(), some)
            for line in some:
                known, fact = cards.get(line.id, {}), facts[line.res_id]
                unit = units[line.id]
                risks = (line.risk, known.pop("risk", "none"))
                told = known.pop("told", False) or line.note or line.risk != "none"
                rows.append(
                    Row(
                        line.id,
                        self._cockpit_taker(line),
                        unit,
                        itself=unit == (line.res_model, line.res_id),
                        name=line.res_name or "",
                        kind=scope.id,
                        risk=max(risks, key=RISKS.index),
                        told=bool(told),
                        chosen=line.chosen_by or "",
                        decision=line.decision,
                        reason=line.decision_reason or "",
                        called=called.get(line.id),
                        state=line.state,
                        **known,
                        **fact,
                    )
                )
        return rows

    @api.model
    def _cockpit_taker(self, line):
        """Return in whose column a record is: with nobody what stays behind.

        :return: the id of a user, below 0 of the team whose pool takes it
        """
        stays = line.state in ("skipped", "failed", "cancelled")
        if stays or line.decision == "declined":
            return NOBODY
        return line.successor_id.id or -line.pool_team_id.id or NOBODY

    def _cockpit_facts(self, scope, lines):
        """Return what is known of records of one kind: values of rows, by their ids."""
        ids = lines.mapped("res_id")
        facts = {id_: {} for id_ in ids}
        readable = self._cockpit_readable(scope, ids)
        for id_, values in readable.items():
            facts[id_].update(values)
        people = lines.predecessor_id | lines.successor_id
        for id_, todos in self._cockpit_todos(scope, ids, people).items():
            facts[id_].update(todos)
        for id_, meetings in self._cockpit_meetings(scope, ids, people).items():
            facts[id_]["meetings"] = tuple(meetings)
        return facts

    def _cockpit_readable(self, scope, ids):
        """Return value and stage of the records that the reader may open, by id."""
        Model = self.env[scope.model].with_context(active_test=False)
        value = self._value_field(scope)
        stage = scope._handler()._handover_facts.get("stage")
        names = [
            name
            for name in (value, stage)
            if name in Model._fields
            and Model._has_field_access(Model._fields[name], "read")
        ]
        if not names or not Model.has_access("read"):
            return {}
        records = Model.search_fetch([("id", "in", ids)], names)
        stages = self._cockpit_stage_names(records, stage) if stage in names else {}
        return {
            record.id: {
                "value": record[value] if value in names else 0,
                "stage": stages.get(record.id, ""),
            }
            for record in records
        }

    @api.model
    def _cockpit_stage_names(self, records, name):
        """Return the stages of records that the reader may open, as lists name them.

        :return: ``{record id: text}``
        """
        field, texts, found = records._fields[name], {}, {}
        for record in records.sudo():
            value = record[name]
            if value not in texts:
                texts[value] = field.convert_to_export(value, record) or ""
            found[record.id] = texts[value]
        return found

    @api.model
    def _cockpit_todos(self, scope, ids, people):
        """Return to-dos of who gives or takes: ``{record id: {"todos", "late"}}``."""
        today = fields.Date.context_today(self)
        todos = self.env["mail.activity"].search_fetch(
            [
                ("res_model", "=", scope.model),
                ("res_id", "in", ids),
                ("user_id", "in", people.ids),
            ],
            ["res_id", "date_deadline"],
        )
        found = defaultdict(lambda: {"todos": 0, "late": 0})
        for todo in todos:
            found[todo.res_id]["todos"] += 1
            found[todo.res_id]["late"] += todo.date_deadline < today
        return found

    @api.model
    def _cockpit_meetings(self, scope, ids, people):
        """Return future meetings of who gives or takes: ``{id: [(start, name)]}``."""
        Meeting = self.env["calendar.event"]
        records = scope._records(ids)
        meetings = Meeting.search(
            Domain("user_id", "in", people.ids)
            & Domain("start", ">", fields.Datetime.now())
            & scope._handler()._handover_meeting_domain(records)
            & ~Meeting._handover_private_domain(),
            order="start",
        )
        found = defaultdict(list)
        for meeting in meetings:
            for id_ in self.env["handover.engine"]._record_ids_of(meeting, records):
                found[id_].append((meeting.start, meeting.id, meeting.name))
        return found

    def _cockpit_briefing(self, lines):
        """Return how far the cards are that the reader may read, by line."""
        cards = self.env["handover.card"].search_fetch(
            [("request_id", "=", self.id), ("line_id", "in", lines.ids)],
            ["line_id", "state", "risk", "date_asked", *KNOWLEDGE],
        )
        asking = self._cockpit_questions(cards, lines.successor_id)
        return {
            card.line_id.id: {
                "briefing": card.state,
                "risk": card.risk,
                "told": card._tells(),
                "asked": bool(card.date_asked) and card.state == "open",
                "questions": int(card.id in asking),
            }
            for card in cards
        }

    def _cockpit_questions(self, cards, takers):
        """Return the ids of the cards on which a successor has the last word."""
        if not cards or not takers:
            return set()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT res_id FROM (
                    SELECT DISTINCT ON (res_id) res_id, author_id FROM mail_message
                    WHERE model = %s AND res_id IN %s
                        AND message_type IN ('comment', 'email')
                    ORDER BY res_id, id DESC
                ) word WHERE author_id IN %s""",
                cards._name,
                tuple(cards.ids),
                tuple(takers.sudo().partner_id.ids),
            )
        )
        return {row[0] for row in self.env.cr.fetchall()}

    def _cockpit_loads(self, people):
        """Return how many open records people have: ``{user id: number}``.

        Of others, when the caller may open everybody's: a part would be a wrong number.
        """
        takers, known = self._allocation_takers(people, dict.fromkeys(people.ids))
        return {
            taker.id: taker.load.records
            for taker in takers
            if known or taker.id == self.env.uid
        }
