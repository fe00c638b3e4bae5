from odoo import models


class HandoverScope(models.Model):
    _inherit = "handover.scope"

    def unlink(self):
        """Leave no row and no template behind that would be for all kinds by then."""
        roles = self.env["handover.template.role"].sudo()
        templates = self.env["handover.template"].sudo().with_context(active_test=False)
        named = [("scope_ids", "in", self.ids)]
        rows = roles.search(named).filtered(lambda row: row.scope_ids <= self)
        emptied = templates.search(named).filtered(lambda one: one.scope_ids <= self)
        result = super().unlink()
        rows.unlink()
        emptied.active = False
        return result
