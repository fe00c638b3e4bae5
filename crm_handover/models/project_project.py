from odoo import models


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "handover.mixin"]

    _handover_facts = {"stage": "stage_id", "deadline": "date"}
    _handover_followers_enter = True
