from odoo import models


class HandoverRequest(models.Model):
    """Who may not open the draft invoices that would come to them."""

    _inherit = "handover.request"

    def _line_findings(self, lines):
        yield from super()._line_findings(lines)
        # which drafts there are is asked as superuser: of them nothing is told but
        # that they are there
        groups = (
            lines.sudo()
            ._there()
            ._by_kind(
                lambda line: (line.scope_id, line.predecessor_id, line.successor_id)
            )
        )
        for (_scope, giver, taker), some in groups.items():
            if taker and not self._opens_invoices(taker):
                yield from self._draft_findings(some, giver, taker)

    def _opens_invoices(self, user):
        """Tell whether ``user`` gets a permission that may open invoices."""
        engine = self.env["handover.engine"].sudo()
        return any(
            grant.kind == "group"
            and grant.state != "ended"
            and grant.user_id == user
            and engine._rules_open(grant.group_id, "account.move")
            for grant in self.sudo().grant_ids
        )

    def _draft_findings(self, lines, giver, taker):
        """Yield of which records the draft invoices stay with ``giver``."""
        engine = self.env["handover.engine"].sudo()
        drafts = engine._drafts_about(lines, giver)
        closed = drafts - engine._drafts_open_to(drafts, taker)
        if not closed:
            return
        records = lines.scope_id._records(lines.mapped("res_id")).exists()
        concerned = {*records._handover_drafts_records(closed, records).ids}
        for line in lines.filtered(lambda line: line.res_id in concerned):
            yield self._line_finding(
                "invoices_closed",
                "warning",
                line.sudo(False),
                self.env._(
                    "%(successor)s may not open its draft invoices: they stay with"
                    " %(seller)s.",
                    successor=taker.name,
                    seller=giver.name or self.env._("nobody"),
                ),
                self.env._(
                    "A salesperson opens their own invoices, Invoicing opens all: have"
                    " such a role given, or give the drafts to somebody who has it."
                ),
            )
