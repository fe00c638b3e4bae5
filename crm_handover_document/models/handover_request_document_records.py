from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from odoo.addons.crm_handover.word_texts import listed

# records of a kind, and risks, that are printed; the annex has all records
PRINTED = 40
FACTS = ("stage", "deadline", "amount")
RISKY = ("high", "medium")
RISKS = (*RISKY, "low", "none")
COUNTS = ("total", "todo", "done", "skipped", "failed", "returned", "cancelled", "high")
TOTALS = ("total", "done", "todo", "returned", "skipped", "failed", "high")


class Known(NamedTuple):
    """What all readers may see of the records of one kind.

    ``ids`` are the records; ``facts`` the fields, by their name on the line.
    """

    ids: frozenset
    facts: dict


class HandoverRequest(models.Model):
    """The records of the document: what they are worth, what may go wrong, what stays.

    A document that several people read says of the records nothing that one of them may
    not see.
    """

    _inherit = "handover.request"

    def _document_record_values(self, lines, readers, partial):
        readable = self._document_readable(lines, readers)
        columns = self._report_kind_columns(lines)
        kinds = self._document_kinds(lines, readable, columns)
        return {
            "kinds": kinds,
            "total": {name: sum(kind[name] for kind in kinds) for name in TOTALS},
            "columns": [
                {"title": column["title"], "total": column["total"]}
                for column in columns
            ],
            "risks": self._document_risks(lines, readable),
            "stays": self._document_stays(lines, readers, partial),
        }

    def _document_lines(self):
        """Return the domain of the lines that it is about: rules do the rest."""
        return Domain("request_id", "=", self.id)

    # ------------------------------------------------------------
    # WHAT THE READERS MAY SEE
    # ------------------------------------------------------------

    def _document_readable(self, lines, readers):
        """Return what every reader may see of records that are still to go.

        :return: ``{scope: Known}``; of what was handed over the lines keep the facts
        """
        groups = self.env["handover.request.line"]._read_group(
            lines & Domain("before", "=", False), ["scope_id"], ["res_id:array_agg"]
        )
        known = {}
        for scope, ids in groups:
            if scope._is_gone():
                known[scope] = Known(frozenset(), {})
                continue
            domain = Domain("id", "in", sorted(set(ids)))
            known[scope] = Known(
                frozenset(self._readable_by_all(readers, scope.model, domain)),
                self._document_readable_facts(scope, readers),
            )
        return known

    def _document_readable_facts(self, scope, readers):
        """Return the facts of a kind that every reader may see: ``{name: field}``."""
        facts = scope._handler()._handover_facts
        Model = self.env[scope.model]
        return {
            name: facts[name]
            for name in FACTS
            if name in facts
            and all(
                Model.with_user(user)._has_field_access(
                    Model._fields[facts[name]], "read"
                )
                for user in readers
            )
        }

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

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

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
            "successor": line._taker_told() or "–",
            "outcome": outcome,
        }

    def _document_worst(self, lines, risks, order):
        """Return the lines of these risks that are printed, the worst first."""
        Line = self.env["handover.request.line"]
        shown = Line.browse()
        for risk in risks:
            if room := PRINTED - len(shown):
                risky = lines & Line._told_risk_domain(risk)
                shown += Line.search(risky, order=order, limit=room)
        return shown

    def _document_risks(self, lines, readable):
        """Return the records that something may go wrong with, the worst first."""
        Line = self.env["handover.request.line"]
        total = sum(
            Line.search_count(lines & Line._told_risk_domain(risk)) for risk in RISKY
        )
        shown = self._document_worst(lines, RISKY, "scope_id, id")
        rows = [
            {**row, "kind": line.scope_id.name}
            for line, row in zip(
                shown, self._document_rows(shown, readable), strict=True
            )
        ]
        return {"rows": rows, "more": self._document_more(total - len(rows))}

    # ------------------------------------------------------------
    # KINDS
    # ------------------------------------------------------------

    def _document_kinds(self, lines, readable, columns):
        """Return the figures of each kind of record, and its first rows."""
        counts = self._document_counts(lines)
        kinds = []
        for scope in sorted(counts, key=lambda scope: (scope.sequence, scope.id)):
            mine = lines & Domain("scope_id", "=", scope.id)
            shown = self._document_worst(mine, RISKS, "id")
            more = counts[scope]["total"] - len(shown)
            kinds.append(
                {
                    **counts[scope],
                    "name": scope.name,
                    "value": self._document_worth(scope, mine, readable),
                    "figures": [column["values"].get(scope.id) for column in columns],
                    "rows": self._document_rows(shown, readable),
                    "more": self._document_more(more),
                }
            )
        return kinds

    def _document_counts(self, lines):
        """Return how many records there are: ``{scope: {name: count}}``."""
        Line = self.env["handover.request.line"]
        counts = {}
        for scope, state, count in Line._read_group(
            lines, ["scope_id", "state"], ["__count"]
        ):
            kind = counts.setdefault(scope, dict.fromkeys(COUNTS, 0))
            kind["total"] += count
            kind[state] = count
        for scope, count in Line._read_group(
            lines & Line._told_risk_domain("high"), ["scope_id"], ["__count"]
        ):
            counts[scope]["high"] = count
        return counts

    # ------------------------------------------------------------
    # WORTH
    # ------------------------------------------------------------

    def _document_worth(self, scope, lines, readable):
        """Return what the records of a kind are worth, a text for each currency."""
        if not scope._is_gone() and "amount" not in scope._handler()._handover_facts:
            return []
        amounts = [
            *self._document_amounts_kept(lines),
            *self._document_amounts_ahead(scope, readable.get(scope)),
        ]
        worth, counted = {}, 0
        for company_id, amount, count in amounts:
            company = (
                self.env["res.company"].browse(company_id or ()) or self.company_id
            )
            currency = company.sudo().currency_id
            if count:
                worth[currency] = worth.get(currency, 0.0) + float(amount or 0.0)
                counted += count
        texts = [
            formatLang(self.env, amount, currency_obj=currency)
            for currency, amount in worth.items()
        ]
        total = self.env["handover.request.line"].search_count(lines)
        if texts and counted < total:
            texts.append(
                self.env._("of %(known)s of %(total)s", known=counted, total=total)
            )
        return texts

    def _document_amounts_kept(self, lines):
        """Return the amounts that lines have kept: ``[(company id, sum, count)]``."""
        Line = self.env["handover.request.line"]
        Line.flush_model()
        query = Line._search(lines & Domain("before", "!=", False))
        company_id = SQL("NULLIF(before->>'company', 'false')::int")
        return self.env.execute_query(
            SQL(
                """SELECT %(company)s, sum((before->>'amount')::numeric), count(*)
                FROM handover_request_line
                WHERE id IN %(lines)s AND jsonb_typeof(before->'amount') = 'number'
                GROUP BY 1""",
                company=company_id,
                lines=query.subselect(),
            )
        )

    def _document_amounts_ahead(self, scope, known):
        """Yield the amounts of records still to go: ``(company id, sum, count)``."""
        if not known or "amount" not in known.facts:
            return
        # as superuser: every reader may see these fields of these records
        Model = scope._records()
        by = ["company_id"] if "company_id" in Model._fields else []
        sums = [f"{known.facts['amount']}:sum", "__count"]
        domain = Domain("id", "in", sorted(known.ids))
        for *company, amount, count in Model._read_group(domain, by, sums):
            yield (company[0].id if company else False, amount, count)

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
                    "Records on this handover: %(count)s, %(state)s (%(why)s).",
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
            self.env._(
                "Private to the predecessor, and sealed: %s.", listed(self.env, texts)
            )
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
                scope._belonging_domain(request._givers(), request.source_team_id)
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
