from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def write(self, vals):
        if "user_id" in vals:
            for lead in self:
                if lead.contact_name == "Sealed":
                    raise UserError(self.env._("%s stays where it is.", lead.name))
                if lead.contact_name == "Broken":
                    raise ZeroDivisionError("an add-on with a mistake")
        return super().write(vals)
