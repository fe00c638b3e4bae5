from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_guard import is_id, model_door

# a handover in these states says that somebody is leaving
LEAVING = ("submitted", "approved", "running", "needs_review", "transferred")
# who has not logged in for so long since they were invited never came
INVITED_DAYS = 14


class Row(NamedTuple):
    """What of one field of a model belongs to somebody, as the caller may read it."""

    user: models.BaseModel
    model: str
    field: str
    # ids of the records, where a domain over the field does not find them
    ids: tuple
    count: int
    # whether that was worked out from a part of a large table
    estimated: bool = False


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
            are archived, whose permanent handover is under way, whose departure as an
            employee is known, who never logged in, or who own records and are no
            employees any more
        :return: ``[{"user_id", "model", "field", "count", "estimated", "value",
            "since", "handover"}]``; ``estimated``: whether the number was worked out
            from a part of a large table; ``value``: what the open ones are worth that
            the caller may read, in the currency of their company, 0 where there is
            none; ``since``: the day on which they were archived, of their departure, on
            which their handover was made, or they were invited and never came, as an
            ISO date (UTC), empty for all others; ``handover``: whether a handover moves
            such records
        :raise AccessError: when the caller may not ask about one of ``user_ids``
        :raise UserError: when there is no such user
        """
        self.env["handover.request"].check_access("read")
        people = self._asked(user_ids) if user_ids else self._who_left()
        since, worth = self._since(people), self._worth(people)
        owners = self._owner_fields()
        return [
            {
                "user_id": row.user.id,
                "model": row.model,
                "field": row.field,
                "count": row.count,
                "estimated": row.estimated,
                "value": worth.get((row.user.id, row.model, row.field), 0),
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
        users = self.env["res.users"].sudo().with_context(active_test=False)
        valid = all(map(is_id, user_ids))
        people = users.browse(dict.fromkeys(user_ids)).exists() if valid else users
        self.env["res.groups"]._handover_decide()
        known = self.env["handover.request"]._known_to_caller(people)
        # of users of the portal nobody else learns whether they have work
        if shared := people.filtered("share"):
            shared -= self._shared_owners(shared) & known
        if shared or len(people) < len(set(user_ids)):
            raise UserError(
                self.env._("Say whose work it is: the ids of employees' users.")
            )
        if people - known:
            raise AccessError(
                self.env._("You may ask what you, or people whom you lead, still have.")
            )
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
        left |= leaving.predecessor_id.union(*self._departures(users))
        people = left.filtered(lambda user: not user.share)
        people |= self._never_came() | self._shared_owners(users)
        return Request._known_to_caller(people)

    @api.model
    def _shared_owners(self, users):
        """Return who has open work of a kind in use, and is no employee any more.

        :param users: of whom; none: of all
        """
        owners = self.env["res.users"].sudo()
        scopes = self.env["handover.scope"].sudo()._in_use()
        samples = self._samples_of_owners(scopes)
        for scope in scopes:
            owner = scope.owner_field_id.name
            domain = Domain(f"{owner}.share", "=", True)
            if users:
                domain = Domain(owner, "in", users.ids) & domain
            elif sample := samples[scope]:
                domain &= sample.domain
            groups = scope._records()._read_group(
                scope._work_domain() & domain, [owner]
            )
            owners = owners.union(*(user for [user] in groups))
        return owners.filtered("share")

    @api.model
    def _samples_of_owners(self, scopes):
        """Return the part of each kind that is looked at, if not all: ``{kind: …}``."""
        owners = {
            scope: self.env[scope.model]._fields[scope.owner_field_id.name]
            for scope in scopes
        }
        sampled = self._sampled([*owners.values()])
        return {scope: sampled.get(owner) for scope, owner in owners.items()}

    @api.model
    def _departures(self, users):
        """Return when people leave as employees, where that is kept: ``{user: date}``.

        What is still to come is told to who may read it of employees.

        :param users: of whom; none: of all
        """
        employees = self.env.get("hr.employee")
        if employees is None or "departure_date" not in employees._fields:
            return {}
        date = employees._fields["departure_date"]
        told = employees.has_access("read") and employees._has_field_access(
            date, "read"
        )
        employees = employees.sudo().with_context(active_test=False)
        domain = Domain("departure_date", "!=", False)
        if not told:
            domain &= Domain("departure_date", "<=", fields.Date.today())
        domain &= (
            Domain("user_id", "in", users.ids)
            if users
            else Domain("user_id", "!=", False)
        )
        found = employees.search(domain, order="departure_date")
        return {employee.user_id: employee.departure_date for employee in found}

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
        since |= {
            user: fields.Date.to_string(date)
            for user, date in (self._departures(people) if people else {}).items()
        }
        requests = self.env["handover.request"].sudo()
        # what somebody gives alone says more of them than what several give together
        for name in ("predecessor_ids", "predecessor_id"):
            groups = requests._read_group(
                [
                    (name, "in", people.ids),
                    ("state", "in", LEAVING),
                    ("kind", "=", "permanent"),
                ],
                [name],
                ["create_date:min"],
            )
            for user, date in groups:
                if user in people:
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

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    @api.model
    def _rows(self, people):
        """Yield what belongs to ``people``: :class:`Row`."""
        if not people:
            return
        found = self._fields_of_users()
        sampled = self._sampled(found)
        for field in found:
            yield from self._rows_of_field(field, people, sampled.get(field))
        yield from self._written_rows(people)
        yield from self._property_rows(people)

    @api.model
    def _worth(self, people):
        """Return what open records of people are worth that the caller may read.

        :return: ``{(user id, model, field): value}``, of kinds in use, in the currency
            of the caller's company
        """
        worth = {}
        Request = self.env["handover.request"].sudo()
        scopes = self.env["handover.scope"].sudo()._in_use()
        samples = self._samples_of_owners(scopes) if people else {}
        for scope in scopes if people else ():
            Model, amount = self.env[scope.model], scope._fact_field("amount")
            if not (
                amount
                and Model.has_access("read")
                and Model._has_field_access(amount, "read")
            ):
                continue
            # which are open is for the code to know: callers may not see stages
            domain, sample = Request._held_records(scope, people), samples[scope]
            if sample:
                domain &= sample.domain
            held = scope._records()._search(domain)
            readable = Model._search(Domain("id", "in", held.subselect()))
            values = scope._worth_by_owner(readable, self.env.company)
            for user_id, (_count, value) in values.items():
                key = user_id, scope.model, scope.owner_field_id.name
                value = sample.scaled(value) if sample else value
                worth[key] = worth.get(key, 0) + value
        return worth
