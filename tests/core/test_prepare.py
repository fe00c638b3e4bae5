"""Hand over someone's work: what is shown before, and the draft that comes of it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..common import IN_NO_WAY_CONCERNED, HandoverCommon


class TestPrepare(HandoverCommon):
    def prepare(self, user, **values):
        values = {"company_id": self.company.id, **values}
        return self.env["handover.request.prepare"].with_user(user).create(values)

    def kinds(self, wizard):
        return {
            kind["name"]: (kind["count"], kind["value"])
            for kind in wizard.portfolio["kinds"]
        }

    def opened(self, action):
        return self.Request.browse(action["res_id"])

    def test_leader_sees_what_a_member_has_and_hands_it_over(self):
        self.make_lead(expected_revenue=1000)
        self.make_lead(expected_revenue=500)
        self.make_customer()
        self.make_lead(self.chen, name="Not hers")
        wizard = self.prepare(
            self.leader, predecessor_id=self.anna.id, successor_id=self.bruno.id
        )
        self.assertEqual(
            self.kinds(wizard),
            {"Customers": (1, 0), "Leads and Opportunities": (2, 1500)},
        )
        request = self.opened(wizard.action_prepare())
        self.assertRecordValues(
            request,
            [
                {
                    "predecessor_id": self.anna.id,
                    "successor_id": self.bruno.id,
                    "requester_id": self.leader.id,
                    "line_count": 3,
                    "state": "draft",
                }
            ],
        )

    def test_another_handover_with_the_same_records_is_named(self):
        lead, other = self.make_lead(), self.make_lead()
        first = self.make_request(records=lead)
        self.make_request("cancelled", records=other)
        wizard = self.prepare(self.leader, predecessor_id=self.anna.id)
        self.assertEqual(
            wizard.also_held,
            [{"id": first.id, "name": first.name, "who": "Anna", "state": "Draft",
              "count": 1}],
        )  # fmt: skip
        # a draft does not keep another one from the same records, it is only said
        second = self.make_request(records=lead | other).with_user(self.anna)
        self.assertEqual([row["id"] for row in second._also_held()], first.ids)
        self.bring(second, "transferred")
        self.assertFalse(second._also_held())
        # of others who see neither
        for login in IN_NO_WAY_CONCERNED:
            theirs = self.Request.with_user(getattr(self, login)).browse(first.id)
            with self.subTest(by=login), self.assertRaises(AccessError):
                theirs._also_held()

    def test_what_is_left_out_stays(self):
        lead, customer = self.make_lead(), self.make_customer()
        scope = self.env.ref("crm_handover.scope_res_partner")
        wizard = self.prepare(
            self.anna, predecessor_id=self.anna.id, successor_id=self.bruno.id,
            left_out=[scope.id],
        )  # fmt: skip
        request = self.opened(wizard.action_prepare())
        self.assertEqual(request.line_ids.mapped("res_id"), lead.ids)
        self.assertOwner(customer, self.anna)

    def test_what_does_not_move_is_said_with_the_reason(self):
        self.make_lead()
        self.make_lead(active=False)
        self.make_task(project_id=False)
        self.team.user_id = self.anna
        wizard = self.prepare(self.manager, predecessor_id=self.anna.id)
        staying = {
            (row["name"], row["why"].split(" (")[0]): row["count"]
            for row in wizard.portfolio["staying"]
        }
        self.assertEqual(
            staying[
                "Leads and Opportunities", "closed or archived, history stays true"
            ],
            1,
        )
        self.assertEqual(staying["Tasks", "private to its owner"], 1)
        self.assertEqual(staying["Sales Team", "not part of a handover"], 1)

    def along(self, wizard, key):
        return {
            tuple(part["kinds"]): set(part["ids"]) for part in wizard.portfolio[key]
        }

    def test_what_is_said_to_move_along_is_what_moves(self):
        lead, won = self.make_lead(), self.make_lead(name="Won")
        won.action_set_won()
        customer = self.make_customer()
        there = (won, self.make_lead(self.chen), self.make("res.partner", name="Free"))
        on_lead, on_customer = self.make_todo(lead), self.make_todo(customer)
        elsewhere = {self.make_todo(record, self.anna).id for record in there}
        about = self.make_meeting(lead)
        other = self.make_meeting(there[1], self.anna)
        private = self.make_meeting(lead, privacy="private")
        leads = self.env.ref("crm_handover.scope_crm_lead").id
        customers = self.env.ref("crm_handover.scope_res_partner").id
        wizard = self.prepare(
            self.leader, predecessor_id=self.anna.id, successor_id=self.bruno.id,
            left_out=[customers],
        )  # fmt: skip
        todos = self.along(wizard, "todos")
        self.assertIn(on_lead.id, todos[leads,])
        self.assertEqual(todos[customers,], {on_customer.id})
        self.assertEqual(todos[()], elsewhere)
        meetings = self.along(wizard, "meetings")
        self.assertEqual(meetings[leads,], {about.id})
        self.assertEqual(meetings[()], {other.id, private.id})
        request = self.opened(wizard.action_prepare())
        self.bring(request, "transferred")
        domain = [("user_id", "=", self.bruno.id), ("res_model", "=", "crm.lead")]
        moved = self.env["mail.activity"].search(domain)
        self.assertEqual(todos[leads,], set(moved.ids))
        self.assertEqual(self.env["calendar.event"].search(domain), about)

    def test_of_a_team_each_owner_hands_over_their_own(self):
        hers, his = self.make_lead(), self.make_lead(self.chen)
        moves = self.make_todo(hers) | self.make_todo(his, self.chen)
        stays = self.make_todo(his, self.anna)
        task = self.make_task(self.anna, self.chen)
        on_task = self.make_todo(task, self.anna) | self.make_todo(task, self.chen)
        wizard = self.prepare(
            self.leader, predecessor_id=False, source_team_id=self.team.id,
            target_team_id=self.team.id, successor_id=self.bruno.id,
        )  # fmt: skip
        parts = self.along(wizard, "todos")
        request = self.opened(wizard.action_prepare())
        self.bring(request, "transferred")
        told = set().union(*(ids for kinds, ids in parts.items() if kinds))
        todos = moves | stays | on_task
        self.assertEqual(
            told, set(todos.filtered(lambda t: t.user_id == self.bruno).ids)
        )
        self.assertLessEqual(set(stays.ids), parts[()])

    def test_records_of_another_company_stay(self):
        self.anna.company_ids |= self.abroad
        self.make_lead(company_id=self.abroad.id, team_id=False)
        wizard = self.prepare(self.anna, predecessor_id=self.anna.id)
        self.assertEqual(self.kinds(wizard), {})
        self.assertIn(
            ("Leads and Opportunities", 1, "in another company"),
            [(r["name"], r["count"], r["why"]) for r in wizard.portfolio["staying"]],
        )

    def test_everything_of_a_team(self):
        self.make_lead()
        self.make_lead(self.chen)
        wizard = self.prepare(
            self.leader, predecessor_id=False, source_team_id=self.team.id,
            target_team_id=self.team.id, successor_id=self.bruno.id,
        )  # fmt: skip
        request = self.opened(wizard.action_prepare())
        self.assertEqual(request.line_ids.predecessor_id, self.anna | self.chen)

    def test_everything_of_several_people(self):
        """In the dialog as in the handover; one of them alone is one person."""
        self.make_lead(expected_revenue=1000)
        self.make_lead(self.chen, expected_revenue=500)
        both = [Command.set((self.anna | self.chen).ids)]
        wizard = self.prepare(
            self.leader, predecessor_id=False, predecessor_ids=both,
            successor_id=self.bruno.id,
        )  # fmt: skip
        self.assertEqual(self.kinds(wizard), {"Leads and Opportunities": (2, 1500)})
        request = self.opened(wizard.action_prepare())
        self.assertFalse(request.predecessor_id | request.sudo().source_team_id.user_id)
        self.assertEqual(request.predecessor_ids, self.anna | self.chen)
        self.assertEqual(request.line_ids.predecessor_id, self.anna | self.chen)
        for user in (self.anna, self.bruno):
            wizard = self.prepare(user, predecessor_id=False, predecessor_ids=both)
            self.assertFalse(wizard.portfolio)
            self.assertTrue(wizard.obstacle)
        # who says nothing but the list is not taken for who hands over alone
        dialogs = self.env["handover.request.prepare"].with_user(self.leader)
        wizard = dialogs.create(
            {"predecessor_ids": both, "successor_id": self.bruno.id}
        )
        self.make_lead(self.leader)
        with self.assertRefused(ValidationError, "name one person"):
            wizard.action_prepare()
        with Form(self.env["handover.request.prepare"].with_user(self.leader)) as form:
            form.predecessor_id = self.env["res.users"]
            form.predecessor_ids.add(self.anna)
            form.successor_id = self.bruno
        request = self.opened(form.record.action_prepare())
        self.assertEqual(request.predecessor_id, self.anna)
        self.assertFalse(request.predecessor_ids)

    def test_nobody_learns_what_a_stranger_has(self):
        self.make_lead()
        for login in ("bruno", "other", "alldocs", "projectuser", "approver"):
            wizard = self.prepare(getattr(self, login), predecessor_id=self.anna.id)
            self.assertFalse(wizard.portfolio, login)
            self.assertTrue(wizard.obstacle)
            with self.assertRefused(UserError, "your own work"):
                wizard.action_prepare()
        for login in IN_NO_WAY_CONCERNED:
            request = self.make_request()
            with self.assertRefused(AccessError):
                request.with_user(getattr(self, login))._portfolio()
        for login in ("employee", "portal"):
            with self.assertRefused(AccessError):
                self.prepare(getattr(self, login), predecessor_id=self.anna.id)

    def test_nobody_opens_what_another_prepares(self):
        wizard = self.prepare(self.anna, predecessor_id=self.anna.id)
        for user in (self.bruno, self.leader, self.admin):
            with self.assertRefused(AccessError):
                wizard.with_user(user).action_prepare()

    def test_wrong_choices_make_no_handover(self):
        self.make_lead()
        scope = self.env.ref("crm_handover.scope_crm_lead")
        cases = (
            ({}, "who takes over"),
            (
                {"successor_id": self.bruno.id, "left_out": [scope.id]},
                "nothing to hand",
            ),
            ({"successor_id": self.bruno.id, "left_out": ["x"]}, "by their ids"),
            ({"successor_id": self.portal.id}, "active employee"),
        )
        for values, text in cases:
            wizard = self.prepare(self.anna, predecessor_id=self.anna.id, **values)
            with self.assertRefused(UserError, text):
                wizard.action_prepare()

    def test_who_has_left_cannot_be_reached(self):
        self.chen.active = False
        form = Form(self.env["handover.request.prepare"].with_user(self.manager))
        form.predecessor_id = self.chen
        self.assertTrue(form.is_sudden)
        form.predecessor_id = self.anna
        self.assertFalse(form.is_sudden)

    def test_who_leaves_has_a_last_day_besides_the_planned_one(self):
        self.make_lead()
        last, planned = "2099-03-31", "2099-03-20 16:00:00"
        form = Form(self.env["handover.request.prepare"].with_user(self.leader))
        form.predecessor_id, form.successor_id = self.anna, self.bruno
        self.assertFalse(form.is_farewell)
        with self.assertRaises(AssertionError):
            form.date_overlap_end = last
        form.reason_id = self.reason
        form.date_planned, form.date_overlap_end = planned, last
        wizard = form.save()
        request = self.opened(wizard.action_prepare())
        self.assertTrue(request.is_farewell)
        self.assertEqual(str(request.date_overlap_end), last)
        # a day that was chosen for another reason is none of this one
        self.reason.leaves = False
        request = self.opened(wizard.action_prepare())
        self.assertFalse(request.is_farewell)
        self.assertFalse(request.date_overlap_end)
        self.assertEqual(str(request.date_planned), planned)

    def test_only_named_kinds_are_collected(self):
        lead, _customer = self.make_lead(), self.make_customer()
        request = self.make_request(records=self.env["crm.lead"])
        scope = self.env.ref("crm_handover.scope_crm_lead")
        anna = request.with_user(self.anna)
        for wrong in ("x", [scope.id, "x"], [2**31 - 7], [[1]], {"a": 1}):
            with self.assertRefused(UserError, "by their ids"):
                anna.action_collect(wrong)
        anna.action_collect([scope.id])
        self.assertEqual(request.line_ids.mapped("res_id"), lead.ids)

    def test_fields_of_other_addons_are_found(self):
        names = {str(field) for field in self.Request._user_fields()}
        self.assertIn("crm.team.user_id", names)
        self.assertNotIn("crm.lead.user_id", names)
        self.assertFalse([n for n in names if n.endswith(("create_uid", "write_uid"))])
