"""What was approved by one version is verified, and runs, by every later one."""

import importlib.util
import logging
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import api, fields
from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.misc import file_path

from odoo.addons.crm_handover.evidence import verify
from odoo.addons.crm_handover.models.handover_request_todo import APPROVAL

from ..common import HandoverCommon
from ..everything import STATES

STEP = "crm_handover/migrations/19.0.1.1.0/post-migrate.py"
ASKED = "crm_handover/migrations/19.0.1.4.0/post-asked.py"
KEYS = "crm_handover/migrations/19.0.1.4.0/post-keys.py"
SUPERIORS = "crm_handover/migrations/19.0.1.4.0/post-superiors.py"
GIVERS = "crm_handover/migrations/19.0.1.5.0/post-givers.py"
# how rules ask who leads a team, by what they ask afterwards
LEADERS = {
    """[('superior_ids', 'in', user.ids)]""": (
        """[('team_ids.user_id', '=', user.id)]""",
        """[('team_ids.user_id','=',user.id)]""",
        """[('team_ids.user_id', 'in', user.ids)]""",
        """[('team_ids.user_id', 'in', [ user.id ])]""",
    ),
    """['|', ("superior_ids", 'in', user.ids), ('id', '=', 1)]""": (
        """['|', ("team_ids.user_id" , "=", user.id), ('id', '=', 1)]""",
    ),
    """[['request_id.superior_ids', 'in', user.ids]]""": (
        """[['request_id.team_ids.user_id', '=', user.id]]""",
    ),
}
# what is left to the administrator
OTHERWISE = "[('request_id.team_ids.user_id', '!=', user.id)]"
# a field that people do not choose yet
LATER = "version"


def migration(step=STEP):
    """A step of the migration, as Odoo loads it."""
    spec = importlib.util.spec_from_file_location("step", file_path(step))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def all_steps(addons):
    """Every step of these add-ons, from the oldest on: ``(version, path)``."""
    for addon in addons:
        for path in Path(file_path(addon)).glob("migrations/*/*.py"):
            yield path.parent.name, str(path.relative_to(path.parents[3]))


class TestForms(HandoverCommon):
    """Fields and columns come and go; the form of an approval stays."""

    def approving(self, change):
        """With other fields that are approved: ``change`` takes today's."""
        known = type(self.Request)._approved_fields
        return patch.object(
            type(self.Request),
            "_approved_fields",
            api.model(lambda self: change(known(self))),
        )

    def assertInOrder(self, request):
        found = request.with_user(self.approver).verify()
        self.assertTrue(found["ok"], found)
        findings = list(verify.check(request.with_user(self.manager).export_evidence()))
        self.assertTrue(all(good for good, _text in findings), findings)

    def test_a_planned_one_survives_a_field_that_comes(self):
        request = self.make_request("approved")
        with self.approving(lambda names: names | {LATER}):
            self.assertInOrder(request)
            request.with_user(self.approver).action_run()
            self.assertEqual(request.state, "transferred")
            self.assertInOrder(request)

    def test_a_planned_one_survives_a_field_that_goes(self):
        request = self.make_request("approved")
        with self.approving(lambda names: names - {"purpose"}):
            self.assertInOrder(request)
            request.with_user(self.approver).action_run()
            self.assertEqual(request.state, "transferred")
            self.assertInOrder(request)

    def test_each_form_verifies_what_was_made_by_it(self):
        first = self.make_request("done")
        now, later = verify.FORM, verify.FORM + 1
        more = {
            "digest": (*verify.FORMS[now]["digest"], "attempts"),
            "outcome": (*verify.FORMS[now]["outcome"], "attempts"),
            "signatures": ("id", "user_id"),
        }
        with (
            patch.dict(verify.FORMS, {later: more}),
            patch.object(verify, "FORM", later),
        ):
            second = self.make_request("done")
            for request, form in ((first, now), (second, later)):
                self.assertEqual(request.sudo().approved_form, form)
                found = request.with_user(self.approver).verify()
                self.assertTrue(found["ok"], found)
            event = second.event_ids.filtered(lambda event: event.code == "approved")
            self.assertEqual(event.data["form"], later)
            self.env.flush_all()
            self.env.cr.execute("UPDATE handover_request_line SET attempts = 7")
            self.env.invalidate_all()
            self.assertTrue(first.with_user(self.approver).verify()["ok"])
            codes = second.with_user(self.approver).verify()["problems"]
            self.assertEqual(
                {problem["code"] for problem in codes},
                {"content_changed", "outcome_changed"},
            )

    def test_nobody_changes_a_form(self):
        # whoever needs another one adds it: what was made by this one is out there
        self.assertEqual(
            verify.digest([verify.FORMS[1]]),
            "204eb4f75056a670ce1ec592ced1d0be8e7dde143cf6b25fbb5749b45c51391a",
        )


