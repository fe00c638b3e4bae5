"""From 19.0.1.0.0: an approval keeps what was approved, and by which form of digests.

Without it, a handover that was approved before would be verified by today's fields.
"""

import json

from odoo.tools import SQL, sql

from odoo.addons.crm_handover.evidence.plain import plain

# what 19.0.1.0.0 had in the digest of an approval, besides the lines and permissions;
# the last one where that add-on is
APPROVED = (
    "id", "name", "requester_id", "company_id", "coordinator_id", "date_access_end",
    "date_briefing", "date_overlap_end", "date_planned", "date_return", "is_sudden",
    "kind", "move_activities", "move_meetings", "predecessor_access",
    "predecessor_follows", "predecessor_id", "purpose", "reason_id", "source_team_id",
    "successor_id", "target_team_id", "training_required",
)  # fmt: skip
FORM = 1
TABLE = "handover_request"


def migrate(cr, version):
    names = [name for name in APPROVED if sql.column_exists(cr, TABLE, name)]
    columns = SQL(", ").join(map(SQL.identifier, names))
    cr.execute(
        SQL(
            "SELECT %s FROM handover_request"
            " WHERE digest IS NOT NULL AND approved_values IS NULL",
            columns,
        )
    )
    rows = [
        json.dumps(dict(zip(names, map(plain, row), strict=True)))
        for row in cr.fetchall()
    ]
    cr.execute(
        """UPDATE handover_request request SET approved_values = r.head
        FROM unnest(%s::jsonb[]) AS r(head) WHERE request.id = (r.head->>'id')::int""",
        [rows],
    )
    cr.execute(
        "UPDATE handover_request SET approved_form = %s WHERE digest IS NOT NULL",
        [FORM],
    )
