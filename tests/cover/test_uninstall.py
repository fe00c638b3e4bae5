"""Without the add-on nobody works along, and nothing changes owners instead."""

from odoo.addons.crm_handover_cover.hooks import uninstall_hook

from .common import DAY, CoverCommon


class TestUninstall(CoverCommon):
    def test_light_covers_end_or_lapse(self):
        todo = self.make_todo(self.lead)
        request = self.cover("submitted", cover="light", days=5)
        request.with_user(self.approver).action_approve()
        self.assertTrue(self.lead.with_user(self.bruno).has_access("write"))
        ahead = self.cover(
            "approved", self.make_lead(), cover="light",
            date_planned=self.env.cr.now() + DAY,
        )  # fmt: skip
        uninstall_hook(self.env)
        self.assertEqual(ahead.state, "needs_review")
        self.assertNotIn(self.bruno.partner_id, self.lead.message_partner_ids)
        copies = self.env["mail.activity"].search(
            [("handover_copy_of_id", "!=", False)]
        )
        self.assertFalse(copies)
        self.assertEqual(todo.user_id, self.anna)