class TestFormerVersion(HandoverCommon):
    """A database that 19.0.1.0.0 left, with a handover in each state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        former = set(migration().APPROVED) & set(cls.Request._fields)
        known = api.model(lambda self: former)
        with (
            patch.object(type(cls.Request), "_approved_fields", known),
            patch.object(verify, "FORM", 1),
        ):
            cls.requests = {state: cls.make_request(state) for state in STATES}
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE handover_request SET approved_values = NULL, approved_form = NULL"
        )
        cls.env.invalidate_all()

    def upgrade(self):
        self.env.flush_all()
        migration().migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_all_of_it_is_in_order(self):
        self.upgrade()
        for state, request in self.requests.items():
            with self.subTest(state):
                found = request.with_user(self.approver).verify()
                self.assertTrue(found["ok"], found)
                signed = bool(request.sudo().digest)
                self.assertEqual(bool(request.sudo().approved_values), signed)
                self.assertEqual(request.sudo().approved_form, int(signed))

    def test_every_step_of_every_add_on_leaves_all_of_it_in_order(self):
        states = {state: one.sudo().state for state, one in self.requests.items()}
        ours = self.env["ir.module.module"].search(
            [("name", "=like", "crm_handover%"), ("state", "=", "installed")]
        )
        steps = sorted(all_steps(ours.mapped("name")))
        self.assertIn(STEP, [path for _version, path in steps])
        self.env.flush_all()
        for _version, path in steps:
            with self.subTest(path):
                migration(path).migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        for state, request in self.requests.items():
            with self.subTest(state):
                self.assertEqual(request.sudo().state, states[state])
                self.assertTrue(request.with_user(self.approver).verify()["ok"])

    def test_what_is_planned_runs_and_what_runs_goes_on(self):
        self.upgrade()
        self.requests["approved"].with_user(self.approver).action_run()
        self.run_cron()
        for state in ("approved", "running"):
            request = self.requests[state]
            self.assertEqual(request.state, "transferred")
            self.assertTrue(request.with_user(self.approver).verify()["ok"])

    def test_what_was_forged_before_is_found(self):
        self.env.cr.execute(
            "UPDATE handover_request SET purpose = 'Mine' WHERE id = %s",
            [self.requests["approved"].id],
        )
        self.upgrade()
        found = self.requests["approved"].with_user(self.approver).verify()
        self.assertEqual(
            [problem["code"] for problem in found["problems"]], ["content_changed"]
        )

    def test_rules_ask_for_superiors_however_they_are_written(self):
        rules = self.env["ir.rule"]
        wanted = {}
        for after, spellings in LEADERS.items():
            model = "handover.request.line" if "request_id" in after else self.Request
            for before in spellings:
                rule = rules.create(
                    {
                        "name": "Leaders", "domain_force": before,
                        "model_id": self.env["ir.model"]._get_id(
                            getattr(model, "_name", model)
                        ),
                    }
                )  # fmt: skip
                wanted[rule] = after
        other = rule.copy({"domain_force": OTHERWISE})
        self.env.flush_all()
        # its name stands for another level in Odoo
        with self.assertLogs("step", logging.INFO) as logs:
            migration(SUPERIORS).migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()
        for rule, after in wanted.items():
            self.assertEqual(rule.domain_force, after)
        changed, left = logs.output
        self.assertIn(str([rule.id for rule in wanted]), changed)
        self.assertRegex(left, rf"^WARNING.*\[{other.id}\]")

    def test_rules_know_several_people_who_give_as_new_ones_do(self):
        """The same domains as in a new database; what is somebody's own is told."""
        step = migration(GIVERS)
        known = self.env["ir.model.data"].search(
            [("model", "=", "ir.rule"), ("name", "in", list(step.RULES))]
        )
        rules = {one.name: self.env["ir.rule"].browse(one.res_id) for one in known}
        self.assertIn("handover_request_line_rule_user_read", rules)
        present = {name: rule.domain_force for name, rule in rules.items()}
        for name, rule in rules.items():
            path, more = step.RULES[name]
            leaf = f"('{path}', '=', user.id)"
            self.assertIn(more.replace(r"\g<0>", leaf), present[name], name)
            rule.domain_force = present[name].replace(
                more.replace(r"\g<0>", leaf), leaf
            )
            self.assertNotIn("predecessor_ids", rule.domain_force, name)
        for _again in range(2):
            self.env.flush_all()
            step.migrate(self.env.cr, "19.0.1.4.0")
            self.env.invalidate_all()
            for name, rule in rules.items():
                self.assertEqual(rule.domain_force, present[name], name)
        own = self.env.ref("crm_handover.handover_request_rule_user_read")
        own.domain_force = "[('requester_id', '=', user.id)]"
        self.env.flush_all()
        with self.assertLogs("step", logging.WARNING) as logs:
            step.migrate(self.env.cr, "19.0.1.4.0")
        self.assertIn("handover_request_rule_user_read", logs.output[0])
        self.env.invalidate_all()
        self.assertEqual(own.domain_force, "[('requester_id', '=', user.id)]")

    def test_a_later_end_that_waits_is_asked_of_whom_it_was(self):
        end = fields.Datetime.now().replace(microsecond=0) + timedelta(days=9)
        request = self.make_request("transferred", kind="temporary", date_return=end)
        later = fields.Datetime.to_string(end + timedelta(days=1))
        request.with_user(self.anna).action_extend(later)
        asked, since = request.asked_ids, request._todos(APPROVAL).create_date
        self.assertTrue(asked)
        # as the former version has left it
        request._trusting().write({"asked_ids": [Command.clear()], "date_asked": False})
        self.env.flush_all()
        migration(ASKED).migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()
        self.assertEqual(request.asked_ids, asked)
        self.assertEqual(request.date_asked, since.replace(microsecond=0))
        self.assertTrue(request.with_user(asked).waiting_for_me)
        # nobody was asked about any other
        for one in self.requests.values():
            self.assertFalse(one.asked_ids)

    def test_what_was_made_of_messages_has_no_keys(self):
        message = self.make_lead().message_post(body="Hello")
        rows = self.env["mail.message.translation"]
        for number, body in enumerate(
            ("Hello", "<a href='/rate/ab12/5'>x</a>", "<a href='/my?token=ab'>x</a>")
        ):
            rows += rows.create(
                {"message_id": message.id, "body": "x", "source_lang": "en",
                 "target_lang": f"l{number}"}
            )  # fmt: skip
            rows.flush_recordset()
            self.env.cr.execute(
                SQL("UPDATE %s SET body = %s WHERE id = %s",
                    SQL.identifier(rows._table), body, rows[-1].id)
            )  # fmt: skip
        previews = self.env["mail.link.preview"].create(
            [
                {"source_url": f"https://a.test/{path}"}
                for path in ("page", "my/orders/5?access_token=ab12")
            ]
        )
        self.env.flush_all()
        migration(KEYS).migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()
        self.assertEqual(rows.exists(), rows[0])
        self.assertEqual(previews.exists(), previews[0])

    def test_a_second_time_changes_nothing(self):
        self.upgrade()
        with self.assertNothingChanged():
            self.upgrade()
