"""From “Anna leaves on Friday” to a handover that waits for its approval."""

import re

from odoo.tools import file_path

from .test_tours import TourCase

# the menu, its entry, the person, the successor, “Look at the List” and “Submit”
CLICKS = 6
# who hands over the own work is the person that is proposed
OWN_CLICKS = 5


class TestPrepareTours(TourCase):
    def test_leader_hands_over_the_work_of_who_leaves(self):
        self.make_lead()
        self.make_customer()
        path = "/odoo/crm"
        self.tour("handover_leave", self.leader, path=path)
        request = self.Request.search([("requester_id", "=", self.leader.id)])
        self.assertRecordValues(
            request,
            [
                {
                    "state": "submitted",
                    "predecessor_id": self.anna.id,
                    "successor_id": self.bruno.id,
                    "line_count": 2,
                }
            ],
        )

    def test_the_simple_case_takes_few_clicks(self):
        path = "crm_handover/static/tests/tours/handover_prepare_tours.js"
        with open(file_path(path), encoding="utf-8") as file:
            tour = file.read().partition('"handover_leave"')[2].partition("});")[0]
        chosen = len(re.findall(r"\.\.\.choose\(", tour))
        clicked = len(re.findall(r'run: "click"', tour))
        self.assertEqual(chosen + clicked, CLICKS)
        dialog = self.env["handover.request.prepare"].with_user(self.anna).new()
        self.assertEqual(dialog.predecessor_id, self.anna)
        proposed = tour.count('...choose("predecessor_id"')
        self.assertEqual(chosen + clicked - proposed, OWN_CLICKS)


class TestPreparePhoneTours(TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_predecessor_leaves_a_kind_out(self):
        self.make_lead()
        customer = self.make_customer()
        path = "/odoo/action-crm_handover.handover_request_prepare_action"
        self.tour("handover_leave_part", self.anna, path=path)
        request = self.Request.search([("requester_id", "=", self.anna.id)])
        self.assertEqual(request.line_ids.mapped("res_model"), ["crm.lead"])
        self.assertOwner(customer, self.anna)
