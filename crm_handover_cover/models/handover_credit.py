from odoo import fields, models
from odoo.tools import SQL

READ = {"readonly": True}


class HandoverCredit(models.Model):
    """Won deals by who had them when they were won: a row for each who has a share.

    Worked out whenever somebody looks. Who had a deal is told by what was handed over
    and given back since; a temporary handover says who shares what was won meanwhile.
    """

    _name = "handover.credit"
    _description = "Won Deals by Owner at That Time"
    _inherit = ["handover.typed"]
    _auto = False
    _order = "date_closed desc, id"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "user_id", "team_id", "company_id", "date_closed", "expected_revenue",
            "won_status", "type",
        ],
        "handover.request": [
            "kind", "cover", "company_id", "date_returned", "date_return_tried",
            "credit_share", "credit_days",
        ],
        "handover.request.line": [
            "request_id", "res_model", "res_id", "predecessor_id", "successor_id",
            "before", "date_done", "date_returned",
        ],
    }  # fmt: skip

    lead_id = fields.Many2one(
        "crm.lead",
        string="Deals",
        aggregator="count_distinct",
        help="The deal that was won.",
        **READ,
    )
    company_id = fields.Many2one("res.company", help="The deal's company.", **READ)
    currency_id = fields.Many2one(
        "res.currency", help="The currency of the company.", **READ
    )
    team_id = fields.Many2one("crm.team", help="The deal's sales team.", **READ)
    user_id = fields.Many2one(
        "res.users", string="Counts For", help="For whom this share counts.", **READ
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Owner at That Time",
        help="Who had the deal when it was won.",
        **READ,
    )
    present_id = fields.Many2one(
        "res.users", string="Owner Now", help="Who has the deal now.", **READ
    )
    date_closed = fields.Datetime("Won On", help="When the deal was won.", **READ)
    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        help="The temporary handover whose rule shares it.",
        **READ,
    )
    share = fields.Float(
        "Share (%)",
        aggregator="avg",
        digits=(16, 0),
        help="How much of the deal counts for this person.",
        **READ,
    )
    value = fields.Monetary(
        help="What this share is worth, in the currency of the company.", **READ
    )

    @property
    def _table_query(self):
        # the last cover that a deal was won in wins; nobody shares one twice. Whoever
        # had it when it was won has the share of who won it: by what was handed over
        # and given back since, or who has it now. After the end of a cover that is who
        # stood in, as long as it is with who was away, and nobody gave it away for good
        return SQL(
            """WITH won AS (
                SELECT id, user_id, team_id, company_id, date_closed,
                    COALESCE(expected_revenue, 0) AS value
                FROM crm_lead WHERE won_status = 'won' AND type = 'opportunity'
                    AND date_closed IS NOT NULL),
            moved AS (
                SELECT line.*, request.kind, request.credit_share, request.credit_days,
                    COALESCE(line.date_returned, request.date_returned,
                        request.date_return_tried) AS date_end,
                    request.company_id AS handover_company_id
                FROM handover_request_line line
                JOIN handover_request request ON request.id = line.request_id
                WHERE line.res_model = 'crm.lead' AND line.before IS NOT NULL
                    AND line.date_done IS NOT NULL
                    AND (request.kind != 'temporary' OR request.cover != 'light')),
            step AS (
                SELECT id, res_id, date_done AS date, FALSE AS back,
                    predecessor_id AS giver_id, successor_id AS taker_id FROM moved
                UNION ALL
                SELECT id, res_id, date_returned, TRUE, successor_id, predecessor_id
                FROM moved WHERE date_returned IS NOT NULL),
            change AS (
                SELECT res_id, date, CASE WHEN back
                    THEN COALESCE(LAG(taker_id) OVER past, giver_id)
                    ELSE giver_id END AS user_id
                FROM step WINDOW past AS (PARTITION BY res_id ORDER BY date, id)),
            had AS (
                SELECT DISTINCT ON (won.id) won.id, change.user_id
                FROM won JOIN change ON change.res_id = won.id
                    AND change.date > won.date_closed
                ORDER BY won.id, change.date),
            owned AS (
                SELECT won.*, had.user_id IS NOT NULL AS known,
                    COALESCE(had.user_id, won.user_id) AS owner_id
                FROM won LEFT JOIN had ON had.id = won.id),
            cover AS (
                SELECT DISTINCT ON (owned.id) owned.id, moved.request_id,
                    moved.predecessor_id, moved.credit_share,
                    moved.handover_company_id,
                    COALESCE(NULLIF(owned.owner_id, moved.predecessor_id),
                        moved.successor_id) AS winner_id
                FROM owned JOIN moved ON moved.res_id = owned.id
                WHERE moved.kind = 'temporary' AND moved.date_done <= owned.date_closed
                    AND moved.predecessor_id IS NOT NULL
                    AND moved.successor_id IS NOT NULL
                    AND CASE
                        WHEN moved.date_end IS NULL
                            OR owned.date_closed <= moved.date_end
                        THEN NOT owned.known OR owned.owner_id != moved.predecessor_id
                        ELSE owned.owner_id = moved.predecessor_id
                            AND owned.date_closed <= moved.date_end
                                + COALESCE(moved.credit_days, 0) * interval '1 day'
                            AND NOT EXISTS (
                                SELECT FROM moved later
                                WHERE later.res_id = moved.res_id
                                    AND later.kind != 'temporary'
                                    AND later.date_done > moved.date_done
                                    AND later.date_done <= owned.date_closed)
                        END
                ORDER BY owned.id, moved.date_done DESC, moved.id DESC),
            share AS (
                SELECT owned.id * 2 AS id, owned.id AS lead_id,
                    COALESCE(cover.winner_id, owned.owner_id) AS user_id,
                    COALESCE(cover.credit_share, 100) AS share
                FROM owned LEFT JOIN cover ON cover.id = owned.id
                UNION ALL
                SELECT id * 2 + 1, id, predecessor_id, 100 - credit_share FROM cover)
            SELECT share.id, share.lead_id, share.user_id, share.share,
                owned.owner_id, owned.user_id AS present_id, owned.team_id,
                owned.date_closed, cover.request_id, company.id AS company_id,
                company.currency_id, owned.value * share.share / 100.0 AS value
            FROM share JOIN owned ON owned.id = share.lead_id
            LEFT JOIN cover ON cover.id = owned.id
            LEFT JOIN res_company company
                ON company.id = COALESCE(owned.company_id, cover.handover_company_id)
            WHERE share.share > 0"""
        )
