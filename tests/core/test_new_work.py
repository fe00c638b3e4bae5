"""What would go on making new work for whoever hands over."""

from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from odoo.addons.crm_handover.models.handover_said import in_language

from ..common import HandoverCommon

INFLOW = "odoo.addons.crm_handover.models.handover_inflow"


class NewWorkCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "home.example"})

    def address(self, record, **defaults):
        """Let mail to a team or a project be assigned by default."""
        record.alias_name = f"{record._table}-{record.id}"
        record.alias_id.alias_domain_id = self.domain
        record.alias_defaults = repr(
            {**literal_eval(record.alias_defaults), **defaults}
        )
        return record.alias_id

    def defaults(self, alias):
        return literal_eval(alias.alias_defaults)

    def receive(self, alias):
        """A customer writes to an address; answer what comes of it."""
        model = alias.alias_model_id.model
        last = self.env[model].search([], order="id desc", limit=1).id
        self.env["mail.thread"].message_process(
            False,
            f"From: Eva <eva@customer.test>\nTo: {alias.alias_full_name}\n"
            f"Subject: Question\nMessage-Id: <{alias.id}-{last}@customer.test>\n"
            "Content-Type: text/plain\n\nHello",
        )
        return self.env[model].search([("id", ">", last)])

    def findings(self, request, user=None):
        """What the check says of new work: ``{(record, severity)}``."""
        found = request.with_user(user or self.anna).preflight()["findings"]
        return {
            (f["res_model"], f["res_id"], f["severity"])
            for f in found
            if f["code"] == "inflow"
        }

    def told(self, request, user=None):
        found = request.with_user(user or self.anna).preflight()["findings"]
        return " ".join(
            f"{f['message']} {f['fix']}" for f in found if f["code"] == "inflow"
        )

    def recurring(self, *owners, steps=(), **values):
        """A recurring task with finished steps."""
        self.project.allow_recurring_tasks = True
        task = self.make_task(
            *owners, name="Monthly report", recurring_task=True, repeat_unit="month",
            repeat_type="forever", **values,
        )  # fmt: skip
        for owner in steps:
            self.make_task(
                owner, name="Count the stock", parent_id=task.id, state="1_done"
            )
        return task

    def next_one(self, task):
        """Finish a recurring task; answer the one that comes next."""
        recurrence = task.recurrence_id
        task.state = "1_done"
        return recurrence.task_ids.sorted("id")[-1:]


