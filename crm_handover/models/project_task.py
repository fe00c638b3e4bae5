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

    _handover_followers_enter = True
    _handover_bundle_paths = (
        "partner_id.commercial_partner_id",
        "project_id.partner_id.commercial_partner_id",
        "project_id",
    )

    @api.model
    def _handover_sealed_domain(self):
        return Domain("project_id", "=", False) & Domain("parent_id", "=", False)

    @api.model
    def _handover_bundles(self, records, handed):
        bundles = super()._handover_bundles(records, handed)
        # with the project, where that is handed over as well
        projects = self.env["project.project"].sudo()
        projects = projects.browse(handed.get(projects._name, ()))
        of_projects = projects._handover_bundles(projects, handed)
        for project, ids in self._handover_by_path(records, "project_id"):
            if project.id in of_projects:
                bundles.update(dict.fromkeys(ids, of_projects[project.id]))
        return bundles
