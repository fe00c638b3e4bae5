"""What a spreadsheet that somebody filled in would change on a draft, row by row."""

import json
from collections import defaultdict
from typing import NamedTuple

from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_values import check_text, is_id

from ..models.handover_request_spreadsheet import FILLED, digest
from ..reader import FORMULA
from ..workbook import written

# what names a user or a team, and their model
NAMING = {"successor": "res.users", "pool": "crm.team"}


class Found(NamedTuple):
    """One row of what is told: a change, what is wrong, or a question."""

    kind: str
    number: int
    column: str
    record: str
    before: str = ""
    after: str = ""
    message: str = ""
    possible: tuple = ()


class Wrong(Exception):
    """A cell that cannot be taken: with the reason, and the way out."""


class Unclear(Exception):
    """A name that several people or teams have, which are all possible."""


class Comparison:
    """Compares rows with the lines of a handover, with the rights of its reader.

    Nothing is written. ``changes`` are ``{line id: values}``; ``found`` tells all.
    """

    def __init__(self, request, rows, chosen):
        """Look at all rows.

        :param request: the handover
        :param rows: as of :func:`..reader.rows`, the heads first
        :param chosen: who is meant by a name that several have, by what it names:
            ``{"successor": {text: user id}, "pool": {text: team id}}``
        :raise UserError: when the file has no row with heads that are known
        """
        self.request, self.env, self.chosen = request, request.env, chosen
        self.found, self.changes = [], {}
        self._unclear = defaultdict(list)
        self._possible = {}
        self._names = {}
        installed = self.env["res.lang"].get_installed()
        self.languages = [code for code, _label in installed]
        self._refused = {}
        self.heads = request._spreadsheet_heads()
        self.places, rows = self._placed(rows)
        self._know()
        seen = {}
        for number, cells in rows:
            self._compare_row(number, cells, seen)
        self._ask()
        order = ("question", "problem", "change")
        self.found.sort(key=lambda one: (order.index(one.kind), one.number))

    # ------------------------------------------------------------
    # HEADS
    # ------------------------------------------------------------

    def _placed(self, rows):
        """Return where the columns are, and the rows below; in whatever language."""
        names = {name: name for name in self.heads}
        for code in self.languages:
            heads = self.request.with_context(lang=code)._spreadsheet_heads()
            names |= {written(head).casefold(): name for name, head in heads.items()}
        places = {}
        for column, cell in enumerate(rows[0][1] if rows else ()):
            name = cell is not FORMULA and names.get(written(cell).casefold())
            if name in places:
                raise UserError(
                    self.env._(
                        "The column %s is there twice: remove one.", self.heads[name]
                    )
                )
            if name:
                places[name] = column
        if "key" not in places or not FILLED.keys() & places.keys():
            raise UserError(
                self.env._(
                    "The first row has no column %(key)s: download the spreadsheet"
                    " anew, and fill it in without changing its first row.",
                    key=self.heads["key"],
                )
            )
        return places, rows[1:]

    # ------------------------------------------------------------
    # WHAT THERE IS
    # ------------------------------------------------------------

    def _know(self):
        """Read what rows are compared with, at once for all of them."""
        request = self.request
        lines = request._spreadsheet_lines()
        keys = request._spreadsheet_keys(lines)
        self.lines = {keys[line.id]: line for line in lines}
        self.owners = {}
        for scope, some in lines.grouped("scope_id").items():
            records = scope._records(some.mapped("res_id")).exists()
            owners = {record.id: scope._owners(record).ids for record in records}
            self.owners |= {line.id: owners.get(line.res_id) for line in some}
        people = request._spreadsheet_people()
        self.names = request._spreadsheet_names(people)
        self.people = defaultdict(people.browse)
        for user in people:
            for text in {user.name, user.login, self.names[user.id]}:
                self.people[written(text).casefold()] |= user
        self.teams = defaultdict(request.env["crm.team"].browse)
        teams = request.env["crm.team"].search(request._spreadsheet_teams())
        self.risks = {}
        for code in self.languages:
            for team in teams.with_context(lang=code):
                self.teams[written(team.name).casefold()] |= teams.browse(team.id)
            risks = request.with_context(lang=code)._spreadsheet_risks()
            self.risks |= {text.casefold(): key for key, text in risks.items()}
        self.risk_names = request._spreadsheet_risks()
        self.risks |= {key: key for key in self.risk_names}

    def _cell(self, cells, name):
        place = self.places.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def _compare_row(self, number, cells, seen):
        key = self._cell(cells, "key")
        key = "" if key is FORMULA else written(key).replace(" ", "")
        line = self.lines.get(key)
        told = self._cell(cells, "record")
        told = written(told) if told is not FORMULA else ""
        if not line:
            self._wrong(number, "key", told or key, self._why_unknown(key))
        elif line in seen:
            message = self.env._(
                "Row %s is about the same record: remove one of them.", seen[line]
            )
            self._wrong(number, "key", line.res_name, message)
        else:
            seen[line] = number
            self._compare_line(number, cells, line)

    def _why_unknown(self, key):
        if not key:
            return self.env._("The key is missing: copy it from a new download.")
        return self.env._(
            "No record of this handover has the key %s: add the record to the draft"
            " first, or remove the row.",
            key[:60],
        )

    def _compare_line(self, number, cells, line):
        """Tell what a row would change of its line, or why it cannot."""
        now = line._spreadsheet_values()
        stamp = self._stamp(cells, now)
        values, wrong = {}, False
        for name, field in FILLED.items():
            if name not in self.places:
                continue
            # the value that the cell had when it was downloaded, if that is known
            base = stamp.get(field, now[field])
            try:
                value = self._value(name, self._cell(cells, name), base, now[field])
                if value in (base, now[field]):
                    continue
                if base != now[field]:
                    raise Wrong(self._why_changed(name, line))
                self._check(line, name, value)
            except Wrong as error:
                wrong = True
                self._wrong(number, name, line.res_name, str(error))
            except Unclear:
                wrong = True
                text = written(self._cell(cells, name))
                self._unclear[name, text].append((number, line.res_name))
            else:
                values[field] = value
        if not values:
            return
        if problem := self._line_problem(line, values, stamp):
            column, message = problem
            self._wrong(number, column, line.res_name, message)
        elif not wrong:
            self.changes[line.id] = values
            # a pool takes the place of a successor, and the other way round
            effect = line._one_taker(values)
            for name, field in FILLED.items():
                if effect.get(field, now[field]) != now[field]:
                    self._change(number, name, line, now[field], effect[field])

    def _stamp(self, cells, now):
        """Return what was there when the spreadsheet was made: values by fields.

        Whoever changes that changes how their own rows are compared, and no more.
        """
        cell = self._cell(cells, "stamp")
        try:
            stamp = json.loads(cell) if isinstance(cell, str) else {}
        except (ValueError, RecursionError):
            stamp = {}
        if not isinstance(stamp, dict):
            return {}
        if "note" in stamp:
            # of a note that was changed since, its digest is known
            same = stamp["note"] == digest(now["note"])
            stamp["note"] = now["note"] if same else (stamp["note"],)
        return stamp

    def _value(self, name, cell, base, now):
        """Return what a cell says, as the field has it.

        :param base: what it was; a name that means this one is no question
        """
        if cell is FORMULA:
            raise Wrong(self.env._("It is a formula: write what it gives."))
        text = written(cell)
        if name == "note":
            return base if base == (digest(text),) else text
        if not text:
            return "none" if name == "risk" else False
        if name in NAMING:
            # what is still there asks for nothing, whoever it names
            for id_, on_line in ((base, base == now), (now, True)):
                if text.casefold() in self._called(name, id_, on_line):
                    return id_
        return getattr(self, f"_{name}")(text)

    def _called(self, name, id_, on_line):
        """Return how a cell may have named a user or a team, in any language.

        :param on_line: it is on a line, where the caller sees what it is called; of
            others, which a file claims, no more is known than the caller may read
        """
        if not id_ or not is_id(id_):
            return set()
        key = name, id_, on_line
        if key not in self._names:
            records = self.env[NAMING[name]].with_context(active_test=False)
            if on_line:
                record = records.sudo().browse(id_)
            else:
                record = records.search([("id", "=", id_)])
            texts = {record.with_context(lang=code).name for code in self.languages}
            if name == "successor" and id_ in self.names:
                texts |= {record.login, f"{record.name} ({record.login})"}
            self._names[key] = {written(text or "").casefold() for text in texts}
        return self._names[key]

    def _risk(self, text):
        if key := self.risks.get(text.casefold()):
            return key
        raise Wrong(
            self.env._(
                "“%(text)s” is no risk: write one of %(risks)s.",
                text=text[:60],
                risks=", ".join(self.risk_names.values()),
            )
        )

    def _successor(self, text):
        people = self.people.get(text.casefold())
        if not people:
            raise Wrong(
                self.env._(
                    "Nobody is called “%s”: write the name or the login of a user.",
                    text[:60],
                )
            )
        return self._meant("successor", text, people, self.request._can_succeed)

    def _pool(self, text):
        teams = self.teams.get(text.casefold())
        if not teams:
            raise Wrong(self.env._("No sales team is called “%s”.", text[:60]))
        return self._meant("pool", text, teams, self._can_have_pool)

    def _can_have_pool(self, team):
        try:
            self.request._check_pool_team(team)
        except UserError:
            return False
        return True

    def _meant(self, name, text, records, is_possible):
        """Return the id of the one that is meant, of those that are called so.

        :raise Unclear: when several are possible, and none of them was chosen
        """
        if (name, text) not in self._possible:
            self._possible[name, text] = records.filtered(is_possible)
        possible = self._possible[name, text]
        if len(possible) < 2:
            return (possible or records[0]).id
        chosen = self.chosen.get(name, {}).get(text)
        if chosen not in possible.ids:
            raise Unclear
        return chosen

    # ------------------------------------------------------------
    # WHAT IS REFUSED
    # ------------------------------------------------------------

    def _check(self, line, name, value):
        """Raise where a value is none that the line can have from this caller."""
        # of several people who give each may note something of their own alone
        key = name, line.predecessor_id.id
        if name in ("successor", "pool"):
            key = name, value
        if key not in self._refused:
            self._refused[key] = self._refusal(line, name, value)
        if self._refused[key]:
            raise Wrong(self._refused[key])
        if name == "note":
            self._try(check_text, self.env, value, self.heads["note"])

    def _refusal(self, line, name, value):
        """Return why the caller cannot write this on any line, or an empty text."""
        try:
            self.request._check_line_edit(line, {FILLED[name]})
            if name == "successor" and value:
                user = self.env["res.users"].browse(value)
                if not user.active:
                    return self.env._(
                        "%s was archived: choose somebody who is there.", user.name
                    )
                self.request._check_successor_user(user)
            if name == "pool" and value:
                self.request._check_pool_team(self.env["crm.team"].browse(value))
        except (AccessError, UserError) as error:
            return str(error)
        return ""

    def _try(self, check, *args):
        try:
            check(*args)
        except UserError as error:
            raise Wrong(str(error)) from None

    def _why_changed(self, name, line):
        return self.env._(
            "It was changed since the download, to “%s”: download the spreadsheet anew,"
            " or leave the cell as it was.",
            self._told(name, line._spreadsheet_values()[FILLED[name]]),
        )

    def _line_problem(self, line, values, stamp):
        """Return what is wrong with a line as a whole, ``(column, text)``, or none."""
        owners, before = self.owners[line.id], stamp.get("owners")
        if owners is None:
            return "record", line.scope_id._why_missing()
        if not isinstance(before, list):
            same = not line.predecessor_id or line.predecessor_id.id in owners
        else:
            same = before == owners
        if not same:
            return "owner", self.env._(
                "Its owner has changed since: download the spreadsheet anew, or remove"
                " the record from the handover."
            )
        taker, pool = values.get("successor_id"), values.get("pool_team_id")
        if taker and taker == line.predecessor_id.id:
            return "successor", self.env._(
                "Nobody hands work over to themselves: choose another user."
            )
        if taker and pool:
            return "pool", self.env._(
                "%s goes to a successor or to a team's pool: choose one.",
                line.res_name,
            )
        if pool:
            try:
                line._check_has_pool()
            except UserError as error:
                return "pool", str(error)
        return None

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _told(self, name, value):
        """Return a value as people read it."""
        if name == "successor":
            known = self.names.get(value)
            return known or self.env["res.users"].sudo().browse(value or ()).name or "–"
        if name == "pool":
            return self.env["crm.team"].sudo().browse(value or ()).name or "–"
        if name == "risk":
            return self.risk_names.get(value, "")
        return value or "–"

    def _change(self, number, name, line, before, after):
        told = self._told(name, before), self._told(name, after)
        self.found.append(
            Found("change", number, self.heads[name], line.res_name, *told)
        )

    def _wrong(self, number, name, record, message):
        self.found.append(
            Found("problem", number, self.heads[name], record, message=message)
        )

    def _ask(self):
        """Ask once for each name, however many rows have it."""
        for (name, text), rows in self._unclear.items():
            number, record = rows[0]
            several = {"name": text[:60], "count": len(rows)}
            if name == "pool":
                message = self.env._(
                    "Several teams are called “%(name)s”: choose which one is meant, in"
                    " %(count)s rows.",
                    **several,
                )
            else:
                message = self.env._(
                    "Several people are called “%(name)s”: choose who is meant, in"
                    " %(count)s rows.",
                    **several,
                )
            self.found.append(
                Found(
                    "question", number, self.heads[name], record, after=text,
                    message=message, possible=(name, *self._possible[name, text].ids),
                )
            )  # fmt: skip
