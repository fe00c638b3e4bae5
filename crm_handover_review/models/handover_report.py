from odoo import fields, models
from odoo.tools import SQL

from .handover_request_result import APPROVER

READ = {"readonly": True}


class HandoverReport(models.Model):
    """Handovers by team and month: a row for each successor of what was handed over.

    Worked out whenever somebody looks. What became of the customers comes from the last
    review that was measured; before it there is none.
    """

    _name = "handover.report"
    _description = "Handover Figures"
    _inherit = ["handover.typed"]
    _auto = False
    _order = "date_finished desc, id"
    _rec_name = "request_id"
    _depends = {
        "handover.request": [
            "state", "date_finished", "predecessor_id", "reason_id", "kind",
            "company_id", "team_ids", "result_score",
        ],
        "handover.request.line": [
            "request_id", "successor_id", "state", "before",
        ],
        "handover.request.review": [
            "request_id", "successor_id", "days", "date_measured", "customer_count",
            "in_time_count", "untouched_count", "won_count", "lost_count",
        ],
        "handover.followup": ["request_id", "successor_id", "customer_id", "line_id"],
    }  # fmt: skip

    request_id = fields.Many2one(
        "handover.request",
        string="Handovers",
        aggregator="count_distinct",
        help="The handover.",
        **READ,
    )
    company_id = fields.Many2one(
        "res.company", help="The company of the handover.", **READ
    )
    currency_id = fields.Many2one(
        "res.currency", help="The currency of the company.", **READ
    )
    team_id = fields.Many2one(
        "crm.team",
        help="The sales team of the predecessor; of several the first one.",
        **READ,
    )
    predecessor_id = fields.Many2one(
        "res.users", string="From", help="Who handed over.", **READ
    )
    successor_id = fields.Many2one(
        "res.users", string="To", help="Who took over.", **READ
    )
    reason_id = fields.Many2one("handover.reason", help="Why.", **READ)
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")],
        help="Whether it comes back.",
        **READ,
    )
    date_finished = fields.Datetime(
        "Handed Over On", help="When the records had changed hands.", **READ
    )
    record_count = fields.Integer(
        "Records", help="Records that were handed over.", **READ
    )
    value = fields.Monetary(
        help="What the records were worth when they were handed over, in the currency"
        " of the company at the rate of that day.",
        **READ,
    )
    customer_count = fields.Integer(
        "Customers",
        help="Customers of these records, a company with its contacts once.",
        **READ,
    )
    in_time_count = fields.Integer(
        "Customers Called in Time",
        help="Customers whose first contact came within the days agreed in the"
        " settings.",
        **READ,
    )
    in_time_share = fields.Float(
        "Called in Time (%)",
        aggregator="avg",
        digits=(16, 1),
        help="The share of the customers whose first contact came within the days"
        " agreed in the settings: the mean over successors.",
        **READ,
    )
    untouched_count = fields.Integer(
        "Customers Not Touched",
        help="Customers without any contact by the successor until the last review.",
        **READ,
    )
    kept_count = fields.Integer(
        "Customers Kept",
        help="Customers with at least one contact by the successor until the last"
        " review.",
        **READ,
    )
    won_count = fields.Integer("Deals Won", help="Until the last review.", **READ)
    lost_count = fields.Integer("Deals Lost", help="Until the last review.", **READ)
    result_score = fields.Integer(
        "Result",
        aggregator="avg",
        groups=APPROVER,
        help="How good the handovers were, 0 to 100: the mean over successors.",
        **READ,
    )

    @property
    def _table_query(self):
        requests = self.env["handover.request"].sudo()
        teams = requests._fields["team_ids"]
        changing = requests._search(requests._changing_owners(), bypass_access=True)
        return SQL(
            """WITH part AS (
                SELECT min(line.id) AS id, line.request_id, line.successor_id,
                    line.company_id, line.before ->> 'currency' AS currency,
                    count(*) AS record_count,
                    sum(CASE WHEN jsonb_typeof(line.before -> 'amount') = 'number'
                        THEN (line.before ->> 'amount')::numeric ELSE 0 END) AS amount
                FROM handover_request_line line
                WHERE line.state = 'done' AND line.successor_id IS NOT NULL
                GROUP BY line.request_id, line.successor_id, line.company_id, 5),
            moved AS (
                SELECT min(part.id) AS id, part.request_id, part.successor_id,
                    sum(part.record_count)::int AS record_count,
                    sum(CASE WHEN COALESCE(named.id, theirs.currency_id)
                                = company.currency_id THEN part.amount
                        ELSE part.amount * %(rate)s / %(their_rate)s END) AS value
                FROM part
                JOIN handover_request request ON request.id = part.request_id
                JOIN res_company company ON company.id = request.company_id
                JOIN res_company theirs ON theirs.id = part.company_id
                LEFT JOIN res_currency named ON named.name = part.currency
                GROUP BY part.request_id, part.successor_id),
            followed AS (
                SELECT request_id, successor_id,
                    count(DISTINCT COALESCE(customer_id, -line_id)) AS customer_count
                FROM handover_followup GROUP BY request_id, successor_id),
            review AS (
                SELECT DISTINCT ON (request_id, successor_id) *
                FROM handover_request_review WHERE date_measured IS NOT NULL
                ORDER BY request_id, successor_id, days DESC)
            SELECT moved.id, moved.request_id, request.company_id, company.currency_id,
                (SELECT min(rel.%(team)s) FROM %(teams)s rel
                    WHERE rel.%(request)s = request.id) AS team_id,
                request.predecessor_id, moved.successor_id, request.reason_id,
                request.kind, request.date_finished, moved.record_count, moved.value,
                COALESCE(review.customer_count, followed.customer_count)
                    AS customer_count,
                review.in_time_count,
                100.0 * review.in_time_count / NULLIF(review.customer_count, 0)
                    AS in_time_share,
                review.untouched_count,
                review.customer_count - review.untouched_count AS kept_count,
                review.won_count, review.lost_count, request.result_score
            FROM moved
            JOIN handover_request request ON request.id = moved.request_id
            JOIN res_company company ON company.id = request.company_id
            LEFT JOIN review ON review.request_id = moved.request_id
                AND review.successor_id = moved.successor_id
            LEFT JOIN followed ON followed.request_id = moved.request_id
                AND followed.successor_id = moved.successor_id
            WHERE request.date_finished IS NOT NULL AND request.id IN %(changing)s""",
            rate=self._rate(SQL("company.currency_id")),
            their_rate=self._rate(SQL("COALESCE(named.id, theirs.currency_id)")),
            teams=SQL.identifier(teams.relation),
            team=SQL.identifier(teams.column2),
            request=SQL.identifier(teams.column1),
            changing=changing.subselect(),
        )

    @staticmethod
    def _rate(currency):
        """Return the rate of a currency on the day of the handover, as Odoo finds it.

        That is what ``res.currency._get_rates`` does, in a query of many handovers.
        """
        known = SQL(
            """SELECT rate.rate FROM res_currency_rate rate
            WHERE rate.currency_id = %s AND (rate.company_id IS NULL
                OR rate.company_id = split_part(company.parent_path, '/', 1)::int)""",
            currency,
        )
        return SQL(
            """COALESCE(
                (%(known)s AND rate.name <= request.date_finished::date
                    ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                (%(known)s ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)""",
            known=known,
        )
