"""Generate the work: `python -m benchmarks.population DATABASE RECORDS [leads]`.

A few records are made by Odoo itself, with everything that hangs on them, and copied
by SQL. The handovers are made by the add-on's own methods.
"""

import sys
from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields

from benchmarks import process
from benchmarks.cloning import clone, clone_children
from benchmarks.people import (
    GIVER,
    GROUPS,
    LEADER,
    OTHER,
    TAKER,
    WARM,
    WARM_RECORDS,
    user,
)

ORIGINALS = 10
# nothing begins by itself
NEXT_YEAR = fields.Datetime.now() + timedelta(days=365)
# a customer has some leads where there are very many
MOST_CUSTOMERS = 100_000
QUIET = {
    "no_reset_password": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "mail_notify_force_send": False,
}
FILE = b"Terms of delivery, as agreed on the phone."


def generate(env, records, leads_only=False):
    """Leads of one person; customers and tasks of another; their handovers.

    :param leads_only: the leads alone, with customers for them and a draft each for
        the little and the large handover: what the whole way begins with
    """
    env = env(context=dict(env.context, **QUIET))
    only_our_jobs(env)
    allow_many(env)
    make_people(env)
    # lead scoring has something to count
    env["crm.lead"]._rebuild_pls_frequency_table()
    leads, customers, tasks = WARM_RECORDS
    make_customers(env, WARM, customers)
    contacts = make_customers(env, OTHER, min(records // 2, MOST_CUSTOMERS))
    make_leads(env, GIVER, records, contacts)
    make_leads(env, WARM, leads, contacts)
    if leads_only:
        for giver in (GIVER, WARM):
            make_draft(env, giver, date_planned=NEXT_YEAR)
        return
    make_tasks(env, WARM, tasks)
    make_tasks(env, OTHER, records // 2)
    env.invalidate_all()
    with at_once(env):
        for giver in (GIVER, WARM, OTHER):
            make_handovers(env, giver)


def allow_many(env):
    """Let one handover have all records."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("crm_handover.max_records", 10_000_000)


@contextmanager
def at_once(env):
    """Have nothing done in the background: what is made here is not measured."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("crm_handover.background_from", 1_000_000_000)
    yield
    parameters.set_param("crm_handover.background_from", False)


def only_our_jobs(env):
    """Let nothing else run beside what is measured."""
    jobs = env["ir.cron"].with_context(active_test=False).search([])
    ours = jobs.filtered(lambda job: job.model_id.model == "handover.request")
    (jobs - ours).write({"active": False})
    ours.write({"nextcall": fields.Datetime.now() + timedelta(days=1)})


def make_people(env):
    """A team with its leader."""
    for login, groups in GROUPS.items():
        env["res.users"].create(
            {
                "name": login.replace("_", " ").title(),
                "login": login,
                "password": login,
                "email": f"{login}@example.com",
                "lang": "en_US",
                "notification_type": "email",
                "group_ids": [
                    Command.set([env.ref(group).id for group in groups]),
                ],
            }
        )
    env["crm.team"].create(
        {
            "name": "Bench",
            "user_id": user(env, LEADER).id,
            "crm_team_member_ids": [
                Command.create({"user_id": user(env, login).id})
                for login in (GIVER, TAKER, WARM, OTHER)
            ],
        }
    )


def make_customers(env, login, count):
    """Customers; answer SQL for the id of one of them."""
    owner = user(env, login)
    originals = env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "email": f"customer{number}@example.com",
                "is_company": True,
                "user_id": owner.id,
            }
            for number in range(ORIGINALS // 2)
        ]
    )
    dress(originals, owner)
    env.flush_all()
    clone(
        env.cr,
        "res_partner",
        originals.ids,
        count // len(originals) - 1,
        name="old.name || ' ' || pair.id",
        complete_name="old.name || ' ' || pair.id",
        email="'c' || pair.id || '@example.com'",
        email_normalized="'c' || pair.id || '@example.com'",
        commercial_partner_id="pair.id",
    )
    clone_trappings(env.cr, "res_partner")
    env.cr.execute("SELECT min(id), count(*) FROM clone_of_res_partner")
    first, number = env.cr.fetchone()
    return f"{first} + pair.id %% {number}"


def make_leads(env, login, count, contacts):
    """Opportunities with tags, chatter, to-dos, files and followers."""
    owner = user(env, login)
    stages = env["crm.stage"].search([("is_won", "=", False)], limit=3)
    tags = env["crm.tag"].search([], limit=4)
    contact = env["res.partner"].search([("user_id", "=", user(env, OTHER).id)])[:1]
    leads = env["crm.lead"].with_user(owner)
    originals = leads.create(
        [
            {
                "name": f"Deal {number}",
                "type": "opportunity",
                "stage_id": stages[number % len(stages)].id,
                "tag_ids": [Command.set([tags[number % 4].id, tags[number % 3].id])],
                "partner_id": contact.id,
                "expected_revenue": 1000.0 * number,
                "priority": str(number % 4),
                "date_deadline": fields.Date.today() + timedelta(days=number),
            }
            for number in range(ORIGINALS)
        ]
    )
    dress(originals, owner)
    originals.message_subscribe(contact.ids)
    env.flush_all()
    clone(
        env.cr,
        "crm_lead",
        originals.ids,
        count // len(originals) - 1,
        name="old.name || ' ' || pair.id",
        partner_id=contacts,
    )
    clone_children(env.cr, "crm_tag_rel", "crm_lead", "lead_id")
    clone_trappings(env.cr, "crm_lead")


def make_tasks(env, login, count):
    """Tasks in one project."""
    owner = user(env, login)
    project = env["project.project"].create(
        {"name": "Bench", "user_id": user(env, LEADER).id}
    )
    originals = env["project.task"].create(
        [
            {
                "name": f"Task {number}",
                "project_id": project.id,
                "user_ids": [Command.set(owner.ids)],
            }
            for number in range(ORIGINALS // 2)
        ]
    )
    dress(originals, owner)
    env.flush_all()
    clone(
        env.cr,
        "project_task",
        originals.ids,
        count // len(originals) - 1,
        name="old.name || ' ' || pair.id",
    )
    clone_children(env.cr, "project_task_user_rel", "project_task", "task_id")
    clone_trappings(env.cr, "project_task")


def dress(records, owner):
    """Hang on records what work gathers: a talk, a to-do, a file, a follower."""
    records = records.with_user(owner)
    for body in ("They called back.", "The offer went out by mail."):
        records._message_log_batch({record.id: body for record in records})
    records.message_subscribe(owner.partner_id.ids)
    for record in records:
        record.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call", user_id=owner.id
        )
    records.env["ir.attachment"].create(
        [
            {
                "name": "terms.txt",
                "raw": FILE,
                "res_model": record._name,
                "res_id": record.id,
            }
            for record in records
        ]
    )


def clone_trappings(cr, table):
    """Copy what hangs on copied records: everything by model and id."""
    model = table.replace("_", ".")
    mine = f"old.model = '{model}'"
    clone_children(
        cr, "mail_message", table, "res_id", mine, message_id="'<' || pair.id || '@b>'"
    )
    messages = f"mail_message_of_{table}"
    clone_children(cr, "mail_tracking_value", messages, "mail_message_id")
    mine = f"old.res_model = '{model}'"
    clone_children(cr, "mail_activity", table, "res_id", mine)
    clone_children(cr, "ir_attachment", table, "res_id", mine)
    clone_children(cr, "mail_followers", table, "res_id", mine)
    clone_children(
        cr,
        "mail_followers_mail_message_subtype_rel",
        f"mail_followers_of_{table}",
        "mail_followers_id",
    )


def make_draft(env, giver, **values):
    """An empty draft of this person's work, of their own."""
    requests = env["handover.request"].with_user(user(env, giver))
    return requests.create(
        {
            "predecessor_id": user(env, giver).id,
            "successor_id": user(env, TAKER).id,
            "reason_id": env.ref("crm_handover.reason_resignation").id,
            **values,
        }
    )


def make_handovers(env, giver):
    """One that is approved, for next year; and an empty draft."""
    make_draft(env, giver)
    request = make_draft(env, giver, date_planned=NEXT_YEAR)
    request.action_collect()
    request.action_submit()
    request.with_user(user(env, LEADER)).action_approve()
    env.flush_all()
    env.invalidate_all()


def main(database, records, leads_only=False):
    """Generate everything in one transaction."""
    with process.load(database).cursor() as cursor:
        env = process.superuser(cursor)
        generate(env, records, leads_only)
        # nothing of it is sent
        env["mail.mail"].search([]).unlink()
        cursor.postcommit.clear()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), leads_only=sys.argv[3:] == ["leads"])
