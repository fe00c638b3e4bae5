from functools import partial

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_columns import column
from .handover_guard import door, single


class HandoverMixin(models.AbstractModel):
    """What a business model brings to its handover.

    The methods take the records as an argument, since a model that does not inherit
    the mixin is handed over as well: its scope then uses these defaults.
    """

    _name = "handover.mixin"
    _description = "Handover Mixin"

    # facts that a line keeps of the record: {name on the line: field of the record}
    _handover_facts = {}
    # computed fields that nobody edits, and that must not follow the owner all the same
    _handover_protected = ()
    # dates of what happened that people may edit, and that are no new ones
    _handover_dates = ()
    # the field that tells how a record was closed; else that is its stage
    _handover_closed_field = ""
    # whether followers have access to a record because they follow it, whatever its
    # record rules say, see `_handover_enters_by_following`
    _handover_followers_enter = False
    # the field to what a record belongs to, whose followers have access to it as well
    _handover_entered_with = ""
    # fields that say who gets at a record, besides its owner, team and company
    _handover_access_fields = frozenset()
    # fields of a meeting, besides its document, that name the records it is about
    _handover_meeting_links = ()
    # the field that names the customer whom a record is about
    _handover_customer_field = "partner_id"
    # else where it names one: paths over stored fields
    _handover_customer_paths = ()
    # whether customers ask and complain with such records
    _handover_complaint = False

    handover_count = fields.Integer(
        compute="_compute_handover_count",
        groups="crm_handover.group_handover_user",
        string="Handovers",
        help="How many handovers the record was on, of those that the reader sees.",
    )

    @api.depends_context("uid")
    def _compute_handover_count(self):
        self.handover_count = 0
        if not self._handover_is_on_any():
            return
        counts = dict(
            self.env["handover.request.line"]._read_group(
                self._handover_lines_domain() & Domain("res_id", "in", self.ids),
                ["res_id"],
                ["__count"],
            )
        )
        for record in self:
            record.handover_count = counts.get(record.id, 0)

    def _handover_is_on_any(self):
        """Tell whether a record of ``self`` was on any handover: most never are."""
        self.env["handover.request.line"].flush_model(["res_model", "res_id"])
        self.env.cr.execute(
            SQL(
                """SELECT FROM handover_request_line
                WHERE res_model = %s AND res_id = ANY(%s) LIMIT 1""",
                self._name,
                self._origin.ids,
            )
        )
        return bool(self.env.cr.rowcount)

    @door
    def action_view_handovers(self):
        """Open the handovers of this record that the user may see.

        :return: a window action
        """
        single(self)
        lines = self.env["handover.request.line"].search(
            self._handover_lines_domain() & Domain("res_id", "=", self.id)
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover.handover_request_action"
        )
        action["domain"] = [("id", "in", lines.request_id.ids)]
        action["context"] = {"create": False}
        return action

    @api.model
    def _handover_lines_domain(self):
        """Return the domain of the lines that name records of this model.

        Not those of a model that had the same name, and went with its app.
        """
        scopes = self.env["handover.scope"]._owner_fields(self._name)
        return Domain("res_model", "=", self._name) & Domain(
            "scope_id", "in", [id_ for id_, *_fields in scopes]
        )

    @api.model
    def _handover_complaint_fields(self):
        """Return what customers ask and complain with, of the add-ons that are there.

        :return: ``[(name of a model, its field with the customer)]``
        """
        known = self.env.registry.descendants(["handover.mixin"], "_inherit")
        return [
            (name, self.env[name]._handover_customer_field)
            for name in sorted(known)
            if self.env[name]._handover_complaint and not self.env[name]._abstract
        ]

    # ------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------

    @api.model
    def _handover_values(self, scope, records, predecessor, successor, team):
        """Return the values that hand ``records`` over.

        :param records: records with the same predecessor, successor and team
        :param predecessor: who gives them; on the way back it may be several users
        :param team: the sales team that goes with the successor, may be empty
        :return: values for ``write``; owner and team go together
        """
        owner = scope.owner_field_id.name
        if records._fields[owner].type == "many2many":
            commands = [fields.Command.unlink(user.id) for user in predecessor]
            return {owner: [*commands, fields.Command.link(successor.id)]}
        values = {owner: successor.id}
        if scope.team_field_id:
            values[scope.team_field_id.name] = team.id
        return values

    @api.model
    def _handover_team(self, scope, record, successor, target_team):
        """Return the sales team that ``record`` belongs to with ``successor``.

        The company is the record's, whatever teams the successor is in: the team that
        was chosen, its own one, or one of theirs, if it fits; else its own one. It is
        the same for all records that have the same team and company now.
        """
        if not scope.team_field_id:
            return target_team.browse()
        own = record[scope.team_field_id.name]
        for team in self._handover_teams(own, successor, target_team):
            if self._handover_fits(record, team):
                return team
        return own

    @api.model
    def _handover_teams(self, own, successor, target_team):
        """Yield the sales teams that a record may come into, the best one first.

        :param own: the team that it is in
        """
        yield from target_team.filtered("active")
        if successor in own.member_ids | own.user_id:
            yield own
        yield from (successor.sale_team_id | successor.crm_team_ids).filtered("active")

    @api.model
    def _handover_fits(self, record, team):
        """Tell whether ``record`` may belong to ``team``, by their companies.

        By nothing else: of records that are alike one is asked, see
        ``handover.scope._kinds``.
        """
        if "company_id" not in record._fields:
            return True
        try:
            return not team.company_id or team.company_id == record.company_id
        except MissingError:
            # it was deleted since
            return False

    @api.model
    def _handover_unkept(self, records, team):
        """Return which values cannot be kept with another team; nothing by itself.

        :param team: the sales team that the records are to belong to, may be empty
        :return: ``{field name: records}``; such a value is computed anew
        """
        return {}

    @api.model
    def _handover_unkept_domain(self):
        """Return the domain of the records that another team might take values from."""
        return Domain.FALSE

    @api.model
    def _handover_snapshot(self, scope, records):
        """Return what must be known of each record: ids, plain values, texts.

        :return: ``{record id: {"owner": [user ids], "team": id, "company": id, …}}``
        """
        nothing = [()] * len(records)
        team, names = scope.team_field_id.name, {}
        company = "company_id" in records._fields
        owners = column(records, scope.owner_field_id.name)
        teams = column(records, team) if team else nothing
        companies = column(records, "company_id") if company else nothing
        facts = [
            self._handover_plain_values(records, field, names)
            for field in self._handover_facts.values()
        ]
        rows = zip(owners, teams, companies, *facts, strict=True)
        return {
            id_: {
                "owner": list(owner),
                "team": team[0] if team else False,
                "company": company[0] if company else False,
                **dict(zip(self._handover_facts, values, strict=True)),
            }
            for id_, (owner, team, company, *values) in zip(
                records._ids, rows, strict=True
            )
        }

    @api.model
    def _handover_plain_values(self, records, field_name, names):
        """Return the values of a field of each of ``records`` as JSON has them.

        :param dict names: of what was named before
        """
        plain = partial(self._handover_plain, field_name=field_name, names=names)
        if records._fields[field_name].type == "json":
            return [plain(record) for record in records]
        values, known = column(records, field_name), {}
        for record, value in zip(records, values, strict=True):
            if value not in known:
                known[value] = plain(record)
        return [known[value] for value in values]

    @api.model
    def _handover_plain(self, record, field_name, names=None):
        """Return the value of a field as JSON has it, the same wherever it is the same.

        :param dict names: of what was named before, for the next record
        """
        field = record._fields[field_name]
        value = record[field_name]
        if field.relational:
            names = {} if names is None else names
            if value not in names:
                names[value] = ", ".join(value.mapped("display_name"))
            return names[value]
        if field.type in ("date", "datetime"):
            return field.to_string(value) or False
        return value

    @api.model
    def _handover_closed_as(self, record):
        """Return how ``record`` was closed, in a word: won, done, archived …"""
        if record._active_name and not record[record._active_name]:
            return self.env._("archived")
        name = self._handover_closed_field or self._handover_facts.get("stage")
        if not name:
            return self.env._("no open record any more")
        return record._fields[name].convert_to_export(record[name], record)

    @api.model
    def _handover_again(self, record):
        """Return what came in the place of a closed record, and is open."""
        return record.browse()

    @api.model
    def _handover_sealed(self, records):
        """Return those of ``records`` that are private to their owner."""
        return records.filtered_domain(self._handover_sealed_domain())

    @api.model
    def _handover_sealed_domain(self):
        """Return the domain of the records that are private to their owner."""
        return Domain.FALSE

    @api.model
    def _handover_work_domain(self):
        """Return the domain of the records that are work for whoever owns them."""
        return Domain.TRUE

    @api.model
    def _handover_meeting_domain(self, records):
        """Return the domain of the meetings about ``records``."""
        domain = Domain("res_model", "=", records._name) & Domain(
            "res_id", "in", records.ids
        )
        for name in self._handover_meeting_links:
            domain |= Domain(name, "in", records.ids)
        return domain

    @api.model
    def _handover_meeting_subjects(self):
        """Return the domain of the records that a meeting can be about."""
        return Domain.TRUE

    @api.model
    def _handover_card_sections(self, record):
        """Return what the database knows of ``record``, for people to read.

        Nothing by itself; extended by super() by whoever shows it, and by glue add-ons
        that know more.

        :param record: one record that the reader may read, with the reader's rights
        :return: ``[{"key", "title", "rows": [{"text", "detail", "res_model",
            "res_id"}]}]``; ``res_model`` and ``res_id`` name what a row is about, or
            are ``False``
        """
        return []
