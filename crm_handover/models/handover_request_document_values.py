from typing import NamedTuple

import pytz
from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, babel_locale_parse, formatLang, human_size
from odoo.tools.image import image_data_uri

from ..evidence import verify
from .handover_guard import KEPT_CONTEXT

# records of a kind, risks, files, steps that are printed; the annex has all records
PRINTED = 40
# a longer note is printed in part; paragraphs are what a page may be broken between
NOTE = 500
PARAGRAPH = 1_200
FACTS = ("stage", "deadline", "amount")
RISKY = ("high", "medium")
RISKS = (*RISKY, "low", "none")

# what became of the handover, as far as a reader of the document must know
DECISIONS = (
    "submitted", "approved", "refused", "draft", "needs_review", "running", "retried",
    "transferred", "cancelled", "signed", "done", "returning", "returned",
)  # fmt: skip


class Known(NamedTuple):
    """What all readers may see of the records of one kind.

    ``ids`` are the records; ``facts`` the fields, by their name on the line.
    """

    ids: frozenset
    facts: dict


class HandoverRequest(models.Model):
    """What the handover document says, in the reader's language and time zone.

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
        self.ensure_one()
        self = self._as_reader()
        self.check_access("read")
        readers = readers or self.env.user
        lines = self._document_lines()
        partial = self._sees_part()
        events = self.event_ids
        told = verify.told([{"code": e.code, "data": e.data} for e in events])
        readable = self._document_readable(lines, readers)
        kinds = self._document_kinds(lines, readable)
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
                company=self.sudo().company_id.name,
                number=self.name,
            ),
            "foot": self._document_foot(),
            "company": self._document_company(),
            "parties": self._document_parties(lines, partial),
            "terms": self._document_terms(),
            "purpose": self._document_paragraphs(self.purpose),
            "kinds": kinds,
            "total": self._document_total(kinds),
            "columns": [
                {"title": column["title"], "total": column["total"]}
                for column in self._report_kind_columns(lines)
            ],
            "risks": self._document_risks(lines, readable),
            "stays": self._document_stays(lines, readers, partial),
            "steps": self._document_steps(),
            "files": self._document_files(),
            "permissions": self._document_permissions(readers),
            "sections": {
                section["key"]: section for section in self._report_sections()
            },
            "decisions": self._document_decisions(events, partial),
            "signatures": self._document_signatures(partial),
            "digest": self.digest or "",
            "outcome": told["outcome"],
            "last_event": self._document_last_event(events),
            "annex": annex or {},
        }

    def _as_reader(self):
        """Return ``self`` with nothing in the context but language, zone, companies."""
        context = self.env.context
        kept = {key: context[key] for key in KEPT_CONTEXT if context.get(key)}
        kept.setdefault("lang", self.env.user.lang or "en_US")
        if kept.get("tz") not in pytz.all_timezones_set:
            kept["tz"] = self.env.user.tz or "UTC"
        return self.with_env(self.env(context=kept))

    def _document_stage(self):
        stages = {
            "approved": "to_sign",
            "running": "to_sign",
            "transferred": "to_sign",
            "done": "final",
        }
        return stages.get(self.state, "information")

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

    # ------------------------------------------------------------
    # FORM
    # ------------------------------------------------------------

    def _document_label(self, name, record=None, value=None):
        """Return the words for the value of a selection."""
        record = self if record is None else record
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(value or record[name], "")

    def _document_time(self, moment):
        """Return a moment (UTC) in the reader's time zone, or an empty text."""
        if not moment:
            return ""
        local = fields.Datetime.context_timestamp(self, moment)
        return f"{self._document_day(local.date())} {local:%H:%M}"

    def _document_day(self, day):
        """Return a day with the name of its month, which everybody reads alike."""
        if not day:
            return ""
        locale = babel_locale_parse(self.env.context["lang"])
        return format_skeleton("yMMMd", day, locale=locale)

    def _document_timezone(self):
        now = pytz.timezone(self.env.context["tz"]).localize(fields.Datetime.now())
        offset = now.strftime("%z")
        return f"{self.env.context['tz']}, UTC{offset[:3]}:{offset[3:]}"

    def _document_money(self, amount, company):
        currency = company.sudo().currency_id
        return formatLang(self.env, amount, currency_obj=currency)

    def _document_short(self, text):
        """Return a text that is short enough for a row."""
        text = (text or "").strip()
        return text if len(text) <= NOTE else f"{text[:NOTE].rstrip()} […]"

    def _document_more(self, count, annex=True):
        """Return that there are more than were printed, or an empty text."""
        if count <= 0:
            return ""
        if annex:
            return self.env._("and %s more: see the annex.", count)
        return self.env._("and %s more on the handover in Odoo.", count)

    @api.model
    def _document_paragraphs(self, text):
        """Return the paragraphs of a text, none longer than a page can take."""
        pieces = []
        for paragraph in (text or "").split("\n"):
            rest = paragraph.strip()
            while len(rest) > PARAGRAPH:
                cut = rest.rfind(" ", 1, PARAGRAPH) + 1 or PARAGRAPH
                pieces.append(rest[:cut])
                rest = rest[cut:]
            if rest:
                pieces.append(rest)
        return pieces

    # ------------------------------------------------------------
    # PEOPLE AND TERMS
    # ------------------------------------------------------------

    def _document_company(self):
        company = self.sudo().company_id
        logo = company.logo if not company.uses_default_logo else False
        address = company.partner_id._display_address(without_company=True)
        return {
            "name": company.name,
            "logo": image_data_uri(logo) if logo else "",
            "address": ", ".join(filter(None, map(str.strip, address.split("\n")))),
        }

    def _document_parties(self, lines, partial):
        """Return who takes part: role, name, and how to reach them."""
        request = self.sudo()
        team = request.source_team_id
        rows = []

        def add(role, user, team, detail=""):
            if not user and not team:
                return
            contact = [user.partner_id.function, user.email, team.name, detail]
            if user and not user.active:
                contact.append(self.env._("no longer works here"))
            rows.append(
                {
                    "role": role,
                    "name": user.name or team.name,
                    "detail": " · ".join(filter(None, contact if user else [detail])),
                }
            )

        giver = request.predecessor_id
        add(self.env._("Predecessor"), giver, team or self._giving_teams()[:1])
        counts = dict(
            self.env["handover.request.line"]._read_group(
                lines, ["successor_id"], ["__count"]
            )
        )
        for user in request.successor_ids:
            count = counts.get(user, 0)
            detail = "" if partial and not count else self.env._("%s records", count)
            team = request.target_team_id or user.sale_team_id
            add(self.env._("Successor"), user, team, detail)
        if request.requester_id != giver:
            add(self.env._("Requested by"), request.requester_id, team.browse())
        if request.coordinator_id not in giver | request.requester_id:
            add(self.env._("Coordinator"), request.coordinator_id, team.browse())
        approved = (
            self.env._("Approved by")
            if request.date_approved
            else self.env._("Asked to approve")
        )
        add(approved, request.approver_id, team.browse())
        return rows

    def _document_terms(self):
        """Return what was agreed: ``[(label, value)]``."""
        request = self
        access = self._document_label("predecessor_access")
        if self.predecessor_access == "read":
            until = self._document_time(self.date_access_end)
            access = self.env._(
                "%(access)s, until %(until)s", access=access, until=until
            )
        moves = [
            self._fields[name]._description_string(self.env)
            for name in ("move_activities", "move_meetings", "predecessor_follows")
            if request[name]
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
    # RECORDS
    # ------------------------------------------------------------

    def _document_lines(self):
        """Return the domain of the lines that it is about: rules do the rest."""
        return Domain("request_id", "=", self.id)

    def _document_readable(self, lines, readers):
        """Return what every reader may see of records that are still to go.

        :return: ``{scope: Known}``; of what was handed over the lines keep the facts
        """
        groups = self.env["handover.request.line"]._read_group(
            lines & Domain("before", "=", False), ["scope_id"], ["res_id:array_agg"]
        )
        known = {}
        for scope, ids in groups:
            domain = Domain("id", "in", sorted(set(ids)))
            facts = scope._handler()._handover_facts
            fields = scope._records()._fields
            known[scope] = Known(
                frozenset(self._readable_by_all(readers, scope.model, domain)),
                {
                    name: facts[name]
                    for name in FACTS
                    if name in facts
                    and all(
                        self.env[scope.model]
                        .with_user(user)
                        ._has_field_access(fields[facts[name]], "read")
                        for user in readers
                    )
                },
            )
        return known

    def _readable_by_all(self, readers, model, domain, **context):
        """Return the ids of the records of a domain that each of the readers sees."""
        found = None
        for user in readers:
            Model = (
                self.env[model]
                .with_user(user)
                .with_context(allowed_company_ids=self.sudo().company_id.ids, **context)
            )
            ids = Model.search(domain)._ids if Model.has_access("read") else ()
            found = set(ids) if found is None else found & set(ids)
            if not found:
                return set()
        return found

    def _document_facts(self, lines, readable):
        """Return what there is to know of the records of lines.

        :return: ``{line id: {"stage", "deadline", "amount", "company"}}``; the amount
            is a number, the rest texts and an id, and what is not known is ``False``
        """
        facts = {line.id: line.before or {} for line in lines}
        ahead = lines.filtered(lambda line: not line.before)
        for scope, group in ahead.grouped("scope_id").items():
            known, handler = readable[scope], scope._handler()
            group = group.filtered(lambda line, ids=known.ids: line.res_id in ids)
            # as superuser: every reader may see these fields of these records
            records = scope._records(group.mapped("res_id"))
            for line, record in zip(group, records, strict=True):
                facts[line.id] = {
                    name: handler._handover_plain(record, field)
                    for name, field in known.facts.items()
                }
                if "company_id" in record._fields:
                    facts[line.id]["company"] = record.company_id.id
        return {
            id_: {name: found.get(name, False) for name in (*FACTS, "company")}
            for id_, found in facts.items()
        }

    def _document_fact_texts(self, facts):
        """Return the facts of one record as texts, by the names of ``FACTS``."""
        day, amount = facts["deadline"], facts["amount"]
        company = self.env["res.company"].browse(facts["company"] or ())
        return {
            "stage": facts["stage"] or "",
            "deadline": self._document_day(fields.Date.to_date(day)) if day else "",
            "amount": self._document_money(amount, company or self.company_id)
            if amount
            else "",
        }

    def _document_rows(self, lines, readable):
        facts = self._document_facts(lines, readable)
        return [self._document_row(line, facts[line.id]) for line in lines]

    def _document_row(self, line, facts):
        facts = self._document_fact_texts(facts)
        told = line._report_told()
        outcome = self._document_label("state", line)
        if line.state != "todo":
            outcome = self._document_label("result_code", line) or outcome
        return {
            "name": line.res_name or "–",
            "facts": " · ".join(filter(None, facts.values())),
            "note": self._document_short(told["note"]),
            "known": [
                (name, self._document_short(text)) for name, text in told["known"]
            ],
            "risk": told["risk"],
            "risk_label": self._document_label("risk", line, told["risk"]),
            "risk_known": [
                (name, self._document_short(text)) for name, text in told["risk_known"]
            ],
            "successor": line.successor_id.sudo().name or "–",
            "outcome": outcome,
        }

    def _document_kinds(self, lines, readable):
        """Return the figures of each kind of record, and its first rows."""
        Line = self.env["handover.request.line"]
        kinds = {}
        for scope, state, count in Line._read_group(
            lines, ["scope_id", "state"], ["__count"]
        ):
            kind = kinds.setdefault(scope, dict.fromkeys(("total", "high"), 0))
            kind["total"] += count
            kind[state] = count
        for scope, count in Line._read_group(
            lines & Line._told_risk_domain("high"), ["scope_id"], ["__count"]
        ):
            kinds[scope]["high"] = count
        columns = self._report_kind_columns(lines)
        rows = []
        for scope in sorted(kinds, key=lambda scope: (scope.sequence, scope.id)):
            kind = kinds[scope]
            mine = lines & Domain("scope_id", "=", scope.id)
            shown = Line.browse()
            for risk in RISKS:
                room = PRINTED - len(shown)
                if room:
                    risky = mine & Line._told_risk_domain(risk)
                    shown += Line.search(risky, order="id", limit=room)
            rows.append(
                {
                    **dict.fromkeys(
                        ("todo", "done", "skipped", "failed", "returned", "cancelled"),
                        0,
                    ),
                    **kind,
                    "name": scope.name,
                    "value": self._document_worth(scope, mine, readable),
                    "figures": [column["values"].get(scope.id) for column in columns],
                    "rows": self._document_rows(shown, readable),
                    "more": self._document_more(kind["total"] - len(shown)),
                }
            )
        return rows

    def _document_worth(self, scope, lines, readable):
        """Return what the records of a kind are worth, a text for each currency."""
        if "amount" not in scope._handler()._handover_facts:
            return []
        worth, counted = {}, 0
        Line = self.env["handover.request.line"]
        Line.flush_model()
        query = Line._search(lines & Domain("before", "!=", False))
        company_id = SQL("NULLIF(before->>'company', 'false')::int")
        rows = self.env.execute_query(
            SQL(
                """SELECT %(company)s, sum((before->>'amount')::numeric), count(*)
                FROM handover_request_line
                WHERE id IN %(lines)s AND jsonb_typeof(before->'amount') = 'number'
                GROUP BY 1""",
                company=company_id,
                lines=query.subselect(),
            )
        )
        known = readable.get(scope)
        if known and "amount" in known.facts:
            # as superuser: every reader may see these fields of these records
            Model = scope._records()
            by = ["company_id"] if "company_id" in Model._fields else []
            sums = [f"{known.facts['amount']}:sum", "__count"]
            domain = Domain("id", "in", sorted(known.ids))
            for *company, amount, count in Model._read_group(domain, by, sums):
                rows.append((company[0].id if company else False, amount, count))
        for company, amount, count in rows:
            company = self.env["res.company"].browse(company or ()) or self.company_id
            currency = company.sudo().currency_id
            if count:
                worth[currency] = worth.get(currency, 0.0) + float(amount or 0.0)
                counted += count
        texts = [
            formatLang(self.env, amount, currency_obj=currency)
            for currency, amount in worth.items()
        ]
        total = Line.search_count(lines)
        if texts and counted < total:
            texts.append(
                self.env._("of %(known)s of %(total)s", known=counted, total=total)
            )
        return texts

    def _document_total(self, kinds):
        names = ("total", "done", "todo", "skipped", "failed", "high")
        return {name: sum(kind[name] for kind in kinds) for name in names}

    def _document_risks(self, lines, readable):
        """Return the records that something may go wrong with, the worst first."""
        Line = self.env["handover.request.line"]
        shown, total = Line.browse(), 0
        for risk in RISKY:
            risky = lines & Line._told_risk_domain(risk)
            total += Line.search_count(risky)
            if room := PRINTED - len(shown):
                shown += Line.search(risky, order="scope_id, id", limit=room)
        rows = [
            {**row, "kind": line.scope_id.name}
            for line, row in zip(
                shown, self._document_rows(shown, readable), strict=True
            )
        ]
        return {"rows": rows, "more": self._document_more(total - len(rows))}

    # ------------------------------------------------------------
    # WHAT STAYS
    # ------------------------------------------------------------

    def _document_stays(self, lines, readers, partial):
        """Return in sentences what is not handed over."""
        Line = self.env["handover.request.line"]
        stays = []
        ended = Domain("state", "in", ["skipped", "failed", "cancelled", "returned"])
        for state, code, count in Line._read_group(
            lines & ended, ["state", "result_code"], ["__count"]
        ):
            stays.append(
                self.env._(
                    "%(count)s records on this handover: %(state)s (%(why)s).",
                    count=count,
                    state=self._document_label("state", Line, state),
                    why=self._document_label("result_code", Line, code) or "–",
                )
            )
        if not partial:
            stays += self._document_left_behind(lines, readers)
            stays += self._document_sealed(readers)
        if not self.move_activities:
            stays.append(self.env._("Open to-dos stay with the predecessor."))
        if not self.move_meetings:
            stays.append(self.env._("Future meetings stay with the predecessor."))
        return [
            *stays,
            self.env._(
                "Private meetings, and tasks that are private to the predecessor, stay"
                " sealed with them and are not listed."
            ),
            self.env._(
                "History stays as it was: authors, done to-dos, closed deals and dates"
                " of assignment are not rewritten."
            ),
        ]

    def _document_sealed(self, readers):
        """Return in a sentence how much is private, when every reader may know it."""
        if not all(self._sees_sealed(user) for user in readers):
            return []
        texts = self._sealed_texts()
        if not texts:
            return []
        return [
            self.env._("Private to the predecessor, and sealed: %s.", ", ".join(texts))
        ]

    def _document_left_behind(self, lines, readers):
        """Return in sentences what the giver has besides, as far as readers may see."""
        request = self.sudo()
        on_it = dict(
            self.env["handover.request.line"]._read_group(
                lines, ["scope_id"], ["res_id:array_agg"]
            )
        )
        for scope in self.env["handover.scope"]._in_use():
            if scope._problem():
                continue
            theirs = (
                scope._belonging_domain(request.predecessor_id, request.source_team_id)
                & ~scope._handler()._handover_sealed_domain()
            )
            everything = self._readable_by_all(
                readers, scope.model, theirs, active_test=False
            ) - set(on_it.get(scope, ()))
            if not everything:
                continue
            is_open = self._readable_by_all(
                readers, scope.model, theirs & scope._open_domain()
            )
            left = len(everything & is_open)
            closed = len(everything) - left
            if left:
                yield self.env._(
                    "%(kind)s: %(count)s open ones are not on this handover.",
                    kind=scope.name,
                    count=left,
                )
            if closed:
                yield self.env._(
                    "%(kind)s: %(count)s closed or archived ones stay with their"
                    " owner.",
                    kind=scope.name,
                    count=closed,
                )

    # ------------------------------------------------------------
    # AROUND
    # ------------------------------------------------------------

    def _document_steps(self):
        """Return the steps of the plan by day."""
        return [
            {
                "day": self._document_day(step.date_deadline),
                "name": step.summary or step.activity_type_id.name or "–",
                "who": step.user_id.sudo().name or "–",
                "state": self.env._("done on %s", self._document_day(step.date_done))
                if step.date_done
                else self.env._("open")
                if step.active
                else "–",
            }
            for step in self.step_ids.sorted("date_deadline")
        ]

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

    def _document_permissions(self, readers):
        """Return what successors get besides the records, and until when."""
        ids = self._readable_by_all(
            readers, "handover.grant", Domain("request_id", "=", self.id)
        )
        return [
            {
                "who": grant.user_id.sudo().name,
                "what": grant.thing,
                "until": self._document_time(grant.date_ended or grant.expires_at),
                "state": self._document_label("state", grant),
            }
            for grant in self.env["handover.grant"].browse(sorted(ids))
        ]

    def _document_decisions(self, events, partial):
        """Return what was decided and done, in order; the details count all records."""
        return [
            {
                "when": self._document_time(event.date),
                "what": event.what,
                "who": event.actor_id.sudo().name,
                "detail": "" if partial else self._document_short(event.summary),
            }
            for event in events
            if event.code in DECISIONS
        ]

    def _document_last_event(self, events):
        """Return the hash of the last event that is about the handover itself."""
        return events.filtered(lambda event: event.code != "document")[-1:].hash or ""

    def _document_signatures(self, partial):
        """Return who signs, by hand or in Odoo: role, name, when and for whom."""
        request = self.sudo()
        giver = request.predecessor_id or request.source_team_id.user_id
        takers = request.successor_ids
        if partial:
            takers &= self.env.user
        signed = {signoff.user_id: signoff for signoff in self.signoff_ids}
        people = [(self.env._("Predecessor"), giver)] if giver else []
        people += [(self.env._("Successor"), user) for user in takers if user != giver]
        rows = []
        for role, user in people:
            signoff = signed.get(user)
            rows.append(
                {
                    "role": role,
                    "name": user.name,
                    "state": self._document_signed(signoff),
                    "comment": self._document_short(signoff.comment) if signoff else "",
                }
            )
        if request.approver_id and request.date_approved:
            approved = self._document_time(request.date_approved)
            rows.append(
                {
                    "role": self.env._("Approved by"),
                    "name": request.approver_id.name,
                    "state": self.env._("Approved in Odoo on %s", approved),
                    "comment": "",
                }
            )
        return rows

    def _document_signed(self, signoff):
        if not signoff:
            return self.env._("Not confirmed in Odoo yet")
        when = self._document_time(signoff.date)
        if signoff.signed_by_id == signoff.user_id:
            return self.env._("Confirmed in Odoo on %s", when)
        return self.env._(
            "Confirmed in Odoo on %(when)s, by %(user)s in their place",
            when=when,
            user=signoff.sudo().signed_by_id.name,
        )
