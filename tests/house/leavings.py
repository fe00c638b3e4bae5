"""Uninstall everything, one add-on after the other, with handovers in every state.

Run by test_uninstall.py in Odoo's shell, on a database of its own: what is written to
standard output are facts for the test, one JSON object in each line.
"""

import json
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from ..everything import Everything

CAPABILITIES = (
    "cover", "training", "document", "split", "files", "sale_completeness",
    "completeness", "review", "briefing", "sale",
)  # fmt: skip


class Story(Everything):
    """The people and records of the tests, outside of a test."""


def tell(what, **facts):
    sys.stdout.write(json.dumps({"what": what, **facts}) + "\n")
    sys.stdout.flush()


def populate(env):
    """Leave a handover in each state, and something in each table of ours."""
    Story.env = env
    Story.make_world()
    Story.get_ready()
    Story.make_everything()
    draft = Story.requests["draft"].with_user(Story.anna)
    draft.action_plan_gaps()
    Story.make(
        "ir.attachment", name="a.txt", raw=b"a", res_model="handover.request",
        res_id=draft.id,
    )  # fmt: skip
    env["ir.filters"].create(
        {"name": "Mine", "model_id": "handover.request", "domain": "[]"}
    )
    env["ir.config_parameter"].set_param("crm_handover.max_records", "1000")
    # a kind that somebody added by hand, of a model that knows nothing of handovers
    model = env["ir.model"]._get("crm.tag")
    keeper = env["ir.model.fields"].create(
        {
            "model_id": model.id, "name": "x_keeper_id", "field_description": "Keeper",
            "ttype": "many2one", "relation": "res.users",
        }
    )  # fmt: skip
    env["handover.scope"].create(
        {"name": "Tags", "model_id": model.id, "owner_field_id": keeper.id}
    )
    env["ir.model.fields"].create(
        {
            "model_id": model.id, "name": "x_later", "field_description": "Later",
            "ttype": "char",
        }
    )  # fmt: skip
    env.cr.commit()
    states = env["handover.request"].search([]).mapped("state")
    tell("states", states=sorted(set(states)))


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
