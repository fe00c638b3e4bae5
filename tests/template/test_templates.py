"""Templates: who keeps and uses them, whom their roles find, and what they fill."""

from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from odoo.addons.crm_handover_template.hooks import uninstall_hook

from ..common import SALESMAN, HandoverCommon

REASON = "crm_handover_template.reason_next_phase"


class TemplateCommon(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.make_team("North", cls.chen)
        cls.deals = cls.env.ref("crm_handover.scope_crm_lead")
        cls.tasks = cls.env.ref("crm_handover.scope_project_task")
        cls.customers = cls.env.ref("crm_handover.scope_res_partner")

    @classmethod
    def make_template(cls, *rows, **values):
        """A template of the company with these rows, in this order."""
        roles = [
            Command.create({"sequence": number, **row})
            for number, row in enumerate(rows)
        ]
        return cls.make("handover.template", name="Usual", role_ids=roles, **values)

    @classmethod
    def leader_of(cls, team, **values):
        return {"role": "team_leader", "team_id": team.id, **values}

    @classmethod
    def person(cls, user, **values):
        return {"role": "user", "user_id": user.id, **values}

    def draft(self, *records, by=None, **values):
        """A draft of Anna's that names nobody yet."""
        request = self.make_request(
            records=False, by=by, successor_id=False, reason_id=False, **values
        )
        for record in records:
            request.with_user(by or self.anna).add_records(record._name, record.ids)
        return request.with_user(by or self.anna)

    def takers(self, request):
        lines = request.sudo().line_ids
        return {
            self.env[line.res_model].browse(line.res_id): line.successor_id
            for line in lines
        }


class TestRights(TemplateCommon):
    def test_managers_keep_templates_and_delete_none(self):
        template = self.make_template(self.leader_of(self.north))
        values = {"name": "Mine", "company_id": self.company.id}
        row = {"template_id": template.id, "role": "leader"}
        for login in ("anna", "leader", "approver", "projectuser"):
            user = getattr(self, login)
            mine = template.with_user(user)
            self.assertEqual(mine.role_ids.team_id, self.north)
            for change in (
                lambda mine=mine: mine.create(values),
                lambda mine=mine: mine.write({"name": "Mine"}),
                lambda mine=mine: mine.role_ids.create(row),
                lambda mine=mine: mine.role_ids.write({"role": "leader"}),
                lambda mine=mine: mine.role_ids.unlink(),
            ):
                with self.subTest(login), self.assertRefused(AccessError):
                    change()
        kept = template.with_user(self.manager)
        kept.create(values)
        kept.write({"role_ids": [Command.clear()], "active": False})
        for user in (self.manager, self.admin):
            with self.assertRefused(AccessError):
                kept.with_user(user).unlink()
        for user in (self.employee, self.portal, self.foreigner):
            with self.subTest(user.name), self.assertRefused(AccessError):
                kept.with_user(user).read(["name"])
            with self.subTest(user.name), self.assertRefused(AccessError):
                kept.with_user(user).role_ids.read(["role"])

    def test_only_who_edits_the_draft_uses_one(self):
        template = self.make_template(self.person(self.chen))
        request = self.draft(self.make_lead())
        for user in (self.bruno, self.leader, self.other, self.foreigner, self.portal):
            with self.subTest(user.name), self.assertRefused(AccessError):
                request.with_user(user).action_use_template(template.id)
        self.assertTrue(
            request.with_user(self.manager).action_use_template(template.id)
        )
        self.assertEqual(request.successor_id, self.chen)
        submitted = self.make_request("submitted").with_user(self.anna)
        with self.assertRefused(UserError, "no draft"):
            submitted.action_use_template(template.id)

    def test_a_template_of_another_company_or_archived_is_refused(self):
        theirs = self.env["handover.template"].create(
            {"name": "Theirs", "company_id": self.abroad.id}
        )
        request = self.draft(self.make_lead())
        for id_ in (theirs.id, 2**31 - 7):
            with self.assertRefused(AccessError, "does not exist, or you may not"):
                request.action_use_template(id_)
        both = self.foreigner
        both.company_ids |= self.company
        request = request.with_user(both).with_context(
            allowed_company_ids=both.company_ids.ids
        )
        with self.assertRefused(UserError, "Theirs is for Abroad: choose another"):
            request.action_use_template(theirs.id)
        ours = self.make_template(active=False)
        with self.assertRefused(UserError, "Usual is archived: choose another"):
            request.action_use_template(ours.id)

    def test_a_row_says_all_that_its_role_needs(self):
        for row, why in (
            ({"role": "team_leader"}, "choose the team"),
            ({"role": "pool"}, "choose the team"),
            ({"role": "user"}, "choose the person"),
            ({"role": "project_manager", "part": "approver"}, "only who takes over"),
            (
                self.person(self.chen, part="coordinator", scope_ids=self.tasks.ids),
                "only who takes over",
            ),
        ):
            with self.subTest(row), self.assertRaisesRegex(ValidationError, why):
                self.make_template(row)
        # a team's name is for who works in its company
        for values in (
            {"role_ids": [Command.create(self.leader_of(self.north))]},
            {"target_team_id": self.north.id},
        ):
            values |= {"name": "Shared", "company_id": False}
            with self.assertRaisesRegex(ValidationError, "is a team of Home"):
                self.env["handover.template"].create(values)


class TestRoles(TemplateCommon):
    def test_who_a_role_is_is_looked_up_when_it_is_used(self):
        lead, customer = self.make_lead(), self.make_customer()
        manager = self.make_user("delivery", "project.group_project_manager")
        self.project.user_id = manager
        task, other = self.make_task(), self.make_task()
        other.project_id = self.make("project.project", name="Old", user_id=False)
        template = self.make_template(
            {"role": "project_manager", "scope_ids": self.tasks.ids},
            self.leader_of(self.north, scope_ids=(self.tasks + self.deals).ids),
            {"role": "leader"},
            self.person(self.manager, part="coordinator"),
            self.person(self.approver, part="approver"),
        )
        request = self.draft(lead, customer, task, other)
        version = request.version
        request.action_use_template(template.id)
        self.assertEqual(
            self.takers(request),
            {
                lead: self.chen, customer: self.leader, task: manager,
                other: self.chen,
            },
        )  # fmt: skip
        self.assertGreater(request.version, version)
        self.assertEqual(request.successor_id, self.leader)
        self.assertEqual(
            (request.coordinator_id, request.approver_id), (self.manager, self.approver)
        )
        event = request.event_ids.filtered(lambda one: one.code == "template_used")
        self.assertEqual((event.actor_id, event.summary), (self.anna, "Usual"))
        self.assertTrue(request.verify()["ok"])
        # the next one, once others have these roles
        self.north.user_id, self.team.user_id = self.bruno, self.other
        again = self.draft(lead, customer)
        again.action_use_template(template.id)
        self.assertEqual(self.takers(again), {lead: self.bruno, customer: self.other})

    def test_nobody_is_found_and_nothing_changes(self):
        lead = self.make_lead()
        archived = self.make_user("gone", "sales_team.group_sale_salesman")
        archived.active = False
        request = self.draft(lead)
        nobodys = self.make_team("Nobody's", self.env["res.users"])
        closed = self.make_team("Closed", self.env["res.users"])
        for row, why in (
            (self.leader_of(nobodys), r"Leader of the team \(Nobody's\): there is no"),
            (self.person(archived), r"This person \(Gone\): Gone has left"),
            (self.person(self.foreigner), "Foreigner does not work in Home"),
            (self.person(self.employee), "Employee has no access to handovers"),
            (self.person(self.anna), "it is Anna, who hands over"),
            ({"role": "pool", "team_id": closed.id}, "nobody could take records"),
            ({"role": "project_manager"}, "no single manager of a project"),
            ({"role": "employee_manager"}, "there is nobody"),
            (self.person(self.bruno, part="approver"), "Bruno may not decide"),
            (self.person(archived, part="coordinator"), "Gone has left"),
        ):
            template = self.make_template(row, purpose="Changed")
            with (
                self.subTest(row),
                self.assertRefused(UserError, f"Usual.*{why}.*add another row"),
            ):
                request.action_use_template(template.id)
            self.assertFalse(request.purpose)
            self.assertFalse(request.line_ids.successor_id)
        # who hands over leads their own team
        self.team.user_id = self.anna
        template = self.make_template({"role": "leader"}, self.leader_of(self.north))
        request.action_use_template(template.id)
        self.assertEqual(self.takers(request), {lead: self.chen})

    def test_the_pool_takes_what_it_can_hold_and_the_leader_the_rest(self):
        self.north.crm_team_member_ids = [Command.create({"user_id": self.bruno.id})]
        lead, task = self.make_lead(), self.make_task()
        pool = {"role": "pool", "team_id": self.north.id}
        request = self.draft(lead, task)
        request.action_use_template(self.make_template(pool).id)
        lines = {line.res_model: line for line in request.line_ids}
        self.assertEqual(lines["crm.lead"].pool_team_id, self.north)
        self.assertFalse(lines["crm.lead"].successor_id)
        self.assertEqual(lines["project.task"].successor_id, self.chen)
        self.assertTrue(request.to_pool)

    def test_what_a_pool_without_a_leader_cannot_hold_goes_on_to_the_next_row(self):
        south = self.make_team("South", self.env["res.users"], self.bruno)
        task = self.make_task()
        template = self.make_template(
            {"role": "pool", "team_id": south.id}, self.leader_of(self.north)
        )
        request = self.draft(task)
        request.action_use_template(template.id)
        self.assertEqual(self.takers(request), {task: self.chen})

    def test_no_kind_that_goes_makes_a_row_one_for_all(self):
        kind = self.tasks.copy({"name": "Chores"})
        template = self.make_template(
            self.person(self.chen, scope_ids=kind.ids), {"role": "leader"}
        )
        only = self.make_template(self.person(self.bruno), scope_ids=kind.ids)
        kind.active = False
        self.env.invalidate_all()
        lead = self.make_lead()
        request = self.draft(lead)
        request.action_use_template(template.id)
        self.assertEqual(self.takers(request), {lead: self.leader})
        self.assertFalse(only._kinds())
        kind.unlink()
        self.assertEqual(template.role_ids.mapped("role"), ["leader"])
        self.assertFalse(only.active)

    def test_projects_of_other_companies_say_nothing_about_a_customer(self):
        customer = self.make_customer(company_id=False)
        manager = self.make_user("delivery", "project.group_project_manager")
        for company, user in ((self.company, manager), (self.abroad, self.foreigner)):
            self.env["project.project"].create(
                {
                    "name": "Hidden", "company_id": company.id,
                    "partner_id": customer.id, "user_id": user.id,
                    "privacy_visibility": "followers",
                }
            )  # fmt: skip
        request = self.draft(customer)
        template = self.make_template({"role": "project_manager"})
        request.action_use_template(template.id)
        self.assertEqual(self.takers(request), {customer: manager})
        # who uses it learns whom it finds, and nothing of the project
        hidden = self.env["project.project"].search([("name", "=", "Hidden")])
        self.assertFalse(hidden.with_user(self.anna)._filtered_access("read"))
        told = (request.event_ids.mapped("summary"), request.message_ids.mapped("body"))
        self.assertNotIn("Hidden", str(told))

    def test_a_team_hands_over_to_whoever_is_not_the_owner(self):
        mine, chens = self.make_lead(), self.make_lead(self.chen, team_id=self.team.id)
        template = self.make_template(
            self.person(self.chen, scope_ids=self.deals.ids),
            self.person(self.bruno, scope_ids=self.deals.ids),
        )
        request = self.make_request(
            records=False, by=self.leader, predecessor_id=False, successor_id=False,
            source_team_id=self.team.id,
        ).with_user(self.leader)  # fmt: skip
        request.add_records("crm.lead", (mine + chens).ids)
        request.action_use_template(template.id)
        self.assertEqual(self.takers(request), {mine: self.chen, chens: self.bruno})

    def test_the_manager_of_the_employee_is_that_of_each_giver_of_a_team(self):
        Users = type(self.env["res.users"])
        managers = {self.anna.id: self.leader | self.chen, self.chen.id: self.bruno}

        def theirs(user, company):
            return managers[user.id].sudo()

        self.startPatcher(patch.object(Users, "_handover_managers", theirs))
        mine, chens = self.make_lead(), self.make_lead(self.chen)
        template = self.make_template({"role": "employee_manager"})
        request = self.make_request(
            records=False, by=self.leader, predecessor_id=False, successor_id=False,
            source_team_id=self.team.id,
        ).with_user(self.leader)  # fmt: skip
        request.add_records("crm.lead", (mine + chens).ids)
        request.action_use_template(template.id)
        self.assertEqual(self.takers(request), {mine: self.leader, chens: self.bruno})
        # of all of the team whoever manages all of them
        row = {"role": "employee_manager", "part": "coordinator"}
        template = self.make_template({"role": "employee_manager"}, row)
        with self.assertRefused(UserError, "there is nobody"):
            request.action_use_template(template.id)
        managers[self.chen.id] = self.bruno | self.leader
        request.action_use_template(template.id)
        self.assertEqual(request.coordinator_id, self.leader)
        # of several people in a draft that is not saved as well
        draft = self.Request.with_user(self.manager).new(
            {"predecessor_ids": [Command.set((self.anna | self.chen).ids)]}
        )
        none = self.env["res.users"]
        self.assertEqual(template.role_ids[0]._candidates(draft, none), self.leader)
        draft = self.Request.new({"source_team_id": self.team.id})
        self.assertFalse(template.role_ids[0]._candidates(draft, none))

    def test_none_of_several_who_hand_over_looks_after_their_own_going(self):
        mine, chens = self.make_lead(), self.make_lead(self.chen)
        request = self.make_request(
            records=False, by=self.manager, predecessor_id=False, successor_id=False,
            predecessor_ids=[Command.set((self.anna | self.chen).ids)],
        ).with_user(self.manager)  # fmt: skip
        request.add_records("crm.lead", (mine + chens).ids)
        # the leader of North is Chen
        led = self.leader_of(self.north, part="coordinator")
        taking = self.person(self.bruno)
        with self.assertRefused(UserError, "it is Chen, who hands over"):
            request.action_use_template(self.make_template(taking, led).id)
        next_one = self.person(self.leader, part="coordinator")
        request.action_use_template(self.make_template(taking, led, next_one).id)
        self.assertEqual(request.coordinator_id, self.leader)
        # each of them may take over from the others
        across = self.make_template(self.person(self.chen), self.person(self.anna))
        request.action_use_template(across.id)
        self.assertEqual(self.takers(request), {mine: self.chen, chens: self.anna})

    def test_options_and_kinds_are_filled(self):
        lead, customer = self.make_lead(), self.make_customer()
        values = {
            "move_meetings": False, "elsewhere": "owners", "guest_meetings": "seat",
            "late_records": "along", "predecessor_access": "read",
            "predecessor_follows": True,
        }  # fmt: skip
        template = self.make_template(
            self.leader_of(self.north), scope_ids=self.deals.ids, access_days=7,
            freeze=True, purpose="Move on", reason_id=self.reason.id, **values,
        )  # fmt: skip
        planned = fields.Datetime.now().replace(microsecond=0) + timedelta(days=3)
        request = self.draft(date_planned=planned)
        request.action_use_template(template.id)
        self.assertRecordValues(request, [values])
        self.assertEqual(request.reason_id, self.reason)
        self.assertEqual(request.purpose, "Move on")
        self.assertEqual(request.date_access_end, planned + timedelta(days=7))
        self.assertTrue(request.date_freeze)
        # another one says for itself whether it is frozen
        template.freeze = False
        request.action_use_template(template.id)
        self.assertFalse(request.date_freeze)
        # nor is a team's
        template.freeze = True
        whole = self.draft(
            by=self.leader, predecessor_id=False, source_team_id=self.team.id
        )
        whole.action_use_template(template.id)
        self.assertFalse(whole.date_freeze)
        self.assertEqual(self.takers(request), {lead: self.chen})
        self.assertOwner(customer, self.anna)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.assertTrue(request.with_user(self.manager).verify()["ok"])

    def make_plan(self, name, **values):
        """A plan of one step, with one topic of training where there is training."""
        topics = {}
        if "handover_topic_ids" in self.env["mail.activity.plan"]._fields:
            topic = Command.create({"name": f"Topic of {name}"})
            topics = {"handover_topic_ids": [topic]}
        step = {"summary": f"Step of {name}", "responsible_type": "on_demand"}
        step["activity_type_id"] = self.env.ref("mail.mail_activity_data_todo").id
        return self.make(
            "mail.activity.plan", name=name, res_model="handover.request",
            template_ids=[Command.create(step)], **topics, **values,
        )  # fmt: skip

    def test_two_templates_of_one_reason_have_each_their_own_plan_and_topics(self):
        usual = self.make_plan("reason")
        self.reason.plan_id = usual
        taking, found = self.person(self.bruno), {}
        plans = {name: self.make_plan(name) for name in ("one", "two")}
        plans["none"] = self.env["mail.activity.plan"]
        for name, plan in plans.items():
            template = self.make_template(
                taking, reason_id=self.reason.id, plan_id=plan.id
            )
            request = self.draft(self.make_lead(name=name))
            request.action_use_template(template.id)
            self.assertEqual(request.plan_id, plan)
            request.action_submit()
            topics = ()
            if "training_topic_ids" in request._fields:
                topics = request.training_topic_ids.mapped("name")
                self.assertEqual(topics, [f"Topic of {plan.name or 'reason'}"])
            found[name] = request.step_ids.mapped("summary")
        self.assertEqual(
            found, {"one": ["Step of one"], "two": ["Step of two"],
                    "none": ["Step of reason"]},
        )  # fmt: skip
        # by hand another reason brings its own
        request = self.draft(self.make_lead())
        request.action_use_template(
            self.make_template(taking, plan_id=plans["one"].id).id
        )
        self.assertEqual(request._reason_plan(), plans["one"])
        request.reason_id = self.reason
        self.assertEqual(request._reason_plan(), usual)
        with self.assertRefused(UserError):
            request.plan_id = plans["one"]
        # of another company, or not of handovers
        theirs = self.make_plan("theirs", company_id=self.abroad.id)
        leads = self.make("mail.activity.plan", name="L", res_model="crm.lead")
        for plan, why in ((theirs, "a plan of Abroad"), (leads, "a plan of handovers")):
            with self.assertRaisesRegex(ValidationError, why):
                self.make_template(taking, plan_id=plan.id)

    def test_what_the_successor_lacks_is_proposed_where_the_template_says_so(self):
        for proposes in (False, True):
            request = self.draft(self.make_lead())
            template = self.make_template(
                self.person(self.projectuser), propose_permissions=proposes
            )
            for _time in range(2):
                request.action_use_template(template.id)
                found = request.grant_ids.mapped(lambda one: (one.user_id, one.state))
                wanted = [(self.projectuser, "proposed")] if proposes else []
                self.assertEqual(found, wanted)


class TestDialogs(TemplateCommon):
    def test_the_dialog_is_filled_and_what_is_chosen_stays(self):
        self.make_lead()
        self.make_customer()
        template = self.make_template(
            self.leader_of(self.north),
            self.person(self.bruno, scope_ids=self.deals.ids),
            scope_ids=(self.deals + self.customers).ids, reason_id=self.reason.id,
            by_default=True, late_records="along",
        )  # fmt: skip
        self.env["handover.template"].create(
            {"name": "All", "reason_id": self.reason.id, "by_default": True}
        )
        task = self.make_task()
        dialogs = self.env["handover.request.prepare"].with_user(self.anna)
        dialogs = dialogs.with_company(self.company)
        with Form(dialogs) as form:
            # the company's own template goes with its reason
            form.reason_id = self.reason
            self.assertEqual(form.template_id, template)
            self.assertEqual(form.successor_id, self.chen)
            self.assertIn("Leader of the team (North)", form.template_told)
        wizard = form.record
        self.assertIn(self.tasks.id, wizard.left_out)
        request = self.Request.browse(wizard.action_prepare()["res_id"])
        lines = request.line_ids
        self.assertNotIn(task.id, lines.filtered(
            lambda line: line.res_model == task._name
        ).mapped("res_id"))  # fmt: skip
        self.assertEqual(
            {line.res_model: line.successor_id for line in lines},
            {"crm.lead": self.bruno, "res.partner": self.chen},
        )
        self.assertEqual(request.late_records, "along")
        with Form(dialogs) as form:
            form.template_id = template
            form.successor_id = self.other
        request = self.Request.browse(form.record.action_prepare()["res_id"])
        self.assertEqual(
            {line.res_model: line.successor_id for line in request.line_ids},
            {"crm.lead": self.bruno, "res.partner": self.other},
        )
        # whom one template has found is nobody's choice for another one
        other = self.make_template({"role": "leader"})
        vacant = self.make_template({"role": "project_manager"})
        with Form(dialogs) as form:
            form.template_id = template
            form.template_id = other
            self.assertEqual(form.successor_id, self.leader)
            form.template_id = vacant
            self.assertFalse(form.successor_id)
        # a script, which fills nothing
        made = dialogs.create({"template_id": template.id})
        request = self.Request.browse(made.action_prepare()["res_id"])
        self.assertEqual(set(request.line_ids.mapped("res_model")), {
            "crm.lead", "res.partner"
        })  # fmt: skip
        self.assertEqual(request.successor_id, self.chen)

    def test_nobody_learns_by_the_dialog_whom_a_template_finds_for_others(self):
        """A form that says that nothing hinders is not believed, saved or not."""
        template = self.make_template(self.leader_of(self.north))
        dialogs = self.env["handover.request.prepare"].with_user(self.other)
        dialogs = dialogs.with_company(self.company)
        spec = {"successor_id": {}, "obstacle": {}, "portfolio": {}}
        for dialog in (dialogs, dialogs.create({})):
            for told in ({"obstacle": False}, {"obstacle": "", "portfolio": "x"}):
                answers = {}
                for giver in (self.other, self.anna):
                    sent = {"predecessor_id": giver.id, "template_id": template.id}
                    answer = dialog.onchange({**sent, **told}, ["template_id"], spec)
                    answers[giver] = answer["value"].get("successor_id")
                    self.env.invalidate_all()
                self.assertEqual(answers, {self.other: self.chen.id, self.anna: None})

    def test_a_template_is_used_on_a_draft(self):
        template = self.make_template(self.leader_of(self.north))
        request = self.draft(self.make_lead())
        dialogs = self.env["handover.request.template"]
        values = {"request_id": request.id, "template_id": template.id}
        dialog = dialogs.with_user(self.anna).create(values)
        self.assertIn("North", dialog.template_told)
        dialog.action_use()
        self.assertEqual(request.successor_id, self.chen)
        with self.assertRefused(AccessError):
            dialogs.with_user(self.other).create(values)


class TestNextPhase(TemplateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("crm_handover_template.template_won_deal")
        groups = f"{SALESMAN},project.group_project_manager"
        cls.manager_there = cls.make_user("delivery", groups)
        cls.customer = cls.make_customer(is_company=True)
        contact = cls.make_customer(cls.other, parent_id=cls.customer.id)
        cls.deal = cls.make_lead(partner_id=contact.id, expected_revenue=900)
        cls.task = cls.make_task(partner_id=cls.customer.id)
        cls.own = cls.make_task(name="Other")

    def dialog(self, deals=None, user=None, **values):
        action = self.env.ref(
            "crm_handover_template.handover_request_generate_action_won"
        )
        self.assertEqual(action.binding_view_types, "list,kanban,form")
        context = {
            "active_model": "crm.lead", "active_ids": (deals or self.deal).ids,
            "default_template_id": self.template.id, "default_although_closed": True,
            "default_with_customer": True, "default_with_tasks": True,
        }  # fmt: skip
        self.assertEqual(action.context, str({
            key: value for key, value in context.items() if key.startswith("default")
        }))  # fmt: skip
        dialogs = self.env["handover.request.generate"].with_user(user or self.anna)
        return dialogs.with_context(**context).create(values)

    def test_a_won_deal_goes_to_delivery_and_its_credit_stays(self):
        project = self.make(
            "project.project", name="Delivery", partner_id=self.customer.id,
            user_id=self.manager_there.id,
        )  # fmt: skip
        self.task.project_id = project
        dialog = self.dialog()
        self.assertIn("won deals", dialog.obstacle)
        with self.assertRefused(UserError, "is for won deals"):
            dialog.action_generate()
        self.deal.action_set_won()
        self.deal.date_closed = fields.Datetime.now() - timedelta(days=1)
        self.env.flush_all()
        dialog = self.dialog()
        request = self.Request.browse(dialog.action_generate()["res_id"])
        self.assertEqual(
            self.takers(request),
            dict.fromkeys((self.deal, self.customer, self.task), self.manager_there),
        )
        deal = request.line_ids.filtered(lambda line: line.res_model == "crm.lead")
        self.assertTrue(deal.although_closed)
        self.assertEqual(request.reason_id, self.template.reason_id)
        self.assertFalse(request._is_farewell())
        # who may not open deals is found, and the check says so
        self.manager_there.group_ids -= self.env.ref(SALESMAN)
        found = request.with_user(self.anna).preflight()["findings"]
        self.assertIn("Delivery has no access", str(found))
        self.manager_there.group_ids += self.env.ref(SALESMAN)
        self.bring(request.with_user(self.anna), "transferred")
        self.assertTrue(request.step_ids)
        self.assertTrue(request.with_user(self.manager_there).can_confirm)
        for record in (self.deal, self.customer, self.task):
            self.assertOwner(record, self.manager_there)
        self.assertOwner(self.own, self.anna)
        row = self.env["handover.credit"].search([("lead_id", "=", self.deal.id)])
        self.assertEqual((row.owner_id, row.user_id), (self.anna, self.anna))
        self.assertEqual((row.present_id, row.value), (self.manager_there, 900))

    def test_a_deal_goes_to_the_manager_of_what_was_sold_with_it(self):
        """Not to whoever has an older project of the customer.

        With the app that sells projects it is tried where that is installed, see smoke.
        """
        manager = self.make_user("newer", f"{SALESMAN},project.group_project_manager")
        for name, user in (("Old", self.manager_there), ("New", manager)):
            project = self.make(
                "project.project", name=name, partner_id=self.customer.id,
                user_id=user.id,
            )  # fmt: skip
        order = self.make(
            "sale.order", partner_id=self.deal.partner_id.id, user_id=self.anna.id,
            opportunity_id=self.deal.id,
        )  # fmt: skip
        sold = {order: project}

        def projects_sold(_self, orders):
            return project.browse().union(*(sold[one] for one in orders if one in sold))

        Role = type(self.env["handover.template.role"])
        self.startPatcher(patch.object(Role, "_projects_sold", projects_sold))
        role = self.template.role_ids.filtered(
            lambda row: row.role == "project_manager"
        )[:1]
        find = partial(role._managers, self.deal, self.company)
        self.assertEqual(find(), {self.deal.id: manager})
        sold[order.copy()] = project.copy({"user_id": self.chen.id})
        self.assertFalse(find(), "of two nobody is guessed")
        order._action_cancel()
        self.assertEqual(find(), {self.deal.id: self.chen})

    def test_without_a_project_it_goes_to_the_leader_and_what_is_not_chosen_stays(self):
        self.deal.action_set_won()
        dialog = self.dialog(with_customer=False, with_tasks=False)
        request = self.Request.browse(dialog.action_generate()["res_id"])
        self.assertEqual(self.takers(request), {self.deal: self.leader})
        # a tick that was taken away stays away
        dialog = self.dialog(although_closed=False)
        request = self.Request.browse(dialog.action_generate()["res_id"])
        self.assertNotIn(True, request.line_ids.mapped("although_closed"))
        # a script has what the template says
        dialogs = self.env["handover.request.generate"].with_user(self.anna)
        values = {"res_model": "crm.lead", "res_ids": self.deal.ids}
        made = dialogs.create({**values, "template_id": self.template.id})
        request = self.Request.browse(made.action_generate()["res_id"])
        self.assertTrue(request.line_ids.although_closed)
        # what is open is none of its business
        request = self.draft(self.make_lead())
        with self.assertRefused(UserError, "is for won deals"):
            request.action_use_template(self.template.id)
        # of who is in no team, nobody is found
        deal = self.make_lead(self.other)
        deal.action_set_won()
        with self.assertRefused(UserError, "Manager of the project: no single"):
            self.dialog(deal, self.other).action_generate()
        self.assertOwner(deal, self.other)
        dialog = self.dialog(deal, self.other, successor_id=self.bruno.id)
        request = self.Request.browse(dialog.action_generate()["res_id"])
        self.assertEqual(self.takers(request), {deal: self.bruno})

    def test_the_reason_of_handovers_outlives_the_add_on(self):
        uninstall_hook(self.env)
        reason = self.template.reason_id
        self.assertEqual(self.env.ref(REASON), reason)
        self.draft(self.make_lead()).reason_id = reason
        uninstall_hook(self.env)
        self.assertFalse(self.env.ref(REASON, False))
        self.assertTrue(reason.exists())
