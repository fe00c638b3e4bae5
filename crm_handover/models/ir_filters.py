from odoo import models


class IrFilters(models.Model):
    _name = "ir.filters"
    _inherit = ["ir.filters", "handover.own.view"]

    def _handover_lists(self):
        return {self.model_id}

    def _handover_users(self):
        return self.user_ids
