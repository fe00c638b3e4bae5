from odoo import api, fields, models


class HandoverRequest(models.Model):
    """Whether lists of the records stand by customer, or by kind."""

    _inherit = "handover.request"

    by_customer = fields.Boolean(
        compute="_compute_by_customer",
        help="Most of its records name a customer: lists show them by it.",
    )

    @api.depends("line_ids.customer_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_by_customer(self):
        # Odoo folds what names nobody: where that is most of it, nothing would be seen
        groups = self.env["handover.request.line"]._read_group(
            [("request_id", "in", self.ids)],
            ["request_id"],
            ["__count", "customer_id:count"],
        )
        most = {request for request, count, named in groups if 2 * named > count}
        for request in self:
            request.by_customer = request._origin in most

    def _lines_grouping(self):
        """Return the name of the filter that groups lists of the records."""
        return "group_by_customer" if self.by_customer else "group_by_scope"
