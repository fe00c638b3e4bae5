"""What happens to records in the thirty days before and after their handover.

Rows as Odoo leaves them, by SQL: mails in and out, to-dos done and overdue, meetings,
deals that moved on or back, were won or lost, with tracked changes.
"""

from datetime import timedelta

from odoo import fields

DAYS = 30

WORK = """
    CREATE TEMP TABLE bench_work AS
    SELECT lead.id, row_number() OVER (ORDER BY lead.id) AS number, lead.stage_id,
        lead.partner_id AS customer, giver.partner_id AS giver,
        taker.partner_id AS taker, taker.id AS taker_id
    FROM handover_request_line line
    JOIN crm_lead lead ON lead.id = line.res_id
    JOIN res_users giver ON giver.id = line.predecessor_id
    JOIN res_users taker ON taker.id = line.successor_id
    WHERE line.request_id = %(request)s AND line.res_model = 'crm.lead'
"""
# of ten records: how many, who wrote what, and whether before or after
MESSAGES = """
    INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id, body,
        is_internal, reply_to_force_new, date, create_date, write_date, create_uid,
        write_uid)
    SELECT 'crm.lead', work.id, kind, %(comment)s,
        CASE who WHEN 'giver' THEN giver WHEN 'taker' THEN taker ELSE customer END,
        '<p>About the offer.</p>', FALSE, FALSE, at, at, at, 1, 1
    FROM bench_work work
    CROSS JOIN (VALUES (6, 'email', 'customer', -30), (8, 'comment', 'giver', -29),
        (5, 'email', 'customer', 0), (8, 'comment', 'taker', 1),
        (4, 'comment', 'taker', 1)) said(share, kind, who, day)
    CROSS JOIN LATERAL (SELECT %(start)s + interval '1 day'
        * (day + (work.number * (share + 1)) %% 28) + interval '3 hours') time(at)
    WHERE work.number %% 10 < share
"""
# one in three is overdue, one in five done
TO_DOS = """
    UPDATE mail_activity todo SET create_date = %(start)s - interval '20 days',
        date_deadline = (%(start)s + interval '1 day'
            * CASE WHEN number %% 3 = 0 THEN number %% 20 - 5 ELSE 60 END)::date,
        active = number %% 5 != 0,
        date_done = CASE WHEN number %% 5 = 0
            THEN (%(start)s + interval '1 day' * (1 + number %% 28))::date END
    FROM bench_work work
    WHERE todo.res_model = 'crm.lead' AND todo.res_id = work.id
"""
# one in ten, with the customer
MEETINGS = """
    WITH meeting AS (
        INSERT INTO calendar_event (name, start, stop, active, privacy, show_as,
            user_id, opportunity_id, res_model, res_id, res_model_id, create_date,
            write_date, create_uid, write_uid)
        SELECT 'Visit', at, at + interval '1 hour', TRUE, 'public', 'busy',
            taker_id, work.id, 'crm.lead', work.id, %(model)s, %(start)s, %(start)s,
            1, 1
        FROM bench_work work CROSS JOIN LATERAL (SELECT %(start)s
            + interval '1 day' * (number %% 45) + interval '5 hours') time(at)
        WHERE number %% 10 = 3
        RETURNING id, opportunity_id
    ), guest AS (
        INSERT INTO calendar_event_res_partner_rel (calendar_event_id, res_partner_id)
        SELECT meeting.id, partner FROM meeting
        JOIN bench_work work ON work.id = meeting.opportunity_id
        CROSS JOIN LATERAL (VALUES (taker), (customer)) person(partner)
        RETURNING calendar_event_id, res_partner_id
    )
    INSERT INTO calendar_attendee (event_id, partner_id, state)
    SELECT calendar_event_id, res_partner_id, 'accepted' FROM guest
"""
# of twenty deals six have changed their stage, one is won, one is lost
CHANGES = """
    CREATE TEMP TABLE bench_change AS
    SELECT work.id, %(start)s + interval '1 day' * (1 + number %% 28) AS at, field,
        stage_id AS old_stage, CASE WHEN number %% 20 = 6 THEN %(won)s
            ELSE (SELECT id FROM crm_stage WHERE id != stage_id AND NOT is_won
                ORDER BY (id + number) %% 3, id LIMIT 1) END AS new_stage
    FROM bench_work work CROSS JOIN LATERAL (SELECT CASE
        WHEN number %% 20 < 7 THEN %(stage)s
        WHEN number %% 20 = 7 THEN %(active)s END) changed(field)
    WHERE field IS NOT NULL
"""
TRACKED = """
    WITH note AS (
        INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id,
            is_internal, reply_to_force_new, date, create_date, write_date, create_uid,
            write_uid)
        SELECT 'crm.lead', id, 'notification', %(note)s, %(robot)s, TRUE, FALSE, at, at,
            at, 1, 1
        FROM bench_change RETURNING id, res_id
    )
    INSERT INTO mail_tracking_value (mail_message_id, field_id, old_value_integer,
        new_value_integer, create_date, write_date, create_uid, write_uid)
    SELECT note.id, field, CASE WHEN field = %(stage)s THEN old_stage ELSE 1 END,
        CASE WHEN field = %(stage)s THEN new_stage ELSE 0 END, at, at, 1, 1
    FROM note JOIN bench_change change ON change.id = note.res_id
"""
DEALS = """
    UPDATE crm_lead lead
    SET stage_id = CASE WHEN field = %(stage)s THEN new_stage ELSE stage_id END,
        won_status = CASE WHEN field != %(stage)s THEN 'lost'
            WHEN new_stage = %(won)s THEN 'won' ELSE won_status END,
        active = field = %(stage)s
    FROM bench_change change WHERE change.id = lead.id
"""
FORGET = "DROP TABLE bench_work, bench_change"
TOUCHED = (
    "mail_message, mail_tracking_value, mail_activity, calendar_event,"
    " calendar_event_res_partner_rel, calendar_attendee, crm_lead,"
    " handover_request_line"
)


def live_on(env, request):
    """Let thirty days pass since the handover, and tell what happened."""
    start = fields.Datetime.now() - timedelta(days=DAYS, hours=1)
    env.cr.execute(
        "UPDATE handover_request SET date_started = %s, date_finished = %s"
        " WHERE id = %s",
        [start, start, request.id],
    )
    env.invalidate_all()
    field = env["ir.model.fields"]._get
    values = {
        "request": request.id,
        "start": start,
        "comment": env.ref("mail.mt_comment").id,
        "note": env.ref("mail.mt_note").id,
        "robot": env.ref("base.partner_root").id,
        "model": env["ir.model"]._get_id("crm.lead"),
        "stage": field("crm.lead", "stage_id").id,
        "active": field("crm.lead", "active").id,
        "won": env["crm.stage"].search([("is_won", "=", True)], limit=1).id,
    }
    for statement in (WORK, "ANALYZE bench_work", MESSAGES, TO_DOS, MEETINGS, CHANGES,
                      TRACKED, DEALS, FORGET):  # fmt: skip
        env.cr.execute(statement, values)
    env.invalidate_all()