class TestAddresses(NewWorkCase):
    def test_mail_to_a_project_goes_to_who_takes_it_over(self):
        self.project.user_id = self.anna
        alias = self.address(self.project, user_ids=[(6, 0, self.anna.ids)])
        request = self.make_request(records=self.project)
        self.assertEqual(self.findings(request), {("mail.alias", alias.id, "info")})
        self.assertIn("goes to Bruno", self.told(request))
        self.bring(request.with_user(self.anna), "transferred")
        task = self.receive(alias)
        self.assertEqual(task.user_ids, self.bruno)
        self.assertNotIn(self.anna.partner_id, self.project.message_partner_ids)
        self.assertEqual(self.defaults(alias)["project_id"], self.project.id)
        event = request.event_ids.filtered(lambda e: e.code == "redirected")
        self.assertIn("Bruno", event.summary)
        self.assertIn(str(self.anna.id), event.data["before"])
        self.assertTrue(request.verify()["ok"])

    def test_mail_to_a_team_goes_to_the_successor(self):
        alias = self.address(self.team, user_id=self.anna.id)
        request = self.make_request("transferred")
        lead = self.receive(alias)
        self.assertEqual(lead.user_id, self.bruno)
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(request.inflow_outcome[0]["state"], "moved")

    def test_who_gives_a_part_keeps_the_mail_of_the_team(self):
        alias = self.address(self.team, user_id=self.anna.id)
        self.make_lead(name="Kept")
        request = self.make_request(records=self.make_lead())
        self.assertEqual(self.findings(request), {("mail.alias", alias.id, "warning")})
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(self.defaults(alias)["user_id"], self.anna.id)

    def test_mail_to_a_team_goes_to_whoever_gets_all_records(self):
        alias = self.address(self.team, user_id=self.anna.id)
        records = self.make_lead() | self.make_lead()
        request = self.make_request(
            records=records, successor_id=False, target_team_id=self.team.id
        ).with_user(self.anna)
        request.line_ids.successor_id = self.chen
        self.bring(request, "transferred")
        self.assertEqual(self.defaults(alias)["user_id"], self.chen.id)
        # several of them: nobody knows who, and no more comes to who leaves
        again = self.make_request(
            records=records, predecessor_id=self.chen.id, successor_id=False,
            target_team_id=self.team.id, by=self.manager,
        ).with_user(self.manager)  # fmt: skip
        again.line_ids[0].successor_id = self.bruno
        again.line_ids[1].successor_id = self.anna
        self.bring(again, "transferred")
        self.assertFalse(self.defaults(alias)["user_id"])

    def test_a_whole_teams_handover_leaves_other_teams_alone(self):
        other = self.make_team("Other Team", self.anna)
        alias = self.address(other, user_id=self.anna.id)
        request = self.make_request(
            records=self.env["crm.lead"], by=self.leader, predecessor_id=False,
            source_team_id=self.team.id,
        )  # fmt: skip
        self.make_lead()
        request.with_user(self.leader).action_collect()
        self.bring(request.with_user(self.leader), "transferred")
        self.assertEqual(self.defaults(alias)["user_id"], self.anna.id)

    def test_mail_to_a_team_of_theirs_in_a_whole_teams_handover(self):
        alias = self.address(self.team, user_id=self.anna.id)
        request = self.make_request(
            records=self.env["crm.lead"], by=self.leader, predecessor_id=False,
            source_team_id=self.team.id,
        )  # fmt: skip
        self.make_lead()
        self.make_lead(self.chen)
        request.with_user(self.leader).action_collect()
        self.bring(request.with_user(self.leader), "transferred")
        self.assertEqual(self.defaults(alias)["user_id"], self.bruno.id)

    def test_what_is_not_theirs_stays(self):
        """A colleague's address, another company's, one of no team of theirs."""
        theirs = self.address(self.team, user_id=self.chen.id)
        strange = self.address(
            self.make_team("Strange", self.other), user_id=self.anna.id
        )
        self.anna.company_ids |= self.abroad
        abroad = self.address(
            self.make("crm.team", name="Abroad", company_id=self.abroad.id),
            user_id=self.anna.id,
        )
        before = [alias.alias_defaults for alias in (theirs, strange, abroad)]
        request = self.make_request()
        # that of the other company is counted
        self.assertEqual(
            self.findings(request),
            {("mail.alias", strange.id, "warning"), ("", 0, "warning")},
        )
        self.bring(request.with_user(self.anna), "transferred")
        after = [alias.alias_defaults for alias in (theirs, strange, abroad)]
        self.assertEqual(after, before)

    def test_a_project_that_was_declined_keeps_its_address(self):
        self.project.user_id = self.anna
        alias = self.address(self.project, user_ids=self.anna.ids)
        request = self.make_request("approved", self.project)
        request.with_user(self.bruno).line_ids.action_decline("No")
        request.with_user(self.approver).action_run()
        self.assertEqual(self.defaults(alias)["user_ids"], self.anna.ids)

    def test_nothing_moves_that_nobody_has_approved(self):
        """What came between submission and run is told, and stays."""
        request = self.make_request("submitted")
        alias = self.address(self.team, user_id=self.anna.id)
        self.assertEqual(
            self.findings(request, self.approver), {("mail.alias", alias.id, "warning")}
        )
        request.with_user(self.approver).action_approve()
        self.assertEqual(request.state, "transferred")
        self.assertEqual(self.defaults(alias)["user_id"], self.anna.id)

    def test_what_somebody_has_changed_since_is_left_alone(self):
        alias = self.address(self.team, user_id=self.anna.id)
        request = self.make_request("approved")
        alias.alias_defaults = repr({"user_id": self.chen.id})
        request.with_user(self.approver).action_run()
        self.assertEqual(self.defaults(alias), {"user_id": self.chen.id})
        self.assertEqual(request.inflow_outcome[0]["state"], "left")

    def test_it_goes_back_with_the_return(self):
        self.project.user_id = self.anna
        project = self.address(self.project, user_ids=[(4, self.anna.id)])
        team = self.address(self.team, user_id=self.anna.id)
        before = project.alias_defaults, team.alias_defaults
        request = self.make_request("transferred", self.project)
        self.assertNotEqual((project.alias_defaults, team.alias_defaults), before)
        request.with_user(self.approver).action_return()
        self.assertEqual((project.alias_defaults, team.alias_defaults), before)
        self.assertEqual({row["state"] for row in request.inflow_outcome}, {"returned"})

    def test_whatever_an_address_raises_holds_nothing_up(self):
        """A mistake in an add-on, or what the database refuses; both ways."""
        self.address(self.team, user_id=self.anna.id)
        Alias = self.env.registry["mail.alias"]
        mistake = patch.object(Alias, "write", side_effect=ZeroDivisionError("a slip"))
        logger = "odoo.addons.crm_handover.models.handover_engine"
        end = fields.Datetime.now() + timedelta(days=30)
        request = self.make_request("approved", kind="temporary", date_return=end)
        with mistake, mute_logger(logger):
            request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "transferred")
        [row] = request.inflow_outcome
        self.assertEqual(row["state"], "refused")
        # who looks after it is told, whichever kind of handover it is
        [todo] = request._todos("crm_handover.mail_activity_type_attention")
        self.assertIn("server's log", todo.note)
        self.assertIn("server's log", in_language(self.env, row["why"]))
        request = self.make_request("transferred")
        self.assertEqual(request.inflow_outcome[0]["state"], "moved")
        with mistake, mute_logger(logger):
            request.with_user(self.approver).action_return()
        self.assertEqual(request.state, "transferred")
        [row] = request.inflow_outcome
        self.assertEqual(row["state"], "moved")
        self.assertIn("server's log", in_language(self.env, row["why"]))

    def test_what_changed_meanwhile_does_not_go_back(self):
        alias = self.address(self.team, user_id=self.anna.id)
        request = self.make_request("transferred")
        alias.alias_defaults = repr({"user_id": self.chen.id})
        request.with_user(self.approver).action_return()
        self.assertEqual(self.defaults(alias), {"user_id": self.chen.id})
        self.assertEqual(request.inflow_outcome[0]["state"], "changed_since")

    def test_successors_are_not_told_of_the_rest(self):
        self.address(self.team, user_id=self.anna.id)
        request = self.make_request("submitted")
        self.assertTrue(self.findings(request, self.approver))
        self.assertFalse(self.findings(request, self.bruno))

    def test_wrong_defaults_stop_nothing(self):
        alias = self.address(self.team, user_id=self.anna.id)
        self.env.cr.execute(
            "UPDATE mail_alias SET alias_defaults = %s WHERE id = %s",
            (f"{{'user_id': {self.anna.id}", alias.id),
        )
        alias.invalidate_recordset()
        self.assertEqual(self.make_request("transferred").done_count, 1)


