import base64
import binascii
import hashlib
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_limits import limit

from ..reader import MAX_FILE, BadFile, rows
from .comparison import Comparison

# rows that are shown one by one; the rest is counted
LISTED = 500
# what is wrong that a refusal names
NAMED = 5
# what a question is about: which ones are possible, and which one is chosen
ASKED = {
    "successor": ("people_ids", "choice_id"),
    "pool": ("team_ids", "team_choice_id"),
}
KINDS = [("question", "Question"), ("problem", "Problem"), ("change", "Change")]


class HandoverRequestUpload(models.TransientModel):
    """Takes a spreadsheet that was filled in: looks at it first, then applies it.

    What it would do is worked out anew when it is applied, with the caller's rights:
    what the dialog shows is for people, and decides nothing.
    """

    _name = "handover.request.upload"
    _description = "Upload of a Spreadsheet"
    _inherit = ["handover.request.wizard"]

    content = fields.Binary(
        string="File",
        attachment=False,
        help="The spreadsheet as it was downloaded, and filled in: XLSX, or CSV in"
        " UTF-8.",
    )
    name = fields.Char(string="File Name", help="What the file is called.")
    looked_at = fields.Boolean(readonly=True, help="The rows say what would change.")
    row_ids = fields.One2many(
        "handover.request.upload.row",
        "upload_id",
        string="Rows",
        help="What would change, and what is in the way.",
    )
    chosen = fields.Json(
        readonly=True, help="Who is meant by names that several people have."
    )
    change_count = fields.Integer(
        string="Changes", readonly=True, help="Records that would change."
    )
    problem_count = fields.Integer(
        string="Problems", readonly=True, help="What is in the way."
    )
    question_count = fields.Integer(
        string="Questions", readonly=True, help="Names that several people have."
    )
    unlisted_count = fields.Integer(
        string="Not Listed",
        readonly=True,
        help="Rows that are not listed, as there are so many.",
    )

    @api.onchange("content")
    def _onchange_content(self):
        self.looked_at = False

    @api.model
    def _open(self, request):
        """Return the action that opens the dialog for ``request``."""
        return self.create({"request_id": request.id})._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upload Spreadsheet"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_check(self):
        """Look at the file: say what it would change, and change nothing.

        :return: a window action, with the dialog that shows it in ``row_ids``
        :raise AccessError: when the caller may change nothing of the handover
        :raise UserError: when there is no file, or it cannot be read
        """
        single(self)
        comparison = self._compare()
        counts = Counter(one.kind for one in comparison.found)
        shown = comparison.found[:LISTED]
        values = [
            {
                "kind": one.kind,
                "number": one.number,
                "column": one.column,
                "record": one.record,
                "before": one.before,
                "after": one.after,
                "message": one.message,
                **self._possible(one),
            }
            for one in shown
        ]
        self.write(
            {
                "looked_at": True,
                "chosen": {"file": self._file(), **self._chosen()},
                "change_count": len(comparison.changes),
                "problem_count": counts["problem"],
                "question_count": counts["question"],
                "unlisted_count": len(comparison.found) - len(shown),
                "row_ids": [Command.clear(), *map(Command.create, values)],
            }
        )
        return self._show()

    @door
    def action_apply(self):
        """Write what the file changes: all of it or, when something is wrong, nothing.

        :return: a window action
        :raise AccessError: when the caller may not change it
        :raise UserError: with what is in the way, or when nothing would change
        """
        single(self)
        self.request_id._lock()
        comparison = self._compare()
        wrong = [one for one in comparison.found if one.kind != "change"]
        if wrong:
            raise UserError(self._refusal(wrong))
        if not comparison.changes:
            raise UserError(
                self.env._("The file changes nothing: choose the one you filled in.")
            )
        self.env["handover.request.line"].browse(comparison.changes)._write_each(
            comparison.changes
        )
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _compare(self):
        """Return what the file would change now."""
        request = self.request_id
        request._check_line_edit(request.line_ids.browse(), {"note"})
        return Comparison(request, self._rows(), self._chosen())

    def _possible(self, found):
        """Return the values of a row that say of which people or teams it asks."""
        if not found.possible:
            return {}
        name, *ids = found.possible
        return {ASKED[name][0]: [Command.set(ids)]}

    def _chosen(self):
        """Return who is meant by which name in this file.

        :return: ``{"successor": {text: user id}, "pool": {text: team id}}``
        """
        known = self.chosen if isinstance(self.chosen, dict) else {}
        # what was answered about another file says nothing of this one
        same, chosen = known.get("file") == self._file(), {}
        for name, (_possible, choice) in ASKED.items():
            before = same and known.get(name)
            before = before if isinstance(before, dict) else {}
            answered = self.row_ids.filtered(choice) if same else ()
            now = {row.after: row[choice].id for row in answered if row.after}
            chosen[name] = before | now
        return chosen

    def _file(self):
        """Return a text that changes with the file."""
        content = self.with_context(bin_size=False).content or b""
        return hashlib.sha256(content).hexdigest()

    def _rows(self):
        """Return the rows of the file, or raise why it is not read."""
        if not self.content:
            raise UserError(self.env._("Choose a file first."))
        try:
            found = rows(base64.b64decode(self.with_context(bin_size=False).content))
        except (BadFile, binascii.Error) as error:
            raise UserError(
                self._unreadable(getattr(error, "reason", "kind"))
            ) from None
        most = limit(self.env, "max_records_per_call")
        if len(found) > most + 1:
            raise UserError(
                self.env._(
                    "%(count)s rows in one file are too many: spread them over several"
                    " files of %(limit)s at the most.",
                    count=len(found) - 1,
                    limit=most,
                )
            )
        return found

    def _unreadable(self, reason):
        return {
            "size": self.env._(
                "The file is too large: %s MB at the most, and so many rows and sheets"
                " as a download has. Split it up.",
                MAX_FILE // 1024**2,
            ),
            "kind": self.env._(
                "The file cannot be read: save it as XLSX without a password, or as CSV"
                " in UTF-8."
            ),
            "outside": self.env._(
                "The file names other files or has macros: copy its rows into a new"
                " download, and upload that."
            ),
            "merged": self.env._(
                "Cells of the file are merged: undo that, and fill in each row."
            ),
        }[reason]

    def _refusal(self, wrong):
        """Return what is in the way, the first of it by name."""
        told = [
            self.env._(
                "Row %(number)s, %(column)s: %(message)s",
                number=one.number,
                column=one.column,
                message=one.message,
            )
            for one in wrong[:NAMED]
        ]
        head = self.env._(
            "%(handover)s: nothing was changed, %(count)s things are in the way.",
            handover=self.request_id.name,
            count=len(wrong),
        )
        return "\n".join([head, *told])


