"""Without the add-on, people go on, and no file hangs on what is gone."""

from odoo.addons.crm_handover_document.hooks import uninstall_hook

from .test_document import DocumentCase


class TestUninstall(DocumentCase):
    def test_files_of_versions_go_and_those_of_the_handover_stay(self):
        shared = self.make_request("approved", self.make_lead(name="Shared"))
        parts = self.split("approved")
        self.run_document_cron()
        kept = shared.document_ids.attachment_id | shared.document_ids.annex_id
        gone = parts.document_ids.attachment_id | parts.document_ids.annex_id
        self.assertEqual((len(kept), len(gone)), (2, 6))
        uninstall_hook(self.env(su=True))
        self.assertEqual((kept | gone).exists(), kept)
        files = self.env["ir.attachment"].search_count(
            [("res_model", "=", "handover.document")]
        )
        self.assertFalse(files)
        self.assertEqual(set(kept.mapped("res_model")), {"handover.request"})
        for request in (shared, parts):
            self.assertTrue(request.verify()["ok"])
