from odoo import api, models
from odoo.fields import Domain


class HandoverRequestLine(models.Model):
    """Who of those who see a record on a handover reads what is not for all of them.

    What it was worth: whose it was or is, and superiors. What is noted on it: its
    successor once that is approved. Why it was declined: not the next successor. Which
    customer it is about: whoever may read that customer.
    """

    _inherit = "handover.request.line"

    @api.model
    def _audience_paths(self):
        requests = self.env["handover.request"]._audience_paths()
        return (
            "predecessor_id",
            "successor_id",
            "decision",
            "customer_id",
            "request_id.digest",
            *(f"request_id.{path}" for path in requests),
        )

    @api.depends_context("allowed_company_ids")
    def _compute_audiences(self):
        return super()._compute_audiences()

    @api.model
    def _audience_domain(self, name):
        if name == "customers":
            return self._audience_customers_domain()
        requests = self.env["handover.request"]
        superior = requests._audience_domain("superiors")
        if superior.is_true():
            return superior
        uid = self.env.uid
        taker = Domain("successor_id", "=", uid)
        if name == "sides":
            return (
                Domain("request_id", "any", superior)
                | Domain("predecessor_id", "=", uid)
                | taker
            )
        if name == "told":
            taker &= self._audience_told_domain()
        else:
            taker &= Domain("decision", "=", "declined")
        giver = requests._audience_domain("givers")
        # of several people each reads of what is theirs
        theirs = Domain("predecessor_id", "=", uid)
        theirs &= Domain("request_id.predecessor_ids", "in", [uid])
        return Domain("request_id", "any", giver) | theirs | taker

    @api.model
    def _audience_customers_domain(self):
        """Return the domain of lines about customers that the reader may read."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        if not Partner.has_access("read"):
            return Domain.FALSE
        return Domain("customer_id", "in", Partner._search([]))

    @api.model
    def _audience_told_domain(self):
        """Return the domain of what is told to successors by now; by super()."""
        return Domain("request_id.digest", "!=", False)
