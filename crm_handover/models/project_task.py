from odoo import api, models
from odoo.fields import Domain


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "handover.mixin"]

    _handover_facts = {
        "stage": "stage_id",
        "state": "state",
        "deadline": "date_deadline",
        "priority": "priority",
    }

    _handover_closed_field = "state"
    _handover_followers_enter = True

    @api.model
    def _handover_sealed_domain(self):
        return Domain("project_id", "=", False) & Domain("parent_id", "=", False)
