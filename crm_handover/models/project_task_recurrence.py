from odoo import api, fields, models


class ProjectTaskRecurrence(models.Model):
    _inherit = "project.task.recurrence"

    @api.model
    def _create_next_occurrences_values(self, recurrence_by_task):
        """Give what comes of finished steps to who took the recurring task over.

        What comes while it is being handed over waits, see ``handover_line_id``.
        """
        rows = super()._create_next_occurrences_values(recurrence_by_task)
        Request = self.env["handover.request"]
        for task, values in zip(recurrence_by_task, rows, strict=True):
            owners = task.sudo().user_ids
            root = self.env["handover.inflow"]._root(task.sudo())
            line = Request._waiting_line(task.sudo(), root)
            if line:
                rest = owners - line.request_id.predecessor_id
                values["user_ids"] = [fields.Command.set(rest.ids)]
                values["handover_line_id"] = line.id
            elif owners and task.is_closed and task.parent_id:
                heirs = Request._inflow_heirs(task, owners)
                if heirs != owners:
                    heirs = heirs.filtered("active")
                    values["user_ids"] = [fields.Command.set(heirs.ids)]
        return rows
