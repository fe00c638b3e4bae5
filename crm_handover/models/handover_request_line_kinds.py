from odoo import models

from .handover_columns import column, grouped_by, told_apart_by

# what a line that moved nothing yet is told from others by
KIND = (
    "scope_id",
    "request_id",
    "predecessor_id",
    "successor_id",
    "pool_team_id",
    "decision",
    "although_closed",
)


class HandoverRequestLine(models.Model):
    """Lines of the same kind are asked once, in a run of thousands."""

    _inherit = "handover.request.line"

    def _fetch_kinds(self):
        """Read what lines that are only looked at are asked, and no more of them."""
        self.fetch([*KIND, "goes_back", "date_done", "res_id"])

    def _kinds(self):
        """Return what the engine tells each line from others by, but for its record.

        What has moved before is a kind of its own: it is on the line.
        """
        rows = told_apart_by(self, "goes_back", "date_done", *KIND)
        return [
            (*kind, id_) if kind[0] or kind[1] else kind
            for kind, id_ in zip(rows, self._ids, strict=True)
        ]

    def _by_kind(self, key):
        """Group lines by what one of each kind answers.

        :param key: function of one line that does not ask for its record
        :return: ``{answer: lines}``
        """
        return grouped_by(self, self._kinds(), key)

    def _going_back(self):
        """Return those of these lines whose record is to go back."""
        ways = column(self, "goes_back")
        return self.browse(
            id_ for id_, back in zip(self._ids, ways, strict=True) if back
        )

    def _unless(self, ids):
        """Return these lines without those of ``ids``."""
        return self.browse(id_ for id_ in self._ids if id_ not in ids) if ids else self