class HandoverRequestUploadRow(models.TransientModel):
    """One row of that dialog: a change, a problem, or a question and its answer."""

    _name = "handover.request.upload.row"
    _description = "Row of an Uploaded Spreadsheet"
    _inherit = ["handover.typed"]
    _order = "id"

    upload_id = fields.Many2one(
        "handover.request.upload",
        required=True,
        index=True,
        ondelete="cascade",
        help="The dialog that it is listed in.",
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default="change",
        readonly=True,
        help="Whether it changes something, is in the way, or is for you to answer.",
    )
    number = fields.Integer(
        string="Row", readonly=True, help="The row of the file, its first one is 1."
    )
    column = fields.Char(readonly=True, help="The column of the file.")
    record = fields.Char(readonly=True, help="What the row is about.")
    before = fields.Text(readonly=True, help="What there is now.")
    after = fields.Text(readonly=True, help="What there would be, or what was written.")
    message = fields.Text(
        string="Because", readonly=True, help="What is in the way, and the way out."
    )
    people_ids = fields.Many2many(
        "res.users", readonly=True, string="Possible", help="Who can be meant."
    )
    choice_id = fields.Many2one(
        "res.users",
        string="Who Is Meant",
        domain="[('id', 'in', people_ids)]",
        help="Choose whom the name means, in all rows that have it.",
    )
    team_ids = fields.Many2many(
        "crm.team", readonly=True, string="Possible Teams", help="Which can be meant."
    )
    team_choice_id = fields.Many2one(
        "crm.team",
        string="Which Team Is Meant",
        domain="[('id', 'in', team_ids)]",
        help="Choose which team the name means, in all rows that have it.",
    )
    asks_team = fields.Boolean(
        compute="_compute_asks_team", help="The question is about a team."
    )

    @api.depends("team_ids")
    def _compute_asks_team(self):
        for row in self:
            row.asks_team = bool(row.team_ids)
