"""Several levels of approval, by OCA's base_tier_validation.

It is installed in a database beside that of the other tests.
"""

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..beside import Beside


class TestTiers(Beside):
    ADDONS = ("base_tier_validation",)
    # of one test, see conftest
    SECONDS = 4

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_level("Team", cls.leader, 20)
        cls.second = cls.make_level("Board", cls.manager, 10)

    @classmethod
    def make_level(cls, name, reviewer, sequence, **values):
        return cls.env["tier.definition"].create(
            {
                "name": name, "review_type": "individual", "sequence": sequence,
                "model_id": cls.env["ir.model"]._get_id("handover.request"),
                "reviewer_id": reviewer.id, "company_id": cls.company.id,
                "approve_sequence": True, **values,
            }
        )  # fmt: skip

    def levels(self, request):
        return request.sudo()._levels().mapped("status")

    def approve(self, request, user, **arguments):
        result = request.with_user(user).action_approve(**arguments)
        self.env.invalidate_all()
        return result

    def test_glue_installs_itself(self):
        module = self.env["ir.module.module"].search(
            [("name", "=", "crm_handover_tier_validation")]
        )
        self.assertEqual(module.state, "installed")

    def test_each_level_approves_and_the_last_one_hands_over(self):
        lead = self.make_lead()
        request = self.make_request("submitted", lead)
        self.assertEqual(request.approver_id, self.leader)
        self.assertEqual(self.levels(request), ["pending", "waiting"])
        for user in (self.approver, self.manager, self.anna, self.bruno):
            with self.subTest(user=user.name), self.assertRefused(AccessError):
                self.approve(request, user)
        seen = {"expected_version": request.version}
        # the screen says that it is passed on, and to whom
        decision = request.with_user(self.leader).get_cockpit()["decision"]
        self.assertEqual(decision["passes_on"], self.manager.name)
        self.assertTrue(self.approve(request, self.leader, **seen))
        decision = request.with_user(self.manager).get_cockpit()["decision"]
        self.assertEqual(decision["passes_on"], "")
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.approver_id, self.manager)
        self.assertEqual(self.levels(request), ["approved", "pending"])
        self.assertOwner(lead, self.anna)
        # a second click is no second level
        self.assertTrue(self.approve(request, self.leader))
        self.assertEqual(request.state, "submitted")
        text = request.with_user(self.anna).levels_text
        self.assertIn("Team: approved by Leader", text)
        self.assertIn("Board: Manager", text)
        self.approve(request, self.manager)
        self.assertEqual(request.state, "transferred")
        self.assertEqual(self.levels(request), ["approved", "approved"])
        self.assertOwner(lead, self.bruno)
        codes = request.event_ids.mapped("code")
        self.assertEqual(codes.count("level_approved"), 1)
        event = request.event_ids.filtered(lambda e: e.code == "level_approved")
        self.assertEqual(event.actor_id, self.leader)
        self.assertEqual(event.data["digest"], request.digest)
        self.assertIn("Team", event.summary)
        self.assertTrue(request.verify()["ok"])

    def test_who_has_a_part_decides_on_no_level(self):
        request = self.make_request("draft", successor_id=self.leader.id)
        with self.assertRefused(UserError, "nobody"):
            request.with_user(self.anna).action_submit()
        self.second.reviewer_id = self.leader
        request = self.make_request("submitted")
        with self.assertRefused(UserError, "nobody"):
            self.approve(request, self.leader)
        self.assertEqual(self.levels(request), ["pending", "waiting"])

    def test_a_deputy_decides_on_the_level_of_who_is_away(self):
        today = fields.Date.today()
        self.env["handover.deputy"].create(
            {"user_id": self.manager.id, "deputy_id": self.approver.id,
             "date_from": today, "date_to": today}
        )  # fmt: skip
        request = self.make_request("submitted")
        with self.assertRefused(AccessError):
            self.approve(request, self.approver)
        self.approve(request, self.leader)
        # who is named is asked first, the deputy as well
        self.assertEqual(request.approver_id, self.manager)
        self.assertEqual(request.asked_ids, self.approver)
        self.approve(request, self.approver)
        self.assertEqual(request.state, "transferred")
        event = request.event_ids.filtered(lambda e: e.code == "approved")
        self.assertEqual(event.data["in_place_of"], self.manager.name)
        self.assertTrue(request.verify()["ok"])

    def test_refused_at_any_level_by_who_decides_on_it(self):
        request = self.make_request("submitted")

        def refused(*users):
            for user in users:
                self.assertFalse(request.with_user(user).can_refuse)
                with self.subTest(user=user.name), self.assertRefused(AccessError):
                    request.with_user(user).action_refuse("Not now")
            self.env.invalidate_all()
            self.assertEqual(request.state, "submitted")

        refused(self.approver, self.manager, self.anna, self.bruno)
        self.assertTrue(request.with_user(self.leader).can_refuse)
        self.approve(request, self.leader)
        # who approved one level decides no more
        refused(self.approver, self.leader)
        request.with_user(self.manager).action_refuse("Not now")
        self.assertEqual(request.state, "refused")
        self.assertEqual(self.levels(request), ["approved", "rejected"])

    def test_change_begins_anew(self):
        request = self.make_request("submitted")
        self.approve(request, self.leader)
        request.with_user(self.anna).action_draft()
        self.assertFalse(self.levels(request))
        request.with_user(self.anna).purpose = "Another one"
        request.with_user(self.anna).action_submit()
        self.assertEqual(self.levels(request), ["pending", "waiting"])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_request SET purpose = 'Forged' WHERE id = %s", request.ids
        )
        self.env.invalidate_all()
        with self.assertRefused(UserError, "has changed"):
            self.approve(request, self.leader)

    def test_taken_back_approval_begins_anew(self):
        request = self.make_request(
            "submitted", date_planned="2090-01-01 08:00:00", by=self.anna
        )
        self.approve(request, self.leader)
        self.approve(request, self.manager)
        self.assertEqual(request.state, "approved")
        request.with_user(self.manager).action_undo_approval()
        self.env.invalidate_all()
        self.assertEqual(self.levels(request), ["pending", "waiting"])
        self.assertEqual(request.approver_id, self.leader)

    def test_a_later_end_is_decided_by_who_decides_on_the_last_level(self):
        request = self.make_request(
            "submitted", kind="temporary", date_return="2090-01-01 08:00:00"
        )
        self.approve(request, self.leader)
        self.approve(request, self.manager)
        self.assertEqual(request.state, "transferred")
        end = request.date_return
        request.with_user(self.leader).action_extend("2090-01-02 08:00:00")
        self.assertEqual(request.date_return, end)
        self.assertEqual(request.asked_ids, self.manager)
        for user in (self.leader, self.approver, self.anna, self.bruno):
            mine = request.with_user(user)
            self.assertFalse(mine.can_decide_extension)
            for answer in (mine.action_approve_extension, mine.action_refuse_extension):
                with self.subTest(user=user.name), self.assertRefused(AccessError):
                    answer()
        request.with_user(self.manager).action_approve_extension()
        self.assertEqual(str(request.date_return), "2090-01-02 08:00:00")
        # who decides asks nobody
        request.with_user(self.manager).action_extend("2090-01-03 08:00:00")
        self.assertEqual(str(request.date_return), "2090-01-03 08:00:00")
        self.assertTrue(request.verify()["ok"])

    def test_nobody_writes_a_level(self):
        request = self.make_request("submitted")
        level = request.sudo()._open_level()
        values = {"model": "handover.request", "res_id": request.id}
        for user in (self.leader, self.anna, self.bruno, self.manager, self.admin):
            mine = level.with_user(user)
            for attempt in (
                lambda mine=mine: mine.write({"status": "approved"}),
                lambda mine=mine: mine.write({"comment": "Yes"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.create(values),
            ):
                with self.subTest(user=user.name), self.assertRefused(AccessError):
                    attempt()
        other = self.env["tier.review"].create({"model": "res.partner", "res_id": 1})
        with self.assertRefused(AccessError):
            other.with_user(self.leader).write(values)

    def test_list_of_the_community_is_not_disturbed(self):
        self.make_request("submitted")
        self.leader.with_user(self.leader).review_user_count()
        level = self.env["tier.review"].search([("model", "=", "handover.request")])[:1]
        self.assertEqual(level.status, "pending")

    def test_who_reads_a_level(self):
        request = self.make_request("submitted")
        level = request.sudo()._open_level()
        for user in (self.leader, self.anna, self.manager):
            self.assertTrue(level.with_user(user).has_access("read"))
        for user in (self.other, self.employee, self.portal, self.foreigner):
            self.assertFalse(level.with_user(user).has_access("read"))
            self.assertFalse(
                level.with_user(user).search([("model", "=", "handover.request")])
            )

    def test_without_a_level_as_before(self):
        (self.first | self.second).active = False
        request = self.make_request("transferred")
        self.assertFalse(request.sudo()._levels())
        self.assertFalse(request.levels_text)

    def test_level_by_its_domain(self):
        self.second.definition_domain = "[('kind', '=', 'temporary')]"
        request = self.make_request("submitted")
        self.assertEqual(self.levels(request), ["pending"])
        self.approve(request, self.leader)
        self.assertEqual(request.state, "transferred")
