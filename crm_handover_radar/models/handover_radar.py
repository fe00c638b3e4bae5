from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover import code_values
from odoo.addons.crm_handover.models.handover_guard import model_door
from odoo.addons.crm_handover.models.handover_inflow import named_ids

# a handover in these states says that somebody is leaving
LEAVING = ("submitted", "approved", "running", "needs_review", "transferred")
# who has not logged in for so long since they were invited never came
INVITED_DAYS = 14
# logs, what everybody has for themselves, and what another command tells
OUTSIDE = (
    "auth", "base.", "bus.", "digest.", "discuss.", "iap.", "ir.default",
    "ir.embedded.actions", "ir.filters", "ir.logging", "ir.model", "ir.profile",
    "mail.canned.response", "mail.push", "mail.presence", "onboarding.", "privacy.",
    "project.task.stage.personal", "project.task.type", "properties.", "report.",
    "res.company", "res.device", "res.groups", "res.users", "web_",
)  # fmt: skip
# what people say, to whom, and who is whose contact
PARTNERS_OUTSIDE = ("mail.", "rating.", "res.partner", "sms.", "snailmail.")
# handovers that wait for nobody any more
OVER = ("done", "cancelled", "returned")
# settings that name users in a text: which source of new work, and in which field
WRITTEN = {"alias": "alias_defaults", "default": "json_value", "action": "code"}


class Row(NamedTuple):
    """What of one field of a model belongs to somebody, as the caller may read it."""

    user: models.BaseModel
    model: str
    field: str
    # ids of the records, where a domain over the field does not find them
    ids: tuple
    count: int


