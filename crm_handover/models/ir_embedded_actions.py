from odoo import models


class IrEmbeddedActions(models.Model):
    _name = "ir.embedded.actions"
    _inherit = ["ir.embedded.actions", "handover.own.view"]

    def _handover_lists(self):
        return {self.parent_res_model, self.parent_action_id.res_model}

    def _handover_users(self):
        return self.user_id
