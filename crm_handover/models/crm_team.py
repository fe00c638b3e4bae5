from odoo import api, models


class CrmTeam(models.Model):
    """Menus show what a team's leader may see, and are remembered for each user."""

    _inherit = "crm.team"

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        if teams.user_id:
            self.env.registry.clear_cache()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self.env.registry.clear_cache()
            self.env["handover.request"]._sync_several(self)
        return result
