from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..evidence import verify
from ..evidence.plain import plain
from .handover_guard import door, single

# rows that are in memory at the same time
CHUNK = 1_000
LINE = tuple(dict.fromkeys(verify.covered("digest") + verify.covered("outcome")))
SIGNATURE = verify.covered("signatures")


class HandoverRequest(models.Model):
    """What can be proved: the history is whole, and the present agrees with it.

    The form of hashes and digests is that of ``evidence/verify.py``, which checks an
    export without Odoo.
    """

    _inherit = "handover.request"

    @door
    def verify(self):
        """Check the history, and that what it says is what is there now.

        Changes nothing. Who does not see every record gets the history checked, and
        ``partial``: not what was approved, nor the outcome.

        :return: ``{"ok": bool, "partial": bool, "events": int, "head": str, "problems":
            [{"code", "message", "event_id"}]}``; ``head`` is the hash of the last
            event, or an empty text; ``event_id`` is 0 when it is about no single event;
            ``code`` is ``event_changed``, ``event_missing``, ``state_changed``,
            ``content_changed``, ``outcome_changed`` or ``signatures_changed``
        """
        single(self)
        request = self.sudo()
        events = request._evidence_events(self.id)
        partial = self._sees_part()
        problems = self._history_problems(events, request.event_head or "")
        for code in request._differences(verify.told(events), partial):
            problems.append(self._problem(code))
        return self._verification(events, problems, partial)

    @door
    def export_evidence(self):
        """Return the evidence as plain values, for archives and other programs.

        As JSON it is what ``evidence/verify.py`` checks. Times are in UTC, what is
        empty is ``False``. Who does not see every record gets their own ones only, and
        of events and records what they may read: ``left_out`` names the rest.

        :return: ``{"format", "exported_at", "exported_by", "partial", "request",
            "approved", "events", "lines", "signoffs"}``; ``approved`` is what was
            approved besides the lines, ``partial`` whether lines are missing
        """
        single(self)
        request = self.sudo()
        partial = self._sees_part()
        events = request._evidence_events(self.id)
        return verify.without_none(
            {
                "format": verify.FORMAT,
                "exported_at": plain(fields.Datetime.now()),
                "exported_by": self.env.user.name,
                "partial": partial,
                "request": {
                    "id": self.id,
                    "name": self.name,
                    "state": self.state,
                    "event_head": request.event_head or "",
                    "event_count": len(events),
                    "line_count": self.line_count,
                    "company": request.company_id.name,
                    "requester": request.requester_id.name,
                    "predecessor": ", ".join(request._givers().mapped("name")) or False,
                    "source_team": request.source_team_id.name,
                    "successor": request.successor_id.name,
                    "target_team": request.target_team_id.name,
                    "reason": request.reason_id.name,
                },
                "approved": {} if partial else request._approved_head(),
                "events": self._with_names(self._told_events(events), "actor_id"),
                "lines": self._evidence_lines(),
                "signoffs": self._with_names(
                    request._evidence_signoffs(), "user_id", "signed_by_id"
                ),
            }
        )

    def _file_makers(self):
        def evidence():
            dialogs = self.env["handover.request.evidence"]
            return "-evidence.zip", dialogs._archive(self.export_evidence())

        return {**super()._file_makers(), "evidence": evidence}

    # ------------------------------------------------------------
    # REPORTS
    # ------------------------------------------------------------

    def _report_sections(self):
        """Return what else a report tells of the handover, with its reader's rights.

        :return: ``[{"key", "title", "text"}]``; extended by super()
        """
        self.ensure_one()
        return []

    def _report_points(self):
        """Return how good the handover is, as far as add-ons know by now.

        :return: ``{part: points from 0 to 100}``, without what is not known; extended
            by super()
        """
        self.ensure_one()
        return {}

    def _talk_sql(self):
        """Return where its people talk about the handover; extended by super().

        :return: ``[(model, ids as a query or a value in SQL)]``
        """
        self.ensure_one()
        return [(self._name, SQL("%s", self.id))]

    def _report_kind_columns(self, lines):
        """Return more figures of the kinds of record, one column each.

        :param lines: the domain of the lines that are reported on
        :return: ``[{"title", "values": {scope id: text}, "total": text}]``; extended by
            super()
        """
        self.ensure_one()
        return []

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _sees_part(self):
        """Tell whether the caller's role shows some of the lines only.

        One of several givers reads their own, even where that is all there is by now:
        what was approved besides the lines names the others.
        """
        if self.sudo()._gives_a_part(self.env.user):
            return True
        lines = self.env["handover.request.line"]
        # a forged company hides a line as well, from everybody
        company = self.sudo().company_id.ids
        domain = [("request_id", "=", self.id), ("company_id", "in", company)]
        return lines.search_count(domain) < lines.sudo().search_count(domain)

    def _verify_deleted(self):
        """Return what :meth:`verify` would, of a draft that has been deleted."""
        [ref] = self.ids
        events = self.sudo()._evidence_events(ref)
        last = events[-1]
        # the handover is not there to know its last event
        head = last["hash"] if last["code"] == "deleted" else ""
        return self._verification(events, self._history_problems(events, head))

    def _verification(self, events, problems, partial=False):
        return {
            "ok": not problems,
            "partial": partial,
            "events": len(events),
            "head": events[-1]["hash"] if events else "",
            "problems": problems,
        }

    def _history_problems(self, events, head):
        """Return what is wrong with the events themselves."""
        problems = [
            self._problem(code, event) for code, event in verify.broken(events, head)
        ]
        # this one is not in the hash: the draft may be deleted, its events stay
        present = self.exists().id
        for event in events:
            if event["request_id"] != present:
                problems.append(self._problem("event_changed", event))
        return problems

    def _differences(self, told, partial):
        """Yield the codes of what is not as the events say."""
        self.ensure_one()
        if self.state != told["state"]:
            yield "state_changed"
        forms = told["forms"]
        if self._signature_digest(forms["signatures"]) != told["signatures"]:
            yield "signatures_changed"
        if partial:
            return
        if (approved := told["digest"]) and (
            {self.digest, self._content_digest(forms["digest"])} != {approved}
        ):
            yield "content_changed"
        if (outcome := told["outcome"]) and (
            self._outcome_digest(forms["outcome"]) != outcome
        ):
            yield "outcome_changed"

    def _problem(self, code, event=None):
        date = event["date"] if event else ""
        messages = {
            "event_changed": self.env._("The event of %s (UTC) was changed.", date),
            "event_missing": self.env._("The last event is missing."),
            "state_changed": self.env._("The state is not what the events say."),
            "content_changed": self.env._("The content is not what was approved."),
            "outcome_changed": self.env._(
                "The outcome of the records is not what it was."
            ),
            "signatures_changed": self.env._(
                "The confirmations are not those that were given."
            ),
        }
        message = messages[code]
        if code == "event_missing" and event:
            message = self.env._("Before the event of %s (UTC), one is missing.", date)
        return {
            "code": code,
            "message": message,
            "event_id": event["id"] if event else 0,
        }

    # ------------------------------------------------------------
    # DIGESTS
    # ------------------------------------------------------------

    def _outcome_digest(self, form=None):
        """Return the SHA-256 over all outcomes, in this form or the last one."""
        names = verify.FORMS[form or verify.FORM]["outcome"]
        return verify.digest(self._line_columns(names))

    def _signature_digest(self, form=None):
        """Return the SHA-256 over the confirmations, in this form or the last."""
        names = verify.FORMS[form or verify.FORM]["signatures"]
        return verify.digest(verify.columns(self._evidence_signoffs(), names))

    def _line_columns(self, names):
        """Yield these columns of every line, by id; in chunks, to spare the memory.

        :param names: columns, the id first
        """
        self.ensure_one()
        self.env.flush_all()
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        last_id = 0
        while True:
            self.env.cr.execute(
                SQL(
                    """SELECT %s FROM handover_request_line
                    WHERE request_id = %s AND id > %s ORDER BY id LIMIT %s""",
                    columns,
                    self.id,
                    last_id,
                    CHUNK,
                )
            )
            rows = self.env.cr.fetchall()
            if not rows:
                return
            last_id = rows[-1][0]
            for row in rows:
                yield [plain(value) for value in row]

    # ------------------------------------------------------------
    # EXPORT
    # ------------------------------------------------------------

    def _evidence_events(self, ref):
        """Return the events of the handover that had this id, oldest first."""
        domain = Domain("request_ref", "=", ref) | Domain("request_id", "=", ref)
        events = self.env["handover.request.event"].sudo()
        return events.search(domain, order="id")._plain()

    def _told_events(self, events):
        """Return of events, as :meth:`_evidence_events` does, what the caller reads."""
        Event = self.env["handover.request.event"]
        hidden = {
            event.id: left_out
            for event in Event.browse(row["id"] for row in events)
            if (left_out := event._left_out())
        }
        return [
            verify.without(row, hidden[row["id"]]) if row["id"] in hidden else row
            for row in events
        ]

    def _evidence_signoffs(self):
        signoffs = self.env["handover.request.signoff"].sudo()
        return [
            {name: plain(signoff[name]) for name in SIGNATURE}
            for signoff in signoffs.search([("request_id", "=", self.id)], order="id")
        ]

    def _evidence_lines(self):
        """Return the lines that the caller sees, as dictionaries by id."""
        Line = self.env["handover.request.line"]
        mine = {line.id: line for line in Line.search([("request_id", "=", self.id)])}
        lines = []
        for row in self.sudo()._line_columns(LINE):
            if row[0] in mine:
                line = dict(zip(LINE, row, strict=True))
                if left_out := mine[row[0]]._left_out().intersection(LINE):
                    line |= dict.fromkeys(left_out, False)
                    line["left_out"] = sorted(left_out)
                lines.append(line)
        return self._with_names(lines, "predecessor_id", "successor_id")

    def _with_names(self, rows, *columns):
        """Return rows with the names of the users in these columns."""
        ids = {row[column] for row in rows for column in columns} - {False}
        users = self.env["res.users"].sudo().browse(ids)
        names = {user.id: user.name for user in users}
        for row in rows:
            for column in columns:
                row[column.removesuffix("_id")] = names.get(row[column], False)
        return rows
