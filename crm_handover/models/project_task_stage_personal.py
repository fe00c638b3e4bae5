from odoo import api, models


class ProjectTaskStagePersonal(models.Model):
    """The same table as that of who has a task: a row is somebody's task."""

    _inherit = "project.task.stage.personal"

    _handover_whose_field = "task_id"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if rows._handover_may_be_frozen():
            tasks = rows._handover_whose()
            self.env["handover.request"]._check_frozen(tasks, "write")
        return rows
