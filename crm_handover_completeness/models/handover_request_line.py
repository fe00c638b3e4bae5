from odoo import api, fields, models


class HandoverRequestLine(models.Model):
    """How complete the record is, and what it lacks."""

    _inherit = "handover.request.line"

    checked = fields.Boolean(copy=False, help="Its completeness was checked.")
    score = fields.Integer(
        string="Completeness",
        copy=False,
        aggregator="avg",
        help="How much of what the successor needs is there, 0 to 100.",
    )
    gap_count = fields.Integer(
        string="Gaps", copy=False, help="How many things the record lacks."
    )
    gap_ids = fields.Many2many(
        "handover.check",
        "handover_request_line_gap_rel",
        "line_id",
        "check_id",
        string="Missing",
        copy=False,
        help="What the record lacks.",
    )

    # ------------------------------------------------------------
    # REPORTS
    # ------------------------------------------------------------

    @api.model
    def _report_columns(self):
        return super()._report_columns() | {"score": self.env._("Completeness")}

    def _report_row(self):
        return super()._report_row() | {
            "score": str(self.score) if self.checked else ""
        }
