"""The figures of reviews: one SQL statement for each group of figures, whatever the
number of records, and the time of the review as the only time that is looked at.

What a record was at a moment is what the first tracked change after it says it was
before, or else what it is.
"""

from collections import Counter, defaultdict
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..followup import WorkTime, median

# the hours of more customers than this are not looked at in one go
ROWS = 20_000


class HandoverRequestReview(models.Model):
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

    # ------------------------------------------------------------
    # WHAT IS LOOKED AT
    # ------------------------------------------------------------

    @api.model
    def _work(self, request, actor="successor_id"):
        """Return the records that were handed over, and who had them, as a query.

        ``unit`` is the customer, or the record itself where it has none.
        """
        return SQL(
            """SELECT followup.successor_id, line.id AS line_id, line.res_model,
                line.res_id, followup.customer_id, users.id AS user_id,
                users.partner_id,
                COALESCE(followup.customer_id, -line.id) AS unit
            FROM handover_followup followup
            JOIN handover_request_line line ON line.id = followup.line_id
            LEFT JOIN res_users users ON users.id = %s
            WHERE followup.request_id = %s AND line.state = 'done'""",
            SQL.identifier("line", actor),
            request.id,
        )

    @api.model
    def _employee(self):
        """Return the condition of a message by an employee, who may have left."""
        return SQL(
            """EXISTS (SELECT FROM res_users employee
                WHERE employee.partner_id = message.author_id
                    AND employee.share IS NOT TRUE)"""
        )

    @api.model
    def _rows(self, query):
        """Return the rows of a query as dictionaries."""
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

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

    # ------------------------------------------------------------
    # CONTACTS
    # ------------------------------------------------------------

    @api.model
    def _contact_query(self, request, actor, start, end):
        """Return the contacts as a query, see :meth:`handover.contact._query`."""
        work = self._work(request, actor)
        return self.env["handover.contact"]._query(work, start, end)

    @api.model
    def _contacts(self, request, actor, start, end):
        rows = self._rows(
            SQL(
                """SELECT successor_id, count(DISTINCT unit) AS contacted_count,
                    count(DISTINCT (kind, id)) AS contact_count
                FROM (%s) contact GROUP BY successor_id""",
                self._contact_query(request, actor, start, end),
            )
        )
        return {row.pop("successor_id"): row for row in rows}

    @api.model
    def _first_contacts(self, request, start, end, days):
        """Return how long the customers waited for their first contact.

        :param int days: within how many days it was agreed
        """
        time = self._work_time(request.company_id, start, end)
        in_time, hours = Counter(), defaultdict(list)
        self.env.cr.execute(
            SQL(
                """SELECT successor_id, min(date) FROM (%s) contact
                GROUP BY successor_id, unit""",
                self._contact_query(request, "successor_id", start, end),
            )
        )
        limit = start + timedelta(days=days)
        while rows := self.env.cr.fetchmany(ROWS):
            for successor_id, first in rows:
                in_time[successor_id] += first <= limit
                hours[successor_id].append(time.hours(start, first))
        return {
            successor_id: {
                "in_time_count": in_time[successor_id],
                "first_contact_median": median(waited),
                "first_contact_max": max(waited),
            }
            for successor_id, waited in hours.items()
        }

    @api.model
    def _work_time(self, company, start, end):
        """Return when the company works between two moments, in UTC."""
        calendar = company.sudo().resource_calendar_id
        if not calendar:
            return WorkTime([(start, end)])
        intervals = calendar._work_intervals_batch(
            start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)
        )[False]
        return WorkTime(
            [
                tuple(at.astimezone(UTC).replace(tzinfo=None) for at in (begin, stop))
                for begin, stop, _attendances in intervals
            ]
        )

    def _questions(self, request, start, end):
        """Return the comments of successors on the handover and its cards."""
        places = [SQL("message.model = %s AND message.res_id = %s",
                      request._name, request.id)]  # fmt: skip
        if "handover.card" in self.env:
            places.append(
                SQL(
                    """message.model = 'handover.card' AND message.res_id IN (
                        SELECT id FROM handover_card WHERE request_id = %s)""",
                    request.id,
                )
            )
        rows = self._rows(
            SQL(
                """SELECT users.id, count(*) AS question_count
                FROM mail_message message
                JOIN res_users users ON users.partner_id = message.author_id
                WHERE (%s) AND message.message_type IN ('comment', 'email')
                    AND message.date > %s AND message.date <= %s
                    AND users.id IN %s
                GROUP BY users.id""",
                SQL(" OR ").join(SQL("(%s)", place) for place in places),
                start,
                end,
                tuple(self.successor_id.ids),
            )
        )
        return {row.pop("id"): row for row in rows}

    @api.model
    def _responses(self, request, start, end):
        """Return how long customers' mails waited for an answer."""
        time = self._work_time(request.company_id, start, end)
        hours, unanswered = defaultdict(list), Counter()
        self.env.cr.execute(
            SQL(
                """WITH said AS (
                    SELECT work.successor_id, work.line_id, message.id, message.date,
                        message.message_type = 'email' AND NOT %(employee)s AS comes
                    FROM (%(work)s) work
                    JOIN mail_message message ON message.model = work.res_model
                        AND message.res_id = work.res_id
                    WHERE message.date > %(start)s AND message.date <= %(end)s
                        AND (message.message_type = 'email' OR %(employee)s)
                        AND %(said)s),
                paired AS (
                    SELECT successor_id, date, comes,
                        lag(comes) OVER (
                            PARTITION BY line_id ORDER BY date, id) AS came,
                        min(CASE WHEN NOT comes THEN date END) OVER (
                            PARTITION BY line_id ORDER BY date, id
                            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
                        ) AS answered
                    FROM said)
                SELECT successor_id, date, answered FROM paired
                WHERE comes AND came IS NOT TRUE""",
                work=self._work(request),
                employee=self._employee(),
                said=self.env["handover.contact"]._said_sql("message"),
                start=start,
                end=end,
            )
        )
        while rows := self.env.cr.fetchmany(ROWS):
            for successor_id, date, answered in rows:
                if answered:
                    hours[successor_id].append(time.hours(date, answered))
                else:
                    unanswered[successor_id] += 1
        return {
            successor_id: {
                "response_median": median(hours[successor_id]),
                "unanswered_count": unanswered[successor_id],
            }
            for successor_id in hours.keys() | unanswered.keys()
        }

    # ------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------

    @api.model
    def _day(self, request, moment):
        """Return the day that ``moment`` is on where the company works."""
        calendar = request.company_id.sudo().resource_calendar_id
        here = self.with_context(tz=calendar.tz or "UTC")
        return fields.Datetime.context_timestamp(here, moment).date()

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
    def _own_types(self):
        """Return the types of to-dos that handovers give, which are no work done."""
        return tuple(self.env["handover.request"]._own_todo_types().ids)

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

    # ------------------------------------------------------------
    # DEALS
    # ------------------------------------------------------------

    @api.model
    def _changes(self, model, names, start):
        """Return the tracked changes of fields since a moment, as a query."""
        ids = [self.env["ir.model.fields"]._get(model, name).id for name in names]
        return SQL(
            """SELECT message.res_id, field.name, message.date, track.id,
                track.old_value_integer, track.old_value_float, track.old_value_char,
                track.new_value_char
            FROM record
            JOIN mail_message message ON message.model = %s
                AND message.res_id = record.id AND message.date > %s
            JOIN mail_tracking_value track ON track.mail_message_id = message.id
            JOIN ir_model_fields field ON field.id = track.field_id
            WHERE track.field_id IN %s""",
            model,
            start,
            tuple(ids),
        )

    @api.model
    def _at(self, moment):
        """Return what was changed first after a moment, as a query."""
        return SQL(
            """SELECT DISTINCT ON (res_id, name) * FROM change WHERE date > %s
            ORDER BY res_id, name, date, id""",
            moment,
        )

    @api.model
    def _deals(self, request, start, end):
        """Return what became of leads and opportunities, by number and value."""
        rows = self._rows(
            SQL(
                """WITH record AS MATERIALIZED (
                    SELECT work.successor_id, lead.id, lead.stage_id, lead.active,
                        lead.expected_revenue, lead.company_id
                    FROM (%(work)s) work
                    JOIN crm_lead lead ON lead.id = work.res_id
                    WHERE work.res_model = 'crm.lead'),
                change AS MATERIALIZED (%(changes)s),
                first AS (%(at_start)s),
                last AS (%(at_end)s),
                deal AS (
                    SELECT record.successor_id, record.company_id,
                        stage1.sequence AS from_sequence, stage1.id AS from_stage,
                        stage2.sequence AS to_sequence, stage2.id AS to_stage,
                        COALESCE(stage1.is_won, FALSE) AS was_won,
                        COALESCE(stage2.is_won, FALSE) AS is_won,
                        COALESCE(active1.old_value_integer != 0, record.active)
                            AS was_active,
                        COALESCE(active2.old_value_integer != 0, record.active)
                            AS is_active,
                        COALESCE(value.old_value_float, record.expected_revenue, 0)
                            AS amount
                    FROM record
                    LEFT JOIN first s1 ON s1.res_id = record.id AND s1.name = 'stage_id'
                    LEFT JOIN last s2 ON s2.res_id = record.id AND s2.name = 'stage_id'
                    LEFT JOIN first active1 ON active1.res_id = record.id
                        AND active1.name = 'active'
                    LEFT JOIN last active2 ON active2.res_id = record.id
                        AND active2.name = 'active'
                    LEFT JOIN last value ON value.res_id = record.id
                        AND value.name = 'expected_revenue'
                    LEFT JOIN crm_stage stage1
                        ON stage1.id = COALESCE(s1.old_value_integer, record.stage_id)
                    LEFT JOIN crm_stage stage2
                        ON stage2.id = COALESCE(s2.old_value_integer, record.stage_id)),
                outcome AS (
                    SELECT successor_id, company_id, amount, CASE
                        WHEN is_won THEN CASE WHEN NOT was_won THEN 'won' END
                        WHEN NOT is_active THEN CASE WHEN was_active THEN 'lost' END
                        WHEN (to_sequence, to_stage) > (from_sequence, from_stage)
                            THEN 'moved'
                        WHEN (to_sequence, to_stage) < (from_sequence, from_stage)
                            THEN 'fell_back' END AS outcome
                    FROM deal)
                SELECT successor_id, company_id, outcome, count(*) AS count,
                    sum(amount) AS amount
                FROM outcome GROUP BY successor_id, company_id, outcome""",
                work=self._work(request),
                changes=self._changes(
                    "crm.lead", ("stage_id", "active", "expected_revenue"), start
                ),
                at_start=self._at(start),
                at_end=self._at(end),
            )
        )
        figures = defaultdict(Counter)
        company, day = request.company_id, self._day(request, end)
        for row in rows:
            mine, outcome = figures[row["successor_id"]], row["outcome"]
            mine["deal_count"] += row["count"]
            if not outcome:
                continue
            mine[f"{outcome}_count"] += row["count"]
            if outcome != "fell_back":
                theirs = company.browse(row["company_id"] or company.id).sudo()
                mine[f"{outcome}_value"] += theirs.currency_id._convert(
                    row["amount"], company.currency_id, company, day
                )
        return figures

    # ------------------------------------------------------------
    # TASKS AND COMPLAINTS
    # ------------------------------------------------------------

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
        fields_ = self.env.get("helpdesk.ticket", self.env["ir.model"])._fields
        return [("helpdesk.ticket", "partner_id")] if "partner_id" in fields_ else []

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
