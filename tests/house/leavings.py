"""Uninstall everything, one add-on after the other, with handovers in every state.

Run by test_uninstall.py in Odoo's shell, on a database of its own: what is written to
standard output are facts for the test, one JSON object in each line.
"""

import json
import sys
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry

from ..common import HandoverCommon

STATES = (
    "draft", "submitted", "approved", "running", "transferred", "done", "refused",
    "cancelled",
)  # fmt: skip
CAPABILITIES = (
    "training", "document", "split", "files", "sale_completeness", "completeness",
    "review", "briefing", "sale",
)  # fmt: skip


class Story(HandoverCommon):
    """The people and records of the tests, outside of a test."""


def tell(what, **facts):
    sys.stdout.write(json.dumps({"what": what, **facts}) + "\n")
    sys.stdout.flush()


def populate(env):
    """Leave a handover in each state, and something in each table of ours."""
    Story.env = env
    Story.make_world()
    requests = {state: Story.make_request(state) for state in STATES}
    requests["returned"] = Story.make_request("done", Story.make_customer())
    requests["returned"].with_user(Story.approver).action_return()
    lapsed = requests["needs_review"] = Story.make_request("approved")
    Story.bruno.active = False
    lapsed.with_user(Story.approver).action_run()
    Story.bruno.active = True
    give_permission()
    give_others(requests)
    env.cr.commit()
    env["handover.request"]._cron_documents()
    env.cr.commit()
    tell(
        "states", states=sorted(set(env["handover.request"].search([]).mapped("state")))
    )


def give_permission():
    """Have a permission live, and a project followed by it."""
    task, leader = Story.make_task(), Story.leader
    request = Story.make_request(records=task, successor_id=leader.id)
    project = Story.make(
        "project.project",
        name="Private",
        privacy_visibility="followers",
        user_id=Story.anna.id,
    )
    project.message_subscribe(Story.anna.partner_id.ids)
    Story.env["handover.grant"].with_user(Story.anna).create(
        {
            "request_id": request.id,
            "user_id": leader.id,
            "kind": "project",
            "project_id": project.id,
        }
    )
    request.with_user(Story.anna).action_submit()
    request.with_user(Story.approver).action_approve()
    assert request.grant_ids.state == "active", request.grant_ids.state


def give_others(requests):
    """What the capabilities keep of a handover."""
    draft = requests["draft"].with_user(Story.anna)
    draft.action_check_completeness()
    draft.action_plan_gaps()
    requests["approved"].with_user(Story.anna).action_release_cards()
    draft.env["handover.training.topic"].create(
        {"request_id": draft.id, "name": "Keys"}
    )
    start = fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=2))
    requests["approved"].with_user(Story.anna).plan_training(start)
    requests["done"].sudo()._follow_up()
    Story.make("ir.attachment", name="a.txt", raw=b"a", res_model="handover.request",
               res_id=requests["approved"].id)  # fmt: skip
    Story.env["ir.filters"].create(
        {"name": "Mine", "model_id": "handover.request", "domain": "[]"}
    )
    limit = "crm_handover.max_records"
    Story.env["ir.config_parameter"].sudo().set_param(limit, "1000")


def hand_over(env):
    """Let people work on: one whole handover, and its screens."""
    Story.env = env
    for login in ("anna", "bruno", "approver"):
        user = env["res.users"].search([("login", "=", f"{login}@home.test")])
        setattr(Story, login, user)
    Story.company = Story.anna.company_id
    Story.team = env["crm.team"].search([("name", "=", "Home Team")])
    Story.reason = env["handover.reason"].search([("name", "=", "Resignation")])[-1:]
    Story.Request = env["handover.request"]
    lead = Story.make_lead()
    request = Story.make_request("done", lead)
    assert lead.user_id == Story.bruno, lead.user_id
    assert request.with_user(Story.approver).verify()["ok"]
    for model in ("handover.request", "handover.request.line"):
        views = env[model].get_views(
            [(False, "list"), (False, "form"), (False, "search")]
        )
        assert views["views"]["form"]["arch"]
    old = Story.Request.search([]) - request
    for other in old:
        other.with_user(Story.approver).read(["display_name", "next_step", "progress"])
        other.with_user(Story.approver).event_ids.mapped("summary")
        assert other.with_user(Story.approver).verify()["ok"], other.name


def uninstall(env, name):
    env["ir.module.module"].search([("name", "=", name)]).button_immediate_uninstall()


def main(database):
    with Registry(database).cursor() as cr:
        populate(api.Environment(cr, SUPERUSER_ID, {}))
    for capability in CAPABILITIES:
        name = f"crm_handover_{capability}"
        with Registry(database).cursor() as cr:
            uninstall(api.Environment(cr, SUPERUSER_ID, {}), name)
        with Registry(database).cursor() as cr:
            hand_over(api.Environment(cr, SUPERUSER_ID, {}))
        tell("uninstalled", name=name)
    with Registry(database).cursor() as cr:
        uninstall(api.Environment(cr, SUPERUSER_ID, {}), "crm_handover")
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        anna = env["res.users"].search([("login", "=", "anna@home.test")])
        lead = env["crm.lead"].with_user(anna).create({"name": "Afterwards"})
        plans = env["mail.activity.plan"].search([]).mapped("name")
        tell("uninstalled", name="crm_handover", lead=lead.name, plans=plans)
