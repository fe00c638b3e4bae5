from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# whose fields name users for other reasons than that something is theirs
TECHNICAL = (
    "handover.", "mail.", "bus.", "discuss.", "res.users", "ir.logging", "ir.profile",
    "ir.actions", "ir.model", "auth", "base.", "digest.", "rating.", "report.", "web_",
    "privacy.", "iap.", "sms.", "utm.", "onboarding.", "properties.", "res.device",
    "res.groups", "res.company", "project.task.stage.personal",
)  # fmt: skip


class HandoverRequest(models.Model):
    """What somebody has before a handover is made of it: what moves, and what stays."""

    _inherit = "handover.request"

    def _portfolio(self):
        """Return what the giver of this handover, saved or not, has.

        :return: ``{"kinds": [{"id", "name", "count", "value", "currency_id"}],
            "todos": [{"kinds", "ids"}], "meetings": [{"kinds", "ids"}],
            "staying": [{"name", "count", "why"}]}``; to-dos and meetings by the ids of
            the kinds that they move along with, without kinds they stay; what is on
            the handover already does not count
        :raise AccessError: when the caller may not hand over what belongs to the giver
        """
        self._check_may_request()
        kinds = []
        scopes = self.env["handover.scope"]._in_use()
        for scope in scopes:
            row = self._portfolio_kind(scope)
            if row["count"]:
                kinds.append(row)
        chosen = scopes.filtered(lambda scope: scope.id in {k["id"] for k in kinds})
        return {
            "kinds": kinds,
            "todos": self._portfolio_todos(chosen),
            "meetings": self._portfolio_meetings(chosen),
            "staying": self._stays_with_giver(),
        }

    def _stays_with_giver(self, elsewhere=True):
        """Return what stays with the giver: ``[{"name", "count", "why"}]``.

        As far as who hands over may give it; the callers check who may know it.

        :param bool elsewhere: also count where else the database names the giver,
            with a query for each field of all models
        """
        givers, team = self._givers(), self.source_team_id.sudo()
        staying = []
        for scope in self.env["handover.scope"]._in_use():
            staying += self._portfolio_staying(scope, givers, team)
        if elsewhere and self._may_give_all(self.requester_id or self.env.user):
            staying += self._portfolio_elsewhere(self.predecessor_id.sudo())
        return staying

    # ------------------------------------------------------------
    # WHAT GOES ALONG
    # ------------------------------------------------------------

    def _portfolio_todos(self, scopes):
        """Return the open to-dos, by the kinds that they move along with."""
        Todo = self.env["mail.activity"].sudo()
        moves = {
            scope: Todo.search(
                Domain.OR(
                    self._held_todos(giver)
                    & Todo._handover_movable_domain(giver)
                    & self._on_records({scope: domain})
                    for giver, domain in self._giver_domains(scope)
                )
            )
            for scope in scopes
        }
        people = self._people_shown()
        return self._by_kinds(moves, Todo.search(self._left_todos(people)))

    def _portfolio_meetings(self, scopes):
        """Return the future meetings, by the kinds that they move along with."""
        Meeting = self.env["calendar.event"].sudo()
        private = Meeting._handover_private_domain()
        moves = {
            scope: Meeting.search(
                ~private
                & Domain.OR(
                    self._held_meetings(giver) & self._about_records(scope, domain)
                    for giver, domain in self._giver_domains(scope)
                )
            )
            for scope in scopes
        }
        people = self._people_shown()
        stays = self._left_meetings(people) | self._held_meetings(people) & private
        return self._by_kinds(moves, Meeting.search(stays))

    def _people_shown(self):
        """Return of whom it is told what stays; not of who gives only a part here."""
        people = self._giving_people()
        asks = self.requester_id or self.env.user
        return people if self._may_give_all(asks) else people.browse()

    def _giver_domains(self, scope):
        """Return who would hand over what of a kind: ``[(user, domain)]``."""
        collected = self._collect_domain(scope)
        if giver := self.predecessor_id.sudo():
            return [(giver, collected)]
        Model, owner = scope._records(), scope.owner_field_id.name
        if Model._fields[owner].type == "many2many":
            givers = Model.search(collected).grouped(
                lambda record: self._giver_of(scope, record)
            )
            return [(user, Domain("id", "in", r.ids)) for user, r in givers.items()]
        groups = Model._read_group(collected, [owner])
        return [
            (user, collected & scope._owner_domain(user)) for [user] in groups if user
        ]

    def _by_kinds(self, moves, left):
        """Return to-dos or meetings by the kinds that they move along with.

        :param moves: what moves, by kind
        :param left: what stays unless it moves
        :return: ``[{"kinds": [scope ids], "ids"}]``; what stays has no kinds
        """
        kinds = {id_: [] for id_ in left.ids}
        for scope, things in moves.items():
            for id_ in things.ids:
                kinds.setdefault(id_, []).append(scope.id)
        groups = {}
        for id_, scope_ids in kinds.items():
            groups.setdefault(tuple(scope_ids), []).append(id_)
        return [
            {"kinds": list(scope_ids), "ids": ids} for scope_ids, ids in groups.items()
        ]

    # ------------------------------------------------------------
    # WHAT IS COUNTED BY KIND
    # ------------------------------------------------------------

    def _portfolio_kind(self, scope):
        """Return number and value of what would be collected of a kind."""
        return self._kind_row(scope, self._collect_domain(scope))

    def _kind_row(self, scope, domain):
        """Return number and value of the records of a kind in ``domain``.

        :return: ``{"id", "name", "count", "value", "currency_id"}``; the value in the
            currency of the company, without one for kinds that are worth nothing
        """
        company = self.company_id.sudo()
        worth = scope._worth(scope._records()._search(domain), company)
        count, value = worth.get(0, (0, 0))
        valued = scope._fact_field("amount") is not None
        return {
            "id": scope.id,
            "name": scope.with_env(self.env).name,
            "count": count,
            "value": value,
            "currency_id": company.currency_id.id if valued else False,
        }

    def _portfolio_staying(self, scope, givers, team):
        """Yield what of a kind stays with who gives, and why."""
        Model, sealed = scope._records(), scope._handler()._handover_sealed_domain()
        name = scope.with_env(self.env).name
        part, is_open = self._requested_part(scope), scope._open_domain()
        theirs = scope._belonging_domain(givers, team) & part
        here = self._belonging_here(scope) & part
        no_work = is_open & ~scope._work_domain()
        for domain, why in (
            (here & is_open & sealed, self.env._("private to its owner")),
            (here & no_work & ~sealed, self.env._("your own people, no customers")),
            (theirs & ~here & is_open, self.env._("in another company")),
            (theirs & ~is_open, self.env._("closed or archived, history stays true")),
        ):
            count = 0 if domain.is_false() else Model.search_count(domain)
            if count:
                yield {"name": name, "count": count, "why": why}

    # ------------------------------------------------------------
    # WHERE ELSE SOMEBODY IS NAMED
    # ------------------------------------------------------------

    def _portfolio_elsewhere(self, giver):
        """Yield where else the database names the giver: no kind of record is there.

        From the registry, so that an add-on's records are not forgotten either.
        """
        if not giver:
            return
        for field in self._user_fields():
            Model = self.env[field.model_name]
            if field.company_dependent:
                # a value for each company, in one column
                query = SQL(
                    "SELECT count(*) FROM %s WHERE (%s ->> %s)::int = %s",
                    SQL.identifier(Model._table),
                    SQL.identifier(field.name),
                    str(self.company_id.id or self.env.company.id),
                    giver.id,
                )
            elif field.type == "many2one":
                query = SQL(
                    "SELECT count(*) FROM %s WHERE %s = %s",
                    SQL.identifier(Model._table),
                    SQL.identifier(field.name),
                    giver.id,
                )
            else:
                query = SQL(
                    "SELECT count(*) FROM %s WHERE %s = %s",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column2),
                    giver.id,
                )
            self.env.cr.execute(query)
            [count] = self.env.cr.fetchone()
            if count:
                yield {
                    "name": self.env["ir.model"]._get(field.model_name).name,
                    "count": count,
                    "why": self.env._(
                        "not part of a handover (%s)",
                        field._description_string(self.env),
                    ),
                }

    @api.model
    def _user_fields(self):
        """Return the stored fields that name a user to whom something belongs."""
        owners = {
            (scope.model, scope.owner_field_id.name)
            for scope in self.env["handover.scope"]._in_use()
        }
        # what goes along with the records is counted there
        owners |= {("calendar.event", "user_id"), ("calendar.event", "partner_ids")}
        found = []
        for name in sorted(self.env.registry):
            Model = self.env[name]
            if (
                Model._abstract
                or Model._transient
                or not Model._auto
                or name.startswith(TECHNICAL)
            ):
                continue
            found += [
                field
                for field in Model._fields.values()
                if field.type in ("many2one", "many2many")
                and field.comodel_name == "res.users"
                and field.store
                and not field.inherited
                and not (field.compute and field.readonly)
                and not field.related
                and field.name not in models.MAGIC_COLUMNS
                and (name, field.name) not in owners
            ]
        return found
