from odoo import api, fields, models


class ProjectTaskRecurrence(models.Model):
    _inherit = "project.task.recurrence"

    @api.model
    def _create_next_occurrences_values(self, recurrence_by_task):
        """Give what comes of finished steps to who took the recurring task over."""
        rows = super()._create_next_occurrences_values(recurrence_by_task)
        Request = self.env["handover.request"]
        for task, values in zip(recurrence_by_task, rows, strict=True):
            owners = task.sudo().user_ids
            if owners and task.is_closed and task.parent_id:
                heirs = Request._inflow_heirs(task, owners)
                if heirs != owners:
                    heirs = heirs.filtered("active")
                    values["user_ids"] = [fields.Command.set(heirs.ids)]
        return rows
