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
