from odoo import api, models

from .handover_guard import typed
from .handover_values import is_id


class HandoverRequest(models.Model):
    """The company of a handover that names none: where giver and taker meet."""

    _inherit = "handover.request"

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        if "default_company_id" in self.env.context:
            return super().create(vals_list)
        return super().create(
            [
                vals if "company_id" in vals else {**self._meeting_values(vals), **vals}
                for vals in vals_list
            ]
        )

    @api.model
    def _meeting_values(self, vals):
        """Return the company to hand over in, where it cannot be the caller's present.

        The successor works there, and so does who hands over, or records of theirs have
        stayed there. Of several ones nobody knows which is meant.
        """
        giver = self._named_user(vals.get("predecessor_id"))
        taker = self._named_user(vals.get("successor_id"))
        here = self.env.company
        if not (giver and taker) or here in giver.company_ids & taker.company_ids:
            return {}
        meeting = giver.handover_company_ids & taker.company_ids
        if giver != self.env.user:
            meeting &= self.env.companies
        if here in meeting or len(meeting) != 1:
            return {}
        return {"company_id": meeting.id}

    @api.model
    def _named_user(self, value):
        """Return the user that a value names, as superuser, or nobody."""
        users = self.env["res.users"].sudo()
        return users.browse(value).exists() if is_id(value) else users
