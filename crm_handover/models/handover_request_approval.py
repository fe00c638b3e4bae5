from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..evidence import verify
from ..evidence.plain import plain
from . import handover_audience
from .handover_guard import door
from .handover_request_run import APPROVED_NOW
from .handover_states import APPROVED_ON, NO_RESULT

# what an approval leaves on the handover, until it is taken back to draft
APPROVAL = ("digest", "approved_values", "approved_form", "date_approved")


class HandoverRequest(models.Model):
    """The decision: submit, approve, refuse, take back; and what is approved."""

    _inherit = "handover.request"

    # what a version or an add-on brings later was not approved; what it takes away was
    approved_values = handover_audience.Json(
        readonly=True,
        audience="givers",
        copy=False,
        prefetch=False,
        help="What was approved of the handover itself, as it was then.",
    )
    approved_form = fields.Integer(
        string="Form of the Approval",
        readonly=True,
        copy=False,
        help="The form by which the approval was signed, and is verified for ever.",
    )

    @door
    def action_submit(self):
        """Ask for the approval of a draft.

        :return: ``True``
        :raise AccessError: when the caller is neither requester nor manager
        :raise UserError: when it is no draft, or something blocks it
        """
        self._require("submit")
        for request in self:
            request._do("submit")
        return True

    def _next_deciders(self):
        """Return who decides after the present level, where one follows; by super()."""
        self.ensure_one()
        return self.env["res.users"]

    @door
    def action_approve(self, expected_version=False):
        """Approve; what is not planned for later is handed over at once.

        :param int expected_version: the ``version`` that the caller has seen; when the
            content has changed since, the approval is refused
        :return: ``True``
        :raise AccessError: when the caller may not decide on this handover
        :raise UserError: when it is not submitted, or has changed
        """
        done = self.filtered(lambda request: request._was_decided_by_caller())
        todo = self - done
        todo._require("approve")
        for request in todo:
            request._check_version(expected_version)
            request._do("approve", expected_version)
        return True

    @door
    def action_refuse(self, reason):
        """Refuse a submitted handover.

        :param str reason: why, required; the requester reads it
        :return: ``True``
        """
        reason = self._check_reason(reason)
        self._require("refuse")
        for request in self:
            request._do("refuse", reason)
        return True

    @door
    def action_draft(self):
        """Take a submitted, refused, cancelled or outdated handover back to draft.

        :return: ``True``
        """
        self._require("draft")
        for request in self:
            request._do("draft")
        return True

    # ------------------------------------------------------------
    # WHAT THEY DO: at once, or in the background
    # ------------------------------------------------------------

    def _do_submit(self):
        self._before_submission()
        checked = self.sudo()
        checked._raise_blockers(checked._blocking_findings(checked._lines_to_check()))
        self._freeze_lines()
        self._become_submitted()

    def _become_submitted(self):
        """Ask for the approval of what is checked and reserved."""
        values = {
            "approver_id": self._find_approver().id,
            "date_submitted": fields.Datetime.now(),
            "refusal_reason": False,
            **self._concerned_values(),
        }
        self._move("submit", values, version=self.version)
        self._ask_approver()

    def _do_approve(self, expected_version):
        self._check_version(expected_version)
        # the records were looked at when it was submitted, and are when it runs
        self._raise_blockers(self._request_findings())
        self.sudo().grant_ids._freeze()
        values = {
            "approver_id": self.env.uid,
            "date_approved": fields.Datetime.now(),
            "approved_values": self.sudo()._approved_values(),
            "approved_form": verify.FORM,
            "digest": self._content_digest(),
        }
        self._move(
            "approve",
            values,
            digest=values["digest"],
            self_approval=self._takes_part(self.env.user),
            **self._authority(),
            **self._left_note(),
        )
        self._close_approval_activity(lambda env: env._("Approved"))
        # of a million records, the digest takes its time
        self.env.cr.cache[APPROVED_NOW] = self.id, values["digest"]
        try:
            self._start_when_due()
        finally:
            self.env.cr.cache.pop(APPROVED_NOW, None)
        # what starts at once is told when it is done, with all of it
        if self.state == "approved":
            self._notify("approved")

    def _do_refuse(self, reason):
        people = self._expecting()
        self._close_approval_activity(lambda env: env._("Refused: %s", reason))
        authority = self._authority()
        self._keep_said("refusal_reason", reason)
        self._move("refuse", reason=reason, **authority)
        self._release_lines()
        self._notify("refused", without=self.env.user, people=people)

    def _do_draft(self):
        # when it has lapsed, all of them have heard that it does not go on
        waits = self.state == "submitted"
        people = self._expecting() if waits else self.env.user.browse()
        self._back_to_draft()
        self._notify("withdrawn", without=self.env.user, people=people)

    def _back_to_draft(self):
        """Take it back to draft, for whoever calls, who tells people."""
        self._move("draft", dict.fromkeys(APPROVAL, False))
        self._release_lines()
        self.env["handover.request.line"]._update(
            Domain("request_id", "=", self.id)
            & Domain("state", "in", ["cancelled", "failed"])
            & Domain("settled", "=", False),
            SQL("state = 'todo', %s", NO_RESULT),
        )

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _before_submission(self):
        """Do what is due before somebody is asked to approve; extended by super()."""
        self.ensure_one()

    def _check_reason(self, reason):
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why: a reason is required."))
        return reason.strip()

    def _check_version(self, expected_version):
        if expected_version is False or expected_version is None:
            return
        if expected_version != self.version:
            raise UserError(
                self.env._(
                    "%s has changed since you looked at it: reload it and look again.",
                    self.name,
                )
            )

    def _was_decided_by_caller(self):
        """Tell whether a second click asks for what the first one did."""
        return (
            self.approver_id == self.env.user
            and self.date_approved
            and self.state in APPROVED_ON
        )

    def _freeze_lines(self):
        """Reserve the records: one open handover at a time takes them."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request_line SET reserved = TRUE"
                " WHERE request_id = %s AND state = 'todo'",
                self.id,
            )
        )
        self.env["handover.request.line"].invalidate_model(["reserved"])

    def _release_lines(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request_line SET reserved = FALSE,"
                " decision = 'pending', decision_reason = NULL"
                " WHERE request_id = %s AND state IN ('todo', 'cancelled', 'failed')",
                self.id,
            )
        )
        self.env["handover.request.line"].invalidate_model(
            ["reserved", "decision", "decision_reason"]
        )

    @api.model
    def _approved_fields(self):
        """Return the names of the fields that are approved, besides lines and grants.

        What people choose in a draft, and which draft it is. Who is asked may be
        another one than who decides, and a caller's own key says nothing.
        """
        content = self._content_fields - {"approver_id", "client_key"}
        chosen = {name for name in content if self._fields[name].column_type}
        return {"id", "name", "requester_id"} | chosen

    def _approved_values(self):
        """Return the fields that are approved, or were: plain values by name.

        Of a field that is gone with its add-on, the value is the one that was approved.
        """
        self.ensure_one()
        present = {name: plain(self[name]) for name in self._approved_fields()}
        approved = self.approved_values or present
        values = {name: present.get(name, value) for name, value in approved.items()}
        # a list is no column: what was approved before there was one has none
        several = sorted(self.sudo().predecessor_ids.ids)
        if several or "predecessor_ids" in approved:
            values["predecessor_ids"] = several
        return values

    def _approved_head(self):
        """Return what is approved besides the lines: plain values by field name."""
        self.ensure_one()
        return {**self._approved_values(), "grants": self.grant_ids._approved_rows()}

    def _note_content(self, code, **data):
        """Write down another content of the same approval, which allowed for it.

        By the newest form, as all digests of an event are.

        :param str code: what happened
        :param data: what the event keeps besides
        """
        self.ensure_one()
        digest = self._content_digest(verify.FORM)
        self._trusting().write({"digest": digest, "approved_form": verify.FORM})
        self._log_event(code, digest=digest, **data)

    def _content_digest(self, form=None):
        """Return the SHA-256 over what is approved: people, dates and every line.

        :param int form: the form of digests; otherwise that of the approval, and before
            an approval the newest
        """
        head = self.sudo()._approved_head()
        names = verify.FORMS[form or self.approved_form or verify.FORM]["digest"]
        return verify.digest(chain([head], self._line_columns(names)))
