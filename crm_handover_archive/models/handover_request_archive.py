from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_states import CLOSED


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
    def _prepare_for_archived(self, reason, held):
        """Write down that people are archived in spite of what they have.

        On the handover that there is of their work; else on a new draft, with what they
        have in its company, so that somebody goes on from there.

        :param str reason: why, in the caller's words
        :param dict held: what they have, ``{user: {model: count}}``
        """
        found = self.sudo().search(
            Domain("predecessor_id", "in", [user.id for user in held])
            & Domain("state", "not in", ("done", *CLOSED)),
            order="id",
        )
        # the last one of each
        of_user = {request.predecessor_id.id: request for request in found}
        users = [user for user in held if user.id not in of_user]
        drafts = self.browse()._trusting()
        drafts = drafts.create([self._archived_values(user) for user in users])
        drafts.with_env(self.env)._collect_what_fits()
        for draft in drafts:
            of_user[draft.predecessor_id.id] = draft
        requests = self.sudo().union(*of_user.values())
        requests._lock()
        for user, counts in held.items():
            request = requests.browse(of_user[user.id].id)
            request._log_event("archived", reason=reason, user=user.name, held=counts)

    @api.model
    def _archived_values(self, user):
        """Return values of the draft of what ``user`` has who is archived anyway."""
        caller = self.env.user
        companies = caller.company_ids & user.sudo().company_ids
        company = companies[:1] or user.sudo().company_id
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

    def _collect_what_fits(self):
        """Collect everything, but for what is too much for one handover."""
        self._lock()
        scopes, changed = self.env["handover.scope"]._in_use(), self.browse()
        for draft in self:
            try:
                with self.env.cr.savepoint():
                    draft._collect_scopes(scopes)
                changed |= draft
            except (AccessError, UserError):
                # the draft is there all the same, and is collected from its form
                continue
        changed._records_changed()
