"""What was declined, failed or was left alone: who is told, and what becomes of it."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon

ATTENTION = "crm_handover.mail_activity_type_attention"


class Unsettled(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.make_lead(name="One") | cls.make_lead(name="Two")

    def attention(self, request):
        return request.sudo()._todos(ATTENTION)

    def told(self, request, user):
        """The bodies of what somebody was sent about a handover."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "handover.request"),
                ("res_id", "=", request.id),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )
        return "\n".join(messages.mapped("body"))

    def line_of(self, request, lead):
        return request.line_ids.filtered(lambda line: line.res_id == lead.id)

    def declined(self, **values):
        """An approved handover of which the successor declines the first record."""
        values.setdefault("coordinator_id", self.other.id)
        request = self.make_request("approved", self.leads, **values)
        line = self.line_of(request, self.leads[0])
        line.with_user(self.bruno).action_decline("Too far")
        self.env.invalidate_all()
        return request, line


class TestTelling(Unsettled):
    def test_a_second_no_is_told_without_the_first(self):
        request, first = self.declined()
        mails = self.env["mail.message"].search([], order="id desc", limit=1)
        [second] = request.line_ids - first
        second.with_user(self.bruno).action_decline("No time either")
        told = self.env["mail.message"].search(
            [("id", ">", mails.id), ("subject", "like", "records declined")]
        )
        self.assertTrue(told)
        for message in told:
            self.assertIn(second.res_name, message.body)
            self.assertNotIn(first.res_name, message.body)

    def test_coordinator_has_one_todo_at_once(self):
        request, _line = self.declined()
        [todo] = self.attention(request)
        self.assertEqual(todo.user_id, self.other)
        self.assertIn("Bruno declined records: 1", todo.note)
        self.assertIn("Too far", todo.note)
        line = self.line_of(request, self.leads[1])
        line.with_user(self.bruno).action_decline("No time")
        [todo] = self.attention(request)
        self.assertIn("No time", todo.note)

    def test_predecessor_and_superiors_read_the_reason(self):
        request, _line = self.declined()
        for user in (self.anna, self.approver, self.leader):
            told = self.told(request, user)
            self.assertIn("declined records", told)
            self.assertIn("Too far", told)
            self.assertIn("One", told)
            self.assertNotIn("Two", told.partition("declined records")[2])

    def test_who_stands_in_for_a_requester_who_leaves(self):
        request, _line = self.declined(coordinator_id=False)
        self.assertEqual(self.attention(request).user_id, self.approver)

    def test_failed_and_left_alone(self):
        request = self.make_request(
            "approved", self.leads, coordinator_id=self.other.id
        )
        self.leads[0].user_id = self.chen
        request.with_user(self.approver).action_run()
        [todo] = self.attention(request)
        self.assertEqual(todo.user_id, self.other)
        self.assertIn("Not handed over: 1.", todo.note)
        self.assertEqual(request.unsettled_count, 1)

    def test_what_is_deleted_or_went_well_asks_for_nobody(self):
        request = self.make_request("approved", self.leads)
        self.leads[0].unlink()
        request.with_user(self.approver).action_run()
        self.assertFalse(self.attention(request))
        self.assertFalse(request.unsettled_count)

    def test_second_thoughts_end_it(self):
        request, line = self.declined()
        line.with_user(self.bruno).action_accept()
        self.assertFalse(self.attention(request))

    def test_what_no_record_shows_is_told_until_somebody_ends_it(self):
        """Who has left is told once: no decision on a record takes that away."""
        before = fields.Datetime.now() - timedelta(days=1)
        lasting = '<p class="o_handover_lasts">Chen has left.</p>'
        for how in ("accepts", "leaves it", "runs"):
            request, line = self.declined()
            request._call_for_attention(lambda env: "Chen has left.")
            request._call_for_attention(lambda env: "It waits.", since=before)
            [todo] = self.attention(request)
            self.assertIn("Too far", todo.note)
            if how == "leaves it":
                line.with_user(self.other).action_settle()
            else:
                line.with_user(self.bruno).action_accept()
            self.env.invalidate_all()
            with self.subTest(how):
                self.assertEqual(
                    todo.note, f'{lasting}<p class="o_handover_waits">It waits.</p>'
                )
                if how == "runs":
                    request.with_user(self.approver).action_run()
                    self.assertEqual(request.state, "transferred")
                    self.assertEqual(todo.note, lasting)
                    # nor does it wait any more where something went wrong
                    todo.note += '<p class="o_handover_waits">It waits.</p>'
                    wrong = [lambda env: "Wrong."]
                    with patch.object(type(request), "_troubles", return_value=wrong):
                        request._mind(went_on=True)
                    self.assertEqual(todo.note, f"{lasting}<p>Wrong.</p>")
                else:
                    request.with_user(self.anna).action_cancel()
                    self.assertFalse(todo.exists())

    def test_it_ends_with_the_handover(self):
        request, _line = self.declined()
        request.with_user(self.anna).action_cancel()
        self.assertFalse(self.attention(request))

    def test_trying_again_ends_it(self):
        request = self.make_request("transferred", self.leads)
        line = request.line_ids[0]
        line._trusting().write({"state": "failed", "result_code": "locked"})
        self.env["crm.lead"].browse(line.res_id).user_id = self.anna
        request._mind()
        self.assertTrue(self.attention(request))
        request.with_user(self.leader).action_retry()
        self.assertFalse(self.attention(request))


