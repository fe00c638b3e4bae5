import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import model_door

from ..urgency import points

# records that are worked out and written in one transaction
BATCH = 2_000
# more records than this are left to the night, when somebody opens the page
AT_ONCE = 2_000
KEPT = (
    "is_open", "date_contact", "overdue_count", "amount", "promises", "no_contact",
    "no_step", "fell_back", "alarm_since", "urgency",
)  # fmt: skip


class HandoverFollowup(models.Model):
    """What is known of a record today, in a few queries for each 2,000 records."""

    _inherit = "handover.followup"

    @api.model
    def _refresh(self, request):
        """Work out what is urgent in a handover, and write what has changed."""
        starts = request._reviews().mapped("date_from")
        if not starts:
            return
        self.env.flush_all()
        start, now = min(starts), fields.Datetime.now()
        day = {"start": start, "now": now, "today": self._day(request, now)}
        heard = self._heard(request, start, now)
        rates = self._rates(request, day["today"])
        largest = self._largest(request, rates)
        last = 0
        while rows := self._rows(self._facts_query(request, last, **day)):
            last = rows[-1]["line_id"]
            opened = self._open_lines(rows)
            changed = []
            for row in rows:
                row["is_open"] = row["line_id"] in opened
                company_id = row["company_id"] or request.company_id.id
                row["date_contact"] = heard[row["successor_id"]].get(row["unit"])
                row["amount"] = float(row["revenue"]) * rates.get(company_id, 1.0)
                row["largest"] = largest.get(row["successor_id"], 0.0)
                facts = self._facts(request, row, **day)
                if self._has_changed(row, facts):
                    changed.append({"id": row["id"], **facts})
            self._write_facts(changed)
            self.env["handover.background"]._commit_part()
        self.env.invalidate_all()

    @api.model
    def _open_lines(self, rows):
        """Return which lines have an open record that is still their successor's."""
        groups = defaultdict(dict)
        for row in rows:
            group = groups[row["scope_id"], row["successor_id"]]
            group[row["res_id"]] = row["line_id"]
        opened = set()
        for (scope_id, successor_id), lines in groups.items():
            scope = self.env["handover.scope"].sudo().browse(scope_id)
            if scope._is_gone():
                continue
            successor = self.env["res.users"].browse(successor_id)
            mine = scope._open_domain() & scope._owner_domain(successor)
            mine &= Domain("id", "in", list(lines))
            opened.update(lines[id_] for id_ in scope._records()._search(mine))
        return opened

    @api.model
    def _heard(self, request, start, now):
        """Return the first contacts: ``{successor id: {unit: moment}}``."""
        self.env.cr.execute(
            SQL(
                """SELECT successor_id, unit, min(date) FROM (%s) contact
                GROUP BY successor_id, unit""",
                self._contact_query(request, "successor_id", start, now),
            )
        )
        heard = defaultdict(dict)
        while rows := self.env.cr.fetchmany(BATCH):
            for successor, unit, date in rows:
                heard[successor][unit] = date
        return heard

    @api.model
    def _rates(self, request, today):
        """Return what a company's values are multiplied by: ``{company id: rate}``."""
        currency = request.company_id.currency_id
        return {
            company.id: currency._get_conversion_rate(
                company.currency_id, currency, request.company_id, today
            )
            for company in self.env["res.company"].sudo().search([("id", ">", 0)])
        }

    @api.model
    def _largest(self, request, rates):
        """Return what each successor's largest deal is worth: ``{user id: value}``."""
        largest = {}
        for row in self._rows(
            SQL(
                """SELECT work.successor_id, lead.company_id,
                    max(lead.expected_revenue) AS revenue
                FROM (%s) work JOIN crm_lead lead ON lead.id = work.res_id
                WHERE work.res_model = 'crm.lead' AND lead.expected_revenue > 0
                GROUP BY work.successor_id, lead.company_id""",
                self._work(request),
            )
        ):
            rate = rates.get(row["company_id"] or request.company_id.id, 1.0)
            value, id_ = float(row["revenue"]) * rate, row["successor_id"]
            largest[id_] = max(largest.get(id_, 0.0), value)
        return largest

    @api.model
    def _facts_query(self, request, last, start, now, today):
        """Return the query of the next records after the line ``last``."""
        lines = self.env["handover.request.line"]
        promised = lines._promised_sql(SQL("work.line_id"))
        return SQL(
            """WITH work AS MATERIALIZED (
                SELECT * FROM (%(work)s) everything WHERE line_id > %(last)s
                ORDER BY line_id LIMIT %(batch)s),
            todo AS (
                SELECT work.line_id, count(*) AS open, count(*) FILTER (
                    WHERE todo.date_deadline < %(today)s) AS overdue
                FROM work JOIN mail_activity todo ON todo.res_model = work.res_model
                    AND todo.res_id = work.res_id
                WHERE todo.active AND (todo.activity_type_id IN %(own)s) IS NOT TRUE
                GROUP BY work.line_id),
            ahead AS (
                SELECT work.line_id FROM work
                JOIN calendar_event event ON event.res_model = work.res_model
                    AND event.res_id = work.res_id
                WHERE event.active AND event.start > %(now)s
                UNION
                SELECT work.line_id FROM work
                JOIN calendar_event event ON event.opportunity_id = work.res_id
                WHERE work.res_model = 'crm.lead' AND event.active
                    AND event.start > %(now)s),
            record AS (
                SELECT work.line_id, lead.id, lead.stage_id, lead.expected_revenue,
                    lead.company_id
                FROM work JOIN crm_lead lead ON lead.id = work.res_id
                WHERE work.res_model = 'crm.lead'),
            change AS (%(changes)s),
            first AS (%(at_start)s)
            SELECT followup.id, work.line_id, work.successor_id, work.unit,
                work.res_id, line.scope_id, line.risk,
                COALESCE(todo.open, 0) AS todos,
                COALESCE(todo.overdue, 0) AS overdue_count,
                ahead.line_id IS NOT NULL AS ahead,
                COALESCE(record.expected_revenue, 0) AS revenue,
                record.company_id, %(promised)s AS promises,
                COALESCE((stage.sequence, stage.id) < (was.sequence, was.id), FALSE)
                    AS back, %(kept)s
            FROM work
            JOIN handover_followup followup ON followup.line_id = work.line_id
            JOIN handover_request_line line ON line.id = work.line_id
            LEFT JOIN todo ON todo.line_id = work.line_id
            LEFT JOIN ahead ON ahead.line_id = work.line_id
            LEFT JOIN record ON record.line_id = work.line_id
            LEFT JOIN first ON first.res_id = record.id
            LEFT JOIN crm_stage stage ON stage.id = record.stage_id
            LEFT JOIN crm_stage was ON was.id = first.old_value_integer
            ORDER BY work.line_id""",
            work=self._work(request),
            last=last,
            batch=BATCH,
            today=today,
            now=now,
            own=tuple(self.env["handover.request"]._own_todo_types().ids),
            changes=self._changes("crm.lead", ("stage_id",), start),
            at_start=self._at(start),
            promised=promised,
            kept=SQL(", ").join(
                SQL(
                    "followup.%s AS %s",
                    SQL.identifier(name),
                    SQL.identifier(f"old_{name}"),
                )
                for name in KEPT
            ),
        )

    @api.model
    def _facts(self, request, row, start, now, today):
        """Return what is to be kept of a record, from its row."""
        company, is_open = request.company_id, row["is_open"]
        silent = None
        if not row["date_contact"]:
            silent = (today - self._day(request, start)).days
        planned = row["todos"] or row["ahead"]
        no_step = is_open and row["risk"] == "high" and not planned
        late = silent is not None and silent > company.handover_contact_days
        no_contact, fell_back = is_open and late, is_open and row["back"]
        alarm = no_step or no_contact or fell_back
        why = points(
            silent=silent,
            risk=row["risk"],
            promises=row["promises"],
            overdue=row["overdue_count"],
            fell_back=fell_back,
            no_step=no_step,
            share=row["amount"] / row["largest"] if row["largest"] else 0.0,
        )
        return {
            "is_open": is_open,
            "date_contact": row["date_contact"],
            "overdue_count": row["overdue_count"],
            "amount": company.currency_id.round(row["amount"]),
            "promises": row["promises"],
            "no_contact": bool(no_contact),
            "no_step": bool(no_step),
            "fell_back": bool(fell_back),
            "alarm_since": (row["old_alarm_since"] or today) if alarm else None,
            "urgency": sum(why.values()),
        }

    @api.model
    def _has_changed(self, row, facts):
        """Tell whether what is kept of a record, as its row has it, is out of date."""
        kept = {name: row[f"old_{name}"] for name in KEPT}
        # the database counts exactly, and knows no amount where there is none
        kept["amount"] = float(kept["amount"] or 0)
        return kept != {name: facts[name] for name in KEPT}

    @api.model
    def _write_facts(self, rows):
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE handover_followup followup
                SET is_open = r.is_open, date_contact = r.date_contact,
                    overdue_count = r.overdue_count, amount = r.amount,
                    promises = r.promises, no_contact = r.no_contact,
                    no_step = r.no_step, fell_back = r.fell_back,
                    alarm_since = r.alarm_since, urgency = r.urgency
                FROM jsonb_to_recordset(%s::jsonb) AS r(id int, is_open boolean,
                    date_contact timestamp, overdue_count int, amount numeric,
                    promises boolean, no_contact boolean, no_step boolean,
                    fell_back boolean, alarm_since date, urgency int)
                WHERE r.id = followup.id""",
                json.dumps(rows, default=str),
            )
        )

    # ------------------------------------------------------------
    # PAGE
    # ------------------------------------------------------------

    @api.model
    @model_door
    def open_calls(self):
        """Open the page of the caller's records, as they are by now.

        :return: a window action
        :raise AccessError: when the caller has nothing to do with handovers
        """
        self._refresh_mine()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover_review.handover_followup_action"
        )

    def _refresh_mine(self):
        """Work out anew what the caller took over.

        :raise AccessError: when the caller has nothing to do with handovers
        """
        self.check_access("read")
        # nothing of a caller's context steers what is worked out
        self = self.with_env(self.env(context={"lang": self.env.lang}))
        mine = Domain("successor_id", "=", self.env.uid)
        for request, count in self._read_group(mine, ["request_id"], ["__count"]):
            # others may be at it at the same time: then theirs is good enough
            if count <= AT_ONCE and request.sudo().try_lock_for_update():
                self.sudo()._refresh(request.sudo())
