from datetime import timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .handover_request_todo import APPROVAL
from .handover_said import in_language

# rows of a digest; the rest is on the handover
DIGEST_ROWS = 50
# people of the other side whose phone and mail are told
CONTACTS = 5
# what starts within this time after its approval has started with it
AT_ONCE = timedelta(minutes=1)

# what did not go through
TROUBLE = Domain("state", "=", "failed") | Domain("result_code", "=", "declined")
LEFT_ALONE = Domain("state", "=", "skipped")
# steps after which nothing is on its way to anybody
COMES_TO_NOBODY = ("undone", "withdrawn", "decided_again", "refused", "needs_review")
# events that say why, by the step that is told
REASONED = {"cancelled": "cancelled", "returned": "returning"}


class HandoverRequest(models.Model):
    """Who is told what: one digest per person and step, never one per record."""

    _inherit = "handover.request"

    def _notify(self, step, without=(), about=None, people=None):
        """Send one digest to everybody concerned, each in their own language.

        :param without: users who know it already
        :param about: the lines that it is about, where it is not the whole handover
        :param people: who is told; otherwise :meth:`_people` says so
        """
        self.ensure_one()
        people = self._people(step) if people is None else people
        for user in people.filtered("active"):
            if user in without:
                continue
            if about is not None and self._gives_a_part(user):
                # of several people each hears of what is theirs
                about_theirs = about.filtered(
                    lambda line, of=user: line.sudo().predecessor_id == of
                )
                if about_theirs:
                    self._send_notice(step, user, about_theirs)
            else:
                self._send_notice(step, user, about)
        self._send_mails_soon()

    def _send_notice(self, step, user, about=None):
        """Send the digest to one user; it goes out with the next mails."""
        request = self.sudo().with_context(lang=user.lang, mail_notify_force_send=False)
        body = self.env["ir.qweb"]._render(
            "crm_handover.handover_notice",
            request._prepare_notice_values(step, user, about),
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

    def _notice_subject(self, step):
        name = self.display_name
        subjects = {
            "approved": self.env._("%s: approved", name),
            "undone": self.env._("%s: the approval was taken back", name),
            "refused": self.env._("%s: refused", name),
            "declined": self.env._("%s: records declined", name),
            "needs_review": self.env._("%s: the approval has lapsed", name),
            "cancelled": self.env._("%s: stopped", name)
            if self.date_started
            else self.env._("%s: cancelled", name),
            "withdrawn": self.env._("%s: taken back", name),
            "decided_again": self.env._("%s: taken back", name),
            "transferred": self.env._("%s: handed over", name),
            "given": self.env._("%s: records from the pool", name),
            "returned": self.env._("%s: given back", name),
        }
        return subjects[step]

    def _prepare_notice_values(self, step, user, about=None):
        """Return what the digest of ``user`` shows: their own records, risks first.

        Who takes nothing reads what did not go through.
        """
        takes = user in self.successor_ids and about is None
        lines = self.env["handover.request.line"].sudo()
        lines = lines.with_context(lang=self.env.lang)
        domain = Domain("request_id", "=", self.id)
        if takes:
            domain &= Domain("successor_id", "=", user.id)
        elif self._gives_a_part(user):
            domain &= Domain("predecessor_id", "=", user.id)
        # what waits for a decision, or has none, comes to nobody
        takes = takes and step not in COMES_TO_NOBODY
        listed = domain if takes else domain & (TROUBLE | LEFT_ALONE)
        shows = takes or about is not None or step == "transferred"
        if about is not None:
            listed = domain = Domain("id", "in", about.ids)
        shown = self._notice_lines(lines, listed) if shows else lines
        kinds = self._notice_kinds(lines, domain)
        total = lines.search_count(listed) if shows else 0
        return {
            "request": self,
            "step": step,
            "user": user,
            "takes": takes,
            "kinds": kinds,
            "total": total,
            "lines": shown,
            "notes": {
                line.id: line.with_user(user)._audience_reads("told") and line.note
                for line in shown
            },
            "more": max(0, total - len(shown)),
            "zones": self._notice_zones(user),
            "files": self._own_file_count(),
            "first": step == "approved" or self._started_at_once(),
            "answer": takes and step == "approved" and self.asks_successors,
            # a deputy refuses in their own name
            "decider": self.env.user.name
            if step == "refused"
            else self.approver_id.name,
            "why": self._notice_reason(step),
            "refusal": self.with_user(user)._audience_reads("givers")
            and self.refusal_reason,
            "contacts": self._notice_contacts(user),
            "base_url": self.get_base_url(),
            "link": self._link(),
            "risks": dict(lines._fields["risk"]._description_selection(self.env)),
        }

    def _notice_zones(self, user):
        """Return the zones of start and end, where the clock of ``user`` is another."""
        theirs = self.with_context(tz=user.tz or "UTC")
        names = "date_planned", "date_return"
        return {name: theirs._foreign_zone(self[name]) for name in names}

    def _notice_kinds(self, lines, domain):
        """Return how many records of each kind there are: names, totals, done."""
        kinds = {}
        groups = lines._read_group(domain, ["scope_id", "state"], ["__count"])
        for scope, state, count in groups:
            kind = kinds.setdefault(scope, {"name": scope.name, "total": 0, "done": 0})
            kind["total"] += count
            kind["done"] += count if state == "done" else 0
        return list(kinds.values())

    def _notice_lines(self, lines, domain):
        """Return the lines that a digest lists, those with risks first."""
        shown = lines.browse()
        for risk in ("high", "medium", "low", "none"):
            shown += lines.search(
                domain & Domain("risk", "=", risk), limit=DIGEST_ROWS - len(shown)
            )
            if len(shown) >= DIGEST_ROWS:
                break
        return shown

    def _in_trouble(self):
        """Tell whether something failed, or was declined."""
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "=", self.id)
        return bool(lines.search_count(mine & TROUBLE, limit=1))

    def _started_at_once(self):
        """Tell whether nobody was told of the approval, as it led on at once."""
        return self._led_on_at_once(self.date_started)

    def _led_on_at_once(self, moment):
        """Tell whether what happened at this moment came with the approval itself."""
        approved, planned = self.date_approved, self.date_planned
        if not approved or not moment or (planned and planned > approved):
            return False
        return moment - approved < AT_ONCE

    def _notice_reason(self, step):
        """Return why it was stopped or given back, as somebody has written it."""
        if step not in REASONED:
            return ""
        events = self.event_ids.filtered(lambda event: event.code == REASONED[step])
        last = events.sorted("id")[-1:]
        if step == "returned" and last.actor_id.id == SUPERUSER_ID:
            return self.env._("The agreed time is over.")
        return in_language(self.env, (last.data or {}).get("reason")) or ""

    def _notice_contacts(self, user):
        """Return whom ``user`` can ask: the other side, with phone and mail.

        Who is on neither side reads of both.
        """
        givers, takers = (
            self._givers() or self._person("predecessor"),
            self.successor_ids,
        )
        if user in givers:
            people = takers
        else:
            people = givers if user in takers else givers | takers
        return [
            {"name": person.name, "phone": person.phone, "email": person.email}
            for person in (people - user).filtered("active")[:CONTACTS]
            if person.phone or person.email
        ]

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
        """Mark the approver's to-do as done: the decision has been made.

        The chatter has one language: that of whom the decision is for.

        :param feedback: a function of an environment that returns what was decided
        """
        for request in self.sudo():
            request = request.with_context(lang=request.requester_id.lang)
            text = feedback(request.env)
            request.activity_feedback([APPROVAL], feedback=text)
