import base64
import re
from datetime import timedelta

from odoo import fields, models

from ..word_texts import labelled, sentences

# what was made is kept for so long
KEPT = timedelta(hours=1)


class HandoverRequest(models.Model):
    """Files of many records: made in the background, and kept for who asked."""

    _inherit = "handover.request"

    kept_files = fields.Json(
        string="Files to Download",
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="Files that were made in the background, for who asked for them.",
    )

    def _file_makers(self):
        """Return what is made of it to be downloaded; extended by super().

        :return: ``{kind: function that returns (end of its name, bytes)}``
        """
        self.ensure_one()
        return {}

    def _deliver(self, kind, dialog=None):
        """Have a file downloaded with what the caller may see.

        Of many records it is made in the background: who asks again when it is ready
        gets it, once.

        :param str kind: a key of :meth:`_file_makers`
        :param dialog: the caller's own, which holds the file; by default a new one
        :return: an action that downloads the file, or says that it is being made
        """
        self.ensure_one()
        if self._is_quick("file", self.line_count):
            return self._download(self._make_file(kind, dialog))
        if file := self._take_kept_file(kind):
            return self._download(file)
        if not self.background_step:
            self._lock()
            self._do_later("file", [kind], self.line_count)
        again = self.env._("Ask again when it is through.")
        told = sentences(self.env, [self._background_text(), again])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": labelled(self.env, self.name, told),
            },
        }

    def _make_file(self, kind, dialog=None):
        """Make a file; return the dialog that holds it, of whoever calls."""
        end, content = self._file_makers()[kind]()
        number = re.sub(r"\W+", "-", self.name).strip("-")
        # what somebody downloads belongs to them, and is forgotten after a while
        file = dialog or self.env["handover.request.evidence"].create(
            {"request_id": self.id}
        )
        file.write(
            {"file_name": f"{number}{end}", "content": base64.b64encode(content)}
        )
        return file

    def _download(self, file):
        """Return the action that downloads a file that was made."""
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file._name}/{file.id}/content"
            f"/{file.file_name}?download=true",
            "target": "download",
        }

    def _take_kept_file(self, kind):
        """Return the file that was made for the caller, which is kept no longer."""
        kept, key = self._kept_files(), f"{self.env.uid}/{kind}"
        file = self.env["handover.request.evidence"]
        if key not in kept:
            return file
        made = kept.pop(key)
        self._trusting().write({"kept_files": kept})
        if made["asked"] != self._asked_for_check():
            return file
        return file.browse(made["id"]).exists()

    def _kept_files(self):
        """Return the files that are not too old: ``{"user id/kind": file}``."""
        since = fields.Datetime.to_string(fields.Datetime.now() - KEPT)
        kept = self.sudo().kept_files or {}
        return {key: file for key, file in kept.items() if file["at"] > since}

    def _do_file(self, kind):
        """Make a file for who asked, and tell them that it is there."""
        self.check_access("read")
        made = {
            "id": self._make_file(kind).id,
            "asked": self._asked_for_check(),
            "at": fields.Datetime.to_string(fields.Datetime.now()),
        }
        kept = {**self._kept_files(), f"{self.env.uid}/{kind}": made}
        self._trusting().write({"kept_files": kept})
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "success",
                "sticky": True,
                "title": self.name,
                "message": self.env._("The file is ready: ask for it again."),
            },
        )
