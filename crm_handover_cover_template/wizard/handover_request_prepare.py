from odoo import api, models


class HandoverRequestPrepare(models.TransientModel):
    """The template says what a cover changes; what somebody chooses besides stays."""

    _inherit = "handover.request.prepare"

    @api.depends("template_id")
    def _compute_cover(self):
        result = super()._compute_cover()
        for wizard in self:
            if wizard.template_id.kind == "temporary":
                wizard.cover = wizard.template_id.cover
        return result

    def _chosen_besides(self):
        return {**super()._chosen_besides(), "cover": self.cover or "full"}
