"""The same way in 简体中文, by each role; nothing on the way is left in English."""

from .test_accessibility import AccessibilityCase
from .test_archive import ArchiveTourCase
from .test_calls import PATH as CALLS
from .test_cockpit import RoleTourCase
from .test_pool import PoolTourCase
from .test_split import SplitTourCase
from .test_tours import TourCase
from .test_training import TrainingTourCase


class ChineseCase(TourCase):
    SECONDS = 10

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search(
            ["|", ("name", "in", ("web", "mail")), ("name", "=like", "crm_handover%")]
        )._update_translations(["zh_CN"])
        for user in (cls.anna, cls.bruno, cls.chen, cls.leader, cls.manager):
            user.lang = "zh_CN"

    def read(self, request, *users):
        """Each of the people reads all pages."""
        for user in users:
            with self.subTest(state=request.state, reader=user.login):
                self.tour("handover_chinese_pages", user, request)


class TestChineseRoles(ChineseCase, RoleTourCase):
    SECONDS = 30

    def test_each_goes_their_part_of_the_way(self):
        self.go_all_the_way()


class ChineseScreenCase(ChineseCase, AccessibilityCase):
    """Screens that a team leader and a predecessor look at, for everybody."""

    def look_at_screens(self):
        leads = self.make_lead(partner_id=self.make_customer(name="Brewery").id)
        request = self.make_request("submitted", records=leads)
        theirs = f"handovers/{request.id}"
        after = self.make_request("transferred")
        after.with_user(self.env.ref("base.user_root"))._follow_up()
        overview = "action-crm_handover.handover_request_action_overview"
        for user, path, ready in (
            (self.leader, f"{theirs}/handover-cockpit", ".o_handover_approve"),
            (self.anna, f"{theirs}/handover-briefing", "textarea"),
            (self.bruno, CALLS, ".o_handover_call"),
            (self.leader, overview, ".o_handover_under_way_card"),
        ):
            with self.subTest(path):
                self.look(user, path, ready)
        page = ".o_notebook_headers a[name=after]"
        with self.subTest("after"):
            self.look(
                self.leader, f"all-handovers/{after.id}", page,
                include=".o_handover_after", click=page,
            )  # fmt: skip


class TestChineseScreens(ChineseScreenCase):
    def test_each_screen_is_for_everybody(self):
        self.look_at_screens()


class TestChineseTours(ChineseCase):
    def test_whole_way(self):
        self.make_lead()
        self.make_customer()
        self.tour("handover_submit", self.anna)
        request = self.Request.search([("requester_id", "=", self.anna.id)])
        self.tour("handover_chinese", self.anna, request)
        self.read(request, self.anna)
        self.tour("handover_approve", self.leader, path="/odoo")
        self.read(request, self.leader, self.bruno)
        self.tour("handover_confirm", self.bruno, request)
        self.tour("handover_confirm", self.anna, request)
        self.assertEqual(request.state, "done")
        self.read(request, self.anna)

    def test_superior_refuses_and_successor_declines(self):
        refused = self.make_request("submitted")
        self.tour("handover_refuse", self.leader, refused)
        self.assertEqual(refused.state, "refused")
        leads = self.make_lead() | self.make_lead(name="Other")
        request = self.make_request("approved", leads)
        self.tour("handover_decline", self.bruno, request)
        self.assertIn("declined", request.line_ids.mapped("decision"))


class TestChineseBesides(ChineseCase, ArchiveTourCase, PoolTourCase):
    def test_administrator_archives_and_looks_at_the_radar(self):
        self.look_at_the_radar(self.archive("zh_CN"))

    def test_a_member_claims_and_the_leader_gives(self):
        self.claim_and_give("zh_CN")

    def test_administrator_adds_a_webhook(self):
        self.admin.lang = "zh_CN"
        path = "/odoo/action-crm_handover_webhook.handover_webhook_action/new"
        self.tour("handover_webhook", self.admin, path=path)


class TestChineseTraining(ChineseCase, TrainingTourCase):
    def test_manager_waives(self):
        self.waive()

    def test_trainer_marks_attendance(self):
        self.mark_attendance()


class TestChineseTrainingOnAPhone(ChineseCase, TrainingTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_each_does_their_part(self):
        self.mark_attendance()
        self.sign_off()


class TestChineseScreensOnAPhone(ChineseScreenCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_each_screen_is_for_everybody(self):
        self.look_at_screens()


class TestChineseRolesOnAPhone(TestChineseRoles, SplitTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_selected_cards_are_moved(self):
        self.split_on_a_phone()


class TestChinesePhoneTours(ChineseCase, ArchiveTourCase, PoolTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_administrator_archives_and_looks_at_the_radar(self):
        self.look_at_the_radar(self.archive("zh_CN"))

    def test_a_member_claims_and_the_leader_gives(self):
        self.claim_and_give("zh_CN", give="handover_pool_give_phone")

    def test_predecessor_uploads_a_spreadsheet(self):
        self.tour("handover_upload", self.anna, self.make_request())

    def test_successor_accepts_and_both_confirm(self):
        request = self.make_request("approved")
        self.tour("handover_phone_accept", self.bruno, request)
        self.assertEqual(request.line_ids.decision, "accepted")
        self.read(request, self.bruno, self.leader)
        request.with_user(self.leader).action_run()
        self.tour("handover_confirm", self.bruno, request)
        self.tour("handover_confirm", self.anna, request)
        self.assertEqual(request.state, "done")
