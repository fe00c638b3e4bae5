"""An employee's manager is a superior, where the company says so."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError

from odoo.addons.crm_handover_hr import hooks

from ..beside import BesideHR
from ..everything import Everything


class TestManagers(BesideHR):
    SECONDS = 2

    @classmethod
    def get_ready(cls):
        super().get_ready()
        cls.company.handover_managers = True

    def test_it_is_off_unless_the_company_says_so(self):
        self.assertFalse(self.env["res.company"].new({}).handover_managers)
        request = self.make_request("submitted")
        self.assertIn(self.boss, request._leaders())
        self.company.handover_managers = False
        self.assertNotIn(self.boss, request._leaders())
        self.assertFalse(request.with_user(self.boss).has_access("read"))
        with self.assertRaises(AccessError):
            request.with_user(self.boss).action_approve()

    def test_a_template_finds_the_nearest_manager_who_is_there(self):
        row = fields.Command.create({"role": "employee_manager"})
        template = self.make("handover.template", name="Usual", role_ids=[row])
        self.company.handover_managers = False
        request = self.make_request(successor_id=False).with_user(self.anna)
        request.action_use_template(template.id)
        self.assertEqual(request.successor_id, self.boss)
        self.assertEqual(request.line_ids.successor_id, self.boss)
        self.head.parent_id.user_id, self.boss.active = self.above, False
        self.env.invalidate_all()
        request.action_use_template(template.id)
        self.assertEqual(request.successor_id, self.above)

    def test_the_manager_approves(self):
        request = self.make_request("submitted")
        mine = request.with_user(self.boss)
        self.assertTrue(mine.can_approve)
        self.assertTrue(mine.line_ids.has_access("read"))
        mine.action_approve()
        self.assertEqual(request.state, "transferred")

    def test_the_manager_requests_and_somebody_else_approves(self):
        self.make_lead()
        request = self.make_request(by=self.boss)
        request.with_user(self.boss).action_submit()
        self.assertEqual(request.approver_id, self.leader)
        with self.assertRaises(AccessError):
            request.with_user(self.boss).action_approve()
        request.with_user(self.above).action_approve()

    def test_of_several_people_whoever_manages_each_of_them(self):
        self.team.user_id = False
        self.chen_works.parent_id = self.top
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [fields.Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        # the one above manages both, the boss one of them
        self.assertEqual(request._leaders(), self.above)
        for user, reads in ((self.above, True), (self.boss, False)):
            self.assertEqual(request.with_user(user).has_access("read"), reads)
        self.chen_works.parent_id = self.head
        self.assertTrue(request.with_user(self.boss).has_access("read"))

    def test_whoever_manages_the_manager_is_one_too(self):
        self.team.user_id = False
        request = self.make_request()
        self.assertEqual(request._leaders().ids, (self.boss | self.above).ids)
        self.assertEqual(request._find_approver(), self.boss)
        self.assertTrue(request.with_user(self.above).has_access("read"))

    def test_a_circle_ends(self):
        self.top.parent_id = self.anna_works
        request = self.make_request()
        self.assertEqual(request._managers(), self.boss | self.above)

    def test_nobody_is_proposed_as_their_own_approver(self):
        self.boss.group_ids += self.env.ref("hr.group_hr_user")
        self.reason.leaves = True
        (self.bruno_works | self.chen_works).leave_manager_id = self.anna
        request = self.make_request().with_user(self.boss)
        causes = request.get_causes()["causes"]
        seats = [cause["res_id"] for cause in causes if cause["code"] == "seat"]
        self.assertEqual(seats, self.chen_works.ids)
        request.action_fill_seat("hr.employee")
        self.assertEqual(self.chen_works.leave_manager_id, self.bruno)
        self.assertEqual(self.bruno_works.leave_manager_id, self.anna)

    def test_who_left_is_passed_over(self):
        self.head.active = False
        request = self.make_request()
        self.assertEqual(request._managers(), self.above)
        self.boss.active = False
        self.assertEqual(request._managers(), self.above)

    def test_who_left_by_odoos_own_way_is_passed_over(self):
        """Core has nobody manage whom they managed; above them it goes on."""
        request = self.make_request("submitted")
        archive = self.head.with_user(self.officer).with_context(no_wizard=True)
        archive.action_archive()
        self.assertFalse(self.anna_works.parent_id)
        self.assertEqual(request._managers(), self.above)
        self.assertTrue(request.with_user(self.above).has_access("read"))
        self.assertFalse(request.with_user(self.boss).has_access("read"))
        # and one after the other
        self.top.parent_id = self.make_employee(self.other)
        self.assertTrue(request.with_user(self.other).has_access("read"))
        self.top.with_user(self.officer).with_context(no_wizard=True).action_archive()
        self.assertEqual(request._managers(), self.other)
        self.assertFalse(request.with_user(self.above).has_access("read"))
        # whoever says who manages them, be it nobody, has said it
        self.anna_works.parent_id = False
        self.assertFalse(request._managers())
        self.assertFalse(request.with_user(self.other).has_access("read"))

    def test_all_of_somebodys_handovers_are_followed_at_once(self):
        requests = self.make_request("done") | self.make_request("submitted")
        managers = type(requests)._managers
        with patch.object(
            type(requests), "_managers", autospec=True, side_effect=managers
        ) as asked:
            self.anna_works.parent_id = self.top
        self.assertEqual(asked.call_count, 1)
        self.assertEqual(requests[0].manager_ids, self.above)
        self.assertEqual(requests[1].manager_ids, self.above)

    def test_nothing_uses_the_type_of_its_todos_once_it_goes(self):
        request = self.make_request()
        for _done in range(2):
            request._ask_to_prepare()
        kind = self.env.ref("crm_handover_hr.mail_activity_type_departure")
        todos = self.env["mail.activity"].with_context(active_test=False)
        mine = todos.search([("activity_type_id", "=", kind.id)])
        mine[0].action_done()
        self.assertEqual(set(mine.mapped("active")), {True, False})
        hooks.uninstall_hook(self.env)
        self.assertFalse(mine.exists())
        kind.unlink()

    def test_who_works_in_another_company_is_none_here(self):
        self.boss.write(
            {"company_ids": [(6, 0, self.abroad.ids)], "company_id": self.abroad.id}
        )
        request = self.make_request("submitted")
        self.assertEqual(request._managers(), self.above)
        with self.assertRaises(AccessError):
            request.with_user(self.boss).action_approve()

    def test_a_manager_who_is_not_in_handovers_is_no_superior(self):
        self.head.user_id = self.employee
        request = self.make_request("submitted")
        self.assertFalse(request._is_operator(self.employee))
        self.assertFalse(request.with_user(self.employee).has_access("read"))

    def test_what_they_read_follows_who_manages_whom(self):
        request = self.make_request("submitted")
        self.assertTrue(request.with_user(self.boss).has_access("read"))
        self.anna_works.with_user(self.officer).parent_id = False
        self.assertFalse(request.with_user(self.boss).has_access("read"))
        self.anna_works.parent_id = self.top
        self.assertFalse(request.with_user(self.boss).has_access("read"))
        self.assertTrue(request.with_user(self.above).has_access("read"))
        # two levels above
        self.anna_works.parent_id = self.head
        self.head.parent_id = False
        self.assertFalse(request.with_user(self.above).has_access("read"))

    def test_the_approval_lapses_with_the_manager(self):
        request = self.make_request("submitted", date_planned="2050-01-01 08:00:00")
        request.with_user(self.boss).action_approve()
        self.anna_works.parent_id = False
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "needs_review")

    def test_they_ask_what_somebody_still_has(self):
        self.make_lead()
        Request = self.Request.with_user(self.boss)
        self.assertTrue(Request.get_leftovers(self.anna.id))
        self.company.handover_managers = False
        with self.assertRaises(AccessError):
            Request.get_leftovers(self.anna.id)


class TestManagersRead(BesideHR, Everything):
    """What whoever leads the team reads, managers read: in each of our models."""

    @classmethod
    def get_ready(cls):
        super().get_ready()
        cls.company.handover_managers = True
        cls.make_everything()

    def rows(self, user):
        """Return what ``user`` finds of all models: ``{model: records}``."""
        found = {}
        for name in sorted(self.env.registry):
            Model = self.env[name].with_user(user)
            if name.startswith("handover.") and not (
                Model._abstract or Model._transient
            ):
                readable = Model.has_access("read")
                found[name] = Model.search([], order="id") if readable else Model
        return found

    def test_managers_read_what_leaders_read(self):
        leaders, mine = self.rows(self.leader), self.rows(self.boss)
        for name, records in leaders.items():
            with self.subTest(model=name):
                self.assertEqual(mine[name].ids, records.ids)
                told = [
                    field.name
                    for field in records._fields.values()
                    if getattr(field, "audience", False)
                ]
                if told and records:
                    self.assertEqual(mine[name].read(told), records.read(told))
        for name in (
            "handover.request", "handover.request.line", "handover.request.event",
            "handover.request.signoff", "handover.request.review", "handover.followup",
            "handover.request.rating", "handover.customer.rating", "handover.card",
            "handover.document", "handover.training", "handover.training.topic",
            "handover.training.trainee", "handover.training.rating", "handover.grant",
        ):  # fmt: skip
            self.assertTrue(mine[name], name)
        files = mine["handover.document"].sudo().attachment_id
        self.assertTrue(files.with_user(self.boss).has_access("read"))
        for user in (self.other, self.employee):
            for name, records in self.rows(user).items():
                if "request_id" in records._fields:
                    self.assertFalse(records, (user.name, name))
        # of one who is not managed by her she reads nothing
        self.anna_works.parent_id = False
        self.env.invalidate_all()
        for name, records in self.rows(self.boss).items():
            if "request_id" in records._fields:
                self.assertFalse(records, name)
