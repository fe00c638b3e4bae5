from contextlib import nullcontext

from odoo import models

# who is in a group, by itself or through others
MEMBERS = frozenset({"user_ids", "implied_ids", "implied_by_ids"})


class ResGroups(models.Model):
    """Whom a group loses may not work here any more: seen from the group's side."""

    _inherit = "res.groups"

    def write(self, vals):
        if not vals.keys() & MEMBERS:
            return super().write(vals)
        with self._handover_members_watched():
            return super().write(vals)

    def unlink(self):
        with self._handover_members_watched():
            return super().unlink()

    def _handover_members_watched(self):
        # while add-ons are loaded, groups imply others by the dozen
        if not self.pool.ready:
            return nullcontext()
        users = self.env["res.users"].sudo().search([("active", "=", True)])
        return users.with_env(self.env)._handover_watched()
