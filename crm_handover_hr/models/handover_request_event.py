from odoo import fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("departure", "Departure registered")],
        ondelete=kept("departure"),
    )
