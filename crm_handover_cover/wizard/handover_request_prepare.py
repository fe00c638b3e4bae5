from odoo import api, fields, models

from ..models.handover_request_cover_light import COVERS


class HandoverRequestPrepare(models.TransientModel):
    """Proposes by its length what a temporary handover changes."""

    _inherit = "handover.request.prepare"

    cover = fields.Selection(
        COVERS,
        string="While They Are Away",
        compute="_compute_cover",
        store=True,
        readonly=False,
        help="The records change their owner until it ends; or the owner stays, and who"
        " stands in reads and writes along, and has copies of the to-dos.",
    )

    @api.depends("kind", "date_planned", "date_return", "company_id")
    def _compute_cover(self):
        for wizard in self:
            values = {
                "kind": wizard.kind,
                "company_id": wizard.company_id.id,
                "date_planned": wizard.date_planned,
                "date_return": wizard.date_return,
            }
            proposed = self.env["handover.request"]._proposed_values(values)
            wizard.cover = proposed.get("cover", "full")

    def _prepare_request_vals(self):
        return {**super()._prepare_request_vals(), "cover": self.cover or "full"}
