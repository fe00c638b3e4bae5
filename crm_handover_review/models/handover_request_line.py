from odoo import models


class HandoverRequestLine(models.Model):
    """Whether the customer of a record has heard from the successor."""

    _inherit = "handover.request.line"

    def _called(self):
        followups = self.env["handover.followup"].search_fetch(
            [("line_id", "in", self.ids)], ["line_id", "date_contact"]
        )
        return super()._called() | {
            followup.line_id.id: bool(followup.date_contact) for followup in followups
        }
