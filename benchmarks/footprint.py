"""What a way left in the database: everybody must have done the same work."""

from benchmarks.people import GIVER, OTHER, TAKER
from dev.ui import Stop

CHANGED = """
    SELECT count(*) FROM {table} record JOIN handover_request_line line
        ON line.res_id = record.id AND line.res_model = '{model}'
    JOIN handover_request request ON request.id = line.request_id
    JOIN res_users giver ON giver.id = request.predecessor_id
    JOIN res_users taker ON taker.id = request.successor_id
    WHERE giver.login = '{giver}' AND {owned}
"""
OWNED = {
    "crm.lead": "record.user_id = taker.id",
    "res.partner": "record.user_id = taker.id",
    "project.task": "taker.id IN (SELECT user_id FROM project_task_user_rel"
    " WHERE task_id = record.id)",
}
LINES = f"""
    WITH line AS (
        SELECT line.* FROM handover_request_line line
        JOIN handover_request request ON request.id = line.request_id
        JOIN res_users giver ON giver.id = request.predecessor_id
        WHERE giver.login = '{GIVER}' AND request.state != 'draft'
    ), taker AS (SELECT * FROM res_users WHERE login = '{TAKER}'),
    giver AS (SELECT * FROM res_users WHERE login = '{GIVER}')
"""
LEFT = {
    "owners": "SELECT count(*) FROM crm_lead lead JOIN line ON lead.id = line.res_id"
    " WHERE user_id = (SELECT id FROM taker)",
    "messages": "SELECT count(*) FROM mail_message m JOIN line"
    " ON m.res_id = line.res_id AND m.model = 'crm.lead'",
    "tracking values": "SELECT count(*) FROM mail_tracking_value v JOIN mail_message m"
    " ON m.id = v.mail_message_id JOIN line"
    " ON m.res_id = line.res_id AND m.model = 'crm.lead'",
    "to-dos": "SELECT count(*) FROM mail_activity a JOIN line ON a.res_id = line.res_id"
    " WHERE a.res_model = 'crm.lead' AND a.user_id = (SELECT id FROM taker)",
    "followers": "SELECT count(*) FROM mail_followers f JOIN line"
    " ON f.res_id = line.res_id WHERE f.res_model = 'crm.lead'"
    " AND f.partner_id = (SELECT partner_id FROM taker)",
    "former followers": "SELECT count(*) FROM mail_followers f JOIN line"
    " ON f.res_id = line.res_id WHERE f.res_model = 'crm.lead'"
    " AND f.partner_id = (SELECT partner_id FROM giver)",
    "followed subtypes": "SELECT count(*) FROM mail_followers_mail_message_subtype_rel"
    " JOIN mail_followers f ON f.id = mail_followers_id JOIN line"
    " ON f.res_id = line.res_id WHERE f.res_model = 'crm.lead'",
    "done": "SELECT count(*) FROM line WHERE state = 'done' AND NOT reserved"
    " AND before IS NOT NULL AND after IS NOT NULL",
}
# these leave all rows of the floor, the others change the owner at least
SAME_AS_FLOOR = (
    *("sql_floor", "handover", "handover_2_workers", "handover_4_workers"),
    *("handover_busy", "handover_queue_job_1", "handover_queue_job_2"),
    "handover_queue_job_4",
)
CUSTOMERS_TASKS = ("handover_customers_tasks", "mass_edit_customers_tasks")
CHANGES_NOTHING = (
    *("collect", "submit", "approve", "cancel", "return"),
    *("preflight", "completeness", "private_links"),
    *("document", "form_open", "form_open_small"),
    *("archive_guard", "archive_many", "archive_many_refused"),
    *("archive_many_anyway", "radar", "radar_everybody"),
    *("overview_open", "overview_open_empty", "my_open", "my_open_empty"),
    *("cockpit_open", "briefing_open"),
    *("list_open", "list_open_many", "list_open_without"),
    *("list_open_all", "list_open_all_without"),
)


class Footprints:
    """Compares what the ways leave."""

    def __init__(self, server):
        self.server = server
        self.known = {}

    def check(self, way, size, database):
        """Raise when this way did not do all the work."""
        if way in CHANGES_NOTHING:
            return
        if way in CUSTOMERS_TASKS:
            for model in ("res.partner", "project.task"):
                self._all_changed(way, database, model, OTHER, size // 2)
            return
        self._all_changed(way, database, "crm.lead", GIVER, size)
        if way in SAME_AS_FLOOR:
            left = {name: self._number(LINES + sql, database)
                    for name, sql in LEFT.items()}  # fmt: skip
            known = self.known.setdefault(size, left)
            if left != known:
                raise Stop(f"{way} left other rows than the way before: {left} {known}")

    def _all_changed(self, way, database, model, giver, expected):
        number = self._number(
            CHANGED.format(
                table=model.replace(".", "_"),
                model=model,
                giver=giver,
                owned=OWNED[model],
            ),
            database,
        )
        if number != expected:
            raise Stop(f"{way} changed the owner of {number} of {expected} {model}")

    def _number(self, sql, database):
        return int(self.server.query(sql, database=database)[0][0])
