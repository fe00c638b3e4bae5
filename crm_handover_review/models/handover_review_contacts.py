from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..followup import median

# the hours of more customers than this are not looked at in one go
ROWS = 20_000


class HandoverRequestReview(models.Model):
    """Who was contacted and how soon, which mails were answered, what was asked."""

    _inherit = "handover.request.review"

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

    def _questions(self, request, start, end):
        """Return the comments of successors wherever its people talk about it."""
        places = [
            SQL("message.model = %s AND message.res_id IN (%s)", model, ids)
            for model, ids in request._talk_sql()
        ]
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
