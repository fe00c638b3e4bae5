from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_states import AHEAD
from odoo.addons.crm_handover.models.handover_transaction import undoing

# what it hands over is still to change hands
TAKING = (*AHEAD, "running", "needs_review")


class HandoverRequest(models.Model):
    """What somebody who is archived leaves behind has a handover, with who said so."""

    _inherit = "handover.request"

    @api.model
    def _held_todos(self, people):
        # those that were kept when they were archived are still to be handed over
        kept = self.env["mail.activity"]._handover_kept_domain(people)
        return super()._held_todos(people) | kept

    @api.model
    def _todo_holder(self, alias):
        return SQL(
            "COALESCE(%s, %s)",
            super()._todo_holder(alias),
            SQL.identifier(alias, "handover_kept_for_id"),
        )

    @api.model
    def _made_domain(self, uid, since):
        # hundreds are archived in one go
        events = self.env["handover.request.event"].sudo()
        events = events._search([
            ("code", "=", "archived"), ("actor_id", "=", uid), ("date", ">", since),
            # that of a deleted draft is of none, and nothing is outside of NULL
            ("request_id", "!=", False),
        ])  # fmt: skip
        archived = Domain("id", "in", events.subselect("request_id"))
        return super()._made_domain(uid, since) & ~archived

    @api.model
    def _prepare_for_archived(self, reason, held):
        """Write down that people are archived in spite of what they have.

        What no handover takes is collected on a draft for each company that the caller
        works in, so that somebody goes on from there. The event is there; where a
        handover under way takes everything, it is on that one.

        :param str reason: why, in the caller's words
        :param dict held: what they have, ``{user: {model: count}}``
        """
        ids = [user.id for user in held]
        named = Domain("predecessor_id", "in", ids)
        named |= Domain("predecessor_ids", "in", ids)
        under_way = self.sudo().search(
            named & Domain("state", "in", TAKING), order="id"
        )
        found = {
            user.id: under_way.filtered(lambda one, user=user: user in one._givers())
            for user in held
        }
        holding = {user.id: self.browse() for user in held}
        values = []
        for user in held:
            mine = found[user.id]
            for company in self._companies_left(user, mine):
                draft = mine.filtered(
                    lambda one, company=company: one._takes_what_is_left(company)
                )[-1:]
                if draft:
                    holding[user.id] |= draft
                else:
                    values.append(self._archived_values(user, company))
        for draft in self.browse()._trusting().create(values):
            holding[draft.predecessor_id.id] |= draft
        kinds = {user.id: set(counts) for user, counts in held.items()}
        drafts = self.union(*holding.values()).with_env(self.env)
        drafts._collect_what_fits(kinds)
        of_user = {user: holding[user.id] or found[user.id][-1:] for user in held}
        self.sudo().union(*of_user.values())._lock()
        for user, counts in held.items():
            for request in of_user[user].sudo():
                request._log_event(
                    "archived", reason=reason, user=user.name, held=counts
                )

    @api.model
    def _companies_left(self, user, under_way):
        """Return the companies in which ``user`` has what no handover takes.

        Those that the caller works in, the person's own one first; where there is no
        handover, one at least.
        """
        user = user.sudo()
        companies = user.handover_company_ids & self.env.user.company_ids
        companies = (companies & user.company_id) | companies or user.company_id
        if len(companies) == 1 and not under_way:
            return companies
        left = companies.filtered(lambda company: self._leaves_in(user, company))
        return left if left or under_way else companies[:1]

    @api.model
    def _leaves_in(self, user, company):
        """Tell whether ``user`` has open records in ``company`` that stay theirs."""
        request = self.sudo().new({
            "predecessor_id": user.id,
            "company_id": company.id,
            "requester_id": self.env.uid,
        })  # fmt: skip
        return any(
            scope._records().search_count(
                request._collect_domain(scope) & request._left_records(scope), limit=1
            )
            for scope in self.env["handover.scope"].sudo()._in_use()
        )

    def _takes_what_is_left(self, company):
        """Tell whether this is the draft of all that its giver has in ``company``."""
        # of several people it takes what they give, and not all of somebody's
        return (
            (self.state, self.kind, self.company_id) == ("draft", "permanent", company)
        ) and bool(self.predecessor_id and self.collected_scope_ids)

    @api.model
    def _archived_values(self, user, company):
        """Return values of the draft of what ``user`` has who is archived anyway."""
        caller = self.env.user
        resignation = self.env.ref(
            "crm_handover.reason_resignation", raise_if_not_found=False
        )
        return {
            "predecessor_id": user.id,
            "company_id": company.id,
            "reason_id": resignation.id if resignation else False,
            "is_sudden": True,
            "coordinator_id": caller.id if company in caller.company_ids else False,
        }

    def _collect_what_fits(self, kinds):
        """Collect everything, but for what is too much for one handover.

        :param dict kinds: of which models who hands over has anything, ``{user id:
            names}``
        """
        self._lock()
        scopes = self.env["handover.scope"]._in_use()
        # in whichever of the caller's companies they are
        companies = self.sudo().company_id & self.env.user.company_ids
        drafts = self.with_context(allowed_company_ids=companies.ids)
        changed = drafts.browse()
        for draft in drafts:
            here = draft.with_context(allowed_company_ids=draft.sudo().company_id.ids)
            there = kinds[draft.sudo().predecessor_id.id]
            try:
                with undoing(self.env.cr):
                    here._collect_scopes(
                        scopes, scopes.filtered(lambda one, of=there: one.model in of)
                    )
                changed |= draft
            except (AccessError, UserError):
                # the draft is there all the same, and is collected from its form
                continue
        changed._records_changed()
