from odoo import models

from odoo.addons.crm_handover.models.handover_guard import door


class HandoverRequestLine(models.Model):
    """A customer is accepted as a whole, wherever one of its records is accepted."""

    _inherit = "handover.request.line"

    @door
    def action_accept_customer(self):
        """Accept these records, with what else of their customers the caller gets.

        What is declined already stays so.

        :return: ``True``
        :raise AccessError: when the caller is not the successor
        :raise UserError: when the handover is not approved or runs already
        """
        lines = self
        for request, some in self.grouped("request_id").items():
            lines |= some._of_same_customers(request)
        return lines.action_accept()

    def _of_same_customers(self, request):
        """Return what belongs together with these lines, and waits for the caller."""
        waiting = self.search(
            [
                ("request_id", "=", request.id),
                ("successor_id", "=", self.env.uid),
                ("state", "=", "todo"),
                ("decision", "=", "pending"),
            ]
        )
        by_scope = {
            scope.sudo(): lines
            for scope, lines in (self | waiting)._there().grouped("scope_id").items()
        }
        handed = {
            scope.model: some.mapped("res_id") for scope, some in by_scope.items()
        }
        bundles = {}
        for scope, lines in by_scope.items():
            records = scope._records(lines.mapped("res_id"))
            found = scope._handler()._handover_bundles(records, handed)
            bundles.update({line: found.get(line.res_id) for line in lines})
        wanted = {bundles.get(line) for line in self} - {None}
        return waiting.filtered(lambda line: bundles.get(line) in wanted)
