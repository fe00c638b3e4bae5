from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("document", "Document made")], ondelete=kept("document")
    )

    @api.model
    def _unread(self):
        return super()._unread() | {"sha256", "annex_sha256"}
