from odoo import api, fields, models


class HandoverRequest(models.Model):
    """The form says in words what it is about, as the cockpit does."""

    _inherit = "handover.request"

    headline = fields.Char(
        compute="_compute_headline",
        help="Who hands over and when, in the reader's language and time zone.",
    )

    @api.depends(
        *("state", "kind", "reason_id", "predecessor_id", "predecessor_ids"),
        "source_team_id",
        *("date_planned", "date_return", "date_overlap_end", "successor_ids"),
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_headline(self):
        saved = self.filtered(lambda request: isinstance(request.id, int))
        (self - saved).headline = ""
        for request in saved:
            request.headline = request._cockpit_title(request._cockpit_day())
