from odoo import fields, models


class MailActivityPlan(models.Model):
    _inherit = "mail.activity.plan"

    name = fields.Char(translate=True)

    def write(self, vals):
        result = super().write(vals)
        # what the rules look at may have been written just now
        self.check_access("write")
        return result
