"""Who to call next, in the web client, as the successor."""

from .test_accessibility import AccessibilityCase

PATH = "action-crm_handover_review.handover_followup_action_calls"


class CallTourCase(AccessibilityCase):
    def call(self):
        leads = self.make_lead(partner_id=self.make_customer(name="Brewery").id)
        leads |= self.make_lead(partner_id=self.make_customer(name="Town").id)
        leads[0].expected_revenue = 50_000
        request = self.make_request("transferred", records=leads)
        request.with_user(self.env.ref("base.user_root"))._follow_up()
        self.look(self.bruno, PATH, ".o_handover_call", most=1)
        self.tour("handover_calls", self.bruno, path=f"/odoo/{PATH}")
        [todo] = leads[0].activity_ids
        self.assertEqual(todo.user_id, self.bruno)
        self.assertFalse(leads.message_ids.filtered("mail_activity_type_id"))


class TestCallTours(CallTourCase):
    def test_successor_calls_undoes_and_puts_off(self):
        self.call()


class TestCallPhoneTours(CallTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_successor_calls_undoes_and_puts_off(self):
        self.call()
