"""The way through the web client: in Chromium, as the people who do it."""

import functools

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import HttpCase, common

from ..common import HandoverCommon

SCRIPTS = (
    *("web.assets_web", "web.assets_tests", "web.assets_emoji"),
    "bus.websocket_worker_assets",
)
STYLES = ("web.assets_web", "web.assets_web_print")


def build_bundles(scripts=SCRIPTS, styles=STYLES):
    """Build what the web client loads, once for all tours of a database.

    What a request of a test builds is gone with the transaction of that test.
    """
    _build_bundles(common.get_db_name(), scripts, styles)


@functools.cache
def _build_bundles(database, scripts, styles):
    with Registry(database).cursor() as cr:
        qweb = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        for name in scripts:
            qweb._get_asset_bundle(name, css=False).js()
        for name in styles:
            qweb._get_asset_bundle(name, js=False).css()


class TourCase(HandoverCommon, HttpCase):
    SECONDS = 5
    # seconds that the browser may take beside other work; the steps of a tour have a
    # limit of their own, see handover_patience.js
    LONGEST = 240

    @classmethod
    def setUpClass(cls):
        build_bundles()
        super().setUpClass()
        # no mixing up with people of demo data
        for user in (cls.anna, cls.bruno, cls.chen, cls.leader):
            user.name = f"{user.name} Home"

    def tour(self, name, user, request=None, path="/odoo/handovers"):
        """Run a tour on a handover, or on the list of them."""
        self.env.flush_all()
        if request:
            # the form, not what an address of a handover opens
            path = f"{path}/{request.id}?form=1"
        self.start_tour(path, name, login=user.login)
        self.env.invalidate_all()

    def browser_js(self, *args, timeout=0, **options):
        timeout = max(timeout, self.LONGEST)
        return super().browser_js(*args, timeout=timeout, **options)

    def check_completeness(self):
        """Anna looks for what is missing, asks for it, and opens what lacks it."""
        checks = self.env["handover.check"]
        checks.search([]).active = False
        for name, field, weight in (
            ("No mail", "email_from", 3),
            ("No phone", "phone", 2),
        ):
            checks.create(
                {
                    "name": name, "kind": "field_missing", "field_names": field,
                    "weight": weight,
                    "scope_id": self.env.ref("crm_handover.scope_crm_lead").id,
                }
            )  # fmt: skip
        lead = self.make_lead(email_from="a@b.test")
        whole = self.make_lead(name="Whole", email_from="c@d.test", phone="+4930901820")
        request = self.make_request(records=lead | whole)
        self.tour("handover_completeness", self.anna, request)
        self.assertRecordValues(request, [{"score": 100, "score_before": 80}])
        self.assertEqual(lead.phone, "+49 30 901821")
        # one to-do, on the handover, that lists what is missing
        self.assertFalse((lead | whole).activity_ids)
        self.assertEqual(request.activity_ids.user_id, self.anna)
        self.assertIn("No phone", request.activity_ids.note)
        self.assertNotIn("No mail", request.activity_ids.note)


class TestTours(TourCase):
    def test_whole_way(self):
        lead, customer = self.make_lead(), self.make_customer()
        self.tour("handover_submit", self.anna)
        request = self.Request.search([("requester_id", "=", self.anna.id)])
        self.assertRecordValues(
            request,
            [
                {
                    "state": "submitted",
                    "predecessor_id": self.anna.id,
                    "successor_id": self.bruno.id,
                    "approver_id": self.leader.id,
                    "line_count": 2,
                }
            ],
        )
        notes = {line.res_model: line.note for line in request.line_ids}
        self.assertEqual(notes["crm.lead"], "Call before ten")

        self.tour("handover_approve", self.leader, path="/odoo")
        self.assertEqual(request.state, "transferred")
        self.assertFalse(request.activity_ids)
        self.assertOwner(lead, self.bruno)
        self.assertOwner(customer, self.bruno)

        self.tour("handover_confirm", self.bruno, request)
        self.assertEqual(request.state, "transferred")
        self.tour("handover_confirm", self.anna, request)
        self.assertEqual(request.state, "done")

    def test_refusing_asks_why(self):
        request = self.make_request("submitted")
        self.tour("handover_refuse", self.leader, request)
        self.assertRecordValues(
            request, [{"state": "refused", "refusal_reason": "Ask Chen first"}]
        )

    def test_declining_asks_why(self):
        leads = self.make_lead() | self.make_lead(name="Other")
        request = self.make_request("approved", leads)
        self.tour("handover_decline", self.bruno, request)
        declined = request.line_ids.filtered(lambda line: line.res_name == "Deal")
        self.assertRecordValues(
            declined,
            [{"decision": "declined", "decision_reason": "Conflict of interest"}],
        )
        self.assertEqual((request.line_ids - declined).decision, "pending")

    def test_from_the_list_of_leads(self):
        lead = self.make_lead(type="lead")
        self.make_lead(type="lead", name="Stays")
        path = "/odoo/action-crm.crm_lead_all_leads"
        self.tour("handover_from_list", self.anna, path=path)
        request = self.Request.search([("requester_id", "=", self.anna.id)])
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.line_ids.mapped("res_id"), lead.ids)

    def test_what_is_missing(self):
        self.check_completeness()

    def test_evidence(self):
        request = self.make_request("done")
        self.tour("handover_evidence", self.anna, request)
        wizard = self.env["handover.request.evidence"].search([])
        self.assertEqual((wizard.create_uid, wizard.request_id), (self.anna, request))
        self.assertTrue(wizard.content)
        self.env.cr.execute(
            "UPDATE handover_request SET purpose = 'x' WHERE id = %s", request.ids
        )
        self.tour("handover_evidence_changed", self.anna, request)


class TestPhoneTours(TourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_what_is_missing(self):
        self.check_completeness()

    def test_accept(self):
        request = self.make_request("approved")
        self.tour("handover_phone_accept", self.bruno, request)
        self.assertEqual(request.line_ids.decision, "accepted")

    def test_confirm(self):
        request = self.make_request("transferred")
        self.tour("handover_confirm", self.bruno, request)
        self.assertEqual(request.signoff_ids.user_id, self.bruno)
