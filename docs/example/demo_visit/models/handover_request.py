from odoo import models


class HandoverRequest(models.Model):
    _inherit = "handover.request"

    def _line_findings(self, lines):
        yield from super()._line_findings(lines)
        visits = lines.filtered(lambda line: line.res_model == "demo.visit")
        # as superuser: whoever checks may not read the record, and reads of it what
        # the line says
        found = self.env["demo.visit"].sudo().browse(visits.mapped("res_id")).exists()
        alone = set(found.filtered(lambda visit: not visit.partner_id).ids)
        for line in visits.filtered(lambda line: line.res_id in alone):
            yield self._line_finding(
                "visit_no_customer",
                "warning",
                line,
                self.env._("It is not said who is visited."),
                self.env._("Enter the customer of the visit."),
            )

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "finish":
            for request in self:
                request._tell_visits()
        return result

    def _tell_visits(self):
        """Write down how many visits were handed over, if there are any."""
        count = self.env["handover.request.line"].search_count(
            [
                ("request_id", "=", self.id),
                ("res_model", "=", "demo.visit"),
                ("state", "=", "done"),
            ]
        )
        if count:
            self._log_event("visits_moved", visits=count)
