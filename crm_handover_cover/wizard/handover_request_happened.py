from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_named import needs


class HandoverRequestHappened(models.TransientModel):
    """Shows what happened with the records while their predecessor is away."""

    _name = "handover.request.happened"
    _description = "What Happened"
    _inherit = ["handover.request.wizard"]

    body = fields.Html(
        compute="_compute_body",
        help="What happened, customer by customer, as far as the reader may read it.",
    )

    @api.depends("request_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    @needs("request_id")
    def _compute_body(self):
        for dialog in self:
            request = dialog.request_id.sudo(False)
            allowed = not request._happened_refusal()
            dialog.body = allowed and self.env["ir.qweb"]._render(
                "crm_handover_cover.handover_happened",
                {"happened": request._happened_told()},
                minimal_qcontext=True,
            )
