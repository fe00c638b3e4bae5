from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover.evidence.texts import link
from odoo.addons.crm_handover.models.handover_guard import door, single

from ..file_kinds import kind

# files that are listed one by one; the rest is counted
LISTED = 200


class HandoverRequestLine(models.Model):
    """The files of a record: how many for who reads the line, which ones for who may
    open the record."""

    _inherit = "handover.request.line"

    file_count = fields.Integer(
        compute="_compute_files",
        string="Files",
        help="How many files the record has.",
    )
    # a number of the database's size: more than an integer holds
    file_size = fields.Float(
        compute="_compute_files",
        string="Size of Files",
        digits=(16, 0),
        help="In bytes.",
    )
    file_kinds = fields.Char(
        compute="_compute_files",
        string="Kinds of Files",
        help="What kinds of files the record has.",
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("lang")
    def _compute_files(self):
        """Count the files of all lines in one query."""
        by_model = self._there().grouped("res_model")
        groups = (
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                Domain("res_field", "=", False)
                & Domain.OR(
                    Domain("res_model", "=", model)
                    & Domain("res_id", "in", lines.mapped("res_id"))
                    for model, lines in by_model.items()
                ),
                ["res_model", "res_id", "type", "mimetype"],
                ["__count", "file_size:sum"],
            )
        )
        kinds, sizes = {}, Counter()
        for model, res_id, type_, mimetype, count, size in groups:
            name = kind(mimetype, type_ == "url")
            kinds.setdefault((model, res_id), Counter())[name] += count
            sizes[model, res_id] += size or 0
        labels = self._file_kinds()
        for line in self:
            record = line.res_model, line.res_id
            counts = kinds.get(record, Counter())
            line.file_count = counts.total()
            line.file_size = sizes[record]
            line.file_kinds = ", ".join(
                self.env._("%(kind)s: %(count)s", kind=labels[name], count=count)
                for name, count in counts.most_common()
            )

    @api.model
    def _report_columns(self):
        return super()._report_columns() | {"files": self.env._("Files")}

    def _report_row(self):
        return super()._report_row() | {"files": str(self.file_count)}

    @api.model
    def _file_kinds(self):
        """Return the names that people read for kinds of files."""
        return {
            "pdf": self.env._("PDF"),
            "spreadsheet": self.env._("Spreadsheets"),
            "presentation": self.env._("Presentations"),
            "picture": self.env._("Pictures"),
            "recording": self.env._("Sound and video"),
            "mail": self.env._("E-mails"),
            "archive": self.env._("Archives"),
            "document": self.env._("Text Files"),
            "link": self.env._("Links"),
            "other": self.env._("Other files"),
        }

    @door
    def get_files(self):
        """List the files of the record, as far as the caller may open them.

        :return: ``[{"id", "name", "kind", "size", "date", "url"}]``, the latest first
        """
        single(self)
        if not self._there():
            return []
        return self._list_files(
            Domain("res_model", "=", self.res_model)
            & Domain("res_id", "=", self.res_id)
        )

    @api.model
    def _list_files(self, domain):
        """Return the files of a domain that the user may open, the latest first."""
        files = self.env["ir.attachment"].search_fetch(
            domain & Domain("res_field", "=", False),
            ["name", "type", "mimetype", "file_size", "create_date", "url"],
            order="id desc",
            limit=LISTED,
        )
        return [
            {
                "id": file.id,
                "name": file.name or "",
                "kind": kind(file.mimetype, file.type == "url"),
                "size": float(file.file_size or 0),
                "date": fields.Datetime.to_string(file.create_date),
                "url": (
                    link(file.url)
                    if file.type == "url"
                    else f"/web/content/{file.id}?download=true"
                ),
            }
            for file in files
        ]
