from functools import lru_cache

from odoo import api, models
from odoo.fields import Domain
from odoo.modules import Manifest
from odoo.tools import SQL

from .handover_radar import Row

PEOPLE = ("res.users", "res.partner")
# what everybody has for themselves, what they are, logs; what other rows tell. Only
# these fields of Odoo's: what others add to the same models is looked at
OUTSIDE = frozenset(
    {
        ("auth_totp.device", "user_id"),
        ("digest.digest", "user_ids"),
        ("digest.tip", "user_ids"),
        ("discuss.channel", "livechat_agent_partner_ids"),
        ("discuss.channel", "livechat_bot_partner_ids"),
        ("discuss.channel", "livechat_customer_partner_ids"),
        ("discuss.channel", "livechat_operator_id"),
        ("discuss.channel.member", "partner_id"),
        ("ir.default", "user_id"),
        ("ir.embedded.actions", "user_id"),
        ("ir.filters", "user_ids"),
        ("mail.presence", "user_id"),
        ("mail.push.device", "partner_id"),
        ("privacy.log", "user_id"),
        ("project.task.stage.personal", "user_id"),
        ("project.task.type", "user_id"),
        ("res.company", "partner_id"),
        ("res.company", "user_ids"),
        ("res.device.log", "user_id"),
        ("res.groups", "user_ids"),
        ("res.users", "partner_id"),
        ("res.users.apikeys", "user_id"),
        ("res.users.deletion", "user_id"),
        ("res.users.settings", "user_id"),
        ("res.users.settings.volumes", "partner_id"),
        ("web_tour.tour", "user_consumed_ids"),
    }
)
# what people say, to whom, and who is whose contact, as Odoo has it: what others add to
# these models is looked at
PARTNERS_OUTSIDE = ("mail.", "rating.", "res.partner", "sms.", "snailmail.")
# as whom Odoo signs its add-ons
ODOO = ("ODOO", "ODOO S.A", "ODOO SA", "OPENERP S.A", "OPENERP SA")
# what something is about, whatever that is: nobody has it by that
ABOUT = "res_id"
# handovers that wait for nobody any more
OVER = ("done", "cancelled", "returned")


@lru_cache
def is_odoos(module):
    """Tell whether an add-on comes with Odoo, by who wrote it."""
    manifest = Manifest.for_addon(module, display_warning=False) if module else None
    # some name several in a list
    author = str(manifest["author"]) if manifest else ""
    return author.partition(",")[0].strip().rstrip(".").upper() in ODOO


