from collections import Counter, defaultdict

from odoo import api, models
from odoo.tools import SQL


class HandoverRequestReview(models.Model):
    """Tasks that were done, and what customers complained about."""

    _inherit = "handover.request.review"

    @api.model
    def _done_labels(self):
        """Return what tracked changes call the state of a task that is done."""
        field = self.env["project.task"]._fields["state"]
        languages = self.env["res.lang"].get_installed()
        return tuple(
            {
                dict(field._description_selection(self.with_context(lang=code).env))[
                    "1_done"
                ]
                for code in ("en_US", *(code for code, _name in languages))
            }
        )

    @api.model
    def _tasks(self, request, start, end):
        """Return the tasks that were done, and how many of them in time."""
        rows = self._rows(
            SQL(
                """WITH record AS MATERIALIZED (
                    SELECT work.successor_id, task.id, task.state, task.date_deadline
                    FROM (%(work)s) work JOIN project_task task ON task.id = work.res_id
                    WHERE work.res_model = 'project.task'),
                change AS MATERIALIZED (%(changes)s),
                first AS (%(at_start)s),
                last AS (%(at_end)s),
                done AS (
                    SELECT res_id, max(date) AS date FROM change
                    WHERE date <= %(end)s AND new_value_char IN %(labels)s
                    GROUP BY res_id)
                SELECT record.successor_id, count(*) AS task_done_count,
                    count(*) FILTER (
                        WHERE record.date_deadline IS NULL
                            OR done.date <= record.date_deadline) AS task_in_time_count
                FROM record
                JOIN done ON done.res_id = record.id
                JOIN first ON first.res_id = record.id
                    AND first.old_value_char NOT IN %(labels)s
                LEFT JOIN last ON last.res_id = record.id
                WHERE COALESCE(last.old_value_char IN %(labels)s,
                    record.state = '1_done')
                GROUP BY record.successor_id""",
                work=self._work(request),
                changes=self._changes("project.task", ("state",), start),
                at_start=self._at(start),
                at_end=self._at(end),
                end=end,
                labels=self._done_labels(),
            )
        )
        return {row.pop("successor_id"): row for row in rows}

    @api.model
    def _complaint_fields(self):
        """Return what customers complain with; add-ons for tickets extend it.

        :return: ``[(model, its field with the customer)]`` of the models installed
        """
        return self.env["handover.mixin"]._handover_complaint_fields()

    @api.model
    def _complaints(self, request, start, end):
        figures = defaultdict(Counter)
        for model, name in self._complaint_fields():
            rows = self._rows(
                SQL(
                    """SELECT work.successor_id, count(DISTINCT ticket.id) AS count
                    FROM (SELECT DISTINCT successor_id, customer_id
                        FROM (%(work)s) AS all_work) work
                    JOIN res_partner partner
                        ON partner.commercial_partner_id = work.customer_id
                    JOIN %(table)s ticket ON ticket.%(field)s = partner.id
                    WHERE ticket.create_date > %(start)s
                        AND ticket.create_date <= %(end)s
                    GROUP BY work.successor_id""",
                    work=self._work(request),
                    table=SQL.identifier(self.env[model]._table),
                    field=SQL.identifier(name),
                    start=start,
                    end=end,
                )
            )
            for row in rows:
                figures[row["successor_id"]]["complaint_count"] += row["count"]
        return figures
