from odoo import fields, models
from odoo.fields import Domain

from ..day_texts import moment_text
from .handover_states import APPROVED_ON, HANDED_OVER, TAKEN

AWAY = ("running", *HANDED_OVER)


class HandoverRequest(models.Model):
    """Chains, said before anybody decides: what is somebody's for a time only.

    Of handovers that the reader sees. What becomes of them is the line's, see
    ``handover_request_line_chain.py``.
    """

    _inherit = "handover.request"

    def _preflight_findings(self):
        return [
            *super()._preflight_findings(),
            *self._for_a_time_findings(),
            *self._covered_findings(),
            *self._away_findings(),
        ]

    def _for_a_time_findings(self):
        """Tell of records that who hands over has for a time only."""
        Line = self.env["handover.request.line"]
        mine = Domain("request_id", "=", self.id) & Domain("state", "=", "todo")
        found = []
        for scope, giver in Line._read_group(mine, ["scope_id", "predecessor_id"]):
            here = mine & Domain("scope_id", "=", scope.id)
            here &= Domain("predecessor_id", "=", giver.id)
            ids = Line._search(here).subselect("res_id")
            theirs = TAKEN & Domain("scope_id", "=", scope.id)
            theirs &= Domain("successor_id", "=", giver.id)
            theirs &= Domain("res_id", "in", ids) & self._temporary(AWAY)
            for request, lines in Line.search(theirs).grouped("request_id").items():
                found.append(self._for_a_time(request, lines, here))
        return found

    def _for_a_time(self, request, lines, here):
        end = request.date_return
        lasts = self.kind == "permanent" or not self.date_return
        longer = lasts or self.date_return > end
        return self._finding(
            "for_a_time",
            "warning" if longer else "info",
            self.env._(
                "Records that %(giver)s has for a time only: %(count)s. On %(date)s"
                " they go back to %(owner)s, from whoever has them then.",
                giver=lines.sudo().successor_id.name,
                count=len(lines),
                date=moment_text(self.env, end),
                owner=request._giver_name(),
            ),
            self.env._("Whoever takes over is to know; it needs nothing else."),
            lines=lines.search(here & Domain("res_id", "in", lines.mapped("res_id"))),
        )

    def _covered_findings(self):
        """Tell of what is with somebody else for a time, and so not on this one."""
        givers = self._givers()
        if not givers:
            return []
        Line = self.env["handover.request.line"]
        away = TAKEN & self._temporary(AWAY)
        away &= Domain("predecessor_id", "in", givers.ids)
        away &= Domain("request_id.company_id", "=", self.company_id.id)
        away &= Domain("request_id", "!=", self.id)
        return [
            self._finding(
                "covered",
                "warning",
                self.env._(
                    "Records that are with %(successors)s until %(date)s, and so not"
                    " on this handover: %(count)s. They come back to %(giver)s then.",
                    successors=self._names(request.sudo().successor_ids),
                    date=moment_text(self.env, request.date_return),
                    count=count,
                    giver=giver.sudo().name,
                ),
                self.env._(
                    "Have %s given back first to hand them over as well.", request.name
                ),
            )
            for request, giver, count in Line._read_group(
                away, ["request_id", "predecessor_id"], ["__count"]
            )
        ]

    def _away_findings(self):
        """Tell which successors are away while they are to have the records."""
        begin = self.date_planned or fields.Datetime.now()
        end = self.kind == "temporary" and self.date_return
        takers = self.sudo().successor_ids
        away = Domain("predecessor_id", "in", takers.ids)
        away &= Domain("kind", "=", "temporary") & Domain("state", "in", APPROVED_ON)
        away &= Domain("date_return", ">", begin) & Domain("id", "!=", self.id)
        return [
            self._finding(
                "successor_away",
                "warning",
                self.env._(
                    "%(user)s hands over as well, until %(date)s.",
                    user=other.predecessor_id.name,
                    date=moment_text(self.env, other.date_return),
                ),
                self.env._("Choose somebody who is there, or another day."),
            )
            # only that somebody is away, and until when: as any colleague would hear
            for other in self.sudo().search(away)
            if not end or not other.date_planned or other.date_planned < end
        ]

    def _temporary(self, states):
        """Return the domain of lines whose records are with somebody for a time.

        Of temporary handovers in these states that change owners: by others, nothing
        is with anybody else.
        """
        temporary = Domain("kind", "=", "temporary") & Domain("state", "in", states)
        return Domain("request_id", "any", temporary & self._changing_owners())
