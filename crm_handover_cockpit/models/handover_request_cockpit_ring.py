from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_states import HANDED_OVER
from odoo.addons.crm_handover_briefing.models.handover_card import KNOWLEDGE

from ..board import NOBODY, whole

# percent of the ring while something is in the way
ALMOST = 99
# of so many records that named no customer when they came, it is looked up what they
# belong together with now
LOOKED_UP = 2000


class Shares(NamedTuple):
    """How far the customers of a handover are, as far as the reader sees them."""

    # customers, and of how many of them something is told
    customers: int = 0
    briefed: int = 0
    # records that nobody takes
    untaken: int = 0
    # those that were to be called by who took them over, and were
    to_call: int = 0
    called: int = 0
    # records that changed hands
    moved: int = 0


class HandoverRequest(models.Model):
    """The ring: how far a handover is, the same figure on each screen.

    Its unit is the customer. The cockpit counts the rows that it has read, lists of
    handovers count in the database.
    """

    _inherit = "handover.request"

    def _cockpit_ring(self, rows, columns):
        """Return how far it is: ``{"percent", "title", "lines", "is_bad"}``."""
        cards = whole(rows)
        taken = [c for id_, cards in columns.items() if id_ != NOBODY for c in cards]
        known = [card.called for card in taken if card.called is not None]
        shares = Shares(
            customers=len(cards),
            briefed=sum(card.is_briefed for card in cards),
            untaken=len(columns.get(NOBODY, ())),
            to_call=len(known),
            called=sum(known),
            moved=sum(len(card.rows) for card in taken),
        )
        return self._ring(shares)

    def _ring(self, shares, is_listed=False):
        """Return the ring of this handover, whose customers are that far.

        :param bool is_listed: beside others: what is in the way of a draft is only
            looked for where it would be full
        """
        env = self.env
        if self.state == "running":
            title = env._("being given back") if self.goes_back else env._("moved")
            return self._ring_share(
                self.line_count - self.todo_count, self.line_count, title
            )
        if self.state in HANDED_OVER:
            return self._ring_after(shares)
        ring = self._ring_share(shares.briefed, shares.customers, env._("briefed"))
        hindered = bool(shares.untaken)
        looks = not is_listed or ring["percent"] > ALMOST
        if looks and self.can_submit and self.line_count:
            count = len(self.blockers or ())
            if count:
                ring["is_bad"] = hindered = True
                ring["lines"].append(env._("In the way: %s", count))
        if hindered:
            # full is what nothing keeps from going on
            ring["percent"] = min(ring["percent"], ALMOST)
        return ring

    def _ring_after(self, shares):
        env = self.env
        score = self._cockpit_score()
        if score is not False:
            return {
                "percent": score, "unit": "", "title": env._("score"), "is_bad": False,
                "lines": [env._("How well it went, 0 to 100")],
            }  # fmt: skip
        if shares.to_call:
            return self._ring_share(shares.called, shares.to_call, env._("called"))
        return self._ring_share(shares.moved, self.line_count, env._("moved"))

    def _ring_share(self, part, whole, title):
        text = self.env._("%(part)s of %(whole)s", part=part, whole=whole)
        percent = 100 * part // whole if whole else 0
        return {
            "percent": percent,
            "unit": "%",
            "title": title,
            "lines": [text],
            "is_bad": False,
        }

    # ------------------------------------------------------------
    # OF MANY HANDOVERS
    # ------------------------------------------------------------

    def _ring_shares(self):
        """Return how far each handover is: ``{request id: Shares}``.

        In a number of queries that depends on the kinds of records alone.
        """
        Line, counts = self.env["handover.request.line"], defaultdict(dict)
        over = self.filtered(lambda request: request.state in HANDED_OVER)
        ahead, after = (self - over)._ring_domain(), over._ring_domain()
        for name, domain, by_taker in (
            ("customers", ahead, False),
            ("briefed", ahead & self._told_domain(), False),
            ("to_call", after & Line._calls_domain(), True),
            ("called", after & Line._calls_domain(called=True), True),
        ):
            for id_, count in self._ring_count(domain, by_taker).items():
                counts[id_][name] = count
        for name, domain in (
            ("untaken", ahead & self._untaken_domain()),
            ("moved", after & ~self._untaken_domain()),
        ):
            for request, count in Line._read_group(domain, ["request_id"], ["__count"]):
                counts[request.id][name] = count
        return {request.id: Shares(**counts[request.id]) for request in self}

    def _ring_domain(self):
        """Return the domain of the lines that count: what went back is history."""
        mine = Domain("request_id", "in", self.ids) & Domain("state", "!=", "returned")
        kinds = self.env["handover.request.line"]._read_group(mine, ["scope_id"])
        there = self.env["handover.scope"].union(*(scope for (scope,) in kinds))
        return mine & Domain("scope_id", "in", there._there().ids)

    def _untaken_domain(self):
        """Return the domain of lines that are in nobody's column."""
        nobody = Domain("successor_id", "=", False) & Domain("pool_team_id", "=", False)
        stays = Domain("state", "in", ("skipped", "failed", "cancelled"))
        return nobody | stays | Domain("decision", "=", "declined")

    def _told_domain(self):
        """Return the domain of lines of which something is told."""
        told = Domain.OR(Domain(name, "not in", (False, "")) for name in KNOWLEDGE)
        told |= Domain("risk", "!=", "none")
        # what is noted on the record tells as well
        told |= Domain("line_id.note", "not in", (False, ""))
        told |= Domain("line_id.risk", "!=", "none")
        cards = Domain("request_id", "in", self.ids) & Domain("state", "!=", "open")
        found = self.env["handover.card"]._search(cards & told)
        return Domain("id", "in", found.subselect("line_id"))

    def _ring_count(self, domain, by_taker):
        """Return of how many customers there are such lines: ``{request id: number}``.

        :param Domain domain: of the lines, which the rules narrow down
        :param bool by_taker: who is shared by two successors counts for each of them
        """
        Line = self.env["handover.request.line"]
        # as superuser: whose records they are is read to count them
        lines, mine = Line.sudo(), Domain("id", "in", Line._search(domain))
        takers = ["successor_id", "pool_team_id"] if by_taker else []
        counts, alone = defaultdict(int), 0
        for request, *_takers, count, named, customers in lines._read_group(
            mine,
            ["request_id", *takers],
            ["__count", "customer_id:count", "customer_id:count_distinct"],
        ):
            counts[request.id] += customers + count - named
            alone += count - named
        if 0 < alone <= LOOKED_UP:
            for id_, count in self._ring_together(lines, mine, takers).items():
                counts[id_] -= count
        return counts

    def _ring_together(self, lines, mine, takers):
        """Return how many records without a customer are no unit of their own.

        They belong together with another one, or by now to a customer.
        """
        found = lines.search_fetch(
            mine & Domain("customer_id", "=", False),
            ["request_id", "scope_id", "res_id", *takers],
        )
        # other handovers in the list are nothing to it
        units = {}
        for theirs in found.grouped("request_id").values():
            units |= theirs._units()
        keys = {line: (line.request_id, *(line[t] for t in takers)) for line in found}
        partners = [id_ for model, id_ in units.values() if model == "res.partner"]
        known = {
            (*key, ("res.partner", partner.id))
            for *key, partner in lines._read_group(
                mine & Domain("customer_id", "in", partners),
                ["request_id", *takers, "customer_id"],
            )
        }
        less = defaultdict(int)
        for line in found:
            unit = (*keys[line], units[line.id])
            less[line.request_id.id] += unit in known
            known.add(unit)
        return less
