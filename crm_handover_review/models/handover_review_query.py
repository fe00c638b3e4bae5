from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..followup import WorkTime


class HandoverReviewQuery(models.AbstractModel):
    """Parts of queries about what was handed over: records, contacts, changes, times.

    What a record was at a moment is what the first tracked change after it says it was
    before, or else what it is.
    """

    _name = "handover.review.query"
    _description = "Queries of Reviews"

    # ------------------------------------------------------------
    # RECORDS
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
    def _rows(self, query):
        """Return the rows of a query as dictionaries."""
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    # ------------------------------------------------------------
    # MESSAGES AND CONTACTS
    # ------------------------------------------------------------

    @api.model
    def _employee(self):
        """Return the condition of a message by an employee, who may have left."""
        return SQL(
            """EXISTS (SELECT FROM res_users employee
                WHERE employee.partner_id = message.author_id
                    AND employee.share IS NOT TRUE)"""
        )

    @api.model
    def _contact_query(self, request, actor, start, end):
        """Return the contacts as a query, see :meth:`handover.contact._query`."""
        work = self._work(request, actor)
        return self.env["handover.contact"]._query(work, start, end)

    # ------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------

    @api.model
    def _own_types(self):
        """Return the types of to-dos that handovers give, which are no work done."""
        return tuple(self.env["handover.request"]._own_todo_types().ids)

    # ------------------------------------------------------------
    # CHANGES
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

    # ------------------------------------------------------------
    # TIME
    # ------------------------------------------------------------

    @api.model
    def _day(self, request, moment):
        """Return the day that ``moment`` is on where the company works."""
        calendar = request.company_id.sudo().resource_calendar_id
        here = self.with_context(tz=calendar.tz or "UTC")
        return fields.Datetime.context_timestamp(here, moment).date()

    @api.model
    def _work_time(self, company, start, end):
        """Return when the company works between two moments, in UTC."""
        calendar = company.sudo().resource_calendar_id
        if not calendar:
            return WorkTime([(start, end)])
        intervals = calendar._work_intervals_batch(
            start.replace(tzinfo=timezone.utc), end.replace(tzinfo=timezone.utc)
        )[False]
        return WorkTime(
            [
                tuple(
                    at.astimezone(timezone.utc).replace(tzinfo=None)
                    for at in (begin, stop)
                )
                for begin, stop, _attendances in intervals
            ]
        )
