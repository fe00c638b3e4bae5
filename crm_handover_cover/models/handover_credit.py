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
        # the last cover that a deal was won in wins; nobody shares one twice
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
            change AS (
                SELECT res_id, date_done AS date, predecessor_id AS user_id FROM moved
                UNION ALL
                SELECT res_id, date_returned, successor_id FROM moved
                WHERE date_returned IS NOT NULL),
            had AS (
                SELECT DISTINCT ON (won.id) won.id, change.user_id
                FROM won JOIN change ON change.res_id = won.id
                    AND change.date > won.date_closed
                ORDER BY won.id, change.date),
            cover AS (
                SELECT DISTINCT ON (won.id) won.id, moved.request_id,
                    moved.predecessor_id, moved.successor_id, moved.credit_share,
                    moved.handover_company_id
                FROM won JOIN moved ON moved.res_id = won.id
                WHERE moved.kind = 'temporary' AND moved.date_done <= won.date_closed
                    AND moved.predecessor_id IS NOT NULL
                    AND moved.successor_id IS NOT NULL
                    AND (moved.date_end IS NULL OR won.date_closed
                        <= moved.date_end
                            + COALESCE(moved.credit_days, 0) * interval '1 day')
                ORDER BY won.id, moved.date_done DESC, moved.id DESC),
            share AS (
                SELECT won.id * 2 AS id, won.id AS lead_id,
                    COALESCE(cover.successor_id, had.user_id, won.user_id) AS user_id,
                    COALESCE(cover.credit_share, 100) AS share
                FROM won LEFT JOIN cover ON cover.id = won.id
                LEFT JOIN had ON had.id = won.id
                UNION ALL
                SELECT id * 2 + 1, id, predecessor_id, 100 - credit_share FROM cover)
            SELECT share.id, share.lead_id, share.user_id, share.share,
                COALESCE(had.user_id, won.user_id) AS owner_id,
                won.user_id AS present_id, won.team_id, won.date_closed,
                cover.request_id, company.id AS company_id, company.currency_id,
                won.value * share.share / 100.0 AS value
            FROM share JOIN won ON won.id = share.lead_id
            LEFT JOIN had ON had.id = won.id
            LEFT JOIN cover ON cover.id = won.id
            LEFT JOIN res_company company
                ON company.id = COALESCE(won.company_id, cover.handover_company_id)
            WHERE share.share > 0"""
        )
