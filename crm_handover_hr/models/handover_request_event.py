from odoo import fields, models

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("departure", "Departure registered")],
        ondelete=kept("departure"),
    )

    def _texts(self):
        day = fields.Date.to_date((self.data or {}).get("day"))
        return super()._texts() | {"day": day_text(self.env, day)}
