import hashlib
import logging
import re
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_handover.evidence.texts import file_name
from odoo.addons.crm_handover.models import handover_audience
from odoo.addons.crm_handover.models.handover_background import FATAL, TRANSIENT
from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_request import MOVES
from odoo.addons.crm_handover.models.handover_said import in_all_languages
from odoo.addons.crm_handover.models.handover_states import CLOSED

_logger = logging.getLogger(__name__)

CRON = "crm_handover_document.ir_cron_handover_request_document"
# what a move has made, and the event that it is made for
DUE = {"approve": "to_sign", "complete": "final"}
OCCASION = {"to_sign": "approved", "final": "done"}
# after a conflict with somebody who writes at the same time
SOON = timedelta(minutes=1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoPrinter(Exception):
    """The server lacks what it prints with; ``text`` says what, in any language."""

    def __init__(self, text):
        super().__init__()
        self.text = text


class Version(NamedTuple):
    """One document to make.

    ``reader`` is whose rights, language and time zone it has; ``readers`` are all who
    may read it, and it says nothing that one of them may not see; ``user`` is the
    successor whose part it is, empty for all records.
    """

    lang: str
    reader: models.BaseModel
    readers: models.BaseModel
    user: models.BaseModel


class HandoverRequest(models.Model):
    """The documents that come by themselves: one to sign, and the final one.

    They are made in the background, after the approval and after the last confirmation,
    in each language of the people concerned. What could not be made is said on the
    handover, and tried again.
    """

    _inherit = "handover.request"

    document_ids = fields.One2many(
        "handover.document",
        "request_id",
        readonly=True,
        copy=False,
        help="The documents that were made of it.",
    )
    document_due = fields.Selection(
        [("to_sign", "Version to Sign"), ("final", "Final Version")],
        string="Document to Come",
        readonly=True,
        copy=False,
        help="The document that is made in the background next.",
    )
    document_problem = handover_audience.Text(
        string="Why the Document Is Missing",
        translate=True,
        readonly=True,
        audience="givers",
        copy=False,
        help="What kept the document from being made.",
    )

    _document_due_idx = models.Index("(document_due) WHERE document_due IS NOT NULL")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_print_document(self):
        """Print the document as it is now, with what the caller may read.

        :return: a report action
        """
        single(self)
        report = self.env.ref("crm_handover_document.handover_document_report")
        action = report.report_action(self, config=False)
        # XML-RPC knows no empty value
        return {name: value for name, value in action.items() if value is not None}

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        unapproved = move == "undo" or MOVES[move].target == "draft"
        if unapproved:
            self.sudo().document_ids._withdraw()
        if move in DUE:
            # where nobody gives or takes anything, nobody signs
            signed = self.filtered(lambda request: request._changes_owners())
            signed._plan_document(DUE[move])
        elif MOVES[move].target == "transferred" and any(self.mapped("document_due")):
            self._wake_document_cron()
        elif unapproved or MOVES[move].target in ("needs_review", *CLOSED):
            self._plan_document(False)
        return result

    def _plan_document(self, kind):
        self._trusting().write({"document_due": kind, "document_problem": False})
        if kind and self:
            self._wake_document_cron()

    @api.model
    def _wake_document_cron(self, at=None):
        self.env.ref(CRON).sudo()._trigger(at)

    @api.ondelete(at_uninstall=False)
    def _unlink_documents(self):
        # of a draft that was approved once; what is no draft is not deleted
        self.sudo().document_ids._trusting().unlink()

    # ------------------------------------------------------------
    # IN THE BACKGROUND
    # ------------------------------------------------------------

    @api.model
    def _cron_documents(self):
        """Make what is due, one document per transaction."""
        cron = self.env["ir.cron"]
        # what runs goes first: its document waits for the outcome
        domain = [("document_due", "!=", False), ("state", "!=", "running")]
        due = self.sudo().search(domain, order="id").ids
        in_time = cron._commit_progress(remaining=len(due))
        while due and in_time:
            self.sudo().browse(due.pop(0))._make_documents_safely()
            in_time = cron._commit_progress(1)

    def _make_documents_safely(self):
        """Make what is missing; a failure is kept, and stops no other handover."""
        try:
            self._make_documents()
            return
        except TRANSIENT:
            self.env.cr.rollback()
            self._wake_document_cron(fields.Datetime.now() + SOON)
            return
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - one request never stops the others
            self.env.cr.rollback()
            text = self._problem_text(error)
        self.env["handover.background"]._safely(lambda: self._keep_problem(text))

    def _problem_text(self, error):
        """Return why a document is missing: a function of an environment.

        What is refused is said in words for people, the rest is for the log.
        """
        if isinstance(error, NoPrinter):
            return error.text
        if type(error) is UserError:
            return lambda _env: str(error)
        _logger.error("%s: the document could not be made", self, exc_info=error)
        return lambda env: env._(
            "The document could not be made. The server's log says why."
        )

    def _keep_problem(self, text):
        self._lock()
        self._keep_said("document_problem", in_all_languages(self, text))

    def _make_documents(self):
        """Make every version that is missing, each in a transaction of its own."""
        self.ensure_one()
        commit = self.env["ir.cron"]._commit_progress
        for version in self._missing_versions():
            self._require_printer(version.lang)
            kind, occasion = self.document_due, self._document_occasion()
            files = self._print_version(version)
            # look at it as it is now: whatever happened meanwhile comes first
            commit()
            self._lock()
            if (kind, occasion) != (self.document_due, self._document_occasion()):
                return
            self._keep_document(version, files)
            if not commit():
                return
        self._lock()
        if self.document_due and not self._missing_versions():
            self._plan_document(False)

    def _require_printer(self, lang):
        """Raise when the server cannot print a document in this language."""

        def problem(env):
            reports = env["ir.actions.report"]
            return reports._handover_print_problem(lang.startswith("zh"))

        if problem(self.env):
            raise NoPrinter(problem)

    def _document_occasion(self):
        """Return the hash of the event that the document is made for, or ``False``."""
        code = OCCASION.get(self.document_due)
        events = self.env["handover.request.event"].sudo()
        domain = [("request_id", "=", self.id), ("code", "=", code)]
        return events.search(domain, order="id desc", limit=1).hash

    def _missing_versions(self):
        """Return the versions that are due and were not made yet."""
        occasion = self._document_occasion()
        if not occasion:
            return []
        made = {
            (document.lang, document.user_id)
            for document in self.document_ids
            if document.occasion == occasion
        }
        return [
            version
            for version in self._document_versions()
            if (version.lang, version.user) not in made
        ]

    def _document_versions(self):
        """Return all versions: of all records, and of each successor's part."""
        superiors = self._document_superiors()
        named = (
            self.requester_id
            | self.predecessor_id
            | self.coordinator_id
            | self.approver_id
            | self.successor_ids
        ).filtered(self._shows_to)
        whole = named.filtered(lambda user: not self.with_user(user)._sees_part())
        parts = (self.successor_ids & named) - whole
        nobody = whole.browse()
        by_lang = {}
        for user in whole:
            by_lang.setdefault(self._document_lang(user), user)
        return [
            *(
                Version(lang, user, whole | superiors, nobody)
                for lang, user in by_lang.items()
            ),
            *(
                Version(self._document_lang(user), user, whole | superiors | user, user)
                for user in parts
            ),
        ]

    def _document_superiors(self):
        """Return who reads every document of the handover, taking part or not.

        Administrators are left out, whose rights are what they give themselves.
        """
        approvers = self.env.ref("crm_handover.group_handover_approver")
        system = self.env.ref("base.group_system")
        users = self.env["res.users"].search(
            [
                ("all_group_ids", "in", approvers.ids),
                ("all_group_ids", "not in", system.ids),
                ("company_ids", "in", self.company_id.ids),
            ]
        )
        return users | self.superior_ids.filtered(self._shows_to)

    def _document_lang(self, user):
        known = dict(self.env["res.lang"].get_installed())
        return user.lang if user.lang in known else next(iter(known))

    def _print_version(self, version):
        """Return the files of one version: ``(PDF, annex)``, as bytes."""
        request = self.with_user(version.reader).with_context(
            lang=version.lang,
            tz=version.reader.tz or "UTC",
            allowed_company_ids=self.company_id.ids,
        )
        annex = request._document_annex(version.readers)
        values = request._document_values(
            readers=version.readers,
            annex={
                "name": self._document_name(version, annex=True),
                "sha256": hashlib.sha256(annex).hexdigest(),
            },
        )
        return request.env["ir.actions.report"]._handover_pdf(values), annex

    def _keep_document(self, version, files):
        """Keep the files of one version, and say so in the history."""
        now = fields.Datetime.now()
        # who gives or takes a part of it does not read the whole
        shared = not (
            version.user or len(self.successor_ids) > 1 or self._several_givers()
        )
        pdf, annex = files
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": self._document_name(version),
                    "raw": pdf,
                    "mimetype": "application/pdf",
                    "company_id": self.company_id.id,
                },
                {
                    "name": self._document_name(version, annex=True),
                    "raw": annex,
                    "mimetype": XLSX,
                    "company_id": self.company_id.id,
                },
            ]
        )
        document = self.document_ids._trusting().create(
            {
                "request_id": self.id,
                "kind": self.document_due,
                "lang": version.lang,
                "user_id": version.user.id,
                "shared": shared,
                "occasion": self._document_occasion(),
                "digest": self.digest,
                "date": now,
                "attachment_id": attachments[0].id,
                "annex_id": attachments[1].id,
                "sha256": hashlib.sha256(pdf).hexdigest(),
                "annex_sha256": hashlib.sha256(annex).hexdigest(),
            }
        )
        owner = self if shared else document
        attachments.write({"res_model": owner._name, "res_id": owner.id})
        self._log_event(
            "document",
            file=attachments[0].name,
            sha256=document.sha256,
            annex_sha256=document.annex_sha256,
        )
        self.invalidate_recordset(["document_ids"])

    def _document_name(self, version, annex=False):
        """Return the name of a file, in the language of the document."""
        request = self.with_context(lang=version.lang)
        number = re.sub(r"\W+", "-", self.name).strip("-")
        names = {
            "to_sign": request.env._("%s Handover Document, Version to Sign", number),
            "final": request.env._("%s Handover Document, Final Version", number),
        }
        name = names[self.document_due]
        if version.user:
            name = f"{name}, {file_name(version.user.name or '')}"
        if annex:
            return f"{request.env._('%s, Annex', name)}.xlsx"
        return f"{name}.pdf"
