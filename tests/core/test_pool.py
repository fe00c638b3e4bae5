"""What goes to nobody yet: a team's pool, who takes from it, what goes back."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..common import MANAGER, PROJECT_USER, SALESMAN, HandoverCommon

POOL = "crm_handover.mail_activity_type_pool"


class TestPool(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls.make_user("head", SALESMAN)
        cls.dora = cls.make_user("dora", SALESMAN)
        cls.eva = cls.make_user("eva", SALESMAN)
        cls.north = cls.make_team("North", cls.head, cls.dora, cls.eva)
        cls.leads = cls.make_lead(name="One", expected_revenue=100) | cls.make_lead(
            name="Two", expected_revenue=50
        )

    def pooled(self, state="transferred", records=None, **values):
        values = {
            "successor_id": False, "target_team_id": self.north.id, "to_pool": True,
            **values,
        }  # fmt: skip
        return self.make_request(state, records or self.leads, **values)

    def line(self, request, user, record=None):
        record = record or self.leads[0]
        lines = request.sudo().line_ids
        line = lines.filtered(lambda line: line.res_id == record.id)
        return line.with_user(user)

    def assertInOrder(self, request):
        answer = request.with_user(self.manager).verify()
        self.assertEqual(answer["problems"], [])

    # ------------------------------------------------------------
    # INTO THE POOL
    # ------------------------------------------------------------

    def test_a_team_that_is_archived_meanwhile_keeps_the_draft_back(self):
        draft = self.pooled("draft").with_user(self.anna)
        self.north.active = False
        self.env.invalidate_all()
        self.assertFalse(draft.can_go_on)
        check = draft.preflight()
        self.assertFalse(check["ok"])
        codes = {finding["code"] for finding in check["findings"]}
        self.assertGreaterEqual(codes, {"rejected", "pool_without_people"})

    def test_a_whole_handover_goes_to_nobody_yet(self):
        todo = self.make_todo(self.leads[0])
        meeting = self.make_meeting(self.leads[0])
        before = self.leads.mapped("date_open")
        request = self.pooled()
        self.assertEqual(set(self.codes(request).values()), {"done"})
        self.assertFalse(self.leads.user_id)
        self.assertEqual(self.leads.team_id, self.north)
        self.assertEqual(self.leads.mapped("date_open"), before)
        # who has to decide on it has the to-dos; the meeting stays until somebody does
        self.assertEqual(todo.user_id, self.head)
        self.assertEqual(meeting.user_id, self.anna)
        self.assertNotIn(self.anna.partner_id, self.leads[0].message_partner_ids)
        note = self.leads[0].message_ids[:1]
        self.assertIn("the pool of North", note.body)
        self.assertInOrder(request)
        # nobody took over: the predecessor alone confirms
        self.assertEqual(request.pending_user_ids, self.anna)
        request.with_user(self.anna).action_confirm()
        self.assertEqual(request.state, "done")

    def test_what_no_pool_can_hold_goes_to_the_leader(self):
        customer, task = self.make_customer(), self.make_task()
        draft = self.pooled("draft", self.leads)
        draft.with_user(self.anna).add_records("res.partner", customer.ids)
        draft.with_user(self.anna).add_records("project.task", task.ids)
        lines = draft.line_ids.grouped("res_model")
        self.assertEqual(lines["crm.lead"].pool_team_id, self.north)
        self.assertFalse(lines["crm.lead"].successor_id)
        for model in ("res.partner", "project.task"):
            self.assertEqual(lines[model].successor_id, self.head)
            with self.assertRaises(ValidationError):
                lines[model].with_user(self.anna).pool_team_id = self.north
        findings = {
            f["code"]: f for f in draft.with_user(self.anna).preflight()["findings"]
        }
        self.assertIn("North", findings["pool"]["message"])
        self.assertNotIn("no_successor", findings)

    def test_a_line_goes_to_a_successor_or_to_a_pool(self):
        draft = self.make_request("draft", self.leads).with_user(self.anna)
        line, other = draft.line_ids
        line.pool_team_id = self.north
        self.assertFalse(line.successor_id)
        line.successor_id = self.chen
        self.assertFalse(line.pool_team_id)
        with self.assertRaises(ValidationError):
            line.write({"successor_id": self.chen.id, "pool_team_id": self.north.id})
        other.pool_team_id = self.north
        # whoever chose keeps the choice when the handover's own one changes
        draft.successor_id = self.other
        self.assertEqual(other.pool_team_id, self.north)
        draft.write({"successor_id": False, "target_team_id": self.team.id})
        draft.to_pool = True
        self.assertEqual(other.pool_team_id, self.north)
        self.assertEqual(draft.pool_team_ids, self.north | self.team)
        draft.successor_id = self.bruno
        self.assertFalse(draft.to_pool)
        with self.assertRaises(ValidationError):
            draft.write({"to_pool": True})
        away = self.make("crm.team", name="Away", company_id=self.abroad.id)
        # of a company where she does not work: as if it was not there
        with self.assertRaises(AccessError):
            other.pool_team_id = away

    def test_a_team_without_a_leader_takes_it_into_its_pool(self):
        alone = self.make_team("Alone", self.env["res.users"], self.dora)
        request = self.pooled(target_team_id=alone.id, to_pool=False)
        self.assertFalse(self.leads.user_id)
        self.assertEqual(self.leads.team_id, alone)
        self.line(request, self.dora).action_claim()
        self.assertEqual(self.leads[0].user_id, self.dora)

    def test_a_form_asks_for_one_of_both(self):
        form = Form(self.Request.with_user(self.anna))
        form.predecessor_id = self.anna
        form.target_team_id = self.north
        form.to_pool = True
        form.successor_id = self.bruno
        self.assertFalse(form.save().to_pool)

    def test_lines_follow_the_choice_of_the_handover(self):
        draft = self.pooled("draft").with_user(self.anna)
        self.assertEqual(draft.line_ids.pool_team_id, self.north)
        draft.target_team_id = self.team
        self.assertEqual(draft.line_ids.pool_team_id, self.team)
        draft.to_pool = False
        self.assertFalse(draft.line_ids.pool_team_id)
        self.assertEqual(draft.line_ids.successor_id, self.leader)
        draft.write({"to_pool": True})
        self.assertEqual(draft.line_ids.pool_team_id, self.team)
        self.assertFalse(draft.line_ids.successor_id)

    def test_the_approval_covers_it(self):
        request = self.pooled("approved")
        self.assertEqual(request.approved_form, 3)
        self.env.cr.execute(
            "UPDATE handover_request_line SET pool_team_id = %s WHERE request_id = %s",
            [self.team.id, request.id],
        )
        self.env.invalidate_all()
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "needs_review")

    def test_a_pool_without_people_takes_nothing(self):
        empty = self.make_team("Empty", self.env["res.users"])
        draft = self.pooled("draft", target_team_id=empty.id).with_user(self.anna)
        codes = {finding["code"] for finding in draft.preflight()["findings"]}
        self.assertIn("pool_without_people", codes)
        with self.assertRaises(UserError):
            draft.action_submit()

    def test_nobody_has_to_accept_for_a_pool(self):
        self.company.handover_acceptance = "needed"
        self.assertEqual(set(self.codes(self.pooled()).values()), {"done"})

    # ------------------------------------------------------------
    # OUT OF THE POOL
    # ------------------------------------------------------------

    def test_a_member_takes_it(self):
        todo = self.make_todo(self.leads[0])
        meeting = self.make_meeting(self.leads[0])
        request = self.pooled()
        line = self.line(request, self.dora)
        self.assertTrue(line.in_pool and line.can_claim)
        # to say who else gets it is for the leader
        self.assertFalse(line.can_give)
        self.assertTrue(self.line(request, self.north.user_id).can_give)
        self.assertIs(line.action_claim(), True)
        lead = self.leads[0]
        self.assertEqual(lead.user_id, self.dora)
        self.assertEqual(lead.team_id, self.north)
        self.assertEqual(todo.user_id | meeting.user_id, self.dora)
        self.assertIn(self.dora.partner_id, lead.message_partner_ids)
        self.assertEqual(line.successor_id, self.dora)
        self.assertFalse(line.in_pool or line.can_claim)
        event = request.event_ids.sorted("id")[-1]
        self.assertEqual((event.code, event.actor_id), ("claimed", self.dora))
        self.assertInOrder(request)
        # she has taken part by that; the approver has no part in it
        self.assertIn(self.dora, request.successor_ids)
        self.assertNotIn(self.dora, request.pending_user_ids)
        self.assertFalse(self.leads[1].user_id)

    def test_the_second_one_reads_who_has_it(self):
        request = self.pooled()
        self.line(request, self.dora).action_claim()
        with self.assertRaisesRegex(UserError, "Dora"):
            self.line(request, self.eva).action_claim()
        # somebody may take what is nobody's by hand as well
        self.leads[1].with_user(self.other).user_id = self.other
        line = self.line(request, self.eva, self.leads[1])
        self.assertFalse(line.in_pool or line.can_claim and line.action_claim())
        with self.assertRaisesRegex(UserError, "Other"):
            line.action_claim()
        with self.assertRaisesRegex(UserError, "Dora"):
            (line | self.line(request, self.eva)).action_claim()

    def test_only_who_is_of_the_team(self):
        request = self.pooled()
        line = self.line(request, self.eva)
        self.assertTrue(line.has_access("read"))
        self.assertFalse(line.has_access("write"))
        self.assertFalse(request.with_user(self.eva).has_access("read"))
        for name in (
            "other",
            "alldocs",
            "bruno",
            "projectuser",
            "employee",
            "foreigner",
        ):
            user = getattr(self, name)
            with self.subTest(name), self.assertRaises(AccessError):
                self.line(request, user).action_claim()
        # who sees it for another reason is not of the team
        for name in ("anna", "leader", "approver", "manager", "admin"):
            user = getattr(self, name)
            with self.subTest(name), self.assertRaises(UserError):
                self.line(request, user).action_claim()
        self.assertFalse(self.leads.user_id)
        # who has left the team sees it no more
        members = self.north.crm_team_member_ids
        members.filtered(lambda member: member.user_id == self.eva).action_archive()
        self.env.invalidate_all()
        self.assertFalse(line.has_access("read"))

    def test_the_leader_gives_it_to_a_member(self):
        request = self.pooled()
        line = self.line(request, self.head)
        with self.assertRaises(AccessError):
            line.with_user(self.eva).action_give_to(self.dora.id)
        with self.assertRaisesRegex(UserError, "not in North"):
            line.action_give_to(self.bruno.id)
        self.assertTrue(request.with_user(self.head).has_access("read"))
        wizard = self.env["handover.request.give"].with_user(self.head).create(
            {
                "request_id": request.id,
                "line_ids": [fields.Command.set(line.ids)],
                "successor_id": self.dora.id,
            }
        )  # fmt: skip
        self.assertTrue(wizard.from_pool)
        wizard.action_give()
        self.assertEqual(self.leads[0].user_id, self.dora)
        sent = self.env["mail.message"].search(
            [
                ("model", "=", "handover.request"),
                ("res_id", "=", request.id),
                ("partner_ids", "in", self.dora.partner_id.ids),
            ]
        )
        self.assertEqual(len(sent), 1)
        self.assertIn("from the pool", sent.subject)
        # a superior of the handover as well
        self.line(request, self.approver, self.leads[1]).action_give_to(self.eva.id)
        self.assertEqual(self.leads[1].user_id, self.eva)
        self.assertInOrder(request)

    def test_who_takes_it_must_have_access(self):
        stranger = self.make_user("stranger", "base.group_user")
        self.north.member_ids |= stranger
        request = self.pooled()
        with self.assertRaises(UserError):
            self.line(request, self.head).action_give_to(stranger.id)
        self.assertFalse(self.leads.user_id)
        self.leads[0].action_set_lost()
        with self.assertRaises(UserError):
            self.line(request, self.dora).action_claim()

    def test_not_while_it_runs_or_went_back(self):
        request = self.pooled()
        request._trusting().state = "running"
        with self.assertRaises(UserError):
            self.line(request, self.head).action_claim()
        request._trusting().state = "transferred"
        request.with_user(self.leader).action_return()
        with self.assertRaises(UserError):
            self.line(request, self.manager).action_give_to(self.dora.id)

    # ------------------------------------------------------------
    # THE WAY BACK
    # ------------------------------------------------------------

    def test_all_of_it_goes_back(self):
        todos = [self.make_todo(lead) for lead in self.leads]
        meeting = self.make_meeting(self.leads[0])
        third = self.make_lead(name="Three")
        request = self.pooled(records=self.leads | third)
        self.line(request, self.dora).action_claim()
        third.user_id = self.other
        request.with_user(self.leader).action_return()
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertEqual(self.leads.team_id, self.team)
        for thing in (*todos, meeting):
            self.assertEqual(thing.user_id, self.anna)
        for lead in self.leads:
            self.assertNotIn(self.dora.partner_id, lead.message_partner_ids)
        codes = self.codes(request)
        self.assertEqual(codes[third], "changed_since")
        self.assertEqual(third.user_id, self.other)
        self.assertInOrder(request)

    def test_what_went_on_stays(self):
        request = self.pooled()
        self.line(request, self.dora).action_claim()
        self.leads[0].user_id = self.eva
        request.with_user(self.leader).action_return()
        self.assertEqual(self.codes(request)[self.leads[0]], "changed_since")
        self.assertEqual(self.leads[0].user_id, self.eva)
        self.assertEqual(self.leads[1].user_id, self.anna)

    def test_a_temporary_one_comes_back(self):
        end = fields.Datetime.now() + timedelta(days=5)
        request = self.pooled(kind="temporary", date_return=end)
        self.line(request, self.dora).action_claim()
        with freeze_time(end + timedelta(hours=1)):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertEqual(self.leads.user_id, self.anna)

    # ------------------------------------------------------------
    # WHO LOOKS AFTER IT
    # ------------------------------------------------------------

    def test_the_leader_has_one_todo(self):
        def todo():
            mine = [("handover_pool_team_id", "=", self.north.id)]
            return self.env["mail.activity"].search(mine)

        request = self.pooled()
        other = self.pooled(records=self.make_lead(name="Three"))
        self.assertEqual(todo().user_id, self.head)
        week = fields.Date.today() + timedelta(days=7)
        self.assertEqual(todo().date_deadline, week)
        self.assertIn("3", todo().summary)
        self.line(request, self.dora).action_claim()
        self.assertIn("2", todo().summary)
        # who ends it has as many days again
        todo().with_user(self.head).action_done()
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_handover.ir_cron_handover_request_remind"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(todo().date_deadline, week)
        # what somebody takes by hand is gone as well
        self.leads[1].user_id = self.eva
        other.line_ids.with_user(self.eva).action_claim()
        self.assertFalse(todo())
        self.company.handover_pool_days = 0
        self.pooled(records=self.make_lead(name="Four"))
        self.assertFalse(todo())

    def test_the_overview_counts_what_the_reader_sees(self):
        request = self.pooled()
        past = fields.Datetime.now() - timedelta(days=12)
        request.line_ids._trusting().date_done = past

        def pool(user):
            Request = self.Request.with_user(user)
            return Request.get_overview()["pool"]

        seen = pool(self.head)
        self.assertEqual((seen["count"], seen["days"], seen["value"]), (2, 12, 150))
        self.assertIn("12", seen["detail"])
        self.leads[0].with_user(self.dora).user_id = self.dora
        self.assertEqual(pool(self.approver)["count"], 1)
        self.assertEqual(pool(self.other)["count"], 0)
        self.assertEqual(pool(self.other)["value"], 0)
        self.assertEqual(pool(self.foreigner)["count"], 0)

    def test_the_dialog_offers_it(self):
        wizard = self.env["handover.request.prepare"].with_user(self.anna).create(
            {
                "company_id": self.company.id, "target_team_id": self.north.id,
                "to_pool": True,
            }
        )  # fmt: skip
        action = wizard.action_prepare()
        draft = self.Request.browse(action["res_id"])
        self.assertTrue(draft.to_pool)
        self.assertEqual(draft.line_ids.pool_team_id, self.north)

    def test_the_action_menu_offers_it(self):
        form = Form(
            self.env["handover.request.generate"]
            .with_user(self.anna)
            .with_context(active_model="crm.lead", active_ids=self.leads.ids)
        )
        form.target_team_id = self.north
        form.to_pool = True
        action = form.save().action_generate()
        draft = self.Request.browse(action["res_id"])
        self.assertEqual(draft.line_ids.pool_team_id, self.north)
        self.assertFalse(draft.line_ids.successor_id)
        wizard = self.env["handover.request.generate"].with_user(self.anna)
        wizard = wizard.create({"res_model": "crm.lead", "res_ids": self.leads.ids})
        with self.assertRaisesRegex(UserError, "who takes over"):
            wizard.action_generate()

    def test_people_are_relieved_in_bulk(self):
        """A list of records of several people: into the pool, and home later."""
        theirs = self.make_lead(self.chen, name="Chen's", team_id=self.team.id)
        boss = self.make_user("boss", f"sales_team.group_sale_manager,{MANAGER}")
        wizards = self.env["handover.request.generate"].with_user(boss)
        values = {
            "res_model": "crm.lead", "res_ids": (self.leads | theirs).ids,
            "target_team_id": self.north.id, "to_pool": True,
        }  # fmt: skip
        wizard = wizards.create(values)
        self.assertFalse(wizard.obstacle)
        self.assertEqual(set(wizard.owners_told.split(", ")), {"Anna", "Chen"})
        action = wizard.action_generate()
        drafts = self.Request.search(action["domain"])
        self.assertEqual(drafts.predecessor_id, self.anna | self.chen)
        for draft in drafts.with_user(boss):
            self.assertEqual(draft.line_ids.pool_team_id, self.north)
            draft.action_submit()
            draft.with_user(self.approver).action_approve()
        # what covers it now is the pool; who has it in the end is said later
        self.assertFalse((self.leads | theirs).user_id)
        lines = drafts.sudo().line_ids.with_user(self.head)
        lines[0].action_give_to(self.dora.id)
        for draft in drafts:
            self.assertInOrder(draft)
        # nobody relieves whom they may not hand over for, nor a part of it
        before = self.Request.search_count([])
        leads = self.make_lead() | self.make_lead(self.other)
        with self.assertRefused((AccessError, UserError)):
            wizards.with_user(self.anna).create(
                {**values, "res_ids": leads.ids}
            ).action_generate()
        self.assertEqual(self.Request.search_count([]), before)
        # what nobody has is told by its number, before anything is made
        leads.user_id = self.anna
        leads[1].user_id = False
        wizard = wizards.create({**values, "res_ids": leads.ids})
        self.assertIn("without an owner: 1.", wizard.obstacle)
        with self.assertRefused(UserError, "without an owner: 1."):
            wizard.action_generate()
        leads[1].user_id = self.chen
        self.env["ir.config_parameter"].set_param(
            "crm_handover.max_records_per_call", 1
        )
        with self.assertRefused(UserError, "2 records in one go"):
            wizards.create({**values, "res_ids": leads.ids}).action_generate()
        self.assertEqual(self.Request.search_count([]), before)

    def test_who_shares_one_of_them_gives_those_of_others_as_well(self):
        boss = self.make_user(
            "boss", f"sales_team.group_sale_manager,{MANAGER},{PROJECT_USER}"
        )
        shared, annas = self.make_task(boss, self.anna), self.make_task(self.anna)
        wizards = self.env["handover.request.generate"].with_user(boss)
        for tasks, owners in ((shared, boss), (shared | annas, boss | self.anna)):
            wizard = wizards.create(
                {
                    "res_model": "project.task", "res_ids": tasks.ids,
                    "successor_id": self.bruno.id,
                }
            )  # fmt: skip
            action = wizard.action_generate()
            drafts = self.Request.browse(action.get("res_id") or ())
            drafts |= self.Request.search(action.get("domain") or [("id", "=", 0)])
            self.assertEqual(drafts.predecessor_id, owners)
        of_anna = drafts.filtered(lambda draft: draft.predecessor_id == self.anna)
        self.assertEqual(of_anna.line_count, 2)

    def test_what_several_handovers_brought_is_given_at_once(self):
        one = self.pooled(records=self.leads[0])
        other = self.pooled(records=self.leads[1])
        lines = (one | other).line_ids.with_user(self.head)
        action = lines.action_choose_give()
        values = {
            key.removeprefix("default_"): value
            for key, value in action["context"].items()
        }
        wizard = self.env["handover.request.give"].with_user(self.head)
        wizard = wizard.create({**values, "successor_id": self.dora.id})
        self.assertTrue(wizard.from_pool)
        wizard.action_give()
        self.assertEqual(self.leads.user_id, self.dora)
        for request in one | other:
            self.assertInOrder(request)

    def test_the_document_names_it(self):
        draft = self.pooled("draft")
        line = draft.line_ids[0].with_user(self.anna)
        self.assertEqual(line._taker_told(), "Pool of North")
        line.successor_id = self.bruno
        self.assertEqual(line._taker_told(), self.bruno.name)
        line.successor_id = False
        self.assertEqual(line._taker_told(), "")
