from collections import Counter

from odoo import models
from odoo.fields import Domain

TICKET = "helpdesk.ticket"


class HandoverRequest(models.Model):
    """Open tickets of the customers that are handed over."""

    _inherit = "handover.request"

    def _line_findings(self, lines):
        yield from super()._line_findings(lines)
        customers = lines.filtered(lambda line: line.res_model == "res.partner")
        counts = customers and self._open_tickets(customers.mapped("res_id"))
        for line in customers:
            if count := counts[line.res_id]:
                yield self._line_finding(
                    "open_tickets",
                    "info",
                    line,
                    self.env._("It has open tickets that are not on this handover."),
                    self.env._(
                        "Tell the successor of them, or hand them over as well."
                    ),
                    self.env._(
                        "%(record)s: open tickets that are not on this handover:"
                        " %(count)s",
                        record=line.res_name,
                        count=count,
                    ),
                )

    def _open_tickets(self, customer_ids):
        """Return how many open tickets customers have besides, as the reader sees it.

        :param customer_ids: ids of contacts; those of a company count for it as well
        :return: ``{id: count}``, 0 where there are none
        """
        counts = Counter()
        Ticket = self.env[TICKET]
        scope = self.env["handover.scope"]._of_model(TICKET)
        if not scope or not Ticket.has_access("read"):
            return counts
        theirs = Domain("partner_id", "in", customer_ids)
        theirs |= Domain("commercial_partner_id", "in", customer_ids)
        # which are open is for the code to know: readers may not see every stage
        besides = scope._records()._search(
            scope._open_domain()
            & theirs
            & Domain("id", "not in", self._tickets_on_it())
        )
        groups = Ticket._read_group(
            [("id", "in", besides.subselect())],
            ["commercial_partner_id", "partner_id"],
            ["__count"],
        )
        for company, contact, count in groups:
            for id_ in {company.id, contact.id}:
                counts[id_] += count
        return counts

    def _tickets_on_it(self):
        """Return the ids of the tickets on this handover."""
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self.id), ("res_model", "=", TICKET)]
        return lines.search_fetch(mine, ["res_id"]).mapped("res_id")
