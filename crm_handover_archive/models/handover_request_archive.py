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
    def _prepare_for_archived(self, user, reason, held):
        """Write down that ``user`` is archived in spite of what they have.

        On the handover that there is of their work; else on a new draft, with what they
        have in its company, so that somebody goes on from there.

        :param str reason: why, in the caller's words
        :param dict held: what they have, ``{model: count}``
        """
        caller = self.env.user
        request = self.sudo().search(
            Domain("predecessor_id", "=", user.id)
            & Domain("state", "not in", ("done", *CLOSED)),
            order="id desc",
            limit=1,
        )
        if not request:
            companies = caller.company_ids & user.sudo().company_ids
            company = companies[:1] or user.sudo().company_id
            known = company in caller.company_ids
            resignation = self.env.ref(
                "crm_handover.reason_resignation", raise_if_not_found=False
            )
            request = (
                self.browse()
                ._trusting()
                .create(
                    {
                        "predecessor_id": user.id,
                        "company_id": company.id,
                        "reason_id": resignation.id if resignation else False,
                        "is_sudden": True,
                        "coordinator_id": caller.id if known else False,
                    }
                )
            )
            request.with_env(self.env)._collect_what_fits()
        request._lock()
        request._log_event("archived", reason=reason, user=user.name, held=held)

    def _collect_what_fits(self):
        """Collect everything, unless it is too much for one handover."""
        try:
            with self.env.cr.savepoint():
                self.action_collect()
        except (AccessError, UserError):
            # the draft is there all the same, and is collected from its form
            return
