from odoo import api, models
from odoo.tools import SQL


class HandoverRequestReview(models.Model):
    """To-dos on the records that were done, and those past their date."""

    _inherit = "handover.request.review"

    @api.model
    def _overdue(self, request, moment, name):
        """Return how many to-dos were open and past their date at a moment."""
        rows = self._rows(
            SQL(
                """SELECT work.successor_id, count(*) AS %(name)s
                FROM (%(work)s) work
                JOIN mail_activity todo ON todo.res_model = work.res_model
                    AND todo.res_id = work.res_id
                WHERE todo.create_date <= %(moment)s AND todo.date_deadline < %(day)s
                    AND (todo.active OR todo.date_done >= %(day)s)
                    AND (todo.activity_type_id IN %(own)s) IS NOT TRUE
                GROUP BY work.successor_id""",
                name=SQL.identifier(name),
                work=self._work(request),
                moment=moment,
                day=self._day(request, moment),
                own=self._own_types(),
            )
        )
        return {row.pop("successor_id"): row for row in rows}

    @api.model
    def _todos_done(self, request, start, end):
        rows = self._rows(
            SQL(
                """SELECT work.successor_id, count(*) AS todo_done_count
                FROM (%s) work
                JOIN mail_activity todo ON todo.res_model = work.res_model
                    AND todo.res_id = work.res_id
                WHERE todo.active IS NOT TRUE AND todo.date_done > %s
                    AND todo.date_done <= %s
                    AND (todo.activity_type_id IN %s) IS NOT TRUE
                GROUP BY work.successor_id""",
                self._work(request),
                self._day(request, start),
                self._day(request, end),
                self._own_types(),
            )
        )
        return {row.pop("successor_id"): row for row in rows}
