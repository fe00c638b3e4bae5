"""A model goes, with its app: what was handed over is history, and stops nobody."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError

from ..machines import SHAPES, MachineCase

WHY = "Its app was uninstalled"


class TestGone(MachineCase):
    """The machines are gone, everything else is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        states = ("draft", "submitted", "approved", "running", "transferred", "done")
        cls.requests = {
            state: cls.make_request(state, cls.make_machine("x_machine"))
            for state in states
        }
        mixed = cls.make_request(records=cls.make_machine("x_machine"))
        cls.lead = cls.make_lead()
        mixed.with_user(cls.anna).add_records("crm.lead", cls.lead.ids)
        cls.bring(mixed, "transferred")
        cls.requests["mixed"] = mixed
        end = fields.Datetime.now() + timedelta(days=9)
        cls.requests["lent"] = cls.make_request(
            "transferred", cls.make_machine("x_machine"), kind="temporary",
            date_return=end,
        )  # fmt: skip
        # of these somebody is asked to give back what they have from them
        for state, others in (("transferred", [(cls.lead, cls.anna)]), ("done", [])):
            request = cls.requests[state].with_user(cls.approver)
            machine = cls.env["x_machine"].browse(request.line_ids.res_id)
            rows = [(machine, cls.anna), *others]
            request._ask_about(cls.bruno, "back", rows)
        cls.env.flush_all()
        cls.remove_kind(cls.kinds["x_machine"])
        cls.env.invalidate_all()

    def test_the_model_left_nothing_but_history(self):
        self.assertNotIn("x_machine", self.env)
        self.assertFalse(self.env["ir.model"]._get("x_machine"))
        kind = self.kinds["x_machine"]
        self.assertTrue(kind.is_gone)
        self.assertEqual(kind.model, "x_machine")
        for state, request in self.requests.items():
            line = request.line_ids.filtered(lambda line: line.res_model == "x_machine")
            self.assertTrue(line.res_name, state)
            self.assertIn(WHY, line.gone_reason)
            self.assertEqual(line.predecessor_id, self.anna)
        self.assertEqual(self.requests["done"].line_ids.result_code, "done")

    def test_everybody_reads_everything_as_before(self):
        for state, request in self.requests.items():
            for user in (self.bruno, self.approver):
                with self.subTest(state, user=user.name):
                    reader = request.with_user(user)
                    # a successor sees nothing of a draft
                    if not reader._filtered_access("read"):
                        continue
                    reader.read()
                    reader.line_ids.read()
                    reader.event_ids.read()
                    self.assertTrue(reader.verify()["ok"])
                    reader.export_evidence()
                    reader.get_progress()
                    reader.preflight()

    def test_it_cannot_be_opened_and_says_why(self):
        line = self.requests["done"].with_user(self.bruno).line_ids
        with self.assertRefused(UserError, WHY):
            line.action_open_record()

    def test_who_was_asked_about_it_is_asked_about_the_rest_alone(self):
        asked = [("handover_asked_by_id", "!=", False)]
        todos = self.env["mail.activity"].search(asked)
        self.assertEqual(len(todos), 2)
        lead = self.make_lead(self.bruno)
        request = self.requests["transferred"].with_user(self.approver)
        # one more question does not stumble over what is gone
        self.assertEqual(request._ask_about(self.bruno, "back", [(lead, self.anna)]), 1)
        rows = request._questions("back").handover_question["rows"]
        models = [model for model, _id, _taker in rows]
        self.assertEqual(models, ["crm.lead", "crm.lead"])
        # and what asks about nothing else ends with the next day
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_handover.ir_cron_handover_request_remind"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(todos.exists(), request._questions("back"))

    def test_others_are_collected_and_shown(self):
        self.make_lead()
        request = self.make_request(records=[])
        names = [
            kind["name"] for kind in request.with_user(self.anna)._portfolio()["kinds"]
        ]
        self.assertIn("Leads and Opportunities", names)
        self.assertNotIn("x_machine", names)
        request.with_user(self.anna).action_collect()
        self.assertIn("crm.lead", request.line_ids.mapped("res_model"))
        self.assertNotIn("x_machine", request.line_ids.mapped("res_model"))
        self.assertTrue(self.Request.with_user(self.manager).get_overview()["cards"])
        with self.assertRefused(UserError, "cannot be handed over"):
            request.with_user(self.anna).add_records("x_machine", [1])

    def test_archiving_and_handing_over_the_rest_go_on(self):
        request = self.make_request("done", self.make_lead())
        self.assertEqual(request.line_ids.result_code, "done")
        request.with_user(self.approver).action_return()
        self.assertEqual(request.state, "returned")

    def test_what_was_to_be_handed_over_is_left_alone_and_says_why(self):
        request = self.requests["approved"]
        request.with_user(self.approver).action_run()
        self.assertRecordValues(
            request.line_ids, [{"state": "skipped", "result_code": "missing"}]
        )
        self.assertIn(WHY, request.line_ids.result_message)
        self.assertEqual(request.state, "transferred")

    def test_the_cron_goes_on_with_what_runs(self):
        request = self.requests["running"]
        self.run_cron()
        self.assertEqual(request.state, "transferred")
        self.assertEqual(request.line_ids.result_code, "missing")

    def test_what_is_left_of_a_handover_goes_back(self):
        request = self.requests["mixed"]
        self.assertEqual(self.lead.user_id, self.bruno)
        request.with_user(self.approver).action_return()
        self.assertEqual(self.lead.user_id, self.anna)
        line = request.line_ids.filtered(lambda line: line.res_model == "x_machine")
        self.assertEqual((line.state, line.result_code), ("done", "missing"))
        self.assertIn(WHY, line.result_message)

    def test_a_temporary_one_ends_at_its_time(self):
        request = self.requests["lent"]
        with freeze_time(request.date_return + timedelta(hours=1)):
            self.run_cron()
        self.assertEqual(request.line_ids.state, "done")
        self.assertIn(WHY, request.line_ids.result_message)
        self.assertNotEqual(request.state, "running")

    def test_a_draft_of_it_alone_is_nothing_to_submit(self):
        request = self.requests["draft"].with_user(self.anna)
        request.line_ids.unlink()
        request.add_records("crm.lead", self.make_lead().ids)
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_a_model_of_the_same_name_has_other_records(self):
        old = self.requests["done"].line_ids
        kind = self.make_kind("x_machine", *SHAPES["x_machine"])
        # the registry does not go back with the test's transaction
        self.addCleanup(lambda: self.remove_kind(kind))
        self.assertTrue(self.kinds["x_machine"].is_gone)
        self.assertFalse(kind.is_gone)
        machine = self.env["x_machine"].create({"x_owner_id": self.anna.id})
        self.assertIn(WHY, old.gone_reason)
        with self.assertRefused(UserError, WHY):
            old.with_user(self.bruno).action_open_record()
        request = self.make_request("done", machine)
        self.assertEqual(request.line_ids.scope_id, kind)

    def test_a_kind_with_history_keeps_its_model(self):
        kind = self.kinds["x_tool"]
        self.make_request(records=self.make_machine("x_tool"))
        with self.assertRefused(UserError, "add another kind"):
            kind.model_id = self.env["ir.model"]._get("crm.lead")
        with self.assertRefused(UserError, "add another kind"):
            self.kinds["x_machine"].model_id = self.env["ir.model"]._get("x_tool")

    def test_without_its_owner_field_a_kind_is_gone_as_well(self):
        kind = self.kinds["x_contract"]
        request = self.make_request("transferred", self.make_machine("x_contract"))
        team = self.env["ir.model.fields"]._get("crm.lead", "team_id")
        self.env.flush_all()
        self.env["handover.scope"].flush_model()
        self.env.cr.execute(
            "UPDATE handover_scope SET owner_field_id = NULL, team_field_id = %s"
            " WHERE id = %s",
            [team.id, kind.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertTrue(kind.is_gone)
        self.assertIn("owner was removed", request.line_ids.gone_reason)
        line = request.line_ids
        [code, _text] = self.env["handover.engine"]._obstacles(line)[line.id]
        self.assertEqual(code, "missing")
        self.assertNotIn(kind, self.env["handover.scope"]._in_use())


class TestGroupsGo(MachineCase):
    """A permission was given, and its group goes with the app that had it."""

    def make_grant(self, state):
        group = self.env["res.groups"].create({"name": f"Machines {state}"})
        self.env["handover.grantable"].create(
            {"group_id": group.id, "description": "Machines"}
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        planned = tomorrow if state == "approved" else False
        request = self.make_request(successor_id=self.chen.id, date_planned=planned)
        grant = self.env["handover.grant"].with_user(self.manager).create(
            {
                "request_id": request.id, "user_id": self.chen.id, "kind": "group",
                "group_id": group.id,
            }
        )  # fmt: skip
        if state != "draft":
            request.with_user(self.anna).action_submit()
            # the approver may not give what is more than they have
            request.with_user(self.admin).action_approve()
        self.assertEqual(request.state, state)
        return group, grant.with_env(self.env), request

    def test_it_ends_and_is_history(self):
        group, grant, request = self.make_grant("transferred")
        self.assertEqual(grant.state, "active")
        group.unlink()
        self.assertFalse(group.exists())
        self.assertEqual((grant.state, grant.group_id.ids), ("ended", []))
        self.assertIn("Machines", grant.thing)
        self.assertIn("app", grant.end_reason)
        grant.with_user(self.approver).read()
        self.assertTrue(request.with_user(self.approver).verify()["ok"])

    def test_what_was_approved_and_not_given_yet_stops_nothing(self):
        group, grant, request = self.make_grant("approved")
        group.unlink()
        self.assertEqual(grant.state, "ended")
        self.assertTrue(request.with_user(self.approver).verify()["ok"])
        request.with_user(self.admin).action_run()
        self.assertEqual(request.state, "transferred")

    def test_a_proposal_goes(self):
        group, grant, request = self.make_grant("draft")
        group.unlink()
        self.assertFalse(grant.exists())
        self.assertTrue(request.exists())
