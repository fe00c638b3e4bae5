"""What somebody follows besides: told before, ended when they leave, and kept."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError

from ..common import HandoverCommon


class TestFollowing(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.make_lead()
        cls.won = cls.make_lead()
        cls.won.action_set_won()
        cls.theirs = cls.make_lead(cls.chen)
        cls.customer = cls.make_customer(cls.chen)
        cls.left = cls.make_lead()
        cls.followed = (cls.own, cls.won, cls.theirs, cls.customer, cls.left)
        for record in cls.followed:
            record.message_subscribe(cls.anna.partner_id.ids)

    def follows(self, *records):
        """Which of these Anna follows, by name of the attribute."""
        follows = self.env["mail.followers"].search(
            [("partner_id", "=", self.anna.partner_id.id)]
        )
        mine = {(follow.res_model, follow.res_id) for follow in follows}
        return [record for record in records if (record._name, record.id) in mine]

    def elsewhere(self):
        return self.follows(self.won, self.theirs, self.customer)

    def findings(self, request):
        found = request.preflight()["findings"]
        return [row["message"] for row in found if row["code"] == "follows"]

    def test_the_check_tells_how_many(self):
        request = self.make_request(records=self.own)
        [text] = self.findings(request)
        self.assertIn("3", text)
        self.assertIn("ends", text)
        request.with_user(self.anna).predecessor_follows = True
        [text] = self.findings(request)
        self.assertIn("3", text)
        self.assertIn("goes on", text)

    def test_the_dialog_tells_how_many(self):
        draft = self.Request.with_user(self.anna).new(
            {
                "predecessor_id": self.anna.id, "company_id": self.company.id,
                "reason_id": self.reason.id,
            }
        )  # fmt: skip
        rows = draft._portfolio()["staying"]
        [row] = [row for row in rows if row["name"] == "Followed Records"]
        self.assertEqual(row["count"], 3)

    def test_it_ends_with_the_handover(self):
        request = self.make_request("transferred", self.own)
        self.assertEqual(self.elsewhere(), [])
        # what still is hers reaches her, and the handover that she is to confirm
        self.assertEqual(self.follows(self.left, request), [self.left, request])
        event = request.event_ids.filtered(lambda event: event.code == "unfollowed")
        self.assertEqual(event.data, {"follows": 3})
        self.assertIn("3", event.summary)

    def test_what_refuses_goes_on_and_is_named(self):
        original = type(self.env["mail.followers"]).unlink

        def refuse(follows):
            if self.theirs.id in follows.mapped("res_id"):
                raise UserError("Not this one.")
            return original(follows)

        self.theirs.name = "Sealed"
        with patch.object(type(self.env["mail.followers"]), "unlink", refuse):
            request = self.make_request("transferred", self.own)
        self.assertEqual(request.state, "transferred")
        self.assertEqual(self.elsewhere(), [self.theirs])
        event = request.event_ids.filtered(lambda event: event.code == "unfollowed")
        self.assertEqual(event.data, {"follows": 2})
        notes = request.sudo().activity_ids.mapped("note")
        [told] = [note for note in notes if "goes on following" in (note or "")]
        self.assertIn("Lead (1)", told)
        # everybody on the handover reads it
        self.assertNotIn("Sealed", told)

    def test_who_only_takes_over_reads_nothing_of_it(self):
        request = self.make_request("submitted", self.own)
        self.assertTrue(self.findings(request.with_user(self.leader)))
        self.assertFalse(self.findings(request.with_user(self.bruno)))

    def test_nobody_else_stops_following(self):
        self.theirs.message_subscribe(self.other.partner_id.ids)
        self.make_request("transferred", self.own)
        self.assertLessEqual(
            self.chen.partner_id | self.other.partner_id,
            self.theirs.message_partner_ids,
        )

    def test_once_confirmed_the_handover_is_not_followed_either(self):
        request = self.make_request("done", self.own)
        self.assertEqual(self.follows(request), [])

    def test_it_goes_on_where_it_is_told_to(self):
        self.make_request("done", self.own, predecessor_follows=True)
        self.anna.active = False
        self.assertEqual(len(self.elsewhere()), 3)

    def test_who_does_not_leave_goes_on(self):
        self.reason.leaves = False
        request = self.make_request(records=self.own)
        self.assertEqual(self.findings(request), [])
        self.bring(request.with_user(self.anna), "done")
        self.assertEqual(len(self.elsewhere()), 3)

    def test_who_leaves_after_all_follows_nothing(self):
        self.reason.leaves = False
        self.make_request("done", self.own)
        # away for a time as well, which ends nothing by itself
        lead = self.make_lead()
        self.make_request(
            "transferred", lead, kind="temporary", date_return="2190-01-01"
        )
        self.anna.active = False
        self.assertEqual(self.follows(*self.followed), [])

    def test_a_temporary_one_ends_nothing(self):
        self.make_request(
            "transferred", self.own, kind="temporary", date_return="2190-01-01"
        )
        self.assertEqual(len(self.elsewhere()), 3)

    def test_who_is_gone_before_the_handover(self):
        self.reason.leaves = False
        self.anna.active = False
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_id": self.anna.id, "successor_id": self.bruno.id,
                "reason_id": self.reason.id,
            }
        )  # fmt: skip
        request.add_records("crm.lead", self.own.ids)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.assertEqual(self.follows(*self.followed), [])

    def test_the_way_back_gives_it_back(self):
        subtypes = {}
        for record in (self.won, self.theirs, self.customer):
            follow = self.env["mail.followers"].search(
                [
                    ("res_model", "=", record._name), ("res_id", "=", record.id),
                    ("partner_id", "=", self.anna.partner_id.id),
                ]
            )  # fmt: skip
            follow.subtype_ids = follow.subtype_ids[:1]
            subtypes[record] = follow.subtype_ids
        request = self.make_request("transferred", self.own)
        gone = self.theirs
        gone.unlink()
        request.with_user(self.approver).action_return()
        self.assertEqual(self.elsewhere(), [self.won, self.customer])
        for record in (self.won, self.customer):
            follow = record.message_follower_ids.filtered(
                lambda follow: follow.partner_id == self.anna.partner_id
            )
            self.assertEqual(follow.subtype_ids, subtypes[record])
        self.assertIn("follows", request.event_ids.mapped("code"))

    def test_queries_do_not_grow_with_what_is_followed(self):
        counts = []
        for count in (5, 50):
            leads = self.env["crm.lead"].union(
                *(self.make_lead(self.chen) for _i in range(count))
            )
            leads.message_subscribe(self.anna.partner_id.ids)
            request = self.make_request("submitted", self.make_lead())
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            request.with_user(self.approver).action_approve()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 10)

    # ------------------------------------------------------------
    # A TEAM
    # ------------------------------------------------------------

    def team_request(self, state, **values):
        return self.make_request(
            state, self.own | self.theirs, by=self.leader, predecessor_id=False,
            source_team_id=self.team.id, successor_id=self.other.id, **values,
        )  # fmt: skip

    def test_people_of_a_team_stop_following_what_it_gives_away(self):
        """Also what was a colleague's; all of it where they have left; and back."""
        mine = self.env["mail.followers"].search(
            [
                ("res_model", "=", "crm.lead"), ("res_id", "=", self.theirs.id),
                ("partner_id", "=", self.anna.partner_id.id),
            ]
        )  # fmt: skip
        mine.subtype_ids = subtypes = mine.subtype_ids[:1]
        self.won.message_subscribe(self.other.partner_id.ids)
        request = self.team_request("draft")
        [text] = self.findings(request.with_user(self.leader))
        self.assertIn("Home Team", text)
        # Anna's, of the record that is Chen's; her own leave with their records
        self.assertIn(": 1.", text)
        # what she has to do there stays hers, and is told
        self.make_todo(self.theirs, self.anna)
        self.make_meeting(self.theirs, self.anna)
        found = request.with_user(self.leader).preflight()["findings"]
        left = [row["res_model"] for row in found if row["code"] == "left_behind"]
        self.assertLessEqual({"mail.activity", "calendar.event"}, set(left))
        self.bring(request.with_user(self.leader), "transferred")
        still = [self.won, self.customer, self.left]
        self.assertEqual(self.follows(*self.followed), still)
        self.assertIn(self.other.partner_id, self.won.message_partner_ids)
        self.anna.active = False
        self.assertEqual(self.follows(*self.followed), [])
        self.anna.active = True
        request.with_user(self.approver).action_return()
        self.assertEqual(self.follows(*self.followed), list(self.followed))
        again = self.theirs.message_follower_ids.filtered(
            lambda follow: follow.partner_id == self.anna.partner_id
        )
        self.assertEqual(again.subtype_ids, subtypes)

    def test_people_of_a_team_go_on_where_they_are_told_to(self):
        request = self.team_request("draft", predecessor_follows=True)
        self.assertFalse(self.findings(request.with_user(self.leader)))
        self.bring(request.with_user(self.leader), "transferred")
        self.assertEqual(self.follows(*self.followed), list(self.followed))
        # and for a time
        self.own.user_id, self.theirs.user_id = self.anna, self.chen
        self.team_request("transferred", kind="temporary", date_return="2190-01-01")
        self.assertIn(self.theirs, self.follows(self.theirs))

    def test_who_of_a_team_has_left_keeps_nothing_from_going_back(self):
        portal = [Command.set(self.portal.group_ids.ids)]
        for leaves in ({"active": False}, {"group_ids": portal}):
            with self.subTest(leaves=leaves), self.env.cr.savepoint() as point:
                self.left_and_back(leaves)
                point.rollback()

    def left_and_back(self, leaves):
        request = self.team_request("transferred")
        # what was hers has no way back either
        (self.own | self.left).unlink()
        self.anna.write(leaves)
        self.env.invalidate_all()
        request.with_user(self.approver).action_return()
        self.assertOwner(self.theirs, self.chen)
        self.assertEqual(request.state, "returned")
        self.assertFalse(request.ended_follows)
        self.assertFalse(request._besides_givers())

    def test_who_gets_a_record_of_a_colleague_goes_on_following_it(self):
        request = self.team_request("draft")
        line = request.line_ids.filtered(lambda line: line.res_id == self.theirs.id)
        line.with_user(self.leader).successor_id = self.anna
        self.assertFalse(self.findings(request.with_user(self.leader)))
        self.bring(request.with_user(self.leader), "transferred")
        self.assertEqual(self.follows(self.theirs), [self.theirs])

    def test_what_ended_and_is_followed_anew_does_not_end_again(self):
        """Not by the same handover, when the rest of it is tried again."""
        request = self.team_request("transferred")
        self.assertFalse(self.follows(self.theirs))
        self.theirs.message_subscribe(self.anna.partner_id.ids)
        request._after_move("finish")
        self.assertEqual(self.follows(self.theirs), [self.theirs])

    def test_what_somebody_handed_over_decides_and_not_what_their_team_did(self):
        self.make_request("done", self.own, predecessor_follows=True)
        self.own.user_id = self.anna
        self.team_request("transferred")
        still = self.elsewhere()
        self.assertTrue(still)
        self.anna.active = False
        self.assertEqual(self.elsewhere(), still)

    def test_who_has_another_contact_by_now_follows_again(self):
        request = self.make_request("transferred", self.own)
        old, new = self.anna.partner_id, self.make("res.partner", name="Anna")
        Merge = self.env["base.partner.merge.automatic.wizard"]
        Merge._merge((old | new).ids, new, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(self.anna.partner_id, new)
        request.with_user(self.approver).action_return()
        self.assertEqual(self.elsewhere(), [self.won, self.theirs, self.customer])
