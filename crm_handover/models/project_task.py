from odoo import api, models


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "handover.mixin"]

    _handover_facts = {
        "stage": "stage_id",
        "state": "state",
        "deadline": "date_deadline",
        "priority": "priority",
    }

    @api.model
    def _handover_sealed(self, records):
        return records.filtered(lambda task: not task.project_id and not task.parent_id)
