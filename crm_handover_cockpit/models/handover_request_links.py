from odoo import models


class HandoverRequest(models.Model):
    """Where links to a handover lead: in mails, and from notifications."""

    _inherit = "handover.request"

    def _get_access_action(self, access_uid=None, force_website=False):
        action = super()._get_access_action(
            access_uid=access_uid, force_website=force_website
        )
        if action["type"] != "ir.actions.act_window":
            return action
        return {
            "type": "ir.actions.act_url",
            "url": f"/odoo/handovers/{self.id}/handover-cockpit",
            "target": "self",
        }
