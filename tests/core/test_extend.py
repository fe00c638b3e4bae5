"""Another end of a temporary handover: sooner at once, later by a new approval."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..common import SALESMAN, HandoverCommon

APPROVAL = "crm_handover.mail_activity_type_approval"
DAY = timedelta(days=1)


class TestAnotherEnd(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.end = fields.Datetime.now().replace(microsecond=0) + 10 * DAY
        cls.lead = cls.make_lead()
        cls.request = cls.make_request(
            "transferred", cls.lead, kind="temporary", date_return=cls.end
        )

    def ask(self, user, end):
        return self.request.with_user(user).action_extend(
            fields.Datetime.to_string(end)
        )

    def codes_of_events(self):
        return self.request.sudo().event_ids.sorted("id").mapped("code")

    def assertVerifies(self):
        verified = self.request.with_user(self.manager).verify()
        self.assertEqual(verified["problems"], [])

    def asked(self):
        """Who has a to-do about the later end."""
        return self.request._todos(APPROVAL).user_id

    def test_sooner_holds_at_once_and_it_comes_back_then(self):
        self.ask(self.anna, self.end - 5 * DAY)
        self.assertEqual(self.request.date_return, self.end - 5 * DAY)
        self.assertEqual(self.codes_of_events()[-1], "end_changed")
        self.assertFalse(self.asked())
        self.assertVerifies()
        with freeze_time(self.end - 5 * DAY + timedelta(hours=1)):
            self.run_cron()
        self.assertOwner(self.lead, self.anna)
        self.assertVerifies()

    def test_what_was_started_early_ends_before_it_was_to_start(self):
        planned = self.end - 5 * DAY
        request = self.make_request(
            "approved", self.make_lead(), kind="temporary", date_return=self.end,
            date_planned=planned,
        )  # fmt: skip
        sooner = fields.Datetime.now().replace(microsecond=0) + DAY
        with self.assertRefused(UserError):
            request.with_user(self.anna).action_extend(sooner)
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "transferred")
        request.with_user(self.anna).action_extend(sooner)
        self.assertEqual(request.date_return, sooner)
        with self.assertRefused(UserError):
            request.with_user(self.anna).action_extend(request.date_started)

    def test_later_waits_for_an_approver_and_is_told(self):
        self.ask(self.anna, self.end + 5 * DAY)
        self.assertEqual(self.request.date_return, self.end)
        self.assertEqual(self.request.date_return_asked, self.end + 5 * DAY)
        self.assertEqual(self.asked(), self.approver)
        self.assertVerifies()
        judge = self.request.with_user(self.asked())
        self.assertTrue(judge.can_decide_extension)
        judge.action_approve_extension(fields.Datetime.to_string(self.end + 5 * DAY))
        self.assertEqual(self.request.date_return, self.end + 5 * DAY)
        self.assertFalse(self.request.date_return_asked)
        self.assertFalse(self.asked())
        event = self.request.sudo().event_ids.sorted("id")[-1]
        self.assertEqual((event.code, event.actor_id), ("end_changed", self.approver))
        self.assertVerifies()
        with freeze_time(self.end + DAY):
            self.run_cron()
        self.assertOwner(self.lead, self.bruno)

    def test_who_asks_does_not_decide(self):
        self.ask(self.anna, self.end + DAY)
        for user in (self.anna, self.bruno, self.chen, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.request.with_user(user).action_approve_extension()
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.request.with_user(user).action_refuse_extension()
        self.assertEqual(self.request.date_return, self.end)

    def test_a_superior_without_a_part_lets_it_last_longer_at_once(self):
        self.ask(self.approver, self.end + DAY)
        self.assertEqual(self.request.date_return, self.end + DAY)
        self.assertFalse(self.asked())

    def test_who_takes_over_has_no_say(self):
        for user in (self.bruno, self.other, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.ask(user, self.end - DAY)
        self.assertEqual(self.request.date_return, self.end)

    def test_who_does_not_decide_is_reminded_before_it_is_too_late(self):
        self.company.write({"handover_reminders": True, "handover_decision_days": 3})
        self.approver.tz = "UTC"
        self.ask(self.anna, self.end + 5 * DAY)
        mine = Domain("partner_ids", "in", self.approver.partner_id.ids)
        cron = self.env.ref("crm_handover.ir_cron_handover_request_remind")
        reminded = []
        now = fields.Datetime.now()
        for day in range(11):
            with freeze_time(now + day * DAY + timedelta(minutes=10)):
                self.env.flush_all()
                before = self.env["mail.message"].search(mine)
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
                new = self.env["mail.message"].search(mine) - before
                if new:
                    reminded.append(day)
                    self.assertIn("whether it lasts until", new.body)
                    self.assertNotIn("approve or refuse it", new.body)
        # as often as any decision, and each day before the present end comes
        self.assertEqual(reminded, [3, 6, 8, 9, 10])
        self.request.with_user(self.approver).action_refuse_extension()
        self.assertFalse(self.Request._undecided() & self.request)

    def test_a_refused_wish_changes_nothing_and_may_be_asked_again(self):
        self.ask(self.anna, self.end + DAY)
        self.request.with_user(self.leader).action_refuse_extension("Bruno is away")
        self.assertEqual(self.request.date_return, self.end)
        self.assertFalse(self.request.date_return_asked)
        self.assertFalse(self.asked())
        self.assertEqual(self.codes_of_events()[-1], "end_refused")
        with self.assertRaisesRegex(UserError, "nobody asks"):
            self.request.with_user(self.leader).action_refuse_extension()
        self.ask(self.anna, self.end + 2 * DAY)
        self.assertEqual(self.asked(), self.approver)

    def test_another_wish_meanwhile_is_not_approved_unseen(self):
        self.ask(self.anna, self.end + DAY)
        self.ask(self.anna, self.end + 9 * DAY)
        self.assertEqual(len(self.request._todos(APPROVAL)), 1)
        with self.assertRaisesRegex(UserError, "another end"):
            self.request.with_user(self.leader).action_approve_extension(
                fields.Datetime.to_string(self.end + DAY)
            )
        self.assertEqual(self.request.date_return, self.end)

    def test_ends_that_are_none(self):
        now = fields.Datetime.now()
        for end in (now - DAY, now - timedelta(seconds=1)):
            with self.subTest(end), self.assertRaisesRegex(UserError, "to come"):
                self.ask(self.anna, end)
        with self.assertRaises(UserError):
            self.request.with_user(self.anna).action_extend(False)
        permanent = self.make_request("transferred")
        with self.assertRaisesRegex(UserError, "permanent"):
            permanent.with_user(self.anna).action_extend("2099-01-01 00:00:00")
        draft = self.make_request(kind="temporary", date_return=self.end)
        with self.assertRaisesRegex(UserError, "once it is approved"):
            draft.with_user(self.anna).action_extend("2099-01-01 00:00:00")

    def test_what_was_asked_ends_with_the_return(self):
        self.ask(self.anna, self.end + DAY)
        # whoever asked hears of the end, be it somebody who is told of nothing else
        self.request._trusting().return_asked_by_id = self.manager
        self.request.with_user(self.leader).action_return()
        self.assertEqual(self.request.state, "returned")
        mine = [("model", "=", self.request._name), ("res_id", "=", self.request.id)]
        told = self.env["mail.message"].search(mine).notified_partner_ids
        self.assertIn(self.manager.partner_id, told)
        self.assertFalse(self.request.date_return_asked)
        self.assertFalse(self.asked())
        self.assertFalse(self.request.with_user(self.leader).can_decide_extension)

    def test_the_present_end_takes_a_later_wish_back(self):
        self.ask(self.anna, self.end + DAY)
        for user in (self.anna, self.approver):
            with self.subTest(user.name):
                self.ask(user, self.end)
                self.assertFalse(self.request.date_return_asked)
                self.assertFalse(self.asked())
                # nothing has another end, and nobody is told so
                self.assertNotIn("end_changed", self.codes_of_events())

    def test_a_wish_lasts_while_a_part_goes_back(self):
        kept, more = self.make_lead(), self.make_lead()
        request = self.make_request(
            "transferred", kept | more, kind="temporary", date_return=self.end
        )
        request.with_user(self.anna).action_extend(
            fields.Datetime.to_string(self.end + DAY)
        )
        line = request.line_ids.filtered(lambda line: line.res_id == more.id)
        line.with_user(self.leader).action_return()
        self.assertEqual(request.state, "transferred")
        self.assertEqual(request.date_return_asked, self.end + DAY)
        self.assertTrue(request.with_user(self.approver).can_decide_extension)

    def test_permissions_that_end_with_it_last_as_long(self):
        request = self.make_request(
            kind="temporary", date_return=self.end, successor_id=self.projectuser.id
        )
        grant = self.env["handover.grant"].with_user(self.anna).create(
            {
                "request_id": request.id, "user_id": self.projectuser.id,
                "kind": "group", "group_id": self.env.ref(SALESMAN).id,
            }
        )  # fmt: skip
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(grant.expires_at, self.end)
        request.with_user(self.approver).action_extend(
            fields.Datetime.to_string(self.end + DAY)
        )
        self.assertEqual(grant.expires_at, self.end + DAY)
        self.assertEqual(request.with_user(self.manager).verify()["problems"], [])

    def test_predecessor_changes_it_on_the_screen(self):
        dialog = (
            self.env["handover.request.extend"]
            .with_user(self.anna)
            .create({"request_id": self.request.id})
        )
        self.assertEqual(dialog.date_return, self.end)
        dialog.date_return = self.end - DAY
        dialog.action_extend()
        self.assertEqual(self.request.date_return, self.end - DAY)
