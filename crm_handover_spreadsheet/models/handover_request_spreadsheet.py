import hashlib
import json
from collections import Counter

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from odoo.addons.crm_handover.models.handover_guard import door, single

from ..workbook import workbook, written

# lines that are in memory at the same time
CHUNK = 1_000
# people and teams that a drop-down proposes
PROPOSED = 1_000
# what is filled in, by its field
FILLED = {
    "successor": "successor_id",
    "pool": "pool_team_id",
    "risk": "risk",
    "note": "note",
}
# in characters; what has none is hidden
WIDTHS = {
    "key": 18, "kind": 14, "record": 34, "customer": 26, "stage": 16, "value": 12,
    "currency": 9, "next": 26, "owner": 18, "successor": 24, "pool": 18, "risk": 10,
    "note": 50, "stamp": 0,
}  # fmt: skip


class HandoverRequest(models.Model):
    """The records of a draft as a spreadsheet: to be filled in elsewhere.

    A row is found again by its key. A hidden column keeps what was there when it was
    made, so that nothing that somebody changed meanwhile is written over unnoticed.
    """

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_download_spreadsheet(self):
        """Make a spreadsheet of the records that the caller may see, to be filled in.

        Of many records it is made in the background.

        :return: an action that downloads the file, or says that it is being made
        :raise UserError: when it is no draft
        """
        single(self)
        self._check_spreadsheet()
        return self._deliver("spreadsheet")

    def _file_makers(self):
        def spreadsheet():
            self._check_spreadsheet()
            return ".xlsx", self._spreadsheet()

        return {**super()._file_makers(), "spreadsheet": spreadsheet}

    @door
    def action_upload_spreadsheet(self):
        """Open the dialog that takes the filled in spreadsheet.

        :return: a window action
        :raise AccessError: when the caller may change nothing of it
        :raise UserError: when it is no draft
        """
        single(self)
        # what the predecessor knows is welcome, whoever requested the handover
        self._check_line_edit(self.line_ids.browse(), {"note"})
        return self.env["handover.request.upload"]._open(self)

    def _check_spreadsheet(self):
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%s is no draft: take it back to draft before you change it.",
                    self.name,
                )
            )

    # ------------------------------------------------------------
    # WHAT IS IN IT
    # ------------------------------------------------------------

    def _spreadsheet(self):
        """Return the spreadsheet, as bytes, with the reader's rights."""
        heads = self._spreadsheet_heads()
        return workbook(
            "Handover",
            {
                name: (heads[name], width, name in FILLED)
                for name, width in WIDTHS.items()
            },
            self._spreadsheet_rows(),
            self._spreadsheet_choices(),
        )

    def _spreadsheet_heads(self):
        """Return the heads of the columns, in the reader's language, by their names."""
        return {
            "key": self.env._("Key"),
            "kind": self.env._("Kind"),
            "record": self.env._("Record"),
            "customer": self.env._("Customer"),
            "stage": self.env._("Stage"),
            "value": self.env._("Value"),
            "currency": self.env._("Currency"),
            "next": self.env._("Next Step"),
            "owner": self.env._("Owner"),
            "successor": self.env._("Successor"),
            "pool": self.env._("Team's Pool"),
            "risk": self.env._("Risk"),
            "note": self.env._("Note"),
            "stamp": self.env._("As Downloaded"),
        }

    def _spreadsheet_risks(self):
        """Return what risks are called in the reader's language: ``{key: text}``."""
        field = self.env["handover.request.line"]._fields["risk"]
        return dict(field._description_selection(self.env))

    def _spreadsheet_choices(self):
        people = self._spreadsheet_people()
        possible = people.filtered(self._can_succeed)[:PROPOSED]
        names = self._spreadsheet_names(people)
        teams = self.env["crm.team"].search(self._spreadsheet_teams(), limit=PROPOSED)
        return {
            "successor": [names[user.id] for user in possible],
            "pool": teams.mapped("name"),
            "risk": list(self._spreadsheet_risks().values()),
        }

    def _spreadsheet_teams(self):
        """Return the domain of the teams whose pool may take records."""
        return Domain("company_id", "in", [self.company_id.id, False])

    def _spreadsheet_people(self):
        """Return the employees whom the reader may see, archived ones as well."""
        users = self.env["res.users"].with_context(active_test=False)
        return users.search([("share", "=", False)], order="active desc, name, id")

    def _can_succeed(self, user):
        """Tell whether ``user`` can take over records of this handover."""
        return (
            user.active
            and not user.share
            and user != self.predecessor_id
            and self.company_id in user.sudo().company_ids
        )

    def _spreadsheet_names(self, users):
        """Return how people are named: with the login where the name is not enough."""
        count = Counter(users.mapped("name"))
        return {
            user.id: user.name
            if count[user.name] < 2
            else f"{user.name} ({user.login})"
            for user in users
        }

    def _spreadsheet_keys(self, lines):
        """Return the keys of ``lines`` of this handover: ``{line id: key}``.

        Model and id; where two kinds of record have the same model, the owner's field
        as well.
        """
        kinds = lines.scope_id.sudo()
        several = {
            m for m, count in Counter(kinds.mapped("model")).items() if count > 1
        }
        return {
            line.id: f"{line.res_model},{line.res_id}"
            + (
                f",{line.scope_id.sudo().owner_field_id.name}"
                if line.res_model in several
                else ""
            )
            for line in lines
        }

    def _spreadsheet_lines(self):
        domain = [("request_id", "=", self.id)]
        return self.env["handover.request.line"].search(domain, order="scope_id, id")

    def _spreadsheet_rows(self):
        """Yield the rows, in chunks, to spare the memory."""
        lines = self._spreadsheet_lines()
        keys = self._spreadsheet_keys(lines)
        names = self._spreadsheet_names(self._spreadsheet_people())
        risks = self._spreadsheet_risks()
        for some in split_every(CHUNK, lines.ids, lines.browse):
            for scope, part in some.grouped("scope_id").items():
                facts = part._spreadsheet_facts(scope)
                for line in part:
                    taker, known = line.successor_id.sudo(), facts.get(line.res_id, {})
                    yield {
                        **dict.fromkeys(WIDTHS, ""),
                        **known,
                        "key": keys[line.id],
                        "kind": scope.name,
                        "record": line.res_name,
                        "successor": names.get(taker.id, taker.name or ""),
                        "pool": line.pool_team_id.sudo().name or "",
                        "risk": risks[line.risk],
                        "note": line.note or "",
                        "stamp": line._spreadsheet_stamp(known.get("stamp")),
                    }
            self.env.invalidate_all()


