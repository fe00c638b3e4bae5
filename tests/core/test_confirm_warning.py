"""What is still open is said before somebody confirms, and keeps nobody from it."""

from odoo import fields

from ..common import HandoverCommon


class TestConfirmWarning(HandoverCommon):
    def warning(self, request, user):
        request.invalidate_recordset()
        return request.with_user(user).confirm_warning or ""

    def test_records_that_failed(self):
        leads = self.make_lead() | self.make_lead(name="Of Chen")
        request = self.make_request("submitted", records=leads)
        request.line_ids[1]._trusting().successor_id = self.chen
        request._sync_successors()
        request.with_user(self.approver)._move("approve")
        request._move("start", {"date_started": fields.Datetime.now()})
        request.line_ids._trusting().write({"state": "done", "result_code": "done"})
        request.line_ids[1]._trusting().state = "failed"
        request._move("finish", {"date_finished": fields.Datetime.now()})
        text = "Records that could not be handed over: 1."
        self.assertIn(text, self.warning(request, self.anna))
        # not of what comes to others
        self.assertNotIn("not be handed over", self.warning(request, self.bruno))
        # who does not confirm is told elsewhere
        self.assertFalse(self.warning(request, self.approver))
        self.assertIs(request.with_user(self.anna).action_confirm(), True)
        self.assertFalse(self.warning(request, self.anna))

    def test_words_of_the_predecessor_are_no_open_question(self):
        request = self.make_request("transferred")
        comment = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        question = "Questions without an answer: 1."
        for user, asks in ((self.bruno, True), (self.anna, False)):
            request.with_user(user).message_post(body="Well", **comment)
            self.assertEqual(question in self.warning(request, self.anna), asks)

    def test_before_and_after_nothing_is_said(self):
        for state in ("draft", "approved", "done"):
            request = self.make_request(state)
            self.assertFalse(self.warning(request, self.anna))
