"""A cover: Anna is away for a time, Bruno stands in."""

from datetime import timedelta

from odoo import fields

from ..common import HandoverCommon

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class CoverCommon(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("crm_handover_cover.ir_cron_handover_request_cover")
        cls.customer = cls.make_customer()
        cls.lead = cls.make_lead(partner_id=cls.customer.id)

    def cover(self, state="transferred", records=None, days=10, **values):
        end = fields.Datetime.now().replace(microsecond=0) + days * DAY
        values = {"kind": "temporary", "date_return": end, **values}
        request = self.make_request(
            state, self.lead if records is None else records, **values
        )
        return self.begun(request)

    def begun(self, request):
        """Have it begin an hour ago: what a test makes is as old as the test."""
        if request.date_started:
            start = fields.Datetime.now() - HOUR
            request._trusting().write({"date_started": start})
        return request

    def mind(self):
        """Have the clock strike."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def told(self, request, text):
        """Who was told something, once for each time."""
        notices = self.env["mail.message"].search(
            [
                ("model", "=", request._name), ("res_id", "=", request.id),
                ("message_type", "=", "user_notification"), ("body", "ilike", text),
            ]
        )  # fmt: skip
        return sorted(notices.notified_partner_ids.mapped("name")), len(notices)

    def codes_of_events(self, request):
        return request.sudo().event_ids.sorted("id").mapped("code")

    def assertVerifies(self, request):
        verified = request.with_user(self.manager).verify()
        self.assertEqual(verified["problems"], [])