class HandoverRequestLine(models.Model):
    """A record of a draft as a row of a spreadsheet."""

    _inherit = "handover.request.line"

    def _spreadsheet_facts(self, scope):
        """Return what the reader may know of records of one kind.

        :return: ``{record id: {column: text or number}}``; ``stamp`` has the owners
        """
        known = self._known(scope)
        records = scope._records(list(known))
        self.env["handover.request"]._check_frozen(records, "export")
        customer = records._fields.get(scope._handler()._handover_customer_field)
        named = customer is not None and customer.comodel_name == "res.partner"
        facts = {}
        for record in records:
            row, owners = known[record.id], scope._owners(record)
            facts[record.id] = {
                "customer": (named and record[customer.name].display_name) or "",
                "stage": row["stage"] or "",
                # nothing is worth nothing
                "value": row["currency_id"] and row["value"],
                "currency": (row["currency_id"] and row["currency_id"].name) or "",
                "next": row["next_step"] or "",
                "owner": ", ".join(owners.mapped("name")),
                "stamp": owners.ids,
            }
        return facts

    def _spreadsheet_values(self):
        """Return what is filled in, as it is now: plain values by their fields."""
        return {
            "successor_id": self.successor_id.id,
            "pool_team_id": self.pool_team_id.id,
            "risk": self.risk,
            "note": written(self.note),
        }

    def _spreadsheet_stamp(self, owners):
        """Return the text that says what there was when the spreadsheet was made.

        :param owners: ids of who has the record, as far as the reader may know
        """
        values = self._spreadsheet_values()
        return json.dumps(values | {"note": digest(values["note"]), "owners": owners})


def digest(text):
    """Return a short text that changes with ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
