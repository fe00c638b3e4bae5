from odoo import models


class ResGroups(models.Model):
    """Whom a group loses may not work here any more: seen from the group's side."""

    _inherit = "res.groups"

    def write(self, vals):
        # while add-ons are loaded, groups imply others by the dozen
        if not vals.keys() & {"user_ids", "implied_ids"} or not self.pool.ready:
            return super().write(vals)
        users = self.env["res.users"].sudo().search([("active", "=", True)])
        with users.with_env(self.env)._handover_watched():
            return super().write(vals)
