from odoo import api, fields, models
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
            "todos": int, "meetings": int, "staying": [{"name", "count", "why"}]}``;
            what is on the handover already does not count
        :raise AccessError: when the caller may not hand over what belongs to the giver
        """
        self._check_may_request()
        giver, team = self.predecessor_id.sudo(), self.source_team_id.sudo()
        kinds, staying = [], []
        for scope in self.env["handover.scope"]._in_use():
            row = self._portfolio_kind(scope)
            if row["count"]:
                kinds.append(row)
            staying += self._portfolio_staying(scope, giver, team)
        staying += self._portfolio_elsewhere(giver)
        return {
            "kinds": kinds,
            **self._portfolio_along(giver),
            "staying": staying,
        }

    def _portfolio_along(self, giver):
        """Return how many to-dos and future meetings the giver has."""
        if not giver:
            return {"todos": 0, "meetings": 0}
        todos = self.env["mail.activity"].sudo()
        meetings = self.env["calendar.event"].sudo()
        now = fields.Datetime.now()
        return {
            "todos": todos.search_count([("user_id", "=", giver.id)]),
            "meetings": meetings.search_count(
                [("user_id", "=", giver.id), ("start", ">", now)]
            ),
        }

    def _portfolio_kind(self, scope):
        """Return number and value of what would be collected of a kind."""
        facts = scope._handler()._handover_facts
        amount, currency = facts.get("amount"), facts.get("currency")
        rows = scope._records()._read_group(
            self._collect_domain(scope),
            [currency] if currency else [],
            ["__count", *([f"{amount}:sum"] if amount else [])],
        )
        company, today = self.company_id, fields.Date.context_today(self)
        row = {
            "id": scope.id,
            "name": scope.with_env(self.env).name,
            "count": 0,
            "value": 0,
            "currency_id": company.currency_id.id if amount else False,
        }
        for group in rows:
            [*currencies, count, value] = group if amount else [*group, 0]
            row["count"] += count
            if currencies:
                [own] = currencies
                value = own._convert(value, company.currency_id, company, today)
            row["value"] += value or 0
        return row

    def _portfolio_staying(self, scope, giver, team):
        """Yield what of a kind stays with the giver, and why."""
        Model, sealed = scope._records(), scope._handler()._handover_sealed_domain()
        name = scope.with_env(self.env).name
        theirs = scope._belonging_domain(giver, team)
        is_open = scope._open_domain()
        here = scope._company_domain(self.company_id)
        for domain, why in (
            (theirs & here & is_open & sealed, self.env._("private to its owner")),
            (theirs & ~here & is_open, self.env._("in another company")),
            (theirs & ~is_open, self.env._("closed or archived, history stays true")),
        ):
            count = 0 if domain.is_false() else Model.search_count(domain)
            if count:
                yield {"name": name, "count": count, "why": why}

    def _portfolio_elsewhere(self, giver):
        """Yield where else the database names the giver: no kind of record is there.

        From the registry, so that an add-on's records are not forgotten either.
        """
        if not giver:
            return
        for field in self._user_fields():
            Model = self.env[field.model_name]
            if field.type == "many2one":
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
