"""Who cannot be reached: somebody confirms for them; what is private stays theirs."""

from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon


class TestSuddenLeave(HandoverCommon):
    def test_manager_confirms_for_who_cannot_be_reached(self):
        request = self.make_request("transferred", by=self.manager, is_sudden=True)
        request.with_user(self.bruno).action_confirm()
        with self.assertRefused(AccessError):
            request.with_user(self.approver).action_confirm()
        request.with_user(self.manager).action_confirm()
        self.assertRecordValues(
            request.signoff_ids.filtered(lambda sign: sign.user_id == self.anna),
            [{"role": "predecessor", "signed_by_id": self.manager.id}],
        )
        self.assertEqual(request.state, "done")

    def test_manager_does_not_sign_for_who_can_be_reached(self):
        request = self.make_request("transferred")
        with self.assertRefused(AccessError):
            request.with_user(self.manager).action_confirm()

    def test_private_work_is_sealed_and_counted(self):
        task = self.make_task(project_id=False, name="Secret")
        meeting = self.make_meeting(self.make_lead(), privacy="private")
        request = self.make_request(by=self.manager, is_sudden=True)
        findings = request.with_user(self.manager).preflight()["findings"]
        [sealed] = [f for f in findings if f["code"] == "sealed"]
        self.assertEqual(sealed["severity"], "info")
        self.assertIn("Tasks: 1", sealed["message"])
        self.assertIn("Meetings: 1", sealed["message"])
        self.assertNotIn("Secret", str(findings))
        request.with_user(self.manager).action_collect()
        request.with_user(self.manager).action_submit()
        request.with_user(self.approver).action_approve()
        self.assertOwner(task, self.anna)
        self.assertEqual(meeting.user_id, self.anna)

    def test_successor_learns_no_number_of_what_is_private(self):
        self.make_task(project_id=False)
        request = self.make_request(by=self.manager, is_sudden=True)
        findings = request.with_user(self.bruno).preflight()["findings"]
        self.assertNotIn("sealed", [finding["code"] for finding in findings])

    def test_sudden_is_frozen_with_the_draft(self):
        request = self.make_request("submitted")
        with self.assertRefused(UserError):
            request.with_user(self.anna).write({"is_sudden": True})
