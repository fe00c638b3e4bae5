"""Each capability is uninstalled, at last the core: nothing is left, people work on."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from odoo.tests import tagged

from ..faults.common import Database, variable
from .leavings import CAPABILITIES

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = "from tests.house.leavings import main; main(env.cr.dbname)\n"
# what may not be there any more, and what is told of it
LEFT = {
    "names of records": "SELECT module, name FROM ir_model_data"
    " WHERE starts_with(module, 'crm_handover')",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'handover.%'",
    "fields": "SELECT model, name FROM ir_model_fields"
    " WHERE relation LIKE 'handover.%' OR starts_with(name, 'handover_')",
    "messages": "SELECT model, count(*) FROM mail_message"
    " WHERE model LIKE 'handover.%' GROUP BY 1",
    "followers": "SELECT res_model, count(*) FROM mail_followers"
    " WHERE res_model LIKE 'handover.%' GROUP BY 1",
    "to-dos": "SELECT res_model, count(*) FROM mail_activity"
    " WHERE res_model LIKE 'handover.%' GROUP BY 1",
    "files": "SELECT res_model, count(*) FROM ir_attachment"
    " WHERE res_model LIKE 'handover.%' GROUP BY 1",
    "ratings": "SELECT res_model, count(*) FROM rating_rating"
    " WHERE res_model LIKE 'handover.%' GROUP BY 1",
    "filters": "SELECT model_id, name FROM ir_filters WHERE model_id LIKE 'handover.%'",
    "settings": "SELECT key FROM ir_config_parameter WHERE key LIKE 'crm_handover.%'",
    "plans": "SELECT id FROM mail_activity_plan WHERE res_model LIKE 'handover.%'",
    "activity types": "SELECT id FROM mail_activity_type"
    " WHERE res_model LIKE 'handover.%'",
}  # fmt: skip
# what has to be as in a database that never had the add-ons
SCHEMA = {
    "tables": "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = 'public'",
    # fields that an administrator made stay
    "columns": "SELECT table_name, column_name, udt_name"
    " FROM information_schema.columns WHERE table_schema = 'public'"
    " AND NOT starts_with(column_name, 'x_')",
    "indexes": "SELECT tablename, indexname FROM pg_indexes"
    " WHERE schemaname = 'public'",
    "crons": "SELECT cron_name FROM ir_cron",
    "rules": "SELECT name FROM ir_rule",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "subtypes": "SELECT name->>'en_US' FROM mail_message_subtype",
    "activity types": "SELECT name->>'en_US' FROM mail_activity_type",
    "views": "SELECT name FROM ir_ui_view",
}  # fmt: skip


@tagged("standard", "post_install", "-at_install")
class TestUninstall(unittest.TestCase):
    SECONDS = 200
    longMessage = True
    maxDiff = 4000

    def setUp(self):
        self.db = Database("uninstall", variable("INSTALLED_TEMPLATE"))
        self.addCleanup(self.db.drop)
        self.addCleanup(self.db.close)

    def run_story(self):
        """Run the script; answer what it told."""
        done = subprocess.run(
            [
                *(variable("PYTHON"), variable("ODOO_BIN"), "shell"),
                *("--config", variable("CONFIG"), "--database", self.db.name),
                *("--addons-path", variable("ADDONS"), "--no-http"),
                *("--log-level", "error"),
            ],
            input=SCRIPT,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.assertFalse(done.returncode, f"{done.stdout}\n{done.stderr[-8000:]}")
        self.assertNotIn(" ERROR ", done.stderr, done.stderr[-8000:])
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        return [json.loads(line) for line in lines]

    def test_nothing_is_left_and_people_work_on(self):
        told = self.run_story()
        self.assertEqual(len(told[0]["states"]), 10, told[0])
        self.assertEqual(
            [row["name"] for row in told[1:]],
            [*(f"crm_handover_{name}" for name in CAPABILITIES), "crm_handover"],
        )
        self.assertEqual(told[-1]["lead"], "Afterwards")
        self.assertFalse([name for name in told[-1]["plans"] if name.startswith("{")])
        for what, query in LEFT.items():
            self.assertEqual(self.db.query(query.replace("%", "%%")), [], what)
        base = Database("base", variable("BASE_TEMPLATE"))
        self.addCleanup(base.drop)
        self.addCleanup(base.close)
        for what, query in SCHEMA.items():
            more = set(self.db.query(query)) - set(base.query(query))
            self.assertFalse(sorted(more, key=repr), what)
