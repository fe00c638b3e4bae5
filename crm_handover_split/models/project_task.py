from odoo import api, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    _handover_bundle_paths = (
        "partner_id.commercial_partner_id",
        "project_id.partner_id.commercial_partner_id",
        "project_id",
    )

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
