from odoo import fields, models
from odoo.tools import human_size
from odoo.tools.image import image_data_uri

from odoo.addons.crm_handover.evidence import verify

from .handover_request_document_records import PRINTED


class HandoverRequest(models.Model):
    """What the handover document says, a dictionary for each part of the template.

    Everything is read with the reader's own rights. A document that several people
    read says of the records nothing that one of them may not see.
    """

    _inherit = "handover.request"

    def _document_values(self, readers=None, annex=None):
        """Return what the template prints: texts, and lists of them.

        :param readers: the users who will read it; by default the user of ``self``
        :param dict annex: name and sha256 of the annex that goes with it
        :return: a dictionary of plain values
        """
        request = self._as_reader(readers)
        readers = readers or self.env.user
        lines = request._document_lines()
        partial = request._sees_part()
        return {
            **request._document_opening(readers, partial),
            **request._document_agreement(lines, partial),
            **request._document_record_values(lines, readers, partial),
            **request._document_around(readers),
            **request._document_closing(partial),
            "annex": annex or {},
        }

    # ------------------------------------------------------------
    # OPENING
    # ------------------------------------------------------------

    def _document_opening(self, readers, partial):
        company = self._document_company()
        return {
            "id": self.id,
            "lang": self.env.context["lang"],
            "stage": self._document_stage(),
            "number": self.env._(
                "No. %(number)s · %(state)s",
                number=self.name,
                state=self._document_label("state"),
            ),
            "printed": self._document_printed(readers),
            "timezone": self.env._(
                "%s; all times in this document are given in it",
                self._document_timezone(),
            ),
            "notices": self._document_notices(partial),
            "head": self.env._(
                "%(company)s · Handover document %(number)s",
                company=company["name"],
                number=self.name,
            ),
            "foot": self._document_foot(),
            "company": company,
        }

    def _document_stage(self):
        stages = {
            "approved": "to_sign",
            "running": "to_sign",
            "transferred": "to_sign",
            "done": "final",
        }
        known = self._changes_owners() and stages.get(self.state)
        return known or "information"

    def _document_printed(self, readers):
        now = self._document_time(fields.Datetime.now())
        if readers - self.env.user:
            return now
        user = self.env.user.name
        return self.env._("%(time)s, for %(user)s", time=now, user=user)

    def _document_notices(self, partial):
        """Return in sentences what a reader must know first."""
        notices = []
        if self._document_stage() == "information":
            notices.append(
                self.env._(
                    "This handover is “%s”: this document informs about it and is not"
                    " for signing.",
                    self._document_label("state"),
                )
            )
        if partial:
            notices.append(
                self.env._(
                    "This is a part: it has the records that %s takes over, and no"
                    " others. All figures are about them.",
                    self.env.user.name,
                )
            )
        return notices

    def _document_foot(self):
        foot = self.env._(
            "%(number)s · printed %(time)s (%(zone)s)",
            number=self.name,
            time=self._document_time(fields.Datetime.now()),
            zone=self._document_timezone(),
        )
        return f"{foot} · SHA-256 {self.digest[:16]}…" if self.digest else foot

    def _document_company(self):
        company = self.sudo().company_id
        logo = company.logo if not company.uses_default_logo else False
        address = company.partner_id._display_address(without_company=True)
        return {
            "name": company.name,
            "logo": image_data_uri(logo) if logo else "",
            "address": ", ".join(filter(None, map(str.strip, address.split("\n")))),
        }

    # ------------------------------------------------------------
    # AGREEMENT
    # ------------------------------------------------------------

    def _document_agreement(self, lines, partial):
        return {
            "parties": self._document_parties(lines, partial),
            "terms": self._document_terms(),
            "purpose": self._document_paragraphs(self.purpose),
        }

    def _document_terms(self):
        """Return what was agreed: ``[(label, value)]``."""
        access = self._document_label("predecessor_access")
        if self.predecessor_access == "read":
            until = self._document_time(self.date_access_end)
            access = self.env._(
                "%(access)s, until %(until)s", access=access, until=until
            )
        moves = [
            self._fields[name]._description_string(self.env)
            for name in ("move_activities", "move_meetings", "predecessor_follows")
            if self[name]
        ] + [
            f"{self._fields[name]._description_string(self.env)}:"
            f" {self._document_label(name)}"
            for name in ("elsewhere", "guest_meetings")
            if self[name] != "stay"
        ]
        planned = self._document_time(self.date_planned)
        if not planned and not self.date_started:
            planned = self.env._("as soon as it is approved")
        terms = [
            (self.env._("Reason"), self.sudo().reason_id.name),
            (self.env._("Kind"), self._document_label("kind")),
            (self.env._("Briefing starts"), self._document_day(self.date_briefing)),
            (self.env._("Planned for"), planned),
            (self.env._("Handed over on"), self._document_time(self.date_finished)),
            (self.env._("Overlap ends"), self._document_day(self.date_overlap_end)),
            (self.env._("Comes back on"), self._document_time(self.date_return)),
            (self.env._("Completed on"), self._document_time(self.date_completed)),
            (self.env._("Returned on"), self._document_time(self.date_returned)),
            (self.env._("Moves along"), "; ".join(moves)),
            (self.env._("Access of the predecessor afterwards"), access),
        ]
        return [(label, value) for label, value in terms if value]

    # ------------------------------------------------------------
    # AROUND
    # ------------------------------------------------------------

    def _document_around(self, readers):
        return {
            "steps": self._document_steps(),
            "files": self._document_files(),
            "permissions": self._document_permissions(readers),
            "sections": {
                section["key"]: section for section in self._report_sections()
            },
        }

    def _document_files(self):
        """Return the files that people added to the handover itself."""
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)], order="id"
        )
        made = self.sudo().document_ids
        files -= made.attachment_id | made.annex_id
        return {
            "rows": [
                {
                    "name": file.name,
                    "size": human_size(file.file_size) if file.file_size else "–",
                    "day": self._document_time(file.create_date),
                }
                for file in files[:PRINTED]
            ],
            "more": self._document_more(len(files[PRINTED:]), annex=False),
        }

    # ------------------------------------------------------------
    # CLOSING
    # ------------------------------------------------------------

    def _document_closing(self, partial):
        events = self.event_ids
        told = verify.told([{"code": e.code, "data": e.data} for e in events])
        return {
            "decisions": self._document_decisions(events, partial),
            "signatures": self._document_signatures(partial),
            "signed": self._changes_owners(),
            "digest": self.digest or "",
            "outcome": told["outcome"],
            "last_event": self._document_last_event(events),
        }

    def _document_last_event(self, events):
        """Return the hash of the last event that is about the handover itself."""
        return events.filtered(lambda event: event.code != "document")[-1:].hash or ""
