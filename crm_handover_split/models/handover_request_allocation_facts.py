from collections import Counter

from odoo import api, fields, models

from ..allocation import Line, Load, Taker

# criteria by which a taker gets what they have most of
MARKED = ("territory", "language", "tag")


class HandoverRequest(models.Model):
    """What has to be known to split a handover: gathered in a few grouped queries.

    Only numbers leave these methods, and only for who may edit the draft. What others
    have, and what records are worth, is counted as far as the caller may open it.
    """

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # LINES
    # ------------------------------------------------------------

    def _split_domain(self):
        """Return the domain of the lines that are still to be handed over."""
        mine = fields.Domain("request_id", "=", self.id)
        return mine & fields.Domain("state", "=", "todo")

    def _lines_to_split(self, ids=None):
        """Return the lines that are still to be handed over, with what is read.

        :param ids: those of these ids alone
        """
        named = fields.Domain.TRUE if ids is None else fields.Domain("id", "in", ids)
        lines = self.env["handover.request.line"].search_fetch(
            self._split_domain() & named,
            [
                "scope_id", "res_id", "res_name", "predecessor_id", "successor_id",
                "pool_team_id", "chosen_by",
            ],
            order="id",
        )  # fmt: skip
        return lines._there()

    def _allocation_lines(self, lines, criterion=False, takers=()):
        """Return ``lines`` as :class:`~..allocation.Line`, in their order.

        :param str criterion: gather what this criterion looks at
        :param takers: users, for ``talked``
        """
        by_scope = {
            scope.sudo(): {line.res_id: line for line in some}
            for scope, some in lines.grouped("scope_id").items()
        }
        handed = {scope.model: [*some] for scope, some in by_scope.items()}
        facts = {}
        for scope, some in by_scope.items():
            records = scope._records([*some])
            handler = scope._handler()
            bundles = handler._handover_bundles(records, handed)
            values = self._readable_values(scope, [*some])
            todos = self._todos_of_givers(scope, some)
            marks = self._marks_of_records(scope, records, criterion, takers)
            for id_, line in some.items():
                load = Load(1, values.get(id_, 0), todos[id_])
                facts[line.id] = Line(
                    line.id,
                    bundles[id_],
                    load,
                    line.predecessor_id.id,
                    marks.get(id_),
                )
        return [facts[line.id] for line in lines]

    @api.model
    def _value_field(self, scope):
        """Return the name of the field with what a record is worth, or ``None``."""
        name = scope._handler()._handover_value_field
        return name if name in scope._records()._fields else None

    @api.model
    def _readable_values(self, scope, res_ids):
        """Return ``{record id: value}`` of the records that the caller may open."""
        name = self._value_field(scope)
        if not name:
            return {}
        Model = self.env[scope.model].with_context(active_test=False)
        if not Model.has_access("read"):
            return {}
        records = Model.search_fetch([("id", "in", res_ids)], [name])
        return {record.id: record[name] for record in records}

    @api.model
    def _todos_of_givers(self, scope, lines):
        """Return ``{record id: how many open to-dos its giver has on it}``."""
        groups = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [("res_model", "=", scope.model), ("res_id", "in", [*lines])],
                ["res_id", "user_id"],
                ["__count"],
            )
        )
        return Counter(
            {
                res_id: count
                for res_id, user, count in groups
                if user and user == lines[res_id].predecessor_id
            }
        )

    @api.model
    def _marks_of_records(self, scope, records, criterion, takers):
        """Return ``{record id: {mark: number}}`` for a criterion."""
        marks = {}
        if criterion in MARKED:
            for mark, ids in scope._handler()._handover_marks(criterion, records):
                for id_ in ids:
                    marks.setdefault(id_, Counter())[mark] += 1
        elif criterion == "talked":
            for id_, user_id, count in self._contacts(scope, records, takers):
                marks.setdefault(id_, Counter())[user_id] += count
        return marks

    @api.model
    def _contacts(self, scope, records, takers):
        """Yield ``(record id, taker id, number)``: contacts on the records."""
        contact = self.env["handover.contact"]
        by_partner = {taker.partner_id: taker.id for taker in takers}
        messages = (
            self.env["mail.message"]
            .sudo()
            ._read_group(
                fields.Domain("model", "=", records._name)
                & fields.Domain("res_id", "in", records.ids)
                & fields.Domain("author_id", "in", takers.partner_id.ids)
                & contact._said_domain(),
                ["res_id", "author_id"],
                ["__count"],
            )
        )
        for res_id, author, count in messages:
            yield res_id, by_partner[author], count
        theirs = fields.Domain("partner_ids", "in", takers.partner_id.ids)
        theirs |= fields.Domain("user_id", "in", takers.ids)
        meetings = (
            self.env["calendar.event"]
            .sudo()
            .search(
                scope._handler()._handover_meeting_domain(records)
                & theirs
                & contact._met_domain()
            )
        )
        for meeting in meetings:
            came = contact._present(meeting)
            present = [by_partner[partner] for partner in came if partner in by_partner]
            ids = self.env["handover.engine"]._record_ids_of(meeting, records)
            yield from ((id_, user_id, 1) for id_ in ids for user_id in present)

    # ------------------------------------------------------------
    # TAKERS
    # ------------------------------------------------------------

    def _allocation_takers(self, takers, caps, criterion=False):
        """Return ``takers`` as :class:`~..allocation.Taker`, and what is not known.

        :param takers: users, as superuser
        :param caps: ``{user id: most records or None}``
        What the caller may not open is not counted.

        :return: the takers in their order, and whether what their present records are
            worth is known: it is when the caller may open everybody's
        """
        numbers = {user_id: Counter() for user_id in takers.ids}
        marks = {user_id: Counter() for user_id in takers.ids}
        known = True
        for scope in self.env["handover.scope"]._in_use():
            owner = scope.owner_field_id.name
            Model, domain = scope._records(), scope._collectable_domain(self.company_id)
            theirs = domain & scope._owner_domain(takers)
            opened = self._opened(scope)
            # of anybody, so that it tells nothing about the takers
            hidden = (
                domain & ~opened if self._value_field(scope) else fields.Domain.FALSE
            )
            known = known and not Model.search_count(hidden, limit=1)
            domain, theirs = domain & opened, theirs & opened
            for user, count in Model._read_group(theirs, [owner], ["__count"]):
                if user.id in numbers:
                    numbers[user.id]["records"] += count
            self._add_values(scope, theirs, numbers)
            self._add_todos(Model, domain, numbers)
            if criterion in MARKED:
                self._add_marks(scope, theirs, criterion, marks)
        if not known:
            for counter in numbers.values():
                counter["value"] = 0
        if criterion == "talked":
            marks = {user_id: {user_id: 1} for user_id in takers.ids}
        return [
            Taker(
                user_id,
                Load(counter["records"], counter["value"], counter["todos"]),
                caps[user_id],
                marks[user_id],
            )
            for user_id, counter in numbers.items()
        ], known

    def _opened(self, scope):
        """Return the domain of the records of a kind that the caller may know of.

        What they may open, and what is on this handover.
        """
        lines = self.env["handover.request.line"]
        mine = lines._search(
            [("request_id", "=", self.id), ("scope_id", "=", scope.id)]
        )
        opened = fields.Domain("id", "in", mine.subselect("res_id"))
        Model = self.env[scope.model].with_context(active_test=False)
        if Model.has_access("read"):
            opened |= fields.Domain("id", "in", Model._search(fields.Domain.TRUE))
        return opened

    def _add_values(self, scope, theirs, numbers):
        """Add what these records of the takers are worth."""
        name = self._value_field(scope)
        if not name:
            return
        owner, Model = scope.owner_field_id.name, scope._records()
        for user, value in Model._read_group(theirs, [owner], [f"{name}:sum"]):
            if user.id in numbers:
                numbers[user.id]["value"] += value

    @api.model
    def _add_todos(self, Model, domain, numbers):
        groups = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", Model._name),
                    ("res_id", "in", Model._search(domain)),
                    ("user_id", "in", [*numbers]),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        for user, count in groups:
            numbers[user.id]["todos"] += count

    @api.model
    def _add_marks(self, scope, theirs, criterion, marks):
        owner = scope.owner_field_id.name
        Model, handler = scope._records(), scope._handler()
        for path in handler._handover_mark_paths.get(criterion, ()):
            field = Model._fields.get(path.split(".")[0])
            if not field or not field.store:
                continue
            for user, value, count in Model._read_group(
                theirs, [owner, path], ["__count"]
            ):
                if user.id in marks and value:
                    marks[user.id][handler._handover_mark(value)] += count
