"""What people see first: my handovers, the overview, findings that can be fixed."""

from datetime import timedelta

from odoo import fields

from .test_accessibility import AccessibilityCase

# what opening the form asks of our models: views, the handover, its records twice the
# same way, and what stands in the way
OPENING_CALLS = 6
# what the way from the menu to a submitted handover asks of our models
LEAVING_CALLS = 24


class TestScreenTours(AccessibilityCase):
    def test_form_opens_with_few_calls_however_many_records(self):
        request = self.make_request()
        with self.counting() as few:
            self.tour("handover_look", self.anna, request)
        request.with_user(self.anna).add_records(
            "crm.lead", [self.make_lead(name=f"Deal {n}").id for n in range(60)]
        )
        with self.counting() as many:
            self.tour("handover_look", self.anna, request)
        self.assertLessEqual(len(few), OPENING_CALLS, few)
        self.assertEqual(sorted(few), sorted(many))

    def test_the_simple_case_takes_few_calls(self):
        self.make_lead()
        self.make_customer()
        with self.counting() as calls:
            self.tour("handover_leave", self.leader, path="/odoo/crm")
        self.assertLessEqual(len(calls), LEAVING_CALLS, calls)

    def test_the_card_of_a_record_is_beside_the_list(self):
        records = self.make_lead() | self.make_lead(name="Offer")
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.make_request(records=records, date_planned=tomorrow)
        self.tour("handover_drawer", self.anna, request)
        self.bring(request.with_user(self.anna), "approved")
        self.tour("handover_drawer_read", self.bruno, request)
        self.look(
            self.bruno,
            f"all-handovers/{request.id}",
            ".o_handover_lines .o_data_row",
            include=".o_handover_drawer",
            click=".o_handover_lines td[name=res_name]",
        )

    def test_what_waits_for_the_leader_is_counted_and_comes_first(self):
        self.make_request("submitted")
        with self.counting() as calls:
            self.tour("handover_my", self.leader, path="/odoo/crm")
        # asked once, by who opens the menu
        self.assertEqual(calls.count("handover.request.search_count"), 1)

    def test_an_empty_list_says_what_to_do(self):
        self.tour("handover_my_empty", self.other)

    def test_findings_are_fixed_with_a_click(self):
        gone, lead = self.make_lead(name="Gone"), self.make_lead()
        request = self.make_request(records=gone | lead, successor_id=False)
        # of what nobody takes, nothing else is said
        line = request.line_ids.filtered(lambda line: line.res_id == gone.id)
        line.with_user(self.anna).successor_id = self.bruno
        gone.user_id = self.chen
        self.tour("handover_fix", self.anna, request)
        self.assertEqual(request.line_ids.mapped("res_id"), lead.ids)
        self.assertEqual(request.line_ids.successor_id, self.bruno)

    def test_the_other_handover_is_a_click_away(self):
        lead = self.make_lead()
        request = self.make_request(records=lead)
        self.make_request("submitted", lead)
        self.tour("handover_fix_elsewhere", self.anna, request)

    def test_overview(self):
        self.manager.group_ids |= self.env.ref("sales_team.group_sale_manager")
        self.make_request("submitted")
        self.make_lead(self.chen)
        self.chen.active = False
        self.tour("handover_overview", self.manager, path="/odoo/crm")


class TestScreenPhoneTours(AccessibilityCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_successor_declines(self):
        request = self.make_request("approved")
        self.tour("handover_phone_decline", self.bruno)
        self.assertEqual(request.line_ids.decision, "declined")

    def test_leader_approves(self):
        lead = self.make_lead()
        request = self.make_request("submitted", lead)
        self.tour("handover_phone_approve", self.leader)
        self.assertEqual(request.state, "transferred")
        self.assertOwner(lead, self.bruno)