class TestRecurringTasks(NewWorkCase):
    def test_a_finished_step_comes_back_with_who_took_the_task_over(self):
        task = self.recurring(self.anna, steps=(self.anna, self.chen))
        step = task.child_ids.filtered(lambda step: step.user_ids == self.anna)
        request = self.make_request(records=task)
        self.assertEqual(self.findings(request), {("project.task", step.id, "info")})
        self.bring(request.with_user(self.anna), "transferred")
        coming = self.next_one(task)
        self.assertNotEqual(coming, task)
        self.assertEqual(coming.user_ids, self.bruno)
        self.assertEqual(coming.child_ids.user_ids, self.bruno | self.chen)
        # history is true: who did it, did it
        self.assertEqual(step.user_ids, self.anna)

    def test_after_the_return_it_comes_back_with_its_owner(self):
        task = self.recurring(self.anna, steps=(self.anna,))
        request = self.make_request("transferred", task)
        request.with_user(self.approver).action_return()
        self.assertEqual(self.next_one(task).child_ids.user_ids, self.anna)

    def test_a_step_goes_with_its_task_from_one_successor_to_the_next(self):
        task = self.recurring(self.anna, steps=(self.anna,))
        step = task.child_ids
        self.make_request("transferred", task)
        request = self.make_request(
            records=task, by=self.bruno, predecessor_id=self.bruno.id,
            successor_id=self.chen.id,
        )  # fmt: skip
        self.assertEqual(
            self.findings(request, self.bruno), {("project.task", step.id, "info")}
        )
        # whose it was first has nothing to do with it any more
        self.assertFalse(self.findings(self.make_request()))
        self.bring(request.with_user(self.bruno), "transferred")
        with self.env.cr.savepoint() as point:
            self.assertEqual(self.next_one(task).child_ids.user_ids, self.chen)
            point.rollback()
        self.env.invalidate_all()
        request.with_user(self.approver).action_return()
        self.assertEqual(self.next_one(task).child_ids.user_ids, self.bruno)

    def test_what_the_stand_in_has_done_says_that_the_next_one_stays_too(self):
        task = self.recurring(self.anna)
        request = self.make_request("transferred", task)
        task.with_user(self.bruno).state = "1_done"
        preview = request.with_user(self.leader).preview_return()
        self.assertEqual(preview["counts"], {"closed": 1})
        request.with_user(self.leader).action_return()
        message = request.line_ids.result_message
        self.assertIn("what came in its place", message)
        self.assertIn(message, [line["message"] for line in preview["lines"]])

    def test_steps_of_a_colleagues_task_are_told_and_stay(self):
        task = self.recurring(self.chen, steps=(self.anna,))
        request = self.make_request()
        self.assertEqual(
            self.findings(request), {("project.task", task.child_ids.id, "warning")}
        )
        self.assertIn("Monthly report", self.told(request))
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(self.next_one(task).child_ids.user_ids, self.anna)

    def test_ordinary_copies_are_as_before(self):
        task = self.recurring(self.anna, steps=(self.anna,))
        self.make_request("transferred", task)
        step = self.make_task(self.anna, parent_id=task.id, state="1_done")
        self.assertEqual(step.copy().user_ids, self.anna)


