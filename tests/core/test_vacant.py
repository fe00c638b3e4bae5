"""Seats that nobody holds any more when somebody leaves."""

from unittest.mock import patch

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
        # who decides is named
        self.assertIn(self.admin.name, told["vacant_seat"]["fix"])
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


class TestSeats(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason.leaves = True
        cls.boss = cls.make_user("boss", "sales_team.group_sale_manager")
        cls.team_of = {n: cls.make_team(f"Led {n}", cls.anna) for n in range(7)}
        # among the few that are named
        cls.led = cls.team_of[6]

    def draft(self, user, **values):
        values = {"reason_id": self.reason.id, **values}
        return self.make_request(records=self.make_lead(), **values).with_user(user)

    def found(self, request, record=None):
        """What the check says of a setting, or of those that it only counts."""
        return [
            one
            for one in request.get_causes()["causes"]
            if one["res_model"] == "crm.team" and one["res_id"] == (record or 0)
        ]

    def test_who_may_change_it_takes_the_proposal(self):
        request = self.draft(self.boss)
        [told] = self.found(request, self.led.id)
        self.assertEqual(told["code"], "seat")
        self.assertIn("Led 6", told["message"])
        self.assertIn("Bruno", told["fix"])
        self.assertIs(request.action_fill_seat("crm.team", self.led.id), True)
        self.assertEqual(self.led.user_id, self.bruno)
        self.assertEqual(self.team_of[0].user_id, self.anna)
        self.assertFalse(self.found(request, self.led.id))
        event = request.sudo().event_ids.filtered(lambda e: e.code == "redirected")
        self.assertEqual(event.actor_id, self.boss)
        # those that are counted, at once
        with self.assertRefused(UserError):
            request.action_fill_seat("crm.team", self.led.id)
        request.action_fill_seat("crm.team")
        teams = self.led.union(*self.team_of.values())
        self.assertEqual(teams.user_id, self.bruno)
        self.assertFalse([
            f for f in request.preflight()["findings"] if f["code"] == "seat"
        ])  # fmt: skip

    def test_what_another_add_on_brings_is_taken_as_well(self):
        """A setting with several people keeps the others; none that names nobody."""
        inflow = type(self.env["handover.inflow"])
        groups = "sales_team.group_sale_manager,project.group_project_manager"
        planner = self.make_user("planner", groups)
        project = self.make("project.project", name="Seats")
        project.favorite_user_ids = self.anna | self.chen
        places = (("project.project", "favorite_user_ids"),)
        with patch.object(inflow, "_setting_fields", lambda self: places):
            request = self.draft(planner)
            request._fill_seats([project.with_user(planner)], self.bruno)
            self.assertEqual(project.favorite_user_ids, self.bruno | self.chen)
            events = request.sudo().event_ids
            self.assertEqual(events.mapped("code").count("redirected"), 1)
            # once more: she is not named any longer
            request._fill_seats([project.with_user(planner)], self.chen)
            self.assertEqual(project.favorite_user_ids, self.bruno | self.chen)
            events = request.sudo().event_ids
            self.assertEqual(events.mapped("code").count("redirected"), 1)

    def test_of_many_those_are_taken_that_they_may_change(self):
        request = self.draft(self.boss)
        self.env["ir.rule"].create(
            {
                "name": "Closed", "model_id": self.env["ir.model"]._get_id("crm.team"),
                "domain_force": [("id", "!=", self.led.id)], "perm_read": False,
            }
        )  # fmt: skip
        request.action_fill_seat("crm.team")
        teams = self.led.union(*self.team_of.values())
        self.assertEqual((teams - self.led).user_id, self.bruno)
        self.assertEqual(self.led.user_id, self.anna)
        # one event, with the numbers
        event = request.sudo().event_ids.filtered(lambda e: e.code == "redirected")
        self.assertIn("6 records, 1 left alone", event.summary)
        with self.assertRefused(AccessError):
            request.action_fill_seat("crm.team")
        self.assertEqual(self.led.user_id, self.anna)
        self.assertTrue(request.verify()["ok"])

    def test_who_may_not_is_told_who_is_proposed_and_who_may(self):
        request = self.draft(self.anna)
        [told] = self.found(request, self.led.id)
        self.assertEqual(told["code"], "inflow")
        self.assertIn("Bruno", told["fix"])
        for user in (self.anna, self.bruno, self.other, self.foreigner):
            with self.assertRefused(AccessError):
                request.with_user(user).action_fill_seat("crm.team", self.led.id)
        self.assertEqual(self.led.user_id, self.anna)
        self.assertFalse(
            request.sudo().event_ids.filtered(lambda e: e.code == "redirected")
        )
        # no setting that names nobody who leaves, and no other model
        for model, id_ in (
            ("crm.team", self.team.id), ("res.users", self.anna.id),
            ("crm.lead", False), ("res.company", self.company.id),
        ):  # fmt: skip
            with self.assertRefused(UserError):
                request.with_user(self.boss).action_fill_seat(model, id_)

    def test_proposed_is_who_takes_over_most_and_nobody_of_who_stays(self):
        request = self.draft(self.boss)
        request.with_user(self.anna).successor_id = False
        for user in (self.chen, self.bruno, self.chen):
            lead = self.make_lead()
            request.with_user(self.anna).add_records("crm.lead", lead.ids, user.id)
        [told] = self.found(request, self.led.id)
        self.assertIn("Chen", told["fix"])
        self.reason.leaves = False
        [told] = self.found(request, self.led.id)
        self.assertEqual(told["code"], "inflow")
        self.assertNotIn("Chen", told["fix"])
