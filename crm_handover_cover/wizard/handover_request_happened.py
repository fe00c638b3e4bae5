from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_named import needs


class HandoverRequestHappened(models.TransientModel):
    """Shows what happened with the records while their predecessor is away."""

    _name = "handover.request.happened"
    _description = "What Happened"
    _inherit = ["handover.request.wizard"]

    happened = fields.Json(
        compute="_compute_happened",
        help="What happened, customer by customer, as far as the reader may read it.",
    )

    @api.depends("request_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    @needs("request_id")
    def _compute_happened(self):
        nothing = self.env._("Nothing that you may read has happened.")
        for dialog in self:
            request = dialog.request_id.sudo(False)
            allowed = not request._happened_refusal()
            dialog.happened = allowed and {
                **request._happened_told(),
                "nothing": nothing,
            }
