from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    handover_managers = fields.Boolean(
        string="Managers Are Superiors",
        help="In handovers an employee's manager, and whoever manages that one, is a"
        " superior besides the leaders of their sales teams, if they work in handovers"
        " themselves. Whoever edits employees then says who that is.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "handover_managers" in vals:
            requests = self.env["handover.request"].sudo()
            requests.search([("company_id", "in", self.ids)])._sync_managers()
        return result
