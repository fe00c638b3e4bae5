from odoo import api, fields, models
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

    _handover_customer_paths = ("project_id.partner_id",)
    _handover_closed_field = "state"
    _handover_followers_enter = True
    _handover_entered_with = "project_id"
    _handover_access_fields = frozenset(("project_id", "parent_id"))

    handover_line_id = fields.Many2one(
        "handover.request.line",
        string="Comes With",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_system",
        help="With which record of a handover it goes to the successor: a recurring"
        " task brought it after the handover was submitted.",
    )

    def write(self, vals):
        waiting = self.browse()
        if "user_ids" in vals:
            self.check_access("write")
            waiting = self.sudo().filtered("handover_line_id")
        before = {task: task.user_ids for task in waiting}
        result = super().write(vals)
        # whoever comes in the place of another one is not who it waits for
        found = waiting.filtered(lambda task: len(task.user_ids) > len(before[task]))
        if found:
            super(ProjectTask, found).write({"handover_line_id": False})
        return result

    @api.model
    def _get_thread_with_access(self, thread_id, *, project_sharing_id=None, **kwargs):
        # whoever names a project gets the key of its tasks from core, and with it the
        # superuser's rights: not by a project that a handover alone lets them read
        if project_sharing_id:
            try:
                project = self.env["project.project"].browse(int(project_sharing_id))
            except (TypeError, ValueError, OverflowError):
                project = self.env["project.project"]
            lent = project.sudo(False)._handover_keyless()
            project_sharing_id = (project - lent).id
        return super()._get_thread_with_access(
            thread_id, project_sharing_id=project_sharing_id, **kwargs
        )

    @api.model
    def _handover_again(self, record):
        # a recurring task that is done has an open one after it
        others = record.recurrence_id.task_ids - record
        return others.filtered(lambda task: not task.is_closed)

    @api.model
    def _handover_sealed_domain(self):
        return Domain("project_id", "=", False) & Domain("parent_id", "=", False)
