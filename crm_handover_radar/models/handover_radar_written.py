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
# settings that say in a domain of which records they are: the field with the domain,
# and the one that names the model of these, or that model itself
DOMAINS = (
    ("ir.filters", "domain", "model_id"),
    ("ir.actions.act_window", "domain", "res_model"),
    ("crm.team", "assignment_domain", "crm.lead"),
    ("crm.team.member", "assignment_domain", "crm.lead"),
    ("crm.team.member", "assignment_domain_preferred", "crm.lead"),
    # of other add-ons of Odoo, where they are installed
    ("base.automation", "filter_domain", "model_name"),
    ("base.automation", "filter_pre_domain", "model_name"),
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
        for user, alias in self._contacts_in_aliases(people):
            yield user, alias, "alias_defaults"
        for model, name, about in DOMAINS:
            if model in self.env and name in self.env[model]._fields:
                for user, record in self._in_domains(model, name, about, people):
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
    def _contacts_in_aliases(self, people):
        """Yield addresses whose records begin with people's contacts."""
        named = self._by_id(people, "res.partner")
        aliases = self.env["mail.alias"].sudo()
        inflow = self.env["handover.inflow"].sudo()
        for alias in aliases.search([("alias_defaults", "not in", (False, "{}"))]):
            Model = self.env.get(alias.alias_model_id.model)
            defaults, _users = inflow._alias_values(alias)
            for name, value in defaults.items() if Model is not None else ():
                if self._path_people(Model, name) == "res.partner":
                    for id_ in named_ids(value) & named.keys():
                        yield named[id_], alias

    @api.model
    def _in_domains(self, model, name, about, people):
        """Yield records of others whose domain names somebody: ``(user, record)``.

        :param str about: which field says of which model the domain is, or that model
        """
        named = {comodel: self._by_id(people, comodel) for comodel in PEOPLE}
        Model = self.env[model].sudo().with_context(active_test=False)
        for record in Model.search(Domain(name, "not in", (False, "[]"))):
            told = record[about] if about in record._fields else about
            of_model, found = self.env.get(told or ""), set()
            for path, value in code_values.conditions(record[name]):
                by_id = named.get(self._path_people(of_model, path), {})
                found |= {by_id[id_] for id_ in named_ids(value) & by_id.keys()}
            own = record.user_ids if model == "ir.filters" else ()
            for user in found:
                if user not in own:
                    yield user, record

    @api.model
    def _path_people(self, Model, path):
        """Return whether a path ends at users or contacts: the model, or ``None``.

        What stands within another condition begins at a model that only that one
        knows: there, the name has to tell.
        """
        comodel = None
        for name in path.split("."):
            if name == "id":
                break
            field = Model._fields.get(name) if Model is not None else None
            if field is None:
                users = path.removesuffix(".id").endswith(("user_id", "user_ids"))
                return "res.users" if users else None
            comodel = field.comodel_name
            Model = self.env.get(comodel or "")
        return comodel if comodel in PEOPLE else None

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
