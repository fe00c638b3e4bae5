import json
import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover import code_values
from odoo.addons.crm_handover.models.handover_inflow import named_ids

from .handover_radar import Row
from .handover_radar_field import OUTSIDE, PEOPLE

# settings that name users in a text: which source of new work, and in which field
WRITTEN = {
    "alias": ("mail.alias", "alias_defaults"),
    "default": ("ir.default", "json_value"),
    "action": ("ir.actions.server", "code"),
    "window": ("ir.actions.act_window", "context"),
}
# whom a template writes to, as ids among what is worked out for each record
WRITES_TO = ("mail.template", "partner_to")
# fields with a domain are called so, whichever add-on they are of
A_DOMAIN = re.compile(r"(^|_)domain(_force|_preferred)?$")
# of which records it is: the field beside it that names their model, the first there is
# (the domain of a field is about those that it names, and not those that have it)
ABOUT_MODEL = (
    "relation", "model_id", "res_model", "res_model_id", "model_name",
    "parent_res_model", "mailing_model_id", "model",
)  # fmt: skip
# or their model itself, where there is no such field
ABOUT = {
    "crm.team": "crm.lead",
    "crm.team.member": "crm.lead",
    "gamification.challenge": "res.users",
    "loyalty.reward": "product.product",
    "loyalty.rule": "product.product",
}


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
                if code == "action" and one.record.state == "object_write":
                    # a record that is chosen is a field like all others
                    if one.record.evaluation_type == "value":
                        continue
                    yield one.giver, one.record, "value"
                else:
                    yield one.giver, one.record, name
        for user, default in self._contacts_as_defaults(people):
            yield user, default, "json_value"
        for user, alias in self._contacts_in_aliases(people):
            yield user, alias, "alias_defaults"
        for user, template in self._contacts_in_templates(people):
            yield user, template, WRITES_TO[1]
        found = self._domain_fields()
        # what has so many rows is no setting
        large = self._sampled(found)
        for field in found:
            if field not in large:
                for user, record in self._in_domains(field, people):
                    yield user, record, field.name

    @api.model
    def _domain_fields(self):
        """Return the stored fields of the registry that have a domain as a text."""
        return [
            field
            for name in sorted(self.env.registry)
            if self._is_looked_at(self.env[name])
            for field in self.env[name]._fields.values()
            if field.type in ("char", "text")
            and A_DOMAIN.search(field.name)
            and field.store
            and not (field.inherited or field.related or field.company_dependent)
            and not (field.compute and field.readonly)
        ]

    @api.model
    def _written_fields(self):
        """Return which fields are looked at as texts: ``{(model, field)}``."""
        found = {(field.model_name, field.name) for field in self._domain_fields()}
        values = {("ir.actions.server", "value"), WRITES_TO}
        return found | values | set(WRITTEN.values())

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
    def _contacts_in_templates(self, people):
        """Yield templates that write to people by their ids: ``(user, template)``."""
        named = self._by_id(people, "res.partner")
        model, name = WRITES_TO
        for template in self.env[model].sudo().search([(name, "!=", False)]):
            # what is worked out for a record stands in braces
            told = re.sub(r"{{.*?}}", "", template[name], flags=re.DOTALL)
            ids = {int(word) for word in told.split(",") if word.strip().isdecimal()}
            for id_ in ids & named.keys():
                yield named[id_], template

    @api.model
    def _in_domains(self, field, people):
        """Yield records of others whose domain names somebody: ``(user, record)``.

        :param field: the one with the domain
        """
        named = {comodel: self._by_id(people, comodel) for comodel in PEOPLE}
        Model = self.env[field.model_name].sudo().with_context(active_test=False)
        own = [name for model, name in OUTSIDE if model == Model._name]
        for record in Model.search(Domain(field.name, "not in", (False, "[]"))):
            of_model, found = self._model_of_domain(record), set()
            for path, value in code_values.conditions(record[field.name]):
                by_id = named.get(self._path_people(of_model, path), {})
                found |= {by_id[id_] for id_ in named_ids(value) & by_id.keys()}
            # what somebody has for themselves goes with them
            for user in found.difference(*(record[name] for name in own)):
                yield user, record

    @api.model
    def _model_of_domain(self, record):
        """Return of which records the domain of a setting is, or ``None``."""
        told = ABOUT.get(record._name)
        if not told:
            names = (name for name in ABOUT_MODEL if name in record._fields)
            told = next((record[name] for name in names if record[name]), "")
        if isinstance(told, models.BaseModel):
            told = told.model if told._name == "ir.model" else ""
        return self.env.get(told or "")

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
        """Yield records that name people in a property, of whichever model."""
        readable = [
            field
            for model in sorted(self.env.registry)
            if self._is_looked_at(self.env[model])
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
