"""Whoever has no part in a handover any more gets nothing of it, from then on."""

from ..common import SALESMAN, HandoverCommon


class TestFormerPeople(HandoverCommon):
    def told(self, record):
        """Who gets a message on ``record``, in the inbox or by mail."""
        self.env.invalidate_all()
        message = record.with_user(self.manager).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        return message.sudo().notified_partner_ids

    def follow(self, record, *users):
        for user in users:
            record.sudo().message_subscribe(user.partner_id.ids)

    def follows(self, record, user):
        self.env.invalidate_all()
        return user.partner_id in record.sudo().message_partner_ids

    def test_a_successor_replaced_in_the_draft(self):
        request = self.make_request()
        self.follow(request, self.bruno, self.anna)
        self.assertTrue(self.follows(request, self.bruno))
        self.assertIn(self.bruno.partner_id, self.told(request))
        request.with_user(self.anna).successor_id = self.chen
        self.assertFalse(self.follows(request, self.bruno))
        self.assertTrue(self.follows(request, self.anna))
        self.assertNotIn(self.bruno.partner_id, self.told(request))

    def test_a_coordinator_who_was_replaced(self):
        request = self.make_request(coordinator_id=self.other.id)
        self.follow(request, self.other)
        self.assertTrue(self.follows(request, self.other))
        request.with_user(self.anna).coordinator_id = self.projectuser
        self.assertFalse(self.follows(request, self.other))

    def test_a_successor_of_a_record_who_was_replaced_on_the_line(self):
        request = self.make_request(records=self.make_lead() | self.make_lead())
        first, second = request.line_ids
        first.with_user(self.anna).successor_id = self.chen
        self.follow(request, self.bruno, self.chen)
        first.with_user(self.anna).successor_id = self.bruno
        self.assertFalse(self.follows(request, self.chen))
        self.assertTrue(self.follows(request, self.bruno))
        self.assertEqual(second.successor_id, self.bruno)

    def test_one_who_follows_and_cannot_read_is_told_nothing(self):
        """However it came that they still follow: other rights, another team leader."""
        request = self.make_request("submitted")
        self.follow(request, self.leader, self.other, self.anna)
        told = self.told(request)
        self.assertIn(self.leader.partner_id, told)
        self.assertIn(self.anna.partner_id, told)
        self.assertNotIn(self.other.partner_id, told)
        self.team.user_id = self.other
        told = self.told(request)
        self.assertNotIn(self.leader.partner_id, told)

    def test_permissions_of_a_successor_who_was_replaced(self):
        """In the draft that a handover under review becomes again."""
        group = self.env.ref(SALESMAN)
        request = self.make_request(successor_id=self.projectuser.id)
        grant = self.env["handover.grant"].with_user(self.anna).create(
            {
                "request_id": request.id, "user_id": self.projectuser.id,
                "kind": "group", "group_id": group.id,
            }
        )  # fmt: skip
        self.bring(request.with_user(self.anna), "running")
        self.assertEqual(grant.sudo().state, "active")
        request.sudo()._review(lambda env: "Somebody left.")
        mine = request.with_user(self.anna)
        mine.action_draft()
        self.assertEqual(grant.sudo().state, "active")
        mine.successor_id = self.bruno
        self.env.invalidate_all()
        self.assertEqual(grant.sudo().state, "ended")
        self.assertNotIn(group, self.projectuser.group_ids)

    def test_who_is_named_in_a_message_is_told(self):
        request = self.make_request("submitted")
        self.follow(request, self.other)
        message = request.with_user(self.anna).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment",
            partner_ids=self.other.partner_id.ids,
        )  # fmt: skip
        self.assertIn(self.other.partner_id, message.sudo().notified_partner_ids)
