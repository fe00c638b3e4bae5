import json

from odoo import api, fields, models
from odoo.tools import file_open

from ..evidence import files, texts
from ..models.handover_guard import door, single
from ..models.handover_request_evidence import LINE

SCRIPT = "crm_handover/evidence/verify.py"
EVENTS = (
    "date", "code", "actor", "actor_id", "transport", "data", "id", "hash",
    "previous_hash",
)  # fmt: skip
LINES = (*LINE, "predecessor", "successor")


class HandoverRequestEvidence(models.TransientModel):
    """Shows whether the evidence of a handover is in order, and hands it out."""

    _name = "handover.request.evidence"
    _description = "Handover Evidence"
    _inherit = ["handover.request.wizard"]

    ok = fields.Boolean(
        compute="_compute_verification", help="Nothing was changed afterwards."
    )
    partial = fields.Boolean(
        compute="_compute_verification",
        help="The reader sees some of the records only, so only those are checked.",
    )
    event_count = fields.Integer(
        compute="_compute_verification",
        string="Events",
        help="How many events were checked.",
    )
    head = fields.Char(
        compute="_compute_verification",
        string="Hash of the Last Event",
        help="Note it down elsewhere: then nobody can replace the whole chain.",
    )
    problems = fields.Text(
        compute="_compute_verification", help="What does not fit, one in each line."
    )
    content = fields.Binary(
        readonly=True,
        attachment=False,
        help="The file that somebody checks without Odoo.",
    )
    file_name = fields.Char(readonly=True, help="What the file is called.")

    @api.model
    def _chosen_defaults(self):
        if self.env.context.get("active_model") != "handover.request":
            return super()._chosen_defaults()
        return {"request_id": self.env.context.get("active_id")}

    @api.depends("request_id")
    @api.depends_context("uid", "lang")
    def _compute_verification(self):
        for wizard in self:
            found = wizard.request_id.verify() if wizard.request_id else {}
            wizard.ok = found.get("ok")
            wizard.partial = found.get("partial")
            wizard.event_count = found.get("events")
            wizard.head = found.get("head")
            wizard.problems = "\n".join(
                problem["message"] for problem in found.get("problems", ())
            )

    @door
    def action_download(self):
        """Make a ZIP of the evidence that the caller may see, and download it.

        Of many records it is made in the background.

        :return: an action that downloads the file, or says that it is being made
        """
        single(self)
        return self.request_id._deliver("evidence", self)

    @api.model
    def _archive(self, evidence):
        return files.archive(self._files(evidence))

    @api.model
    def _files(self, evidence):
        """Return the files of the archive: ``{name: bytes}``."""
        text = json.dumps(evidence, ensure_ascii=False, indent=1)
        with file_open(SCRIPT, "rb") as script:
            return {
                # its line ends are those that every editor knows
                "README.txt": texts.visible(self._readme(evidence["request"]))
                .replace("\n", "\r\n")
                .encode("utf-8-sig"),
                "evidence.json": texts.escaped(text).encode(),
                "events.csv": files.table(evidence["events"], EVENTS),
                "lines.csv": files.table(evidence["lines"], LINES),
                "verify.py": script.read(),
            }

    def _readme(self, request):
        """Return what the reader of the archive must know, in their language."""
        return self.env._(
            """The evidence of the handover %(handover)s

evidence.json  all of it, for archives and programs
events.csv     what happened: who did it, when and how
lines.csv      the records, and what became of each
verify.py      checks evidence.json, wherever there is Python:

    python verify.py evidence.json

All times are in UTC. An apostrophe in front of a text in the tables keeps
spreadsheets from taking it for a formula.

The hash of the last event is
%(head)s
Keep it in another place. As long as

    python verify.py evidence.json HASH

finds it in a later export, nothing that happened before was changed.
""",
            handover=request["name"],
            head=request["event_head"] or "–",
        )
