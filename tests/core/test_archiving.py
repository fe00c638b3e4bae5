"""Whose work is being handed over is not archived in the middle of it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon


class TestArchiving(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # archiving a member of a sales team takes rights on teams as well
        cls.boss = cls.make_user(
            "boss", "base.group_system,sales_team.group_sale_manager"
        )

    def test_predecessor_of_what_is_under_way_stays(self):
        self.make_todo(self.make_lead())
        for state in ("submitted", "approved", "running"):
            request = self.make_request(state, self.make_lead())
            with self.assertRefused(
                UserError, f"Anna .* finish, cancel or stop {request.name} first"
            ):
                self.anna.with_user(self.boss).action_archive()
            request.with_user(self.manager).action_cancel()
        self.assertTrue(self.anna.active)

    def test_all_handovers_are_named(self):
        one = self.make_request("submitted")
        two = self.make_request("submitted", self.make_lead())
        people = self.anna | self.chen
        with self.assertRefused(UserError) as caught:
            people.with_user(self.boss).action_archive()
        for name in (one.name, two.name):
            self.assertIn(name, str(caught.exception))
        self.assertNotIn("Chen", str(caught.exception))

    def test_to_dos_of_the_predecessor_are_not_lost(self):
        lead = self.make_lead()
        todo = self.make_todo(lead)
        request = self.make_request("approved", lead)
        with self.assertRefused(UserError):
            self.anna.with_user(self.boss).action_archive()
        request.with_user(self.leader).action_run()
        self.anna.with_user(self.boss).action_archive()
        self.assertFalse(self.anna.active)
        self.assertEqual(todo.user_id, self.bruno)

    def test_before_and_afterwards_nothing_holds_anybody_back(self):
        for state in ("draft", "refused", "cancelled", "transferred", "done"):
            self.make_request(state, self.make_lead())
        self.anna.with_user(self.boss).action_archive()
        self.assertFalse(self.anna.active)

    def test_successor_and_approver_may_go(self):
        self.make_request("approved")
        people = self.bruno | self.leader | self.approver
        people.with_user(self.boss).action_archive()
        self.assertFalse(any(people.mapped("active")))

    def test_a_script_that_writes_the_flag_is_not_held_up(self):
        self.make_request("approved")
        self.anna.with_user(self.boss).write({"active": False})
        self.assertFalse(self.anna.active)

    def test_who_may_not_archive_learns_nothing(self):
        request = self.make_request("submitted")
        for user in (self.bruno, self.manager, self.employee, self.portal):
            with self.assertRefused(AccessError) as caught:
                self.anna.with_user(user).action_archive()
            self.assertNotIn(request.name, str(caught.exception))

    def test_handover_of_another_company_counts_too(self):
        """Whichever company the administrator works in at the moment."""
        request = self.make_request("submitted")
        self.boss.company_ids = [Command.link(self.abroad.id)]
        elsewhere = self.anna.with_user(self.boss).with_company(self.abroad)
        with self.assertRefused(UserError, request.name):
            elsewhere.action_archive()
