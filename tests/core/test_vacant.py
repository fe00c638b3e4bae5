"""Seats that nobody holds any more when somebody leaves."""

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon


class TestVacant(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls.env["res.groups"].create({"name": "Fire Warden"})
        cls.large = cls.env["res.groups"].create(
            {"name": "Price Keeper", "implied_ids": [Command.link(cls.small.id)]}
        )
        cls.alone = cls.env["res.groups"].create({"name": "Alone"})
        cls.anna.group_ids += cls.large | cls.alone
        cls.env["handover.grantable"].create(
            {"group_id": cls.large.id, "description": "Prices"}
        )
        cls.reason.leaves = True

    def draft(self, **values):
        return self.make_request(records=self.make_lead(), **values).with_user(
            self.anna
        )

    def found(self, request):
        return {one["code"]: one for one in request.preflight()["findings"]}

    def test_what_nobody_else_has_is_told_and_proposed(self):
        request = self.draft(reason_id=self.reason.id)
        told = self.found(request)
        self.assertIn("Price Keeper", told["vacant_permission"]["message"])
        # what it implies goes with it
        self.assertNotIn("Fire Warden", told["vacant_permission"]["message"])
        self.assertIn("Bruno", told["vacant_permission"]["fix"])
        self.assertIn("Alone", told["vacant_seat"]["message"])
        self.assertFalse(told["vacant_seat"]["res_model"])
        self.assertIs(request.action_propose_vacant(), True)
        grant = request.grant_ids
        self.assertEqual((grant.user_id, grant.group_id), (self.bruno, self.large))
        self.assertNotIn("vacant_permission", self.found(request))
        with self.assertRefused(UserError):
            request.action_propose_vacant()
        with self.assertRefused(AccessError):
            request.action_view_vacant()
        for user in (self.bruno, self.other):
            with self.assertRefused(AccessError):
                request.with_user(user).action_propose_vacant()

    def test_administrators_are_led_to_the_groups(self):
        request = self.draft(reason_id=self.reason.id).with_user(self.admin)
        self.assertEqual(self.found(request)["vacant_seat"]["res_model"], "res.groups")
        action = request.action_view_vacant()
        found = self.env["res.groups"].search(action["domain"])
        self.assertIn(self.alone, found)

    def test_what_somebody_else_has_is_no_vacant_seat(self):
        self.chen.group_ids += self.large | self.alone
        told = self.found(self.draft(reason_id=self.reason.id))
        self.assertFalse({"vacant_permission", "vacant_seat"} & told.keys())
        # nor of who stays
        self.chen.group_ids -= self.large | self.alone
        self.reason.leaves = False
        told = self.found(self.draft(reason_id=self.reason.id))
        self.assertFalse({"vacant_permission", "vacant_seat"} & told.keys())
