from odoo import models

from odoo.addons.crm_handover.day_texts import reader_day


class HandoverRequest(models.Model):
    """The sessions of a handover are on the timeline of the overview."""

    _inherit = "handover.request"

    def _overview_marks(self):
        marks = super()._overview_marks()
        sessions = self.env["handover.training"].search(
            [("request_id", "in", self.ids)]
        )
        for session in sessions:
            if session.start and session.state != "cancelled":
                day = reader_day(self.env, session.start)
                marks[session.request_id.id].append((day, session.name))
        return marks
