from odoo import models
from odoo.fields import Domain

from .handover_guard import door, single


class HandoverRequest(models.Model):
    """What belongs to the customers of a draft: their contacts, deals of colleagues.

    Contacts of a company that is on the list go with it, where they are the
    predecessor's; who else owns one keeps it. What colleagues have is theirs: it is
    shown as far as the reader may read it, and goes by a handover of its own.
    """

    _inherit = "handover.request"

    @door
    def action_add_contacts(self):
        """Add the predecessor's contacts of companies on the list, to who gets these.

        :return: ``True``
        :raise AccessError: when the caller may not edit the draft
        :raise UserError: when it is no draft
        """
        self._lock()
        for request in self:
            if refusal := request._edit_refusal():
                raise refusal
            request._check_may_request()
            request._add_contacts()
        return True

    @door
    def action_view_colleagues(self):
        """Open what colleagues have to do with these customers, to ask for it.

        :return: a window action
        :raise UserError: when the reader sees nothing of the kind
        """
        single(self)
        return self.env["handover.colleague.row"]._open(self)

    # ------------------------------------------------------------
    # CONTACTS
    # ------------------------------------------------------------

    def _contacts_domain(self, scope):
        """Return the domain of contacts of companies on the list, not on it yet."""
        companies = self._partner_lines(scope).mapped("res_id")
        children = Domain("parent_id", "child_of", companies)
        return self._collect_domain(scope) & children

    def _partner_lines(self, scope):
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "=", self._origin.id)
        return lines.search(mine & Domain("scope_id", "=", scope.id))

    def _contact_scopes(self):
        scopes = self.env["handover.scope"]._in_use()
        return scopes.filtered(lambda scope: scope.model == "res.partner")

    def _add_contacts(self):
        """Add contacts of the companies on the list; each goes where its company does.

        Several levels at once: a contact of a contact has a company as well.
        """
        for scope in self._contact_scopes():
            known = self._partner_lines(scope)
            self._collect(scope, self._contacts_domain(scope))
            takers = {
                line.res_id: (line.successor_id, line.pool_team_id) for line in known
            }
            added = self._partner_lines(scope) - known
            # read together: they may be thousands
            partners = self.env["res.partner"].sudo().browse(added.mapped("res_id"))
            contacts = dict(zip(partners._ids, partners, strict=True))
            by_taker = added.grouped(
                lambda line, takers=takers, contacts=contacts: self._taker_of_company(
                    contacts[line.res_id], takers
                )
            )
            for taker, lines in by_taker.items():
                if taker and taker not in lines.predecessor_id:
                    lines._trusting().write({"successor_id": taker.id})
        self._records_changed()

    def _taker_of_company(self, contact, takers):
        """Return who gets the next company above a contact that is on the list."""
        partner = contact.parent_id
        while partner and partner.id not in takers:
            partner = partner.parent_id
        return takers[partner.id][0] if partner else self.env["res.users"]

    # ------------------------------------------------------------
    # COLLEAGUES
    # ------------------------------------------------------------

    def _colleague_records(self):
        """Return open records of colleagues with these customers: ``{scope: records}``.

        As far as the reader may read them.
        """
        companies = self._customers_on_list()
        found = {}
        if not companies:
            return found
        for scope in self.env["handover.scope"]._in_use():
            name = scope._handler()._handover_customer_field
            Model = self.env[scope.model].with_context(active_test=False)
            customer = Model._fields.get(name)
            if (
                scope.model == "res.partner"
                or not (customer and customer.store)
                or not Model.has_access("read")
            ):
                continue
            owner = scope.owner_field_id.name
            # which are open is for the code to know: callers may not see stages
            theirs = scope._records()._search(
                scope._work_domain()
                & Domain(owner, "!=", False)
                & Domain(owner, "not in", self._inflow_givers().ids)
                & Domain(name, "child_of", companies.ids)
                & scope._company_domain(self.company_id)
            )
            records = Model.search([("id", "in", theirs.subselect())])
            if records:
                found[scope] = records
        return found

    def _takers_of(self, scope, records):
        """Return who gets the customers of records: ``{record id: user}``.

        The customer's line says so, else their company's, else it is who takes over
        everything.
        """
        name = scope._handler()._handover_customer_field
        takers, rest = self._customer_takers(), self._inflow_taker()
        return {
            record.id: takers.get(
                record[name].id,
                takers.get(record[name].commercial_partner_id.id, rest),
            )
            for record in records.sudo()
        }

    def _customer_takers(self):
        """Return who gets which customer by its line: ``{partner id: user}``.

        Nobody does where the line was declined: an empty user.
        """
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "=", self._origin.id)
        takers = {}
        # where two kinds name a customer, the first one counts
        for scope in reversed(self._contact_scopes()):
            named = mine & Domain("scope_id", "=", scope.id)
            named &= Domain("successor_id", "!=", False)
            groups = lines._read_group(
                named, ["successor_id", "decision"], ["res_id:array_agg"]
            )
            # of a customer with several lines, one that was not declined counts
            groups.sort(key=lambda group: group[1] != "declined")
            for user, decision, ids in groups:
                taker = user.browse() if decision == "declined" else user
                takers |= dict.fromkeys(ids, taker)
        return takers

    def _customers_on_list(self):
        """Return the companies that the records on the list are about, as superuser."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "=", self._origin.id)
        groups = lines._read_group(mine, ["scope_id"], ["res_id:array_agg"])
        found = partners.browse()
        for scope, ids in groups:
            if scope._is_gone():
                continue
            records = scope._records(ids).exists()
            if scope.model == "res.partner":
                found |= records
                continue
            customer = scope._handler()._handover_customer_field
            if customer in records._fields:
                found |= records[customer]
        return found.commercial_partner_id

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._customer_findings()]

    def _customer_findings(self):
        if self.state != "draft":
            return []
        found = []
        contacts = sum(
            scope._records().search_count(self._contacts_domain(scope))
            for scope in self._contact_scopes()
        )
        if contacts and self._sees_sealed(self.env.user):
            text = self.env._(
                "Contacts of companies on the list that stay with %(user)s: %(count)s.",
                user=self._giver_name(),
                count=contacts,
            )
            fix = self.env._("Add them: each goes where its company goes.")
            found.append(self._finding("contacts", "info", text, fix))
        records = self._colleague_records()
        if count := sum(map(len, records.values())):
            text = self.env._(
                "Colleagues have open work with the same customers: %s.", count
            )
            fix = self.env._("Look at it, and ask for what is to go along.")
            found.append(self._finding("colleagues", "info", text, fix))
        return found
