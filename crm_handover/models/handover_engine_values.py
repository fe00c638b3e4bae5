"""What hangs on the owner or the team of a record, and is kept when they change.

It is found from the model's dependencies, see docs/decisions/10: values that people may
edit stay, dates of what happened stay, properties go along where the new team has them.
What cannot stay is told before, kept on the line, and put back with a return.
"""

import json
from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from .. import property_values
from .handover_columns import column, grouped_by


class Hanging(NamedTuple):
    """The fields of a model that hang on its owner or its team."""

    # computed, and people may edit them; or named by the model
    kept: list
    # when something happened; nobody edits them, or the model names them
    dates: list
    # defined by the owner or the team
    properties: list


class HandoverEngine(models.AbstractModel):
    _inherit = "handover.engine"

    @api.model
    def _hanging(self, scope):
        """Return the stored fields that an owner's or a team's change alters."""
        Model = self.env[scope.model]
        names = {scope.owner_field_id.name, scope.team_field_id.name} - {False}
        dependents = {
            field
            for name in names
            for field in self.env.registry.get_field_trigger_tree(
                Model._fields[name]
            ).root
            if field.model_name == scope.model and field.store
        }
        properties = [
            field
            for field in dependents
            if field.type == "properties" and field.definition_record in names
        ]
        kept = [
            field
            for field in dependents
            if not (field.readonly or field.related or field.name in names)
            and field not in properties
        ]
        handler = scope._handler()
        named = [Model._fields[name] for name in handler._handover_protected]
        dates = [Model._fields[name] for name in handler._handover_dates]
        dates += [
            field
            for field in Model._fields.values()
            if field.type in ("date", "datetime")
            and (field.store and field.readonly and not field.related)
            and field.name not in models.MAGIC_COLUMNS
        ]
        return Hanging(list({*kept, *named}), dates, properties)

    @api.model
    def _write_owners(self, scope, lines, records, change):
        """Write the new owner and team of records, and keep what hangs on them.

        :param records: those of ``lines``, in the same order
        :param change: who goes, who comes and the team, as of :meth:`_changes`
        :return: what changed besides, ``{record id: {"values": {name: (former, new)},
            "lost": {label: text}}}``, of those where something did
        """
        handler, hanging = scope._handler(), self._hanging(scope)
        loose = self._loose(scope, records, change)
        former = self._former_values(lines, records, hanging, loose)
        definitions = self._definitions(records, loose)
        with self.env.protecting(
            [
                ([field], records - loose.get(field.name, records.browse()))
                for field in [*hanging.kept, *hanging.properties]
            ]
        ):
            records.write(handler._handover_values(scope, records, *change))
            # before the flush: one UPDATE for all
            self._keep_dates(records, hanging.dates, former)
            self._put_values_back(lines, records, former)
            lost = self._carry_properties(lines, records, definitions, former)
            self.env.flush_all()
        told = {
            name: {*some._ids} - self._coming_back(lines, some, name, former)
            for name, some in loose.items()
        }
        changed = self._all_differences(records, former)
        return {
            record.id: self._besides(record, former, told, lost, changed[record.id])
            for record in records.browse({*changed} | {*lost})
        }

    @api.model
    def _besides(self, record, former, told, lost, values):
        """Return what changed on a record besides its owner and team.

        :param told: whose lost values are told, ``{field name: record ids}``
        :param values: the differences, see :meth:`_all_differences`
        """
        former, lost = former[record.id], {**lost.get(record.id, {})}
        for name in values.keys() & told.keys():
            field = record._fields[name]
            if field.type != "properties" and record.id in told[name]:
                label = field._description_string(self.env)
                lost[label] = field.convert_to_export(former[name], record)
        return {"values": values, "lost": lost}

    @api.model
    def _loose(self, scope, records, change):
        """Return which values cannot be kept: ``{field name: records}``."""
        _giver, taker, team = change
        hanging = self._hanging(scope)
        loose = {**scope._handler()._handover_unkept(records, team)}
        comes = {scope.owner_field_id.name: taker, scope.team_field_id.name: team}
        for field in hanging.properties:
            name = field.definition_record
            stays = grouped_by(
                records,
                column(records, name),
                lambda record, name=name: record[name] == comes[name],
            )
            loose[field.name] = stays.get(False, records.browse())
        return {name: some for name, some in loose.items() if some}

    @api.model
    def _coming_back(self, lines, records, name, former):
        """Return whose value of a field goes back to what it was before the handover.

        :param lines: the lines of ``records``, and maybe others
        :param former: ``{record id: {name: value}}``
        :return: ids of records
        """
        field = records._fields[name]
        return {
            line.res_id
            for line in lines._going_back()
            if line.res_id in records._ids
            and name in (changed := line._changed_values())
            and self._plain(field, former[line.res_id][name]) == changed[name][1]
        }

    # ------------------------------------------------------------
    # BEFORE
    # ------------------------------------------------------------

    @api.model
    def _risky_domain(self, scope):
        """Return the domain of the records that might not keep every value."""
        domain = scope._handler()._handover_unkept_domain()
        for field in self._hanging(scope).properties:
            domain |= Domain.custom(
                to_sql=lambda _model, alias, _query, name=field.name: SQL(
                    "%s IS NOT NULL", SQL.identifier(alias, name)
                )
            )
        return domain

    @api.model
    def _losses(self, scope, lines):
        """Return what records would not keep if they were handed over, or back, now.

        :param lines: lines of one scope whose records are there
        :return: ``{record id: labels of fields and properties}``
        """
        records = scope._records(lines.mapped("res_id"))
        changes = self._changes(scope, lines, records)
        groups = self._by_change(lines, changes)
        losses = defaultdict(set)
        for change, group in groups.items():
            some = records.browse(group.mapped("res_id"))
            by_id = {line.res_id: line for line in group}
            for name, loose in self._loose(scope, some, change).items():
                for record in loose:
                    losses[record.id] |= self._losing(
                        scope, change, by_id[record.id], record, name
                    )
        return {record_id: labels for record_id, labels in losses.items() if labels}

    @api.model
    def _losing(self, scope, change, line, record, name):
        """Return the labels of what one field of a record would lose."""
        field = record._fields[name]
        former = {record.id: {name: self._value(record, name)}}
        if field.type != "properties":
            back = self._coming_back(line, record, name, former)
            return set() if back else {field._description_string(self.env)}
        _giver, taker, team = change
        is_team = field.definition_record == scope.team_field_id.name
        comes = (team if is_team else taker).sudo()
        _carried, lost = property_values.carry(
            self._changed_since(line, field, former[record.id][name]),
            field._get_properties_definition(record) or [],
            comes[field.definition_record_field] or [],
        )
        return {prop["string"] for prop in lost}

    # ------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------

    @api.model
    def _former_values(self, lines, records, hanging, loose):
        """Return the values that may change, ``{record id: {name: value}}``."""
        asked = {field.name: {*records._ids} for field in hanging.dates}
        for name, some in loose.items():
            asked.setdefault(name, set()).update(some._ids)
        for line in lines._going_back():
            for name in line._changed_values().keys() & records._fields:
                asked.setdefault(name, set()).add(line.res_id)
        former = {id_: {} for id_ in records._ids}
        for name, ids in asked.items():
            some = records.browse(id_ for id_ in records._ids if id_ in ids)
            for id_, value in zip(some._ids, self._values(some, name), strict=True):
                former[id_][name] = value
        return former

    @api.model
    def _values(self, records, name):
        """Return the values of a field of ``records``, which stay what they are."""
        if records._fields[name].type in ("date", "datetime"):
            return column(records, name)
        return [self._value(record, name) for record in records]

    @api.model
    def _value(self, record, name):
        """Return the value of a field, which stays what it is."""
        value = record[name]
        is_live = record._fields[name].type == "properties"
        return dict(value._values) if is_live else value

    @api.model
    def _plain(self, field, value):
        """Return a value as JSON has it, so that it can be put back."""
        if field.type == "many2one":
            return value.id
        if field.relational:
            return sorted(value.ids)
        if field.type in ("date", "datetime"):
            return field.to_string(value)
        return value

    @api.model
    def _all_differences(self, records, former):
        """Return which of the former values are others by now.

        :return: ``{record id: {name: (former, new)}}``, as JSON has them
        """
        differences, asked = defaultdict(dict), defaultdict(list)
        for id_, values in former.items():
            for name in values:
                asked[name].append(id_)
        for name, ids in asked.items():
            field, some = records._fields[name], records.browse(ids)
            for id_, new in zip(ids, self._values(some, name), strict=True):
                if (value := former[id_][name]) != new:
                    pair = self._plain(field, value), self._plain(field, new)
                    differences[id_][name] = pair
        return differences

    @api.model
    def _keep_dates(self, records, dates, former):
        """Put back when something happened: a handover is no new assignment.

        A first assignment sets its date.
        """
        for field in dates:
            back = defaultdict(list)
            values = zip(records._ids, column(records, field.name), strict=True)
            for id_, new in values:
                value = former[id_][field.name]
                if value and new != value:
                    back[value].append(id_)
            for value, ids in back.items():
                field.write(records.browse(ids), value)
            changed = [id_ for ids in back.values() for id_ in ids]
            records.browse(changed).modified([field.name])

    @api.model
    def _put_values_back(self, lines, records, former):
        """On the way back, undo what changed with the handover, and not since."""
        back = defaultdict(list)
        for line in lines._going_back():
            for name, (value, left) in line._changed_values().items():
                field = records._fields.get(name)
                if not field or field.type == "properties":
                    continue
                if self._plain(field, former[line.res_id][name]) == left:
                    back[name, json.dumps(value)].append(line.res_id)
        for (name, value), ids in back.items():
            self._put_back(
                records._fields[name], records.browse(ids), json.loads(value)
            )

    @api.model
    def _put_back(self, field, records, value):
        """Write one former value, unless what it names is gone."""
        if field.relational:
            ids = value if isinstance(value, list) else [value] if value else []
            if len(self.env[field.comodel_name].browse(ids).exists()) < len(ids):
                return
            if field.type != "many2one":
                value = [fields.Command.set(ids)]
        field.write(records, value)
        records.modified([field.name])

    # ------------------------------------------------------------
    # PROPERTIES
    # ------------------------------------------------------------

    @api.model
    def _definitions(self, records, loose):
        """Return the definitions that properties are about to leave.

        :return: ``{field: {record id: definition}}``
        """
        return {
            field: {
                record.id: field._get_properties_definition(record) or []
                for record in some
            }
            for name, some in loose.items()
            if (field := records._fields[name]).type == "properties"
        }

    @api.model
    def _carry_properties(self, lines, records, definitions, former):
        """Give properties the place they have in the new definition.

        On the way back they are what they were, but for what was changed since.

        :param definitions: those that they leave, as of :meth:`_definitions`
        :return: what finds no place, ``{record id: {label: text}}``
        """
        lost = defaultdict(dict)
        if not definitions:
            return lost
        by_id = {record.id: record for record in records}
        for line in lines:
            record = by_id[line.res_id]
            for field, definition in definitions.items():
                if record.id in definition:
                    lost[record.id] |= self._carry(
                        line, record, field, definition[record.id], former[record.id]
                    )
        return lost

    @api.model
    def _carry(self, line, record, field, definition, former):
        """Carry the properties of one record; return what is lost, by its label."""
        values = former[field.name]
        if line.goes_back and field.name in line._changed_values():
            base, _left = line._changed_values()[field.name]
        else:
            base = record[field.name]._values
        changed = self._changed_since(line, field, values)
        new = field._get_properties_definition(record) or []
        carried, lost = property_values.carry(changed, definition, new)
        field.write(record, {**base, **carried})
        return {prop["string"]: self._shown(prop, values) for prop in lost}

    @api.model
    def _changed_since(self, line, field, values):
        """Return the properties to carry: all; on the way back, what changed since.

        What is as the handover left it is what it was before.
        """
        left = {}
        if line.goes_back and field.name in line._changed_values():
            _base, left = line._changed_values()[field.name]
        return {name: v for name, v in values.items() if v != left.get(name)}

    @api.model
    def _shown(self, prop, values):
        """Return the value of a property as people read it."""
        value = values[prop["name"]]
        if (
            prop["type"] in ("many2one", "many2many")
            and prop.get("comodel") in self.env
        ):
            ids = value if isinstance(value, list) else [value]
            named = self.env[prop["comodel"]].sudo().browse(ids).exists()
            return ", ".join(named.mapped("display_name"))
        if prop["type"] == "html":
            return html2plaintext(value)
        if prop["type"] == "boolean":
            return self.env._("yes")
        return property_values.shown(prop, value)
