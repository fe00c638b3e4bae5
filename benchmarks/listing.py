"""Opening the list of leads: the questions that the web client asks."""

import psycopg2

from odoo.tools import SQL

from benchmarks.form import specification
from benchmarks.people import GIVER, user

DOMAIN = [("type", "=", "opportunity")]
ROWS = 80
GROUP_BY = ["stage_id"]
# one opening is too short to be measured
TIMES = 20


def opening(leads, expected):
    """Answer a function that opens the list several times."""
    columns = specification(leads, "list")

    def open_list():
        for _time in range(TIMES):
            # each question is a request of its own
            leads.env.invalidate_all()
            found = leads.web_search_read(DOMAIN, columns, limit=ROWS)
            leads.env.invalidate_all()
            leads.formatted_read_group(DOMAIN, GROUP_BY, ["__count"])
        if found["length"] < expected:
            raise RuntimeError(f"{found['length']} leads are seen, not {expected}")

    return open_list


def deal_out(env, request, taker, owned):
    """Give this share of the leads to ``taker``, and leave the rest on the request.

    It is the one handover that comes to them; those of other records are over.
    All rows are written anew, whatever the share, so that the table is the same size.
    Answer the number of leads.
    """
    count = env["handover.request.line"].search_count(
        [("request_id", "=", request.id), ("res_model", "=", "crm.lead")]
    )
    env.cr.execute(
        SQL(
            """WITH line AS (
                SELECT id, res_id,
                    row_number() OVER (ORDER BY res_id) <= %s AS given
                FROM handover_request_line
                WHERE request_id = %s AND res_model = 'crm.lead'
            ), gone AS (
                DELETE FROM handover_request_line
                USING line WHERE line.id = handover_request_line.id AND line.given
            )
            UPDATE crm_lead SET user_id = CASE WHEN line.given THEN %s ELSE user_id END
            FROM line WHERE line.res_id = crm_lead.id""",
            round(count * owned),
            request.id,
            taker.id,
        )
    )
    env.cr.execute(
        "UPDATE handover_request SET state = 'done' WHERE state = 'approved'"
        " AND id != %s AND predecessor_id != %s",
        [request.id, user(env, GIVER).id],
    )
    env.invalidate_all()
    return count


def tidy(database, tables="crm_lead, handover_request_line"):
    """Do what autovacuum does in time: rows that are gone cost nobody anything."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {tables}")
    connection.close()
