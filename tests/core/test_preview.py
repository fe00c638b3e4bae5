"""A dry run: what would come of a handover that nobody makes."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models import handover_request_preview

from ..common import HandoverCommon


class TestPreview(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deal, cls.other_deal = cls.make_lead(), cls.make_lead(name="Other")
        cls.customer = cls.make_customer()
        scope = "crm_handover.scope_"
        cls.deals = cls.env.ref(f"{scope}crm_lead").id
        cls.customers = cls.env.ref(f"{scope}res_partner").id

    def look(self, *shares, by=None, **draft):
        draft = {"predecessor_id": self.anna.id, **draft}
        mine = self.Request.with_user(by or self.anna)
        return mine.preview_draft(draft, [*shares])

    def test_it_answers_what_the_check_of_the_draft_would_and_keeps_nothing(self):
        rest = {"successor_id": self.bruno.id}
        shares = (
            rest,
            {"scope_id": self.deals, "successor_id": self.chen.id},
            {"scope_id": self.deals, "res_id": self.deal.id, **rest},
        )
        kept = (
            "handover.request", "handover.request.line", "handover.request.event",
            "mail.message", "mail.mail", "mail.notification", "mail.activity",
        )  # fmt: skip

        def rows():
            self.env.flush_all()
            return {model: self.env[model].sudo().search_count([]) for model in kept}

        last, before = self.make_request("draft"), rows()
        draft = {"client_key": "mine", "successor_id": self.bruno.id}
        found = self.look(*shares, **draft)
        self.assertTrue(found["ok"], found["findings"])
        self.assertTrue(found["checked"])
        self.assertEqual(found["company_id"], self.company.id)
        # one deal is on the draft that was made just now, and no draft keeps it
        self.assertEqual(found["shares"], [1, 2, 1])
        self.assertEqual(rows(), before)
        self.assertFalse(self.Request.search([("client_key", "=", "mine")]))
        request = self.make_request("draft", records=False, **draft)
        number = int(request.name.split("/")[-1])
        self.assertEqual(number, int(last.name.split("/")[-1]) + 1, "no number is lost")
        request.with_user(self.anna).action_collect()
        request.line_ids.filtered(
            lambda line: line.scope_id.id == self.deals and line.res_id != self.deal.id
        ).with_user(self.anna).write({"successor_id": self.chen.id})
        wanted = request.with_user(self.anna).preflight()
        self.assertEqual({name: found[name] for name in wanted}, wanted)

    def test_what_blocks_a_draft_blocks_it_here(self):
        nobody = self.look()
        self.assertFalse(nobody["ok"])
        self.assertEqual(nobody["shares"], [])
        self.assertIn("no_successor", {one["code"] for one in nobody["findings"]})
        bruno, now = {"successor_id": self.bruno.id}, fields.Datetime.now()
        ended = self.look(
            bruno, kind="temporary", **bruno,
            date_planned=fields.Datetime.to_string(now - timedelta(days=9)),
            date_return=fields.Datetime.to_string(now - timedelta(days=1)),
        )  # fmt: skip
        self.assertIn("end_past", {one["code"] for one in ended["findings"]})
        nothing = self.look(
            {"scope_id": self.customers, "successor_id": self.bruno.id},
            predecessor_id=self.chen.id, by=self.chen,
        )  # fmt: skip
        self.assertIn("no_records", {one["code"] for one in nothing["findings"]})
        # what no draft can be made of is refused in the same words
        with self.assertRefused(UserError, "choose an active employee"):
            self.look(successor_id=self.portal.id)
        theirs = self.make_lead(self.other)
        mine = {"scope_id": self.deals, "res_id": theirs.id, **bruno}
        with self.assertRefused(UserError, "do not belong to"):
            self.look(mine)

    def test_who_may_not_make_it_learns_nothing(self):
        for user in (self.other, self.bruno, self.foreigner):
            # of another company nobody is known
            refusals = (AccessError, UserError)
            with self.subTest(user.name), self.assertRefused(refusals):
                self.look(by=user)
        for user in (self.employee, self.portal):
            with self.subTest(user.name), self.assertRefused(AccessError):
                self.look(by=user, predecessor_id=user.id)
        with self.assertRefused(UserError):
            self.look(state="approved")
        self.assertFalse(self.env.cr.cache.get(handover_request_preview.LOOKING))

    def test_a_share_that_is_none_is_refused(self):
        one = {"successor_id": self.bruno.id}
        for wrong in (
            {"scope_id": self.deals},
            {"res_id": self.deal.id, **one},
            {"scope_id": "crm.lead", **one},
            {"scope_id": True, **one},
            {"kind": 1, **one},
            "x",
        ):
            with (
                self.subTest(wrong),
                self.assertRefused(UserError, "dictionary of ids"),
            ):
                self.look(wrong)
        for draft, shares in (("x", []), (7, []), ({}, "x"), ({}, {"a": 1})):
            with (
                self.subTest(draft=draft, shares=shares),
                self.assertRefused(UserError),
            ):
                self.Request.with_user(self.anna).preview_draft(draft, shares)
        with self.assertRefused(UserError, "those in use only"):
            self.look({"scope_id": 2**31 - 7, **one})

    def test_of_too_many_records_the_number_is_told(self):
        with patch.object(handover_request_preview, "CHECKED", 2):
            found = self.look({"successor_id": self.bruno.id})
            few = self.look({"scope_id": self.customers, "successor_id": self.bruno.id})
        self.assertEqual((found["checked"], found["counts"]), (False, {"records": 3}))
        self.assertEqual((few["checked"], few["shares"]), (True, [1]))
