from odoo import fields, models
from odoo.fields import Domain


class HandoverCheck(models.Model):
    _inherit = "handover.check"

    kind = fields.Selection(
        selection_add=[("no_order", "There is no order")],
        ondelete={"no_order": "cascade"},
    )

    def _problem(self):
        problem = super()._problem()
        scope = self.scope_id.sudo()
        if not problem and self.kind == "no_order" and scope.model != "res.partner":
            return self.env._("this cannot be looked for in %s.", scope.name)
        return problem

    def _find_no_order(self, records):
        """Return the customers who, with their whole company, never ordered."""
        theirs = self._customers(records)
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                Domain("state", "=", "sale")
                & Domain("company_id", "=", records.env.company.id)
                & Domain("partner_id.commercial_partner_id", "in", theirs.ids),
                ["partner_id"],
            )
        )
        buyers = records.browse(partner.id for (partner,) in groups)
        buying = set(buyers.commercial_partner_id.ids)
        return set(theirs.ids) - buying
