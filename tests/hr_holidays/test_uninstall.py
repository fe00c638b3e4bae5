"""Without these add-ons people go on with their leaves, departures and handovers."""

import json
import os
import subprocess
import sys
import unittest
from datetime import date
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tests import tagged

from ..beside import database
from ..faults.common import Database, variable

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = "from tests.hr_holidays.test_uninstall import main; main(env.cr.dbname)\n"
OURS = ("crm_handover_hr_holidays", "crm_handover_hr")
SALESMAN = "sales_team.group_sale_salesman"
MONDAY = "2040-03-05"


def make(env):
    """Make a leave whose cover waits for its approval; answer the handover's id."""
    group = env.ref(SALESMAN).id
    users = env["res.users"].create(
        [
            {"name": name, "login": f"{name}@beside.test", "group_ids": [(4, group)]}
            for name in ("gives", "stands", "leads")
        ]
    )
    members = [(0, 0, {"user_id": user.id}) for user in users[:2]]
    env["crm.team"].create(
        {"name": "Beside", "user_id": users[2].id, "crm_team_member_ids": members}
    )
    gives, stands = users[0], users[1]
    env["crm.lead"].create({"name": "Deal", "user_id": gives.id})
    employee = env["hr.employee"].create({"name": "Gives", "user_id": gives.id})
    kind = env["hr.leave.type"].create(
        {"name": "Rest", "requires_allocation": False, "leave_validation_type": "hr"}
    )
    leave = (
        env["hr.leave"]
        .with_user(gives)
        .create(
            {
                "employee_id": employee.id, "holiday_status_id": kind.id,
                "request_date_from": MONDAY, "request_date_to": "2040-03-09",
                "handover_stand_in_id": stands.id,
            }
        )
    )  # fmt: skip
    leave.sudo().action_approve()
    request = leave.sudo().handover_request_ids
    assert request.state == "submitted", request.state
    return request.id, leave.id


def go_on(env, request_id, leave_id):
    """Let the handover and the leave go their way without each other."""
    request = env["handover.request"].browse(request_id)
    leads = env["res.users"].search([("login", "=", "leads@beside.test")])
    request.with_user(leads).action_approve()
    assert request.state == "approved", request.state
    assert request.with_user(leads).verify()["ok"]
    env["hr.leave"].browse(leave_id).action_refuse()
    for model in ("hr.leave", "hr.employee", "hr.departure.wizard", "handover.request"):
        env[model].get_views([(False, "form")])
    employee = env["hr.leave"].browse(leave_id).employee_id
    wizard = env["hr.departure.wizard"].with_context(
        active_ids=employee.ids, employee_termination=True
    )
    wizard.create({"departure_date": date(2040, 4, 1)}).action_register_departure()
    assert not employee.active


def main(name):
    """Uninstall one after the other, run by the test in Odoo's shell."""

    def run(function, *arguments):
        with Registry(name).cursor() as cr:
            return function(api.Environment(cr, SUPERUSER_ID, {}), *arguments)

    def uninstall(env, addon):
        module = env["ir.module.module"].search([("name", "=", addon)])
        module.button_immediate_uninstall()

    request_id, leave_id = run(make)
    for addon in OURS:
        run(uninstall, addon)
    run(go_on, request_id, leave_id)
    sys.stdout.write(json.dumps({"done": True}) + "\n")
    sys.stdout.flush()


@tagged("standard", "post_install", "-at_install")
class TestUninstall(unittest.TestCase):
    # of one test, see conftest
    SECONDS = 60

    def test_people_go_on(self):
        source = database("hr", "hr_holidays")
        close_db(source)
        db = Database("without_hr", source)
        self.addCleanup(db.drop)
        self.addCleanup(db.close)
        done = subprocess.run(
            [
                *(variable("PYTHON"), variable("ODOO_BIN"), "shell"),
                *("--config", variable("CONFIG"), "--database", db.name),
                *("--addons-path", variable("ADDONS"), "--no-http"),
                *("--log-level", "error"),
            ],
            input=SCRIPT,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.assertIn('"done": true', done.stdout, done.stderr[-4000:])
        left = db.query(
            "SELECT module, name FROM ir_model_data WHERE module IN %s", OURS
        )
        self.assertFalse(left)
        columns = db.query(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND (table_name LIKE 'hr_%%'"
            " AND column_name LIKE 'handover_%%' OR column_name = 'leave_id'"
            " AND table_name = 'handover_request'"
            " OR table_name IN ('handover_request_manager_rel',"
            " 'handover_request_known_absence_rel'))"
        )
        self.assertFalse(columns)
        # what happened is still told
        self.assertTrue(
            db.query("SELECT 1 FROM handover_request_event WHERE code = 'submitted'")
        )
