from collections import Counter

from odoo import models
from odoo.fields import Domain

from .handover_states import IN_PROGRESS, PROPOSED


class HandoverRequest(models.Model):
    """Other handovers under way with the same records: said before anybody decides.

    Of handovers and records that the reader sees. What is submitted already keeps
    another one from it; a draft does not, and two of them cross unnoticed.
    """

    _inherit = "handover.request"

    def _also_held(self):
        """Return which other handovers have records of this one.

        :return: ``[{"id", "name", "who", "state", "count"}]``, those with most first
        """
        if self.state not in PROPOSED:
            return []
        Line = self.env["handover.request.line"]
        mine = Domain("request_id", "=", self.id) & Domain("state", "=", "todo")
        groups = Line._read_group(mine, ["scope_id"])
        return self._holders(
            {
                scope: Line._search(mine & Domain("scope_id", "=", scope.id)).subselect(
                    "res_id"
                )
                for [scope] in groups
            }
        )

    def _also_held_open(self):
        """Return the same of what would be collected; this one need not be saved."""
        return self._holders(
            {
                scope: scope._records()._search(self._collect_domain(scope)).subselect()
                for scope in self.env["handover.scope"]._in_use()
            }
        )

    def _holders(self, records):
        """Return the handovers under way with these records of the same giver.

        :param records: ``{scope: query of ids}``
        """
        Line = self.env["handover.request.line"]
        others = Domain("state", "in", IN_PROGRESS) & Domain(
            "id", "!=", self._origin.id
        )
        theirs = Domain("state", "=", "todo")
        theirs &= Domain("request_id", "in", self.search(others).ids)
        if givers := self._givers():
            # a task may have other people as well
            theirs &= Domain("predecessor_id", "in", givers._origin.ids)
        counts = Counter()
        for scope, ids in records.items():
            of_kind = Domain("scope_id", "=", scope.id) & Domain("res_id", "in", ids)
            for request, count in Line._read_group(
                theirs & of_kind, ["request_id"], ["__count"]
            ):
                counts[request] += count
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": request.id,
                "name": request.name,
                "who": request._giver_name(),
                "state": states[request.state],
                "count": count,
            }
            for request, count in counts.most_common()
        ]
