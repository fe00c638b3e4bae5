"""Approvers are away, too: deputies, and the next in line."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError

from ..common import HandoverCommon

DAY = timedelta(days=1)


class TestDeputies(HandoverCommon):
    def name(self, deputy, by=None, user=None, days=(0, 5)):
        """Say who is asked for the leader, by whoever names them."""
        user = user or self.leader
        today = fields.Date.today()
        return self.env["handover.deputy"].with_user(by or user).create(
            {
                "user_id": user.id, "deputy_id": deputy.id,
                "date_from": today + days[0] * DAY, "date_to": today + days[1] * DAY,
            }
        )  # fmt: skip

    def asked(self, request):
        todos = self.env["mail.activity"].search(
            [
                ("res_model", "=", "handover.request"),
                ("res_id", "=", request.id),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("crm_handover.mail_activity_type_approval").id,
                ),
            ]
        )
        return todos.user_id

    def codes_of(self, request):
        return request.event_ids.mapped("code")

    def remind(self, day):
        """Have the daily job run on a day from now."""
        cron = self.env.ref("crm_handover.ir_cron_handover_request_remind")
        self.env.flush_all()
        now = fields.Datetime.now() + day * DAY
        with freeze_time(now), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # WHO IS ASKED
    # ------------------------------------------------------------

    def test_new_handover_is_asked_of_the_deputy_as_well(self):
        self.name(self.approver)
        request = self.make_request("submitted")
        self.assertEqual(request.approver_id, self.leader)
        self.assertEqual(request.asked_ids, self.approver)
        self.assertEqual(self.asked(request), self.leader | self.approver)
        self.assertTrue(request.with_user(self.approver).waiting_for_me)
        step = request.with_user(self.anna).next_step["text"]
        self.assertIn(self.leader.name, step)
        self.assertIn(self.approver.name, step)
        request.with_user(self.approver).action_approve()
        event = request.event_ids.filtered(lambda event: event.code == "approved")
        self.assertEqual(event.actor_id, self.approver)
        self.assertEqual(event.data["in_place_of"], self.leader.name)
        self.assertIn(self.leader.name, event.with_user(self.anna).summary)
        self.assertFalse(self.asked(request))

    def test_waiting_handover_is_asked_at_once(self):
        request = self.make_request("submitted")
        self.name(self.approver)
        self.assertEqual(self.asked(request), self.leader | self.approver)
        request.with_user(self.approver).action_refuse("Too soon")
        event = request.event_ids.filtered(lambda event: event.code == "refused")
        self.assertEqual(event.data["in_place_of"], self.leader.name)

    def test_on_the_first_day_and_not_before_or_after(self):
        request = self.make_request("submitted")
        row = self.name(self.approver, days=(3, 5))
        self.assertEqual(self.asked(request), self.leader)
        self.remind(1)
        self.assertEqual(self.asked(request), self.leader)
        self.remind(3)
        self.assertEqual(self.asked(request), self.leader | self.approver)
        self.remind(4)
        self.assertEqual(self.codes_of(request).count("deputy_asked"), 1)
        row.write({"date_from": "2020-01-01", "date_to": "2020-01-02"})
        self.assertFalse(self.make_request("submitted").asked_ids)
        request.with_user(self.approver).action_approve()
        event = request.event_ids.filtered(lambda event: event.code == "approved")
        self.assertNotIn("in_place_of", event.data)

    def test_who_has_a_part_in_it_is_never_asked(self):
        self.name(self.approver)
        taken = self.make_request("submitted", successor_id=self.approver.id)
        self.assertFalse(taken.asked_ids)
        with self.assertRefused(AccessError):
            taken.with_user(self.approver).action_approve()

    def test_deputy_who_is_away_has_one_too(self):
        row = self.name(self.approver)
        self.name(self.manager, user=self.approver)
        request = self.make_request("submitted")
        self.assertEqual(request.asked_ids, self.approver | self.manager)
        # who names each other is asked once
        self.name(self.approver, user=self.manager)
        again = self.make_request("submitted")
        self.assertEqual(again.asked_ids, self.approver | self.manager)
        # and nobody of them any more, once the first one is back
        row.unlink()
        for one in (request, again):
            self.assertFalse(one.asked_ids)
            self.assertEqual(self.asked(one), self.leader)

    def test_taken_back_nobody_is_asked(self):
        self.name(self.approver)
        request = self.make_request("submitted")
        request.with_user(self.anna).action_draft()
        self.assertFalse(request.asked_ids)
        self.assertFalse(self.asked(request))

    def test_deputy_who_ends_early_is_asked_no_more(self):
        request = self.make_request("submitted")
        row = self.name(self.approver)
        self.assertTrue(request.with_user(self.approver).waiting_for_me)
        self.approver.name = "Called something else by now"
        before = {"date_from": "2020-01-01", "date_to": "2020-01-02"}
        for end in (
            lambda: row.write(before),
            lambda: row.write({"deputy_id": self.manager.id}),
            row.unlink,
        ):
            end()
            self.assertNotIn(self.approver, self.asked(request) | request.asked_ids)
            self.assertFalse(request.with_user(self.approver).waiting_for_me)
            if row.exists():
                row.write({"deputy_id": self.approver.id, "date_to": "2090-01-01"})
                self.assertIn(self.approver, self.asked(request))
        self.assertEqual(self.asked(request), self.leader)
        # for another reason they are asked as before
        twice = [self.name(self.approver), self.name(self.approver, days=(0, 9))]
        twice[0].unlink()
        self.assertIn(self.approver, self.asked(request))
        twice[1].unlink()
        self.company.handover_escalation_days = 1
        self.remind(20)
        self.assertIn(self.approver, self.asked(request))
        self.name(self.approver).unlink()
        self.assertIn(self.approver, self.asked(request))

    def test_later_end_is_asked_of_deputies_and_then_of_the_next(self):
        end = fields.Datetime.now().replace(microsecond=0) + 90 * DAY
        row = self.name(self.approver)
        request = self.make_request("transferred", kind="temporary", date_return=end)
        later = fields.Datetime.to_string(end + DAY)
        request.with_user(self.anna).action_extend(later)
        # who approved it in somebody's place is asked for having done so
        row.unlink()
        self.assertEqual(self.asked(request), self.approver)
        row = self.name(self.manager, user=self.approver)
        self.assertEqual(self.asked(request), self.approver | self.manager)
        self.assertTrue(request.with_user(self.manager).waiting_for_me)
        self.assertFalse(request.with_user(self.leader).waiting_for_me)
        request.with_user(self.manager).action_approve_extension(later)
        event = request.event_ids.sorted("id")[-1]
        self.assertEqual(event.code, "end_changed")
        self.assertEqual(event.data["in_place_of"], self.approver.name)
        self.assertFalse(self.asked(request) | request.asked_ids)
        self.assertFalse(request.with_user(self.manager).waiting_for_me)
        self.assertTrue(request.with_user(self.manager).verify()["ok"])
        # at once of who is named already, and no more of who is back
        request.with_user(self.anna).action_extend(
            fields.Datetime.to_string(end + 2 * DAY)
        )
        self.assertEqual(self.asked(request), self.approver | self.manager)
        row.unlink()
        self.assertEqual(self.asked(request), self.approver)
        self.company.write({"handover_decision_days": 2, "handover_escalation_days": 3})
        self.remind(4)
        self.assertEqual(self.asked(request), self.approver)
        self.remind(5)
        self.assertEqual(self.asked(request), self.approver | self.leader)
        request.with_user(self.leader).action_refuse_extension("No")
        event = request.event_ids.sorted("id")[-1]
        self.assertNotIn("in_place_of", event.data)
        self.assertFalse(self.asked(request) | request.asked_ids)

    def test_everybody_who_is_asked_is_reminded(self):
        self.name(self.approver)
        request = self.make_request("submitted")
        self.assertEqual(self.asked(request), self.leader | self.approver)
        self.company.handover_decision_days = 2
        messages = self.env["mail.message"].search([], order="id desc", limit=1)
        self.remind(2)
        told = self.env["mail.message"].search(
            [
                ("id", ">", messages.id),
                ("subject", "=", "Handovers wait for your decision"),
            ]
        )
        self.assertEqual(told.partner_ids, (self.leader | self.approver).partner_id)
        # and nobody again on the next day
        self.remind(3)
        self.assertEqual(
            told.search_count([("subject", "=", told[0].subject)]), len(told)
        )

    # ------------------------------------------------------------
    # WHO NAMES WHOM
    # ------------------------------------------------------------

    def test_for_oneself_and_managers_for_others(self):
        self.assertTrue(self.name(self.approver, by=self.manager))
        for user in (self.anna, self.other, self.approver, self.bruno):
            with self.subTest(user=user.name), self.assertRefused(AccessError):
                self.name(self.manager, by=user)
        for user in (self.projectuser, self.employee, self.portal, self.foreigner):
            with self.subTest(user=user.name), self.assertRefused(AccessError):
                self.name(self.manager, by=user)

    def test_only_those_concerned_read_and_change_it(self):
        row = self.name(self.approver)
        for user in (self.leader, self.manager):
            self.assertTrue(row.with_user(user).has_access("write"))
        self.assertTrue(row.with_user(self.approver).has_access("read"))
        for user in (self.approver, self.anna, self.foreigner):
            with self.subTest(user=user.name), self.assertRefused(AccessError):
                row.with_user(user).date_to = "2090-01-01"
            with self.subTest(user=user.name), self.assertRefused(AccessError):
                row.with_user(user).unlink()
        for user in (self.anna, self.other, self.foreigner):
            self.assertFalse(row.with_user(user).has_access("read"))
        with self.assertRefused(AccessError):
            row.with_user(self.leader).user_id = self.manager
        row.with_user(self.leader).unlink()

    def test_deputy_is_an_approver_of_the_same_company(self):
        for deputy in (self.bruno, self.employee, self.portal, self.foreigner):
            with self.subTest(deputy=deputy.name), self.assertRefused(ValidationError):
                self.name(deputy)
        with self.assertRefused((ValidationError, UserError)):
            self.name(self.leader)
        with self.assertRefused((ValidationError, UserError)):
            self.name(self.approver, days=(5, 0))

    def test_no_right_is_lent(self):
        """Who is no approver any more decides on nothing."""
        self.name(self.approver)
        request = self.make_request("submitted")
        group = self.env.ref("sales_team.group_sale_manager")
        group.sudo().user_ids -= self.approver
        with self.assertRefused(AccessError):
            request.with_user(self.approver).action_approve()

    # ------------------------------------------------------------
    # NOBODY DECIDES
    # ------------------------------------------------------------

    def test_next_in_line_is_asked_once_each(self):
        self.company.write({"handover_decision_days": 2, "handover_escalation_days": 3})
        request = self.make_request("submitted")
        self.remind(4)
        self.assertEqual(self.asked(request), self.leader)
        self.remind(5)
        self.assertEqual(request.asked_ids, self.approver)
        self.assertEqual(self.asked(request), self.leader | self.approver)
        self.remind(6)
        self.assertEqual(request.asked_ids, self.approver)
        self.remind(10)
        self.assertEqual(len(request.asked_ids), 2)
        for day in (20, 30, 40, 50, 60, 70):
            self.remind(day)
        names = [
            event.data["people"]
            for event in request.event_ids
            if event.code == "escalated"
        ]
        self.assertEqual(len(names), len(set(names)))
        self.assertIn(self.manager.name, names)
        request.with_user(self.manager).action_approve()

    def test_who_has_a_part_is_passed_over(self):
        self.company.write({"handover_escalation_days": 1})
        request = self.make_request("submitted", successor_id=self.approver.id)
        for day in range(3, 30, 3):
            self.remind(day)
        self.assertTrue(request.asked_ids)
        self.assertFalse(request.asked_ids & (self.approver | self.anna))

    def test_not_where_the_company_does_not_want_it(self):
        request = self.make_request("submitted")
        self.remind(60)
        self.assertFalse(request.asked_ids)
