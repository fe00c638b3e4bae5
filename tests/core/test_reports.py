"""What superiors evaluate: records by reason and month, in menus of their own."""

from odoo import fields

from ..common import HandoverCommon


class TestReports(HandoverCommon):
    def test_records_by_reason_and_month(self):
        request = self.make_request("transferred", self.make_lead())
        Line = self.env["handover.request.line"].with_user(self.approver)
        groups = Line._read_group(
            [("request_id", "=", request.id)],
            ["reason_id", "result_code", "date_done:month"],
            ["__count"],
        )
        month = fields.Datetime.now().date().replace(day=1)
        self.assertEqual(
            [(reason, code, done.date()) for reason, code, done, _count in groups],
            [(self.reason, "done", month)],
        )

    def test_menus_are_for_approvers(self):
        menu = self.env.ref("crm_handover.handover_menu_report")
        menus = self.env["ir.ui.menu"]
        self.assertIn(menu.id, menus.with_user(self.approver).load_menus(False))
        self.assertNotIn(menu.id, menus.with_user(self.anna).load_menus(False))
