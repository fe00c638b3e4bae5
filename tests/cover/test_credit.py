"""To whom deals count that were won while somebody was away."""

from odoo import fields
from odoo.exceptions import ValidationError

from .common import DAY, HOUR, CoverCommon


class TestCredit(CoverCommon):
    def won(self, lead, at):
        lead.action_set_won()
        lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET date_closed = %s WHERE id = %s", [at, lead.id]
        )
        self.env.invalidate_all()

    def shares(self, lead, user=None):
        rows = self.env["handover.credit"].with_user(user or self.approver)
        found = rows.search([("lead_id", "=", lead.id)])
        return {row.user_id: (round(row.share), row.value) for row in found}

    def back(self, request):
        request.with_user(self.leader).action_return()
        request.invalidate_recordset()

    def test_it_stays_with_who_won_it(self):
        self.lead.expected_revenue = 1000
        request = self.cover()
        self.won(self.lead, fields.Datetime.now())
        # whoever has it afterwards
        self.lead.user_id = self.anna
        self.assertEqual(self.shares(self.lead), {self.bruno: (100, 1000)})
        self.back(request)
        self.assertEqual(self.shares(self.lead), {self.bruno: (100, 1000)})

    def test_by_the_share_and_the_days_that_were_approved(self):
        self.lead.expected_revenue = 1000
        request = self.cover(credit_share=60, credit_days=7)
        self.back(request)
        now = request.date_returned
        self.assertOwner(self.lead, self.anna)
        shared = {self.bruno: (60, 600), self.anna: (40, 400)}
        self.won(self.lead, now + 6 * DAY)
        self.assertEqual(self.shares(self.lead), shared)
        row = self.env["handover.credit"].search([("lead_id", "=", self.lead.id)])[:1]
        self.assertEqual((row.owner_id, row.request_id), (self.anna, request))
        self.won(self.lead, now + 8 * DAY)
        self.assertEqual(self.shares(self.lead), {self.anna: (100, 1000)})
        self.won(self.lead, now - 3 * HOUR)
        self.assertEqual(self.shares(self.lead), {self.anna: (100, 1000)})

    def test_what_was_handed_over_afterwards_was_won_by_who_had_it(self):
        self.lead.expected_revenue = 500
        self.won(self.lead, fields.Datetime.now() - DAY)
        request = self.make_request(records=False)
        request.with_user(self.anna).add_records("crm.lead", self.lead.ids)
        request.line_ids.with_user(self.anna).although_closed = True
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOwner(self.lead, self.bruno)
        self.assertEqual(self.shares(self.lead), {self.anna: (100, 500)})

    def split(self, share, winner):
        """What is told where somebody wins by the rule, and the rest is Anna's."""
        rows = {
            winner: (share, 10.0 * share),
            self.anna: (100 - share, 1000 - 10 * share),
        }
        return {user: row for user, row in rows.items() if row[0]}

    def test_whoever_had_it_when_it_was_won_has_won_it(self):
        """Not who stood in, where it had gone on from them; by 100 and by 60 %."""
        for share in (100, 60):
            with self.subTest(share, chain="for good, while somebody stands in"):
                lead = self.make_lead(expected_revenue=1000)
                cover = self.covered(lead, credit_share=share, credit_days=7)
                self.permanent(lead, self.bruno, self.chen, ago=2 * HOUR)
                self.won(lead, fields.Datetime.now() - HOUR)
                self.assertEqual(self.shares(lead), self.split(share, self.chen))
                # and so it is when all of it is back
                lines = cover.line_ids
                cover.with_user(self.leader)._give_back("", lines, lines)
                self.assertOwner(lead, self.anna)
                self.assertEqual(self.shares(lead), self.split(share, self.chen))
            with self.subTest(share, chain="back, and then away for good"):
                lead = self.make_lead(expected_revenue=1000)
                cover = self.covered(lead, credit_share=share, credit_days=7)
                self.back(cover)
                self.permanent(lead, self.anna, self.chen)
                self.won(lead, fields.Datetime.now() + DAY)
                self.assertEqual(self.shares(lead), {self.chen: (100, 1000)})
                # from whom she has it again by hand: it is not as it was covered
                lead.user_id = self.anna
                self.won(lead, fields.Datetime.now() + DAY)
                self.assertEqual(self.shares(lead), {self.anna: (100, 1000)})
            with self.subTest(share, chain="passed on by hand"):
                lead = self.make_lead(expected_revenue=1000)
                self.covered(lead, credit_share=share)
                lead.with_user(self.bruno).user_id = self.chen
                self.won(lead, fields.Datetime.now())
                self.assertEqual(self.shares(lead), self.split(share, self.chen))

    def covered(self, lead, **values):
        """A cover that began three hours ago."""
        cover = self.cover(records=lead, **values)
        began = fields.Datetime.now() - 3 * HOUR
        cover.line_ids._trusting().write({"date_done": began})
        return cover

    def permanent(self, lead, giver, taker, ago=0 * HOUR):
        request = self.make_request(
            records=lead, by=giver, predecessor_id=giver.id, successor_id=taker.id
        )
        self.bring(request.with_user(giver), "transferred")
        self.assertOwner(lead, taker)
        done = fields.Datetime.now() - ago
        request.sudo().line_ids._trusting().write({"date_done": done})

    def test_each_reads_the_own_ones_and_leaders_their_teams(self):
        self.cover(credit_share=60)
        self.won(self.lead, fields.Datetime.now())
        for user, names in (
            (self.anna, {self.anna}), (self.bruno, {self.bruno}),
            (self.chen, set()), (self.other, set()), (self.foreigner, set()),
            (self.leader, {self.anna, self.bruno}),
            (self.manager, {self.anna, self.bruno}),
        ):  # fmt: skip
            with self.subTest(user.name):
                self.assertEqual(set(self.shares(self.lead, user)), names)

    def test_shares_that_are_none(self):
        for values in (
            {"credit_share": 101}, {"credit_share": -1}, {"credit_days": 366},
        ):  # fmt: skip
            with self.subTest(values), self.assertRaises(ValidationError):
                self.cover("draft", **values)
