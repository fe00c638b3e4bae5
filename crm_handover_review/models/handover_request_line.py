from odoo import api, models
from odoo.fields import Domain


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

    @api.model
    def _calls_domain(self, called=False):
        followed = Domain("date_contact", "!=", False) if called else Domain.TRUE
        found = self.env["handover.followup"]._search(followed)
        mine = Domain("id", "in", found.subselect("line_id"))
        return super()._calls_domain(called) | mine

    @api.model
    def _calls_action(self):
        action = "crm_handover_review.handover_followup_action_calls"
        return super()._calls_action() or action
