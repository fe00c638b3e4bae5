from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from odoo.addons.crm_handover.day_texts import day_text, reader_day

# figures of a review that are compared; more of it is better (1), worse (-1) or neither
COMPARED = {
    "contacted_count": 1,
    "contact_count": 0,
    "unanswered_count": -1,
    "response_median": -1,
    "overdue_count": -1,
    "todo_done_count": 0,
    "task_in_time_count": 1,
    "moved_count": 1,
    "won_value": 1,
    "lost_value": -1,
    "complaint_count": -1,
}
# means, where a sum over successors says nothing
MEANS = ("response_median",)
WEEKS = 13
# customers that the strip of contacts shows, those with the fewest first
STRIPS = 30


class HandoverRequest(models.Model):
    """What became of a handover, as pictures; each says in words what it shows.

    With the reader's rights: of the reviews and follow-ups that the reader may read.
    """

    _inherit = "handover.request"

    after_view = fields.Json(
        compute="_compute_after_view",
        help="Figures before and after, contacts by week and customer, and ratings, of"
        " what the reader may read.",
    )

    @api.depends("state", "review_ids", "given_rating_ids", "customer_rating_ids")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_after_view(self):
        for request in self:
            begun = isinstance(request.id, int) and request.date_finished
            request.after_view = begun and {
                **request._after_figures(),
                "strips": request._after_strips(),
                "stars": request._after_stars(),
            }

    # ------------------------------------------------------------
    # BEFORE AND AFTER
    # ------------------------------------------------------------

    def _after_figures(self):
        """Return the figures of the last reviews that are measured.

        :return: ``{"until", "days", "figures": [{"name", "before", "after",
            "before_text", "after_text", "is"}]}``; ``until`` is the day before which
            there are none, a text
        """
        Review = self.env["handover.request.review"]
        reviews = Review.search([("request_id", "=", self.id)])
        measured = reviews.filtered("date_measured")
        if not measured:
            due = min(reviews.mapped("date_due"), default=False)
            day = due and reader_day(self.env, due)
            return {"until": day_text(self.env, day), "days": 0, "figures": []}
        days = max(measured.mapped("days"))
        last = measured.filtered(lambda review: review.days == days)
        figures = [
            self._after_figure(last, name, good) for name, good in COMPARED.items()
        ]
        return {
            "until": "",
            "days": days,
            "figures": [one for one in figures if one["before"] or one["after"]],
        }

    @api.model
    def _after_figure(self, reviews, name, good):
        before = self._after_sum(reviews, f"{name}_before")
        after = self._after_sum(reviews, name)
        field = reviews._fields[name]
        change = (after > before) - (after < before)
        if name in MEANS and not (before and after):
            change = 0
        return {
            "name": field._description_string(self.env),
            "before": before,
            "after": after,
            "before_text": self._after_text(reviews, field, before),
            "after_text": self._after_text(reviews, field, after),
            "is": {1: "better", -1: "worse"}.get(change * good, ""),
        }

    @api.model
    def _after_sum(self, reviews, name):
        values = reviews.mapped(name)
        if name.removesuffix("_before") not in MEANS:
            return sum(values)
        known = [value for value in values if value]
        return sum(known) / len(known) if known else 0

    @api.model
    def _after_text(self, reviews, field, value):
        if field.type == "monetary":
            currency = reviews[:1].currency_id
            return formatLang(
                self.env, value, currency_obj=currency, rounding_unit="units"
            )
        if field.name in MEANS and not value:
            return "–"
        return formatLang(self.env, value, digits=1 if field.type == "float" else 0)

    # ------------------------------------------------------------
    # CONTACTS BY WEEK
    # ------------------------------------------------------------

    def _after_strips(self):
        """Return the contacts of each customer by week, in the first 90 days.

        :return: ``{"weeks": [first days, as texts], "so_far", "rows": [{"name",
            "contacts": [numbers], "total"}], "more"}``; ``so_far`` is how many weeks
            have begun
        """
        start, now = self.date_finished, fields.Datetime.now()
        rows, count = self._after_rows(start, now)
        rows.sort(key=lambda row: (row["total"], row["name"]))
        weeks = [reader_day(self.env, start + timedelta(weeks=n)) for n in range(WEEKS)]
        return {
            "weeks": [day_text(self.env, day) for day in weeks],
            "so_far": min((now - start).days // 7 + 1, WEEKS),
            "rows": rows,
            "more": count - len(rows),
        }

    def _after_rows(self, start, now):
        """Return the customers with the fewest contacts that the reader may know.

        The database counts: there may be very many of them.

        :return: the rows of :meth:`_after_strips`, and how many customers there are
        """
        followups = self.env["handover.followup"]
        mine = followups._search([("request_id", "=", self.id)])
        over = start + timedelta(weeks=WEEKS)
        contacts = followups._contact_query(self, "successor_id", start, min(over, now))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """WITH unit AS (
                    SELECT successor_id, COALESCE(customer_id, -line_id) AS unit,
                        min(id) AS followup_id
                    FROM handover_followup WHERE id IN %(mine)s GROUP BY 1, 2
                ), weekly AS MATERIALIZED (
                    SELECT successor_id, unit,
                        floor(extract(epoch FROM date - %(start)s) / 604800)::int
                            AS week,
                        count(DISTINCT (kind, id)) AS contacts
                    FROM (%(contacts)s) contact WHERE date < %(over)s GROUP BY 1, 2, 3
                ), total AS (
                    SELECT unit.*, COALESCE(sum(contacts), 0)::int AS total
                    FROM unit LEFT JOIN weekly USING (successor_id, unit)
                    GROUP BY successor_id, unit, followup_id
                ), shown AS (
                    SELECT *, count(*) OVER () AS units FROM total
                    ORDER BY total, followup_id LIMIT %(most)s
                )
                SELECT followup_id, units, total, array_agg(week), array_agg(contacts)
                FROM shown LEFT JOIN weekly USING (successor_id, unit)
                GROUP BY 1, 2, 3 ORDER BY total, followup_id""",
                mine=mine.subselect(),
                start=start,
                contacts=contacts,
                over=over,
                most=STRIPS,
            )
        )
        found = self.env.cr.fetchall()
        names = self._after_names(followups.browse(row[0] for row in found))
        rows = []
        for followup_id, _count, total, weeks, numbers in found:
            by_week = dict(zip(weeks, numbers, strict=True))
            row = {"name": names[followup_id], "total": total}
            rows.append({**row, "contacts": [by_week.get(n, 0) for n in range(WEEKS)]})
        return rows, found[0][1] if found else 0

    @api.model
    def _after_names(self, followups):
        """Return the names of customers: ``{follow-up id: name}``.

        A customer whom the reader may not open is called as the record is.
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        named = {}
        if Partner.has_access("read"):
            found = Partner.search([("id", "in", followups.sudo().customer_id.ids)])
            named = {partner.id: partner.display_name for partner in found}
        return {
            followup.id: named.get(followup.sudo().customer_id.id)
            or followup.res_name
            or ""
            for followup in followups
        }

    # ------------------------------------------------------------
    # RATINGS
    # ------------------------------------------------------------

    def _after_stars(self):
        """Return the mean of the ratings that the reader may read.

        :return: ``[{"name", "mean", "text", "count"}]``, of people and of customers
        """
        mine = [("request_id", "=", self.id)]
        people = self.env["handover.request.rating"].search(mine)
        customers = self.env["handover.customer.rating"].search(
            [*mine, ("date_rated", "!=", False)]
        )
        rows = []
        for name, ratings in (
            (self.env._("The people of the handover"), people.mapped("rating")),
            (self.env._("Customers"), customers.mapped("rating")),
        ):
            if ratings:
                mean = sum(ratings) / len(ratings)
                text = formatLang(self.env, mean, digits=1)
                rows.append(
                    {"name": name, "mean": mean, "text": text, "count": len(ratings)}
                )
        return rows
