"""The floor: set-based SQL that leaves the same rows as the add-on, and no more.

No rights, no locks, no check, no other add-on, everything in one transaction: nobody
should do this, and nothing is faster.
"""

LINES = """
    CREATE TEMP TABLE bench_line ON COMMIT DROP AS
    SELECT line.id, line.res_id, lead.team_id,
        line.predecessor_id AS giver, line.successor_id AS taker,
        giver.partner_id AS giver_partner, taker.partner_id AS taker_partner
    FROM handover_request_line line
    JOIN crm_lead lead ON lead.id = line.res_id
    JOIN res_users giver ON giver.id = line.predecessor_id
    JOIN res_users taker ON taker.id = line.successor_id
    WHERE line.request_id = %(request)s AND line.state = 'todo'
    ORDER BY line.id
"""
BEFORE = """
    UPDATE handover_request_line line SET before = jsonb_build_object(
        'owner', jsonb_build_array(lead.user_id), 'team', lead.team_id,
        'company', lead.company_id, 'stage', stage.name ->> 'en_US',
        'deadline', lead.date_deadline, 'priority', lead.priority,
        'amount', lead.expected_revenue, 'probability', lead.probability,
        'date_open', lead.date_open)
    FROM bench_line JOIN crm_lead lead ON lead.id = bench_line.res_id
    JOIN crm_stage stage ON stage.id = lead.stage_id
    WHERE line.id = bench_line.id
"""
OWNER = """
    UPDATE crm_lead SET user_id = bench_line.taker, write_date = %(now)s, write_uid = 1
    FROM bench_line WHERE crm_lead.id = bench_line.res_id
"""
NOTES = """
    WITH note AS (
        INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id,
            email_from, reply_to, message_id, body, is_internal, reply_to_force_new,
            date, create_date, write_date, create_uid, write_uid)
        SELECT 'crm.lead', bench_line.res_id, 'notification', %(subtype)s, %(author)s,
            %(email)s, %(email)s, %(message_id)s, %(body)s, TRUE, FALSE,
            %(now)s, %(now)s, %(now)s, 1, 1
        FROM bench_line ORDER BY id RETURNING id, res_id
    )
    INSERT INTO mail_tracking_value (mail_message_id, field_id, old_value_integer,
        new_value_integer, old_value_char, new_value_char, create_date, write_date,
        create_uid, write_uid)
    SELECT note.id, %(field)s, bench_line.giver, bench_line.taker, %(giver)s, %(taker)s,
        %(now)s, %(now)s, 1, 1
    FROM note JOIN bench_line ON bench_line.res_id = note.res_id
"""
TO_DOS = """
    UPDATE mail_activity SET user_id = bench_line.taker, write_date = %(now)s,
        write_uid = 1
    FROM bench_line WHERE mail_activity.res_model = 'crm.lead'
        AND mail_activity.res_id = bench_line.res_id
        AND mail_activity.user_id = bench_line.giver
"""
LEAVE = """
    DELETE FROM mail_followers USING bench_line
    WHERE mail_followers.res_model = 'crm.lead'
        AND mail_followers.res_id = bench_line.res_id
        AND mail_followers.partner_id = bench_line.giver_partner
"""
FOLLOW = """
    WITH follower AS (
        INSERT INTO mail_followers (res_model, res_id, partner_id)
        SELECT 'crm.lead', res_id, taker_partner FROM bench_line
        ON CONFLICT DO NOTHING RETURNING id
    )
    INSERT INTO mail_followers_mail_message_subtype_rel
        (mail_followers_id, mail_message_subtype_id)
    SELECT follower.id, subtype FROM follower CROSS JOIN unnest(%(subtypes)s) subtype
"""
AFTER = """
    UPDATE handover_request_line line SET state = 'done', result_code = 'done',
        reserved = FALSE, date_done = %(now)s, write_date = %(now)s, write_uid = 1,
        after = line.before || jsonb_build_object(
            'owner', jsonb_build_array(lead.user_id), 'subscribed', TRUE,
            'activities', to_do.ids, 'unsubscribed', %(subtype_ids)s::jsonb)
    FROM bench_line JOIN crm_lead lead ON lead.id = bench_line.res_id
    LEFT JOIN (
        SELECT mail_activity.res_id, jsonb_agg(mail_activity.id) AS ids
        FROM mail_activity JOIN bench_line USING (res_id)
        WHERE res_model = 'crm.lead' AND user_id = bench_line.taker GROUP BY 1
    ) to_do ON to_do.res_id = lead.id
    WHERE line.id = bench_line.id
"""
REQUEST = """
    UPDATE handover_request SET state = 'transferred', date_finished = %(now)s
    WHERE id = %(request)s
"""


def owner(env, request):
    """Change the owner, and nothing else."""
    _run(env, request, [OWNER])


def everything(env, request):
    """Leave the same rows as the handover."""
    _run(
        env,
        request,
        [BEFORE, OWNER, NOTES, TO_DOS, LEAVE, FOLLOW, AFTER, REQUEST],
    )


def _run(env, request, statements):
    author = env.ref("base.partner_root")
    subtypes = env["mail.message.subtype"].default_subtypes("crm.lead")[0]
    values = {
        "request": request.id,
        "now": env.cr.now(),
        "subtype": env.ref("mail.mt_note").id,
        "author": author.id,
        "email": author.email_formatted,
        "message_id": "<bench@example.com>",
        "field": env["ir.model.fields"]._get("crm.lead", "user_id").id,
        "giver": request.predecessor_id.name,
        "taker": request.successor_id.name,
        "body": f"<p>Handed over from {request.predecessor_id.name} to "
        f'{request.successor_id.name}: <a href="#" data-oe-model="handover.request" '
        f'data-oe-id="{request.id}">{request.name}</a>, {request.reason_id.name}</p>',
        "subtypes": subtypes.ids,
        "subtype_ids": str(subtypes.ids),
    }
    for statement in (LINES, "ANALYZE bench_line", *statements):
        env.cr.execute(statement, values)
