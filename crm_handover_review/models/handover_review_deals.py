from collections import Counter, defaultdict

from odoo import api, models
from odoo.tools import SQL


class HandoverRequestReview(models.Model):
    """What became of leads and opportunities."""

    _inherit = "handover.request.review"

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
                ending AS (
                    SELECT successor_id, company_id, amount, CASE
                        WHEN is_won THEN CASE WHEN NOT was_won THEN 'won' END
                        WHEN NOT is_active THEN CASE WHEN was_active THEN 'lost' END
                        WHEN (to_sequence, to_stage) > (from_sequence, from_stage)
                            THEN 'moved'
                        WHEN (to_sequence, to_stage) < (from_sequence, from_stage)
                            THEN 'fell_back' END AS ending
                    FROM deal)
                SELECT successor_id, company_id, ending, count(*) AS count,
                    sum(amount) AS amount
                FROM ending GROUP BY successor_id, company_id, ending""",
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
            mine, ending = figures[row["successor_id"]], row["ending"]
            mine["deal_count"] += row["count"]
            if not ending:
                continue
            mine[f"{ending}_count"] += row["count"]
            if ending != "fell_back":
                theirs = company.browse(row["company_id"] or company.id).sudo()
                mine[f"{ending}_value"] += theirs.currency_id._convert(
                    row["amount"], company.currency_id, company, day
                )
        return figures
