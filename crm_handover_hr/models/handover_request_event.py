from odoo import api, fields, models

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[("departure", "Departure registered")],
        ondelete=kept("departure"),
    )

    @api.model
    def _closed_parts(self):
        # when somebody leaves is for who prepares it, not for all who take over
        return super()._closed_parts() | {"departure": {"day": "givers"}}

    def _texts(self):
        day = fields.Date.to_date((self.data or {}).get("day"))
        return super()._texts() | {"day": day_text(self.env, day)}
