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
    def _handover_again(self, record):
        # a recurring task that is done has an open one after it
        others = record.recurrence_id.task_ids - record
        return others.filtered(lambda task: not task.is_closed)

    @api.model
    def _handover_sealed_domain(self):
        return Domain("project_id", "=", False) & Domain("parent_id", "=", False)
