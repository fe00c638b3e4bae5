from odoo import models

from .handover_columns import column, columns, grouped_by

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

    def _kinds(self):
        """Return what the engine tells each line from others by, but for its record.

        What has moved before is a kind of its own: it is on the line.
        """
        ways = columns(self, "goes_back", "date_done")
        kinds = zip(ways, columns(self, *KIND), self._ids, strict=True)
        return [(*kind, id_ if any(way) else 0) for way, kind, id_ in kinds]

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
