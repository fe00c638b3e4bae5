from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.crm_handover.models.handover_guard import door, single, typed

KINDS = [("to_sign", "Version to Sign"), ("final", "Final Version")]


class HandoverDocument(models.Model):
    """One version of the handover document: the PDF, and the annex with all records.

    Made by the code, and neither changed nor deleted afterwards. Where everybody who
    reads the handover reads all of its records, the files hang on the handover itself,
    and else on the version, whose rules say who reads it: one of all records for who
    sees them all, and one for each successor with their own part.
    """

    _name = "handover.document"
    _description = "Handover Document"
    _inherit = ["handover.guard"]
    _order = "date desc, id desc"
    _rec_name = "attachment_id"

    request_id = fields.Many2one(
        "handover.request",
        required=True,
        index=True,
        ondelete="cascade",
        help="The handover that it documents.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        KINDS,
        string="Version",
        required=True,
        help="At which step of the handover it was made.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        help="The language that it is written in.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Part Of",
        index="btree_not_null",
        ondelete="restrict",
        help="The successor whose records it has. Empty: all records.",
    )
    shared = fields.Boolean(
        help="The files are attached to the handover, for everybody who reads it."
    )
    occasion = fields.Char(
        required=True, help="Hash of the event that the version was made for."
    )
    digest = fields.Char(help="SHA-256 of what was approved.")
    date = fields.Datetime(string="Made On", required=True, help="When it was made.")
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="File",
        required=True,
        index=True,
        ondelete="restrict",
        help="The document as PDF.",
    )
    annex_id = fields.Many2one(
        "ir.attachment",
        required=True,
        index=True,
        ondelete="restrict",
        help="The list of all records as a spreadsheet.",
    )
    sha256 = fields.Char(
        string="SHA-256",
        required=True,
        help="The document's fingerprint, which is in the history as well.",
    )
    annex_sha256 = fields.Char(
        string="SHA-256 of the Annex",
        required=True,
        help="The annex's fingerprint, which is in the history as well.",
    )
    outdated = fields.Boolean(
        compute="_compute_outdated", help="What it says was taken back since."
    )

    _once = models.UniqueIndex(
        "(request_id, occasion, lang, COALESCE(user_id, 0))",
        "Each version is made once.",
    )

    @api.depends("digest", "kind", "request_id.digest", "request_id.state")
    def _compute_outdated(self):
        for document in self:
            request = document.request_id
            document.outdated = document.digest != request.digest or (
                document.kind == "final" and request.state != "done"
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_download(self):
        """Download the PDF.

        :return: an action that downloads the file
        """
        single(self)
        return self._download(self.attachment_id)

    @door
    def action_download_annex(self):
        """Download the annex: all records of the document, as a spreadsheet.

        :return: an action that downloads the file
        """
        single(self)
        return self._download(self.annex_id)

    def _download(self, attachment):
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    # ------------------------------------------------------------
    # APPEND-ONLY
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._("Documents are made by themselves.")

    @typed
    def write(self, vals):
        if not self._trusted():
            raise AccessError(self.env._("Nobody changes a document that was made."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_with_draft(self):
        if not self._trusted():
            raise AccessError(self.env._("Nobody deletes a document that was made."))

    def unlink(self):
        files = self.sudo().attachment_id | self.sudo().annex_id
        result = super().unlink()
        # those that hang on the version are gone with it
        files.exists().unlink()
        return result

    def _withdraw(self):
        """Take the files from the handover, as its successors may be others soon."""
        for document in self._trusting().filtered("shared"):
            document.shared = False
            files = document.attachment_id | document.annex_id
            files.write({"res_model": self._name, "res_id": document.id})