class TestAnotherHandover(Unsettled):
    def follow_up(self, action):
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_give_to_somebody_else(self):
        """Submitted at once; what was approved stays as it was."""
        request, line = self.declined()
        digest = request.digest
        line_of_two = self.line_of(request, self.leads[1])
        action = line.with_user(self.other).action_give_to(self.chen.id)
        draft = self.follow_up(action)
        self.assertEqual(draft.state, "submitted")
        self.assertEqual(draft.requester_id, self.other)
        self.assertEqual(draft.origin_id, request)
        self.assertEqual(draft.predecessor_id, self.anna)
        self.assertEqual(draft.line_ids.mapped("res_id"), self.leads[0].ids)
        self.assertEqual(draft.line_ids.successor_id, self.chen)
        self.assertOwner(self.leads, self.anna)
        self.assertEqual(line.successor_id, self.bruno)
        self.assertEqual((line.state, line.result_code), ("skipped", "declined"))
        self.assertFalse(self.attention(request))
        # the first one goes on with the rest
        self.assertEqual(request._content_digest(), digest)
        request.with_user(self.approver).action_run()
        self.assertOwner(self.leads[1], self.bruno)
        self.assertEqual(line_of_two.state, "done")
        self.assertFalse(self.attention(request))
        draft.with_user(self.approver).action_approve()
        self.assertOwner(self.leads[0], self.chen)

    def test_who_gives_it_does_not_approve_it(self):
        _request, line = self.declined()
        draft = self.follow_up(line.with_user(self.leader).action_give_to(self.chen.id))
        with self.assertRefused(AccessError, "does not decide"):
            draft.with_user(self.leader).action_approve()

    def test_new_draft_of_all_with_what_was_said(self):
        request = self.make_request(records=self.leads)
        request.line_ids.with_user(self.anna).write(
            {"note": "Ask twice", "risk": "high"}
        )
        self.bring(request.with_user(self.anna), "transferred")
        request.line_ids._trusting().write({"state": "failed", "result_code": "error"})
        self.leads.user_id = self.anna
        draft = self.follow_up(request.with_user(self.leader).action_new_draft())
        self.assertEqual(draft.state, "draft")
        self.assertEqual(len(draft.line_ids), 2)
        self.assertEqual(set(draft.line_ids.mapped("note")), {"Ask twice"})
        self.assertEqual(set(draft.line_ids.mapped("risk")), {"high"})
        self.assertFalse(draft.line_ids.successor_id)
        self.assertFalse(request.with_user(self.leader).can_retry)
        with self.assertRefused(UserError, "nothing has failed"):
            request.with_user(self.leader).action_retry()

    def test_only_what_is_still_theirs(self):
        request = self.make_request("approved", self.leads)
        self.leads[0].user_id = self.chen
        request.with_user(self.approver).action_run()
        line = self.line_of(request, self.leads[0])
        with self.assertRefused(UserError, "leave them as they are"):
            line.with_user(self.leader).action_new_draft()
        self.assertTrue(line.with_user(self.leader).action_settle())
        self.assertTrue(line.settled)
        self.assertFalse(self.attention(request))
        with self.assertRefused(UserError):
            line.with_user(self.leader).action_settle()

    def test_rest_of_what_was_stopped(self):
        request = self.make_request("running", self.leads)
        request.with_user(self.leader).action_cancel("Wait")
        self.assertFalse(self.attention(request))
        self.assertEqual(request.unsettled_count, 2)
        self.assertTrue(request.with_user(self.leader).can_settle)
        self.assertFalse(request.with_user(self.bruno).can_settle)
        draft = self.follow_up(request.with_user(self.leader).action_new_draft())
        self.assertEqual(len(draft.line_ids), 2)
        self.assertFalse(request.with_user(self.leader).can_settle)

    def test_what_the_predecessor_keeps_goes_on(self):
        end = fields.Datetime.now() + timedelta(days=9)
        _request, line = self.declined(predecessor_access="read", date_access_end=end)
        draft = self.follow_up(line.with_user(self.other).action_new_draft())
        self.assertRecordValues(
            draft, [{"predecessor_access": "read", "date_access_end": end}]
        )

    def test_who_has_no_say_changes_nothing(self):
        request, line = self.declined()
        for user in (self.bruno, self.chen, self.alldocs):
            for method, arguments in (
                ("action_settle", []),
                ("action_new_draft", []),
                ("action_give_to", [self.chen.id]),
            ):
                with self.assertRefused(AccessError):
                    getattr(line.with_user(user), method)(*arguments)
        self.assertTrue(self.attention(request))

    def test_coordinator_collects_nothing_more(self):
        _request, line = self.declined()
        action = line.with_user(self.other).action_new_draft()
        draft = self.follow_up(action).with_user(self.other)
        with self.assertRefused(AccessError):
            draft.action_collect()
        with self.assertRefused(AccessError):
            draft.add_records("crm.lead", self.leads[1].ids)

    def test_what_was_handed_over_is_not_given_away(self):
        request = self.make_request("transferred", self.leads)
        for method in ("action_settle", "action_new_draft"):
            with self.assertRefused(UserError, "not handed over"):
                getattr(request.line_ids.with_user(self.leader), method)()
        with self.assertRefused(UserError):
            request.line_ids.with_user(self.leader).action_give_to(self.chen.id)
        with self.assertRefused(UserError, "waiting for a decision"):
            request.with_user(self.leader).action_new_draft()

    def test_successor_who_is_none(self):
        _request, line = self.declined()
        for wrong in (0, 2**31 - 1, "abc", False, self.portal.id, self.anna.id):
            with self.subTest(wrong=wrong), self.assertRefused(UserError):
                line.with_user(self.other).action_give_to(wrong)

    def test_of_several_handovers_each_goes_on(self):
        first, line = self.declined()
        lead = self.make_lead(name="Alone")
        second = self.make_request("approved", lead)
        second.line_ids.with_user(self.bruno).action_decline("No time")
        lines = (second.line_ids | line).with_user(self.leader)
        action = lines.action_give_to(self.chen.id)
        drafts = self.Request.search(action["domain"])
        self.assertEqual(drafts.origin_id, first | second)
        self.assertEqual(drafts.line_ids.successor_id, self.chen)
        self.assertEqual(set(drafts.mapped("state")), {"submitted"})

    def test_in_a_draft_it_chooses_the_successor(self):
        request = self.make_request(records=self.leads)
        lines = request.line_ids
        self.assertTrue(lines.with_user(self.anna).action_give_to(self.chen.id))
        self.assertEqual(lines.successor_id, self.chen)
        with self.assertRefused(AccessError):
            lines.with_user(self.bruno).action_give_to(self.bruno.id)

    def test_dialog_opens_what_it_made(self):
        request, _line = self.declined()
        action = request.with_user(self.other).action_choose_give()
        values = {
            key.removeprefix("default_"): value
            for key, value in action["context"].items()
        }
        wizard = self.env[action["res_model"]].with_user(self.other)
        wizard = wizard.create({**values, "successor_id": self.chen.id})
        self.assertEqual(wizard.line_count, 1)
        # all that is left, named by none of its ids
        self.assertFalse(wizard.line_ids)
        self.assertEqual(self.follow_up(wizard.action_give()).state, "submitted")

    def test_temporary_one_is_followed_by_one_until_the_same_day(self):
        back = fields.Datetime.add(fields.Datetime.now(), days=9)
        _request, line = self.declined(kind="temporary", date_return=back)
        draft = self.follow_up(line.with_user(self.other).action_new_draft())
        self.assertEqual((draft.kind, draft.date_return), ("temporary", back))

    def test_rest_is_looked_after_by_who_is_still_there(self):
        _request, line = self.declined()
        self.other.sudo().active = False
        draft = self.follow_up(line.with_user(self.leader).action_new_draft())
        self.assertTrue(draft.coordinator_id.active)
        self.assertNotEqual(draft.coordinator_id, self.other)

    def test_teams_records_go_on_as_the_teams(self):
        request = self.Request.with_user(self.leader).create(
            {"source_team_id": self.team.id, "successor_id": self.bruno.id}
        )
        request.add_records("crm.lead", self.leads.ids)
        self.bring(request, "transferred")
        request.line_ids._trusting().write({"state": "failed", "result_code": "error"})
        self.leads.write({"user_id": self.anna.id, "team_id": self.team.id})
        draft = self.follow_up(request.action_new_draft())
        self.assertEqual(draft.source_team_id, self.team)
        self.assertEqual(draft.line_ids.predecessor_id, self.anna)