class TestSettings(NewWorkCase):
    def test_everything_else_is_named_with_who_changes_it(self):
        self.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        member = self.team.crm_team_member_ids.filtered(
            lambda member: member.user_id == self.anna
        )
        # whoever is in a team gets leads by themselves: also the others here
        self.team.crm_team_member_ids.assignment_max = 0
        member.assignment_max = 30
        led = self.make_team("Led", self.anna)
        kind = self.env["mail.activity.type"].create(
            {"name": "Visit", "default_user_id": self.anna.id}
        )
        self.env["ir.default"].set("crm.lead", "user_id", self.anna.id)
        default = self.env["ir.default"].search(
            [("field_id.name", "=", "user_id"), ("field_id.model", "=", "crm.lead")]
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "To Anna", "state": "object_write",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "update_path": "user_id", "resource_ref": f"res.users,{self.anna.id}",
            }
        )  # fmt: skip
        copying = self.env["ir.actions.server"].create(
            {
                "name": "Again", "state": "object_copy",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "crud_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "resource_ref": f"crm.lead,{self.make_lead().id}",
            }
        )  # fmt: skip
        gone = copying.copy({"name": "Of a model that is gone"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_act_server SET resource_ref = 'x_gone,3' WHERE id = %s", gone.ids
        )
        self.env.invalidate_all()
        asking = self.env["ir.actions.server"].create(
            {
                "name": "Call", "state": "next_activity",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "activity_user_type": "specific", "activity_user_id": self.anna.id,
            }
        )  # fmt: skip
        following = self.env["ir.actions.server"].create(
            {
                "name": "Follow", "state": "followers", "followers_type": "specific",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "partner_ids": [Command.set(self.anna.partner_id.ids)],
            }
        )  # fmt: skip
        equation, code, other = self.env["ir.actions.server"].create(
            [
                {
                    **values,
                    "name": "By rule", "update_path": "user_id",
                    "model_id": self.env["ir.model"]._get_id("crm.lead"),
                }
                for values in (
                    {
                        "state": "object_write", "evaluation_type": "equation",
                        "value": str(self.anna.id),
                    },
                    {
                        "state": "code",
                        "code": f"record.write({{'user_id': {self.anna.id}}})",
                    },
                    # the same number, and no person
                    {
                        "state": "code",
                        "code": f"record.write({{'color': {self.anna.id}}})",
                    },
                )
            ]
        )  # fmt: skip
        template = self.make_task(self.anna, name="Kick-off", is_template=True)
        begins = f"{{'default_user_id': {self.anna.id}}}"
        opening = self.env["ir.actions.act_window"].create(
            {"name": "New deal", "res_model": "crm.lead", "context": begins}
        )
        shared, mine = self.env["ir.filters"].create(
            [
                {
                    "name": name, "model_id": "project.task", "user_ids": users.ids,
                    "context": f"{{'default_user_ids': [{self.anna.id}]}}",
                }
                for name, users in (("All", self.anna.browse()), ("Mine", self.anna))
            ]
        )  # fmt: skip
        self.env["ir.filters"].create(
            {
                "name": "Old", "model_id": "project.task", "active": False,
                "context": f"{{'default_user_ids': [{self.anna.id}]}}",
            }
        )  # fmt: skip
        # of a method nobody knows what it opens
        button, _by_method = self.env["ir.embedded.actions"].create(
            [
                {
                    "name": "New", "parent_action_id": opening.id,
                    "parent_res_model": "crm.lead", "context": begins, **does,
                }
                for does in (
                    {"action_id": opening.id}, {"python_method": "action_set_won"},
                )
            ]
        )  # fmt: skip
        # the same number, and no new work
        self.env["ir.actions.act_window"].create(
            [
                {
                    "name": "Other", "res_model": "crm.lead",
                    "context": f"{{'{name}': {self.anna.id}}}",
                }
                for name in ("search_default_user_id", "default_color")
            ]
        )  # fmt: skip
        request = self.make_request()
        found = self.findings(request)
        self.assertNotIn((mine._name, mine.id, "warning"), found)
        self.assertNotIn((other._name, other.id, "warning"), found)
        # who leaves is left out of the assignment by the handover itself
        self.assertIn((member._name, member.id, "info"), found)
        for record in (
            led, kind, default, action, equation, code, copying, asking, following,
            template, opening, shared, button,
        ):  # fmt: skip
            with self.subTest(record=record._name):
                self.assertIn((record._name, record.id, "warning"), found)
        self.assertEqual(len(found), 14)
        self.assertIn("Sales/Administrator", self.told(request))
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(led.user_id, self.anna)
        self.assertEqual(kind.default_user_id, self.anna)
        self.assertEqual(template.user_ids, self.anna)

    def test_settings_of_another_company_are_counted(self):
        team = self.make("crm.team", name="Abroad", company_id=self.abroad.id)
        alias = self.address(team, user_id=self.anna.id)
        self.env["ir.default"].set(
            "crm.lead", "user_id", self.anna.id, company_id=self.abroad.id
        )
        request = self.make_request()
        self.assertEqual(self.findings(request), {("", 0, "warning")})
        self.assertIn("in another company as well. Settings: 2", self.told(request))
        self.anna.company_ids += self.abroad
        self.assertIn("in Abroad as well", self.told(request))
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(self.defaults(alias)["user_id"], self.anna.id)

    def test_what_says_something_else_in_each_company_is_told_of_this_one(self):
        model = self.env["ir.model"]._get("crm.team")
        for name in ("x_keeper_id", "x_helper_id"):
            self.env["ir.model.fields"].create(
                {
                    "name": name, "model_id": model.id, "ttype": "many2one",
                    "relation": "res.users", "company_dependent": True,
                    "field_description": name[2:8].title(),
                }
            )  # fmt: skip
        home, abroad = self.make_team("North", self.other), self.team
        home.with_company(self.company).write(
            {"x_keeper_id": self.anna.id, "x_helper_id": self.anna.id}
        )
        self.anna.company_ids += self.abroad
        abroad.with_company(self.abroad).x_keeper_id = self.anna
        places = (("crm.team", "x_keeper_id"), ("crm.team", "x_helper_id"))
        with patch(f"{INFLOW}.SETTINGS", places):
            request = self.make_request()
            self.assertEqual(
                self.findings(request),
                {("crm.team", home.id, "warning"), ("", 0, "warning")},
            )
            # once, however often it names them
            self.assertIn("“Keeper, Helper” of “North”", self.told(request))
            self.assertIn("in Abroad as well. Settings: 1", self.told(request))

    def test_who_is_archived_is_still_one_of_several_whom_a_setting_names(self):
        task = self.make_task(self.anna, self.chen)
        self.company.sudo().handover_archive_guard = False
        self.anna.active = False
        request = self.make_request(by=self.leader, predecessor_id=self.anna.id)
        with patch(f"{INFLOW}.SETTINGS", (("project.task", "user_ids"),)):
            self.assertIn(
                ("project.task", task.id, "warning"),
                self.findings(request, self.leader),
            )
            self.assertIn("“Assignees” of", self.told(request, self.leader))

    def test_of_many_settings_a_few_are_named_and_the_rest_is_counted(self):
        for number in range(8):
            self.make_team(f"Led {number}", self.anna)
        request = self.make_request()
        self.assertEqual(len(self.findings(request)), 6)
        self.assertIn("more of the same kind (Sales Team): 3", self.told(request))

    def test_who_looks_after_it_has_one_todo_for_what_stays(self):
        self.make_team("Led", self.anna)
        request = self.make_request("transferred", by=self.manager)
        todo = request.activity_ids.filtered(
            lambda a: (
                a.activity_type_id
                == self.env.ref("crm_handover.mail_activity_type_attention")
            )
        )
        self.assertEqual(todo.user_id, self.manager)
        self.assertIn("Led", todo.note)
        # others on the handover read neither it nor that there is one
        for user in (self.anna, self.bruno):
            theirs = request.with_user(user)
            theirs.invalidate_recordset()
            self.assertNotIn(todo, theirs.activity_ids)
            with self.assertRefused(AccessError):
                todo.with_user(user).read(["note"])
        self.assertTrue(todo.with_user(self.approver).read(["note"]))

    def test_without_such_settings_nothing_is_said(self):
        request = self.make_request("transferred")
        self.assertFalse(request.inflow_outcome)
        self.assertFalse(request.activity_ids)
        self.assertNotIn("redirected", request.event_ids.mapped("code"))

    def test_an_absence_asks_nobody_to_change_settings(self):
        self.make_team("Led", self.anna)
        later = fields.Datetime.now() + timedelta(days=3)
        request = self.make_request("transferred", kind="temporary", date_return=later)
        self.assertFalse(request.activity_ids)

    def test_the_dialog_tells_it_before(self):
        self.make_lead()
        self.address(self.make_team("Strange", self.other), user_id=self.anna.id)
        wizard = self.env["handover.request.prepare"].with_user(self.anna)
        wizard = wizard.with_company(self.company).create(
            {"predecessor_id": self.anna.id}
        )
        [row] = [r for r in wizard.portfolio["staying"] if r["name"] == "New work"]
        self.assertIn("becomes work of Anna", row["why"])
