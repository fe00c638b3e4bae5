"""What work costs whoever has nothing to do with a handover.

`python -m benchmarks.bystander DATABASE HANDOVERS` generates a little work and so many
handovers of others, says `ready`, and for each line that it reads asks everything and
says `result` with the seconds of each. It knows our add-ons only for the handovers, so
that it runs in an Odoo without them as well.
"""

import gzip
import json
import sys
import time
from datetime import timedelta

from odoo import fields

from benchmarks import population, process
from benchmarks.form import specification
from benchmarks.people import GIVER, LEADER, OTHER, TAKER, WARM, user

# so many records of each kind are in the lists
RECORDS = 1_000
ROWS = 80
# the same question again and again, as the quickest counts
REPEAT = 4
KINDS = {"crm.lead": "leads", "res.partner": "customers", "project.task": "tasks"}
NEW = {"crm.lead": {"name": "New", "type": "opportunity"}}
NEW |= {"res.partner": {"name": "New"}, "project.task": {"name": "New"}}
TEXT = {"crm.lead": "description", "res.partner": "comment"}
TEXT |= {"project.task": "description"}
TALK = "<p>They called back.</p>"
LOADED, LOGIN = "loading the registry", "logging in"


def questions(env):
    """Answer ``{name: function}`` of what somebody does who is not concerned."""
    asked = {}
    for model, name in KINDS.items():
        records = env[model]
        columns = specification(records, "list")
        page = specification(records, "form")
        one = records.search([("user_ids", "in", env.uid)] if model == "project.task"
                             else [("user_id", "=", env.uid)], limit=1)  # fmt: skip
        asked[f"list of {name}"] = _list(records, columns)
        asked[f"form of one of the {name}"] = _form(one, page)
        asked[f"creating one of the {name}"] = _save(records, NEW[model], page)
        asked[f"writing one of the {name}"] = _save(one, {TEXT[model]: TALK}, page)
    asked[LOGIN] = _login(env)
    return asked


def _list(records, columns):
    return lambda: records.web_search_read([], columns, limit=ROWS)


def _form(record, page):
    return lambda: record.web_read(page)


def _save(records, values, page):
    # as the form does it: with what it shows afterwards
    return lambda: records.web_save(values, page)


def _login(env):
    credential = {"type": "password", "login": WARM, "password": WARM}
    users = env["res.users"].sudo()
    return lambda: users.authenticate(credential, {"interactive": False})


def take_once(env, asked):
    """Answer the shortest time of each question, in seconds; nothing is kept."""
    took = {}
    for name, question in asked.items():
        times = []
        for _time in range(REPEAT):
            # each is a request of its own
            env.cr.rollback()
            env.transaction.clear()
            began = time.perf_counter()
            question()
            times.append(time.perf_counter() - began)
        took[name] = min(times)
    env.cr.rollback()
    return took


def generate(env, handovers):
    """A little work of several people, and so many handovers of others."""
    env = env(context=dict(env.context, **population.QUIET))
    population.only_our_jobs(env)
    population.make_people(env)
    contacts = population.make_customers(env, OTHER, RECORDS)
    population.make_customers(env, WARM, RECORDS)
    population.make_leads(env, GIVER, RECORDS, contacts)
    population.make_leads(env, WARM, RECORDS, contacts)
    population.make_tasks(env, WARM, RECORDS)
    env.invalidate_all()
    for number in range(handovers):
        _hand_over(env, number)


def _hand_over(env, number):
    """One that is approved, of ten leads, for next year."""
    requests = env["handover.request"].with_user(user(env, GIVER))
    request = requests.create(
        {
            "predecessor_id": user(env, GIVER).id,
            "successor_id": user(env, TAKER).id,
            "reason_id": env.ref("crm_handover.reason_resignation").id,
            "date_planned": fields.Datetime.now() + timedelta(days=365),
        }
    )
    mine = [("user_id", "=", user(env, GIVER).id)]
    leads = env["crm.lead"].search(mine, order="id", offset=10 * number, limit=10)
    request.add_records("crm.lead", leads.ids)
    request.action_submit()
    request.with_user(user(env, LEADER)).action_approve()


def bundles(env):
    """Answer the size of what a browser loads, compressed: ``{name: kB}``."""
    bundle = env["ir.qweb"]._get_asset_bundle("web.assets_web")
    return {
        f"web client's {kind}": len(gzip.compress(attachment.raw)) / 1024
        for kind, attachment in (("scripts", bundle.js()), ("styles", bundle.css()))
    }


def main(database, handovers):
    """Get ready, and answer as often as somebody asks."""
    began = time.process_time()
    registry = process.load(database)
    loaded = time.process_time() - began
    with registry.cursor() as cursor:
        generate(process.superuser(cursor), handovers)
        cursor.commit()
    with registry.cursor() as cursor:
        env = process.superuser(cursor)
        sizes = bundles(env)
        env = env(user=user(env, WARM).id, su=False)
        asked = questions(env)
        take_once(env, asked)
        process.say("ready")
        for _line in sys.stdin:
            took = {LOADED: loaded, **take_once(env, asked)}
            process.say("result", json.dumps({"seconds": took, "kB": sizes}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
