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
        units = (self | waiting)._there()._units()
        wanted = {units.get(line.id) for line in self} - {None}
        return waiting.filtered(lambda line: units.get(line.id) in wanted)

    def _units(self):
        """Return what each record belongs together with: its customer, as a rule.

        Lists and calls show the customer that it came with; where it named none, it is
        what it belongs together with now.

        :return: ``{line id: (model, id)}``, as superuser
        """
        lines, units, unnamed = self.sudo(), {}, []
        for line in lines:
            # once for each of very many
            customer = line.customer_id.id
            if customer:
                units[line.id] = "res.partner", customer
            else:
                unnamed.append(line.id)
        by_scope = lines.grouped("scope_id")
        handed = {s.model: some.mapped("res_id") for s, some in by_scope.items()}
        for scope, some in lines.browse(unnamed).grouped("scope_id").items():
            records = scope._records(some.mapped("res_id"))
            found = scope._handler()._handover_bundles(records, handed)
            units |= {line.id: found[line.res_id] for line in some}
        return units
