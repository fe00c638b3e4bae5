from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class HandoverRequestReview(models.Model):
    """The figures of reviews: one SQL statement for each group of figures.

    However many the records are; and the time of the review is the only time that is
    looked at.
    """

    _inherit = "handover.request.review"

    def _measure(self):
        """Work out the figures, of reviews of one handover after the same days.

        It reads, and locks nothing.

        :return: ``{review: {field: value}}``
        """
        request, first = self.request_id, self[0]
        span = timedelta(days=first.days)
        middle, end = first.date_from, first.date_from + span
        self.env.flush_all()
        figures = defaultdict(dict)
        after = self._figures(request, "successor_id", middle, end)
        past = self._figures(request, "predecessor_id", middle - span, middle)
        for successor_id, values in after.items():
            figures[successor_id] |= values
        for successor_id, values in past.items():
            names = {f"{name}_before": figure for name, figure in values.items()}
            figures[successor_id] |= {
                name: figure for name, figure in names.items() if name in self._fields
            }
        days = request.company_id.handover_contact_days
        for part in (
            self._base_figures(request),
            self._first_contacts(request, middle, end, days),
            self._overdue(request, middle, "overdue_count_before"),
            self._questions(request, middle, end),
        ):
            for successor_id, values in part.items():
                figures[successor_id] |= values
        return {review: figures[review.successor_id.id] for review in self}

    def _keep(self, figures):
        """Write the figures of one review; no figure at all is ``NULL``."""
        contacted = figures.get("contacted_count", 0)
        figures["untouched_count"] = figures.get("customer_count", 0) - contacted
        contacted = figures.get("contacted_count_before", 0)
        figures["untouched_count_before"] = figures.get("customer_count", 0) - contacted
        figures["date_measured"] = fields.Datetime.now()
        names = {
            name
            for name, field in self._fields.items()
            if field.store and field.type in ("integer", "monetary") and name != "days"
        } - {"id"}
        figures = dict.fromkeys(names, 0) | figures
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request_review SET %s WHERE id = %s",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), figure)
                    for name, figure in sorted(figures.items())
                ),
                self.id,
            )
        )
        self.invalidate_recordset()

    @api.model
    def _figures(self, request, actor, start, end):
        """Return what is measured both before and after the handover.

        :param str actor: the field of the line that says who had the record
        :return: ``{successor id: {figure: value}}``
        """
        figures = defaultdict(dict)
        for part in (
            self._contacts(request, actor, start, end),
            self._todos_done(request, start, end),
            self._overdue(request, end, "overdue_count"),
            self._responses(request, start, end),
            self._deals(request, start, end),
            self._tasks(request, start, end),
            self._complaints(request, start, end),
        ):
            for successor_id, values in part.items():
                figures[successor_id] |= values
        return figures

    @api.model
    def _base_figures(self, request):
        rows = self._rows(
            SQL(
                """SELECT successor_id, count(*) AS record_count,
                    count(DISTINCT unit) AS customer_count
                FROM (%s) work GROUP BY successor_id""",
                self._work(request),
            )
        )
        return {row.pop("successor_id"): row for row in rows}
