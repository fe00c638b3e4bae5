"""A leave and a departure in the web client, by each of the people who have a part."""

from ..beside import BesideHR
from ..tours.test_tours import TourCase

LEAVES = "/odoo/action-hr_holidays.hr_leave_action_my"
EMPLOYEES = "/odoo/action-hr.open_view_employee_list_my"


class TestLeaveTours(BesideHR, TourCase):
    SECONDS = 40
    # who goes the way reads this, who looks at it afterwards the other one
    LANG, OTHER = "en_US", "zh_CN"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.anna | cls.bruno | cls.leader | cls.chief
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search(
            [("name", "=like", "crm_handover%")]
        )._update_translations(["zh_CN"])
        cls.people.lang = cls.LANG

    @classmethod
    def get_ready(cls):
        super().get_ready()
        # only who may read contracts opens the dialog of a departure
        cls.chief = cls.make_user("chief", "hr.group_hr_manager")
        cls.kind = cls.make("hr.leave.type", name="Holiday", requires_allocation=False)

    def test_employee_manager_stand_in_and_hr(self):
        self.make_lead()
        self.make_lead(self.bruno)
        leaves = self.env["hr.leave"].with_user(self.anna)
        leave = leaves.create(
            {
                "employee_id": self.anna_works.id, "holiday_status_id": self.kind.id,
                "request_date_from": "2091-03-05", "request_date_to": "2091-03-09",
            }
        )  # fmt: skip
        self.tour("handover_leave_employee", self.anna, path=f"{LEAVES}/{leave.id}")
        cover = leave.sudo().handover_request_ids
        self.assertEqual((cover.state, cover.successor_id), ("draft", self.bruno))
        leave.sudo().action_approve()
        self.assertEqual(cover.state, "submitted")
        self.tour("handover_leave_manager", self.leader, cover)
        self.assertEqual(cover.state, "approved")
        self.tour("handover_leave_stand_in", self.bruno, cover)
        self.assertEqual(cover.line_ids.decision, "accepted")
        path = f"{EMPLOYEES}/{self.bruno_works.id}"
        self.tour("handover_leave_officer", self.chief, path=path)
        prepared = self.Request.search([("predecessor_id", "=", self.bruno.id)])
        self.assertEqual(prepared.state, "draft")
        self.people.lang = self.OTHER
        self.tour("handover_leave_read", self.anna, path=f"{LEAVES}/{leave.id}")
        self.tour("handover_leave_officer_reads", self.chief, path=path)


class TestLeaveToursOnAPhone(TestLeaveTours):
    browser_size = "390x844"
    touch_enabled = True
    LANG, OTHER = "zh_CN", "en_US"