class HandoverRadar(models.AbstractModel):
    """What belongs to people who left, leave or never came: every field with a user.

    From the registry, so that other people's add-ons are looked at as well, and from
    what is written in text: addresses, default values, filters, actions.
    """

    _name = "handover.radar"
    _description = "Orphan Radar"

    @api.model
    @model_door
    def scan(self, user_ids=False):
        """Tell what belongs to people who left or are leaving.

        Of records the caller may read, and that are not archived; of people whom the
        caller may ask about: themselves, whom they lead, as an approver those of their
        companies.

        :param list user_ids: ids of users, whether or not they leave; empty: all that
            are archived, whose permanent handover is under way, or who never logged in
        :return: ``[{"user_id", "model", "field", "count", "since", "handover"}]``;
            ``since``: the day on which they were archived, their handover was made, or
            they were invited and never came, as an ISO date (UTC), empty for all
            others; ``handover``: whether a
            handover moves such records
        :raise AccessError: when the caller may not ask about one of ``user_ids``
        :raise UserError: when there is no such user
        """
        self.env["handover.request"].check_access("read")
        people = self._asked(user_ids) if user_ids else self._who_left()
        since = self._since(people)
        owners = self._owner_fields()
        return [
            {
                "user_id": row.user.id,
                "model": row.model,
                "field": row.field,
                "count": row.count,
                "since": since.get(row.user, ""),
                "handover": (row.model, row.field) in owners,
            }
            for row in self._rows(people)
        ]

    @api.model
    @model_door
    def action_open(self):
        """Look again, and open what was found as a list.

        :return: a window action
        """
        return self.env["handover.radar.row"]._open(self)

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    @api.model
    def _asked(self, user_ids):
        """Return the users whom the caller names, as superuser, or raise."""
        Request = self.env["handover.request"]
        people = self.env["res.users"].sudo()
        for user_id in dict.fromkeys(user_ids):
            person = Request._check_person(user_id)
            Request._check_may_ask_about(person)
            people |= person
        return people

    @api.model
    def _who_left(self):
        """Return who left or is leaving, of those whom the caller may ask about."""
        Request = self.env["handover.request"]
        users = self.env["res.users"].sudo().with_context(active_test=False)
        leaving = Request.sudo().search(
            [("state", "in", LEAVING), ("kind", "=", "permanent")]
        )
        # OdooBot and the templates of users never worked here
        left = users.search(
            [("active", "=", False), ("share", "=", False), ("login_date", "!=", False)]
        ) | self._archived_by_somebody(users)
        people = (left | leaving.predecessor_id).filtered(lambda user: not user.share)
        people |= self._never_came()
        return people.filtered(Request._may_ask_about)

    @api.model
    def _never_came(self):
        """Return who was invited a while ago and never logged in, as superuser."""
        invited = fields.Datetime.subtract(fields.Datetime.now(), days=INVITED_DAYS)
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("log_ids", "=", False),
                    ("create_date", "<", invited),
                    ("id", "!=", SUPERUSER_ID),
                ]
            )
        )

    @api.model
    def _archived_by_somebody(self, users):
        """Return archived users of which it is known when."""
        return users.search([("active", "=", False), ("handover_left_on", "!=", False)])

    @api.model
    def _since(self, people):
        """Return since when people left or are leaving: ``{user: ISO date}``."""
        since = {
            user: fields.Date.to_string(user.create_date.date())
            for user in self._never_came() & people
        }
        requests = self.env["handover.request"].sudo()
        groups = requests._read_group(
            [
                ("predecessor_id", "in", people.ids),
                ("state", "in", LEAVING),
                ("kind", "=", "permanent"),
            ],
            ["predecessor_id"],
            ["create_date:min"],
        )
        for user, date in groups:
            since[user] = fields.Date.to_string(date.date())
        for user in people.filtered(lambda user: not user.active):
            date = user.handover_left_on or user.write_date
            since[user] = fields.Date.to_string(date.date())
        return since

    # ------------------------------------------------------------
    # WHERE
    # ------------------------------------------------------------

    @api.model
    def _owner_fields(self):
        """Return which fields a handover changes: ``{(model, field)}``."""
        scopes = self.env["handover.scope"].sudo()._in_use()
        return {(scope.model, scope.owner_field_id.name) for scope in scopes}

    @api.model
    def _fields_of_users(self):
        """Return the stored fields that name somebody to whom something belongs."""
        muted = self.env["handover.radar.muted"].sudo()
        muted = muted.search([("field_id", "!=", False)]).field_id
        muted = {(field.model, field.name) for field in muted}
        found = [
            field
            for name in sorted(self.env.registry)
            if self._is_looked_at(self.env[name])
            for field in self.env[name]._fields.values()
            if self._names_a_user(field) and (name, field.name) not in muted
        ]
        return [field for field in found if self._may_read(field)]

    @api.model
    def _is_looked_at(self, Model):
        stored = Model._auto and not (Model._abstract or Model._transient)
        ours = Model._name.startswith("handover.") and Model._name != "handover.request"
        return stored and not ours and not Model._name.startswith(OUTSIDE)

    @api.model
    def _names_a_user(self, field):
        """Tell whether a field names users, or contacts, who may be theirs."""
        model = field.model_name
        partners = field.comodel_name == "res.partner"
        return (
            field.type in ("many2one", "many2many")
            and (partners or field.comodel_name == "res.users")
            and not (partners and model.startswith(PARTNERS_OUTSIDE))
            and field.store
            and not field.inherited
            and not field.related
            and not (field.compute and field.readonly)
            and field.name not in models.MAGIC_COLUMNS
        )

    @api.model
    def _may_read(self, field):
        Model = self.env[field.model_name]
        return Model.has_access("read") and Model._has_field_access(field, "read")

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    @api.model
    def _rows(self, people):
        """Yield what belongs to ``people``: :class:`Row`."""
        if not people:
            return
        for field in self._fields_of_users():
            yield from self._rows_of_field(field, people)
        yield from self._written_rows(people)

    @api.model
    def _rows_of_field(self, field, people):
        partners = field.comodel_name == "res.partner"
        named = {(user.partner_id if partners else user).id: user for user in people}
        domain = Domain(field.name, "in", list(named))
        if field.model_name == "handover.request":
            domain &= Domain("state", "not in", OVER)
        Model = self.env[field.model_name]
        for who, count in Model._read_group(domain, [field.name], ["__count"]):
            # others that a record names as well
            if who.id in named:
                yield Row(named[who.id], field.model_name, field.name, (), count)

    @api.model
    def _written_rows(self, people):
        """Yield what names people in a text, in settings that the caller may read."""
        found = {}
        inflow = self.env["handover.inflow"]
        request = self.env["handover.request"].sudo().new({})
        for code, one in inflow._found(request, people):
            if code in WRITTEN:
                key = one.giver, one.record._name, WRITTEN[code]
                found.setdefault(key, set()).add(one.record.id)
        for user, filter_ in self._filters(people):
            found.setdefault((user, "ir.filters", "domain"), set()).add(filter_.id)
        for (user, model, name), ids in found.items():
            Model = self.env[model]
            if Model.has_access("read"):
                readable = Model.search([("id", "in", list(ids))])
                if readable:
                    yield Row(user, model, name, readable._ids, len(readable))

    @api.model
    def _filters(self, people):
        """Yield filters of others whose domain names somebody: ``(user, filter)``."""
        words = Domain.OR(Domain("domain", "like", str(id_)) for id_ in people.ids)
        filters = self.env["ir.filters"].sudo().with_context(active_test=False)
        for filter_ in filters.search(words):
            values, _refs = code_values.named_users(filter_.domain)
            ids = set().union(*map(named_ids, values))
            for user in people.filtered(lambda user, ids=ids: user.id in ids):
                if user not in filter_.user_ids:
                    yield user, filter_
