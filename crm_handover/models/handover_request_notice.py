from markupsafe import Markup

from odoo import models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .handover_request_todo import APPROVAL

# rows of a digest; the rest is on the handover
DIGEST_ROWS = 50


class HandoverRequest(models.Model):
    """Who is told what: one digest per person and step, never one per record."""

    _inherit = "handover.request"

    def _notify(self, step):
        """Send one digest to everybody concerned, each in their own language."""
        self.ensure_one()
        for user in self._people(step).filtered("active"):
            request = self.sudo().with_context(
                lang=user.lang, mail_notify_force_send=False
            )
            body = self.env["ir.qweb"]._render(
                "crm_handover.handover_notice",
                request._prepare_notice_values(step, user),
                lang=user.lang,
                minimal_qcontext=True,
            )
            request.message_notify(
                subject=request._notice_subject(step),
                body=body,
                partner_ids=user.partner_id.ids,
                email_layout_xmlid="mail.mail_notification_layout",
                force_email_lang=user.lang,
                notify_author=True,
            )
        self._send_mails_soon()

    def _notice_subject(self, step):
        name = self.display_name
        subjects = {
            "approved": self.env._("%s: approved", name),
            "refused": self.env._("%s: refused", name),
            "needs_review": self.env._("%s: the approval has lapsed", name),
            "cancelled": self.env._("%s: stopped", name),
            "transferred": self.env._("%s: handed over", name),
            "returned": self.env._("%s: given back", name),
        }
        return subjects[step]

    def _prepare_notice_values(self, step, user):
        """Return what the digest of ``user`` shows: their own records, risks first."""
        lines = self.env["handover.request.line"].sudo()
        lines = lines.with_context(lang=self.env.lang)
        domain = [("request_id", "=", self.id)]
        takes = user in self.successor_ids
        if takes:
            domain.append(("successor_id", "=", user.id))
        groups = lines._read_group(domain, ["scope_id", "state"], ["__count"])
        kinds = {}
        for scope, state, count in groups:
            kind = kinds.setdefault(scope, {"name": scope.name, "total": 0, "done": 0})
            kind["total"] += count
            kind["done"] += count if state == "done" else 0
        shown = lines.browse()
        if takes:
            for risk in ("high", "medium", "low", "none"):
                shown += lines.search(
                    [*domain, ("risk", "=", risk)], limit=DIGEST_ROWS - len(shown)
                )
                if len(shown) >= DIGEST_ROWS:
                    break
        total = sum(kind["total"] for kind in kinds.values())
        return {
            "request": self,
            "step": step,
            "user": user,
            "takes": takes,
            "kinds": list(kinds.values()),
            "total": total,
            "lines": shown,
            "more": max(0, total - len(shown)) if takes else 0,
            "files": self._own_file_count(),
            "base_url": self.get_base_url(),
            "link": self._link(),
            "risks": dict(lines._fields["risk"]._description_selection(self.env)),
            "results": dict(
                lines._fields["result_code"]._description_selection(self.env)
            ),
        }

    def _link(self):
        """Return the address at which people open the handover, if they may read it."""
        self.ensure_one()
        return self._notify_get_action_link("view")

    def _own_file_domain(self):
        return Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)

    def _own_file_count(self):
        """Return how many files hang on the handover, for who reads the handover."""
        self.ensure_one()
        domain = self._own_file_domain() & Domain("res_field", "=", False)
        return self.env["ir.attachment"].search_count(domain)

    # ------------------------------------------------------------
    # APPROVAL
    # ------------------------------------------------------------

    def _ask_approver(self):
        """Give the approver a to-do, in the approver's language."""
        self.ensure_one()
        self._ask(
            APPROVAL,
            self.approver_id.sudo(),
            lambda env: env._("Decide on the handover"),
            by_mail=True,
            note=lambda request: request._approval_note(),
        )

    def _approval_note(self):
        """Return what the approver reads at once: the purpose, how many files."""
        note = plaintext2html(self.purpose) if self.purpose else Markup()
        if count := self._own_file_count():
            note += Markup("<p>%s</p>") % self.env._(
                "Files on the handover: %(count)s", count=count
            )
        return note

    def _close_approval_activity(self, feedback):
        """Mark the approver's to-do as done: the decision has been made."""
        self.sudo().activity_feedback([APPROVAL], feedback=feedback)
