from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from ..day_texts import day_text
from .handover_states import IN_PROGRESS

# a field's context says so, with the company: beside names stand loads and absences,
# or absences alone
CANDIDATES = "handover_candidates"
AWAY = "handover_away"


class ResUsers(models.Model):
    """Who takes over is chosen with what they have already beside their name.

    Who decides or looks after it is chosen with when they are away.

    It is what the reader may open, by kind, and nothing of a kind of which that is a
    part only: a part would be a wrong number. Who leaves is said as far as the reader
    sees that handover.
    """

    _inherit = "res.users"

    @api.model
    @api.readonly
    def web_name_search(
        self, name, specification, domain=None, operator="ilike", limit=100
    ):
        company = self._handover_candidate_company()
        if not company or set(specification) != {"display_name"}:
            return super().web_name_search(name, specification, domain, operator, limit)
        plain = self.with_context(**{CANDIDATES: False, AWAY: False})
        rows = super(ResUsers, plain).web_name_search(
            name, specification, domain, operator, limit
        )
        # of all of them at once
        users = self.browse(row["id"] for row in rows)
        texts = users._handover_candidate_texts(company)
        for row in rows:
            if text := texts.get(row["id"]):
                shown = row.get("__formatted_display_name") or row["display_name"]
                row["__formatted_display_name"] = f"{shown} \t --{text}--"
        return rows

    @api.model
    def _handover_candidate_company(self):
        """Return the company that the context asks about, if it is the caller's."""
        id_ = self.env.context.get(CANDIDATES) or self.env.context.get(AWAY)
        known = self.env.companies.filtered(lambda company: company.id == id_)
        if not known or not self.has_access("read"):
            return known.browse()
        return known

    def _handover_candidate_texts(self, company):
        """Return what stands beside these users: ``{user id: text}``."""
        takes_over = self.env.context.get(CANDIDATES)
        loads = self._handover_loads(company) if takes_over else {}
        notes = self._handover_candidate_notes(company)
        texts = {}
        for user in self:
            parts = [notes.get(user.id), *self._handover_load_parts(loads, user)]
            if text := " · ".join(filter(None, parts)):
                texts[user.id] = text
        return texts

    def _handover_load_parts(self, loads, user):
        load = loads.get(user.id)
        if not load:
            return []
        kinds = load["kinds"]
        # of what is known: of other kinds they may have something
        shown = {name: count for name, count in kinds.items() if count} or kinds
        return [*(f"{name} {count}" for name, count in shown.items()), load["text"]]

    # ------------------------------------------------------------
    # WHAT THEY HAVE
    # ------------------------------------------------------------

    def _handover_loads(self, company):
        """Return what these users have open, in a few queries however many they are.

        :return: ``{user id: {"kinds": {name: number}, "value", "text"}}``, of the kinds
            of which the caller may open all that is open in the company
        """
        loads = {user.id: {"kinds": {}, "value": 0, "text": ""} for user in self}
        for scope in self.env["handover.scope"]._in_use():
            domain = scope._collectable_domain(company)
            if self._handover_hides(scope, domain):
                continue
            name = scope.with_env(self.env).name
            for load in loads.values():
                load["kinds"].setdefault(name, 0)
            owned = scope._records()._search(domain & scope._owner_domain(self))
            worth = scope._worth_by_owner(owned, company)
            for user_id, (count, value) in worth.items():
                # a task may have other people as well
                if load := loads.get(user_id):
                    load["kinds"][name] += count
                    load["value"] += value
        currency = company.sudo().currency_id
        for load in loads.values():
            if load["value"]:
                load["text"] = format_amount(
                    self.env, load["value"], currency, trailing_zeroes=False
                )
        return loads

    @api.model
    def _handover_hides(self, scope, domain):
        """Tell whether something of a kind is there that the caller may not open.

        Of anybody, so that it tells nothing about the candidates.
        """
        Model = self.env[scope.model].with_context(active_test=False)
        if not Model.has_access("read"):
            return True
        rules = self.env["ir.rule"]._compute_domain(scope.model, "read")
        if Domain(rules).is_true():
            return False
        hidden = domain & ~Domain("id", "in", Model._search(Domain.TRUE))
        return bool(scope._records().search_count(hidden, limit=1))

    # ------------------------------------------------------------
    # WHO LEAVES
    # ------------------------------------------------------------

    def _handover_candidate_notes(self, company):
        """Return who hands over themselves, as far as the caller sees it.

        :return: ``{user id: text}``
        """
        Request = self.env["handover.request"]
        if not Request.has_access("read"):
            return {}
        away = Domain("kind", "=", "temporary") & Domain("state", "=", "done")
        requests = Request.search(
            (
                Domain("predecessor_id", "in", self.ids)
                | Domain("predecessor_ids", "in", self.ids)
            )
            & Domain("company_id", "=", company.id)
            & (Domain("state", "in", IN_PROGRESS) | away),
            order="id",
        )
        return {
            giver_id: text
            for request in requests
            if (text := request._leaving_text())
            for giver_id in request._givers().ids
            if giver_id in self.ids
        }


class HandoverRequest(models.Model):
    """What a handover says about its predecessor to who looks for a successor."""

    _inherit = "handover.request"

    def _leaving_text(self):
        """Return that the predecessor leaves or is away, as a text, or an empty one."""
        self.ensure_one()
        env, now = self.env, fields.Datetime.now()
        if self.kind == "temporary":
            if not self.date_return or self.date_return <= now:
                return ""
            return env._("away until %s", day_text(env, self._day(self.date_return)))
        if not self._is_farewell():
            return env._("hands over as well: %s", self.name)
        day = self.date_overlap_end or (
            self.date_planned and self._day(self.date_planned)
        )
        return env._("leaves on %s", day_text(env, day)) if day else env._("leaves")
