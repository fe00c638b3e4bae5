from odoo import models


class HandoverRequestLine(models.Model):
    """Whether the customer of a record has heard from the successor."""

    _inherit = "handover.request.line"

    def _called(self):
        called = super()._called() or set()
        followups = self.env["handover.followup"].search_fetch(
            [("line_id", "in", self.ids), ("date_contact", "!=", False)], ["line_id"]
        )
        return called | set(followups.line_id.ids)
