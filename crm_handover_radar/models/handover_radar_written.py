import json

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover import code_values
from odoo.addons.crm_handover.models.handover_inflow import named_ids

from .handover_radar import Row
from .handover_radar_field import PEOPLE

# settings that name users in a text: which source of new work, and in which field
WRITTEN = {
    "alias": ("mail.alias", "alias_defaults"),
    "default": ("ir.default", "json_value"),
    "action": ("ir.actions.server", "code"),
    "window": ("ir.actions.act_window", "context"),
}
# settings that say in a domain of which records they are
DOMAINS = (
    ("ir.filters", "domain"),
    ("crm.team", "assignment_domain"),
    ("crm.team.member", "assignment_domain"),
    ("crm.team.member", "assignment_domain_preferred"),
    # of other add-ons of Odoo, where they are installed
    ("base.automation", "filter_domain"),
    ("base.automation", "filter_pre_domain"),
)


class HandoverRadar(models.AbstractModel):
    """Whom texts and properties name, which no field of the registry says."""

    _inherit = "handover.radar"

    @api.model
    def _written_rows(self, people):
        """Yield what names people in a text, in settings that the caller may read."""
        found = {}
        for user, record, name in self._written(people):
            ids = found.setdefault((record._name, name), {}).setdefault(user, set())
            ids.add(record.id)
        for (model, name), theirs in found.items():
            yield from self._rows_of_ids(model, name, theirs)

    @api.model
    def _rows_of_ids(self, model, name, theirs, sample=None):
        """Yield rows of the records that the caller may read.

        :param dict theirs: ``{user: ids}``
        """
        Model = self.env[model]
        if not Model.has_access("read") or (model, name) in self._muted():
            return
        every = set().union(*theirs.values())
        readable = Model.search([("id", "in", list(every))])
        for user, ids in theirs.items():
            if mine := tuple(id_ for id_ in readable._ids if id_ in ids):
                count = sample.scaled(len(mine)) if sample else len(mine)
                yield Row(user, model, name, mine, count, bool(sample))

    @api.model
    def _written(self, people):
        """Yield ``(user, record, field)`` of texts, as superuser."""
        inflow = self.env["handover.inflow"].sudo()
        request = self.env["handover.request"].sudo().new({})
        sources = inflow._sources()
        for code, (_model, name) in WRITTEN.items():
            for one in getattr(inflow, sources[code].find)(request, people):
                yield one.giver, one.record, name
        for user, default in self._contacts_as_defaults(people):
            yield user, default, "json_value"
        for model, name in DOMAINS:
            if model in self.env and name in self.env[model]._fields:
                for user, record in self._in_domains(model, name, people):
                    yield user, record, name

    @api.model
    def _contacts_as_defaults(self, people):
        """Yield default values that are people's contacts: ``(user, default)``."""
        named = self._by_id(people, "res.partner")
        defaults = self.env["ir.default"].sudo()
        for default in defaults.search(
            Domain("field_id.relation", "=", "res.partner")
            & Domain("user_id", "not in", people.ids)
        ):
            for id_ in named_ids(json.loads(default.json_value)) & named.keys():
                yield named[id_], default

    @api.model
    def _in_domains(self, model, name, people):
        """Yield records of others whose domain names somebody: ``(user, record)``."""
        named = self._by_id(people, "res.users")
        Model = self.env[model].sudo().with_context(active_test=False)
        for record in Model.search(Domain(name, "like", "user_id")):
            values, _refs = code_values.named_users(record[name])
            for id_ in set().union(*map(named_ids, values)) & named.keys():
                own = model == "ir.filters" and named[id_] in record.user_ids
                if not own:
                    yield named[id_], record

    # ------------------------------------------------------------
    # PROPERTIES
    # ------------------------------------------------------------

    @api.model
    def _property_rows(self, people):
        """Yield records of kinds in use that name people in a property."""
        models_ = {scope.model for scope in self.env["handover.scope"]._in_use()}
        readable = [
            field
            for model in sorted(models_)
            for field in self.env[model]._fields.values()
            if field.type == "properties" and field.store and self._may_read(field)
        ]
        places = {
            field: names
            for field in readable
            if (names := self._people_properties(field))
        }
        sampled = self._sampled(places)
        for field, names in places.items():
            theirs, sample = {}, sampled.get(field)
            for comodel, keys in names.items():
                named = self._by_id(people, comodel)
                for id_, record_id in self._in_properties(field, keys, named, sample):
                    theirs.setdefault(named[id_], set()).add(record_id)
            if theirs:
                yield from self._rows_of_ids(
                    field.model_name, field.name, theirs, sample
                )

    @api.model
    def _people_properties(self, field):
        """Return which properties name people: ``{comodel: names}``."""
        Model = self.env[field.model_name]
        parents = self.env[Model._fields[field.definition_record].comodel_name]
        parents = parents.sudo().with_context(active_test=False)
        name, names = field.definition_record_field, {}
        for parent in parents.search([(name, "!=", False)]):
            for one in parent[name]:
                if one.get("comodel") in PEOPLE:
                    names.setdefault(one["comodel"], set()).add(one["name"])
        return names

    @api.model
    def _in_properties(self, field, keys, named, sample):
        """Return what properties of a field name: ``[(id, id of the record)]``."""
        Model = self.env[field.model_name]
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT named.id::int, record.id
                  FROM (SELECT id, %(column)s AS properties FROM %(table)s
                         WHERE %(column)s ?| %(keys)s AND %(part)s) record
                 CROSS JOIN unnest(%(keys)s) AS key
                 CROSS JOIN LATERAL jsonb_array_elements_text(
                       CASE jsonb_typeof(record.properties -> key)
                       WHEN 'array' THEN record.properties -> key
                       ELSE jsonb_build_array(record.properties -> key) END
                 ) AS named(id)
                 WHERE named.id = ANY(%(ids)s)
                """,
                column=SQL.identifier(field.name, to_flush=field),
                table=SQL.identifier(Model._table),
                keys=sorted(keys),
                part=SQL("id IN %s", sample.rows) if sample else SQL("TRUE"),
                ids=[str(id_) for id_ in named],
            )
        )
