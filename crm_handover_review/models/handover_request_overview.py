from odoo import models

from odoo.addons.crm_handover.day_texts import reader_day


class HandoverRequest(models.Model):
    """The reviews of a handover are on the timeline of the overview."""

    _inherit = "handover.request"

    def _overview_marks(self):
        marks = super()._overview_marks()
        groups = self.env["handover.request.review"]._read_group(
            [("request_id", "in", self.ids)], ["request_id", "days"], ["date_due:min"]
        )
        for request, days, moment in groups:
            name = self.env._("Review, day %s", days)
            marks[request.id].append((reader_day(self.env, moment), name))
        return marks