class HandoverRadar(models.AbstractModel):
    """Which stored fields of the registry name people, and how many records by them."""

    _inherit = "handover.radar"

    # ------------------------------------------------------------
    # WHERE
    # ------------------------------------------------------------

    @api.model
    def _fields_of_users(self):
        """Return the stored fields that name somebody to whom something belongs."""
        muted = self._muted()
        found = [
            field
            for name in sorted(self.env.registry)
            if self._is_looked_at(self.env[name])
            for field in self.env[name]._fields.values()
            if self._names_a_user(field) and (name, field.name) not in muted
        ]
        return [field for field in found if self._may_read(field)]

    @api.model
    def _muted(self):
        """Return which fields are left out: ``{(model, field)}``."""
        muted = self.env["handover.radar.muted"].sudo()
        muted = muted.search([("field_id", "!=", False)])
        return {(field.model, field.name) for field in muted.field_id}

    @api.model
    def _is_looked_at(self, Model):
        return Model._auto and not (Model._abstract or Model._transient)

    @api.model
    def _names_a_user(self, field):
        """Tell whether a field names users, or contacts, who may be theirs."""
        return (
            field.store
            and not field.inherited
            and not field.related
            and not (field.compute and field.readonly)
            and field.name not in models.MAGIC_COLUMNS
            and (field.model_name, field.name) not in OUTSIDE
            and bool(self._people_of(field))
            and not self._part_domain(field).is_false()
        )

    @api.model
    def _people_of(self, field):
        """Return as what a field names people: as users, as contacts, or as both."""
        if field.type in ("many2one", "many2many"):
            known = (field.comodel_name,)
        elif field.type == "reference":
            known = field.get_values(self.env)
        elif self._is_kept_reference(field):
            known = PEOPLE
        else:
            known = ()
        return [
            model
            for model in PEOPLE
            if model in known and not (model == "res.partner" and self._is_talk(field))
        ]

    @api.model
    def _is_talk(self, field):
        """Tell whether a field of Odoo's says to whom somebody talks, or is related."""
        return (
            field.model_name.startswith(PARTNERS_OUTSIDE)
            and not field.manual
            # who brought it; who changes it comes later
            and all(map(is_odoos, field._modules[:1]))
        )

    @api.model
    def _is_kept_reference(self, field):
        """Tell whether the database knows of which model this names a record."""
        if field.type != "many2one_reference" or field.name == ABOUT:
            return False
        return self.env[field.model_name]._fields[field.model_field].store

    @api.model
    def _part_domain(self, field):
        """Return the domain of the records by which somebody has something to do.

        Of our own models these are handovers that are not over, and the seats that a
        model names, see ``_handover_seats``.
        """
        Model = self.env[field.model_name]
        if Model._name == "handover.request":
            return Domain("state", "not in", OVER)
        if Model._name.startswith("handover."):
            seats = getattr(Model, "_handover_seats", dict)()
            return seats.get(field.name, Domain.FALSE)
        return Domain.TRUE

    @api.model
    def _may_read(self, field):
        Model = self.env[field.model_name]
        return Model.has_access("read") and Model._has_field_access(field, "read")

    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    @api.model
    def _by_id(self, people, model):
        """Return people by the ids of their users, or of their contacts."""
        partners = model == "res.partner"
        return {(user.partner_id if partners else user).id: user for user in people}

    @api.model
    def _naming_domain(self, field, people):
        """Return the domain of the records whose field names one of ``people``."""
        ids = {model: [*self._by_id(people, model)] for model in self._people_of(field)}
        if field.type == "reference":
            names = [f"{model},{id_}" for model, some in ids.items() for id_ in some]
            return Domain(field.name, "in", names)
        by_model = (Domain(field.name, "in", some) for some in ids.values())
        if field.type == "many2one_reference":
            by_model = (
                Domain(field.model_field, "=", model) & Domain(field.name, "in", some)
                for model, some in ids.items()
            )
        return Domain.OR(by_model)

    @api.model
    def _rows_of_field(self, field, people, sample):
        """Yield what one field names.

        :param sample: the part of a large table that is looked at, if not all of it
        """
        if field.company_dependent:
            yield from self._rows_of_companies(field, people, sample)
            return
        for user, count in self._named_by(field, people, sample):
            if sample:
                count = sample.scaled(count)
            yield Row(user, field.model_name, field.name, (), count, bool(sample))

    @api.model
    def _named_by(self, field, people, sample):
        """Return how many records name whom: ``[(user, count)]``."""
        Model, domain = self.env[field.model_name], self._part_domain(field)
        [first, *_rest] = comodels = self._people_of(field)
        named = {model: self._by_id(people, model) for model in comodels}
        domain &= self._naming_domain(field, people)
        if field.type == "many2many":
            counts = self._named_by_list(field, domain, [*named[first]])
            return [(named[first][id_], count) for id_, count in counts]
        if sample:
            domain &= sample.domain
        names = [field.name]
        if field.type == "many2one_reference":
            names = [field.model_field, field.name]
        found = []
        for *model, who, count in Model._read_group(domain, names, ["__count"]):
            if field.type == "reference":
                [*model, who] = who.split(",")
            id_ = int(who) if model else who.id
            found.append((named[model[0] if model else first][id_], count))
        return found

    @api.model
    def _named_by_list(self, field, domain, ids):
        """Return how many records name which of ``ids`` in a list.

        By the table between the two: core's groups leave out who is archived.

        :return: ``[(id, count)]``
        """
        records = self.env[field.model_name]._search(domain)
        return self.env.execute_query(
            SQL(
                """
                SELECT %(who)s, count(*) FROM %(table)s
                 WHERE %(who)s = ANY(%(ids)s) AND %(record)s IN %(records)s
                 GROUP BY %(who)s
                """,
                who=SQL.identifier(field.column2, to_flush=field),
                record=SQL.identifier(field.column1),
                table=SQL.identifier(field.relation),
                ids=ids,
                records=records.subselect(),
            )
        )

    @api.model
    def _rows_of_companies(self, field, people, sample):
        """Yield what a field names in one of the reader's companies, or in several.

        What is named there by default is told as a default.
        """
        [comodel] = self._people_of(field)
        named, theirs = self._by_id(people, comodel), {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT named.id::int, record.id
                  FROM %(table)s record
                 CROSS JOIN LATERAL jsonb_each_text(record.%(column)s)
                       AS named(company, id)
                 WHERE record.%(column)s IS NOT NULL
                   AND named.company = ANY(%(companies)s)
                   AND named.id = ANY(%(ids)s) AND %(part)s
                """,
                table=SQL.identifier(self.env[field.model_name]._table),
                column=SQL.identifier(field.name, to_flush=field),
                companies=[str(id_) for id_ in self.env.companies.ids],
                ids=[str(id_) for id_ in named],
                part=SQL("record.id IN %s", sample.rows) if sample else SQL("TRUE"),
            )
        )
        for id_, record_id in rows:
            theirs.setdefault(named[id_], set()).add(record_id)
        if theirs:
            yield from self._rows_of_ids(field.model_name, field.name, theirs, sample)
