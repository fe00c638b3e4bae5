"""Who leaves gets no new leads: assignment leaves them out, and goes on as before."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from odoo.addons.crm_handover.hooks import uninstall_hook

from ..common import HandoverCommon


class TestPause(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls.team.crm_team_member_ids.filtered(
            lambda member: member.user_id == cls.anna
        )

    def events(self, request):
        """The moves whose events tell of the assignment, and what they tell."""
        events = request.sudo().event_ids.sorted("id")
        told = [(event.data or {}).keys() & {"paused", "resumed"} for event in events]
        return [name for names in told for name in names]

    def test_from_the_submission_on(self):
        request = self.make_request("draft")
        self.assertFalse(self.member.assignment_optout)
        request.with_user(self.anna).action_submit()
        self.assertTrue(self.member.assignment_optout)
        event = request.event_ids.sorted("id")[-1]
        self.assertEqual(event.code, "submitted")
        self.assertIn("no new leads from Home Team", event.summary)
        self.bring_on(request)
        self.assertTrue(self.member.assignment_optout)
        self.assertEqual(self.events(request), ["paused"])
        self.assertTrue(request.with_user(self.manager).verify()["ok"])

    def bring_on(self, request):
        request.with_user(self.approver).action_approve()

    def test_as_before_when_nothing_comes_of_it(self):
        ways = {
            "refuse": (
                "submitted",
                lambda r: r.with_user(self.approver).action_refuse("No"),
            ),
            "draft": ("submitted", lambda r: r.with_user(self.anna).action_draft()),
            "cancel": ("approved", lambda r: r.with_user(self.anna).action_cancel()),
            "stop": ("running", lambda r: r.with_user(self.approver).action_cancel()),
            "return": ("done", lambda r: r.with_user(self.approver).action_return()),
        }
        for name, (state, end) in ways.items():
            with self.subTest(name):
                request = self.make_request(state)
                self.assertTrue(self.member.assignment_optout)
                end(request)
                self.assertFalse(self.member.assignment_optout)
                self.assertEqual(self.events(request), ["paused", "resumed"])

    def test_as_before_when_it_is_uninstalled_meanwhile(self):
        self.make_request("submitted")
        uninstall_hook(self.env(su=True))
        self.env.invalidate_all()
        self.assertFalse(self.member.assignment_optout)

    def test_who_was_left_out_before_stays_so(self):
        self.member.assignment_optout = True
        request = self.make_request("submitted")
        request.with_user(self.anna).action_cancel()
        self.assertTrue(self.member.assignment_optout)
        self.assertEqual(self.events(request), [])

    def test_what_somebody_changed_meanwhile_stays(self):
        request = self.make_request("submitted")
        self.member.assignment_optout = False
        request.with_user(self.anna).action_cancel()
        self.assertFalse(self.member.assignment_optout)
        self.assertEqual(self.events(request), ["paused"])

    def test_another_handover_keeps_them_out(self):
        first = self.make_request("submitted")
        second = self.make_request("submitted")
        first.with_user(self.anna).action_cancel()
        self.assertTrue(self.member.assignment_optout)
        second.with_user(self.anna).action_cancel()
        self.assertFalse(self.member.assignment_optout)

    def test_who_is_away_is_left_out_while_away(self):
        end = fields.Datetime.now() + timedelta(days=5)
        request = self.make_request("approved", kind="temporary", date_return=end)
        self.assertFalse(self.member.assignment_optout)
        request.with_user(self.approver).action_run()
        self.assertTrue(self.member.assignment_optout)
        with freeze_time(end + timedelta(hours=1)):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertFalse(self.member.assignment_optout)

    def test_who_gives_a_part_of_the_work_goes_on(self):
        self.make_lead(name="Kept")
        for values in (
            {"reason_id": self.env.ref("crm_handover.reason_customer_need").id},
            {"reason_id": False},
            {"kind": "temporary", "date_return": fields.Datetime.now() + timedelta(9)},
        ):
            request = self.make_request("transferred", **values)
            self.assertFalse(self.member.assignment_optout)
            self.assertEqual(self.events(request), [])

    def test_it_is_told_before(self):
        self.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        self.member.assignment_max = 30
        request = self.make_request("draft").with_user(self.anna)

        def finding():
            found = [
                f for f in request.preflight()["findings"] if f["code"] == "inflow"
            ]
            return [(f["severity"], f["fix"]) for f in found]

        [(severity, fix)] = finding()
        self.assertEqual(severity, "info")
        self.assertIn("pauses", fix)
        request.action_submit()
        self.assertEqual(finding(), [])
