from odoo import api, models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """The files of documents that were made stay as they are."""

    _inherit = "ir.attachment"

    def write(self, vals):
        # who may edit the handover could replace what was signed
        if not self.env.su:
            self.check_access("write")
            self._check_no_handover_document()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handover_document(self):
        self._check_no_handover_document()

    def _check_no_handover_document(self):
        """Raise when one of the files is a version of a handover document."""
        documents = self.env["handover.document"].sudo()
        if documents.search_count(
            ["|", ("attachment_id", "in", self.ids), ("annex_id", "in", self.ids)],
            limit=1,
        ):
            raise AccessError(
                self.env._("Nobody changes or deletes a handover document.")
            )
