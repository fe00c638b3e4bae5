import json
from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from . import handover_audience
from .handover_columns import column, columns
from .handover_engine import MAX_ATTEMPTS
from .handover_guard import door, single, typed
from .handover_named import needs
from .handover_said import Sentence, keep_said

LINE_STATES = [
    ("todo", "To Do"),
    ("done", "Done"),
    ("skipped", "Left Alone"),
    ("failed", "Failed"),
    ("returned", "Returned"),
    ("cancelled", "Cancelled"),
]

RESULT_CODES = [
    ("done", "Handed over"),
    ("already", "Successor had it"),
    ("stale_owner", "Owner changed meanwhile"),
    ("missing", "Deleted or merged"),
    ("forbidden", "Not allowed"),
    ("locked", "In use by someone else"),
    ("rejected", "Refused by the record"),
    ("overridden", "Put back by another rule"),
    ("other_company", "Company does not fit"),
    ("successor_no_access", "Successor has no access"),
    ("private", "Private"),
    ("declined", "Declined"),
    ("cancelled", "Cancelled"),
    ("changed_since", "Changed since"),
    ("closed", "Closed meanwhile"),
    ("error", "Error"),
]

# the state in which a result leaves its line; what has failed can be tried again
STATE_OF_RESULT = {
    "done": "done",
    "already": "done",
    "stale_owner": "skipped",
    "missing": "skipped",
    "private": "skipped",
    "declined": "skipped",
    "closed": "skipped",
    "cancelled": "cancelled",
    "forbidden": "failed",
    "locked": "failed",
    "rejected": "failed",
    "overridden": "failed",
    "other_company": "failed",
    "successor_no_access": "failed",
    "error": "failed",
}
# on the way back, what cannot be returned stays handed over
STATE_OF_RETURN = STATE_OF_RESULT | {
    "done": "returned",
    "already": "returned",
    "missing": "done",
    "changed_since": "done",
    "closed": "done",
}


class Editing(NamedTuple):
    """Which lines are being written together, and which of their fields."""

    ids: frozenset
    names: frozenset


class HandoverRequestLine(models.Model):
    """One record handed over: its owner before, its new owner, the outcome.

    Lines come into being through ``action_collect`` and ``add_records`` only. The
    editor of a draft chooses successor, note and risk; the rest is the engine's.
    """

    _name = "handover.request.line"
    _description = "Handover Record"
    _inherit = ["handover.guard", "handover.audience", "handover.automated"]
    _order = "request_id desc, scope_id, id"
    _rec_name = "res_name"
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        "handover.request",
        required=True,
        index=True,
        ondelete="cascade",
        help="The handover that it belongs to.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    request_state = fields.Selection(related="request_id.state", string="Handover Is")
    scope_id = fields.Many2one(
        "handover.scope",
        string="Kind",
        required=True,
        ondelete="restrict",
        help="What kind of record it is.",
    )
    res_model = fields.Char(
        string="Model", required=True, help="The technical name of the record's model."
    )
    res_id = fields.Integer(
        string="Record ID", required=True, help="The record's ID in its model."
    )
    res_name = fields.Char(
        string="Record", help="The record's name when it came onto the handover."
    )
    customer_id = handover_audience.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The company that the record was about when it came onto the handover.",
        audience="customers",
    )
    predecessor_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        help="The owner expected when the record is handed over.",
    )
    successor_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        content=True,
        help="Who takes this record over.",
    )
    note = handover_audience.Text(
        help="What the successor must know about this record.",
        content=True,
        audience="told",
    )
    risk = fields.Selection(
        [("none", "None"), ("low", "Low"), ("medium", "Medium"), ("high", "High")],
        default="none",
        required=True,
        content=True,
        help="How likely something goes wrong with it.",
    )
    although_closed = fields.Boolean(
        content=True,
        help="Hand it over although it is closed: won, lost, done, cancelled or"
        " archived. Otherwise it stays with who closed it, and so does its credit.",
    )
    decision = fields.Selection(
        [("pending", "Pending"), ("accepted", "Accepted"), ("declined", "Declined")],
        default="pending",
        required=True,
        copy=False,
        help="Whether the successor has accepted or declined it.",
    )
    decision_reason = handover_audience.Text(
        copy=False, help="Why the successor declined it.", audience="givers"
    )
    state = fields.Selection(
        LINE_STATES,
        default="todo",
        required=True,
        copy=False,
        help="Where the record stands on its way.",
    )
    result_code = fields.Selection(
        RESULT_CODES, string="Outcome", copy=False, help="What became of the record."
    )
    result_message = fields.Char(
        string="Explanation", copy=False, help="Why it came out that way, in words."
    )
    result_said = fields.Json(
        string="Explanation in Languages",
        copy=False,
        help="Why it came out that way, in each language that was here then.",
    )
    before = handover_audience.Json(
        copy=False,
        help="Owner, team and facts of the record before the handover.",
        audience="sides",
    )
    after = handover_audience.Json(
        copy=False,
        help="Owner, team and facts of the record after the handover.",
        audience="sides",
    )
    date_done = fields.Datetime(
        string="Handed Over On", copy=False, help="When the record got its outcome."
    )
    date_returned = fields.Datetime(
        string="Given Back On", copy=False, help="When the record went back."
    )
    attempts = fields.Integer(default=0, copy=False, help="How often it was tried.")
    next_try = fields.Datetime(
        copy=False, help="When it is tried again, as somebody was writing the record."
    )
    goes_back = fields.Boolean(copy=False, help="The record goes back.")
    taken_back = fields.Boolean(
        copy=False,
        help="It goes back although it was changed since: somebody decided so.",
    )
    reserved = fields.Boolean(
        copy=False, help="No other handover may take the record at the same time."
    )
    reason_id = fields.Many2one(related="request_id.reason_id")
    gone_reason = fields.Char(
        compute="_compute_gone_reason",
        string="Why It Is Gone",
        help="Why the record is history: the app that had it is not there any more.",
    )
    can_decide = fields.Boolean(
        compute="_compute_can_decide", help="The reader may accept or decline it now."
    )
    can_edit = fields.Boolean(
        compute="_compute_can_edit", help="The reader may change it now."
    )
    can_return = fields.Boolean(
        compute="_compute_can_return", help="The reader may give it back now."
    )

    _unique_record = models.UniqueIndex(
        "(request_id, scope_id, res_id)", "A record is on a handover once."
    )
    _unique_reservation = models.UniqueIndex(
        "(scope_id, res_id, COALESCE(predecessor_id, 0)) WHERE reserved",
        "A record is being handed over by another handover already.",
    )
    # all lines of a handover, in parts
    _request_idx = models.Index("(request_id, id)")
    _todo_idx = models.Index(
        "(request_id, attempts, scope_id, res_id) WHERE state = 'todo'"
    )
    _state_idx = models.Index("(request_id, state)")
    _record_idx = models.Index("(res_model, res_id)")
    # whether somebody gives anything on a handover, without a look at its lines
    _giver_idx = models.Index(
        "(predecessor_id, request_id) WHERE predecessor_id IS NOT NULL"
    )
    # what comes to a successor, without a look at the table
    _coming_idx = models.Index(
        "(successor_id, scope_id, request_id, res_id) WHERE state = 'todo'"
        " AND goes_back IS NOT TRUE AND decision != 'declined'"
    )
    _users_differ = models.Constraint(
        "CHECK (predecessor_id != successor_id)",
        "Nobody hands a record over to themselves.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("state", "decision", "request_id.state", "successor_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for line in self:
            line.can_decide = not line._decision_refusal()

    @api.depends("request_id.state", "state")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        for line in self:
            line.can_edit = line.state == "todo" and line.request_id.can_edit

    @api.depends("scope_id")
    @api.depends_context("lang")
    @needs("scope_id")
    def _compute_gone_reason(self):
        there = self._there()
        for line in self:
            line.gone_reason = line not in there and line.scope_id._why_missing()

    @api.depends("request_id.state", "state")
    @api.depends_context("uid")
    def _compute_can_return(self):
        for line in self:
            held = line.state == "done" and not line.gone_reason
            # who sees a pool sees no more than its records
            request = line.request_id._filtered_access("read")
            line.can_return = held and request.can_return

    @api.model
    def _guarded_initial(self):
        return {"state": "todo", "decision": "pending", "attempts": 0}

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains("successor_id")
    def _check_successor(self):
        for successor in self.successor_id:
            lines = self.filtered(
                lambda line, user=successor: line.successor_id == user
            )
            for request in lines.request_id:
                request._check_successor_user(successor)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._(
            "Records are added with “Collect” or by selecting them in a list."
        )

    @typed
    def write(self, vals):
        vals = self._one_taker(vals)
        asked = not (self._trusted() or self._is_edited(vals))
        if asked:
            self.request_id._lock()
            for request in self.request_id:
                request._check_line_edit(self, vals.keys())
        result = super().write(vals)
        if asked:
            self.request_id._touch()
        return result

    def _write_each(self, values):
        """Write to each line its own values, as the caller; it counts as one change.

        :param values: ``{line id: values}``, those of content
        """
        # the one takes the other away
        takers = {"successor_id", "pool_team_id"}
        names = set().union(*values.values())
        if takers & names:
            names |= takers
        requests = self.request_id
        requests._lock()
        for request in requests:
            request._check_line_edit(self, names)
        groups = {}
        for line in self:
            # what many have in common is written to all of them at once
            parts = [{n: v for n, v in values[line.id].items() if n in takers}]
            parts += [{n: v} for n, v in values[line.id].items() if n not in takers]
            for part in filter(None, parts):
                groups.setdefault(tuple(sorted(part.items())), []).append(line.id)
        editing = Editing(frozenset(self.ids), frozenset(names))
        for key, ids in groups.items():
            lines = self.browse(ids).with_context(handover_editing=editing)
            lines.write(dict(key))
        requests._touch()

    def _is_edited(self, vals):
        """Tell whether the caller of :meth:`_write_each` was asked for this already."""
        editing = self.env.context.get("handover_editing")
        # no caller can send such an object
        return (
            isinstance(editing, Editing)
            and editing.ids.issuperset(self.ids)
            and editing.names.issuperset(vals)
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if not self._trusted():
            self.request_id._lock()
            for request in self.request_id:
                request._check_line_edit(self)

    def unlink(self):
        requests = self.request_id
        if not self._trusted():
            requests._note_removed(self)
        result = super().unlink()
        requests.exists()._touch()
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_accept(self):
        """Accept the records as their successor, before they are handed over.

        :return: ``True``
        :raise AccessError: when the caller is not the successor
        :raise UserError: when the handover is not approved or runs already
        """
        self._decide("accepted", False)
        return True

    @door
    def action_decline(self, reason):
        """Decline the records as their successor; they stay with their owner.

        Predecessor and approver get a message, who looks after the handover a to-do.

        :param str reason: why, required; all of them read it
        :return: ``True``
        :raise AccessError: when the caller is not the successor
        :raise UserError: when the reason is missing, or the handover runs already
        """
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why you decline."))
        self._decide("declined", reason.strip())
        return True

    @door
    def action_return(self, reason=False):
        """Give these records back, as far as they are as the handover left them.

        :param str reason: why, optional
        :return: ``True``
        :raise AccessError: when the caller may not act for the handover
        :raise UserError: when all of them stay, as their outcome says already
        """
        for request, lines in self.grouped("request_id").items():
            request._check_moves_back(lines)
            request._give_back(reason, lines)
        return True

    @door
    def action_choose_return(self):
        """Open the dialog that shows what of these records would go back.

        :return: a window action
        :raise AccessError: when the caller may not act for the handover
        :raise UserError: when they are of several handovers, or nothing would go back
        """
        if len(self.request_id) > 1:
            raise UserError(self.env._("Choose records of one handover at a time."))
        return self.request_id._choose_return(self)

    @door
    def action_open_record(self):
        """Open the record that the line names, with the caller's own rights.

        :return: a window action
        """
        single(self)
        record = self._record()
        if not record:
            raise UserError(
                self.env._(
                    "%(record)s: %(why)s",
                    record=self.res_name,
                    why=self.scope_id._why_missing(),
                )
            )
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    def _stays_so(self, foreseen):
        """Tell whether giving this record back would leave it, and its outcome, so.

        :param foreseen: a row of ``preview_return``, or ``None``
        """
        return bool(foreseen) and foreseen["result_code"] == self.result_code

    def _decision_refusal(self):
        """Return the error that keeps the caller from deciding, or ``None``."""
        self.ensure_one()
        if self.successor_id != self.env.user:
            return AccessError(
                self.env._("%s: only the successor decides.", self.res_name)
            )
        if refusal := self.request_id.sudo()._background_refusal():
            return refusal
        if self.request_id.sudo().state != "approved" or self.state != "todo":
            return UserError(
                self.env._(
                    "%s: decide between the approval and the handover itself.",
                    self.res_name,
                )
            )
        return None

    def _decide(self, decision, reason):
        self.request_id._lock()
        for line in self:
            if refusal := line._decision_refusal():
                raise refusal
        for request, lines in self.grouped("request_id").items():
            request._decide_on(Domain("id", "in", lines.ids), decision, reason)
            if decision == "declined":
                request._tell_declined(lines, reason)

    @api.model
    def _keep_decision(self, domain, decision, reason):
        """Keep what their successor says of lines; extended by super().

        :param Domain domain: which lines, whoever may see them
        :return: how many there are
        """
        if self._has_automations():
            # rules see who decided how
            lines = self._trusting().search(domain)
            lines.write({"decision": decision, "decision_reason": reason})
            return len(lines)
        said = SQL("decision = %s, decision_reason = %s", decision, reason or None)
        return self._update(domain, said)

    # ------------------------------------------------------------
    # ENGINE
    # ------------------------------------------------------------

    def _postpone(self, patiently=True):
        """Count a try of records that others use; after the last one they fail.

        :param bool patiently: wait before the next try; without, smaller batches come
            first and waiting only when that was not enough
        """
        now = fields.Datetime.now()
        locked = {
            "code": "locked",
            "message": Sentence(
                self.env, lambda env: env._("Somebody else was writing it each time.")
            ),
        }
        last = self.filtered(lambda line: line.attempts + 1 >= MAX_ATTEMPTS)
        last._record_results({line.id: locked for line in last})
        for attempts, lines in (self - last).grouped("attempts").items():
            wait = 2 ** (attempts + 1) if patiently or attempts > 2 else 0
            lines._trusting().write(
                {
                    "attempts": attempts + 1,
                    "next_try": now + timedelta(seconds=wait),
                }
            )

    def _record_results(self, results):
        """Write what became of each line, all of them in one statement.

        Where automations watch the lines, they see the change; one that fails keeps no
        outcome from being written.

        :param results: ``{line id: {"code", "message", "before", "after", "stayed"}}``;
            what stayed behind the last time is kept in ``after``
        """
        if not results:
            return
        # what is forgotten of the lines is not read anew to know of which handover
        rows, requests = self._result_rows(results), self.request_id
        if not (self._has_automations() and self._tell_automations(rows)):
            self._write_rows(rows)
        self.invalidate_recordset()
        requests.invalidate_recordset()
        self.env["handover.mixin"]._handover_forget_access()

    def _result_rows(self, results):
        """Return the values of each line: dictionaries with plain values."""
        keep_said(self, results.values())
        back = {*self._going_back()._ids}
        outcomes = {
            id_: self._outcome(result["code"], id_ in back)
            for id_, result in results.items()
        }
        return [
            {
                "id": id_,
                **outcomes[id_],
                "returned": outcomes[id_]["state"] == "returned",
                "message": result.get("message") or None,
                "said": result.get("said") or None,
                "before": result.get("before"),
                "after": result.get("after"),
                "stayed": result.get("stayed") or None,
            }
            for id_, result in results.items()
        ]

    def _write_rows(self, rows):
        self.env.cr.execute(
            SQL(
                """UPDATE handover_request_line line
                SET state = r.state, result_code = r.code, result_message = r.message,
                    result_said = r.said,
                    before = COALESCE(line.before, r.before),
                    after = CASE WHEN r.stayed IS NULL
                        THEN COALESCE(line.after, r.after) - 'stayed'
                        ELSE COALESCE(line.after, r.after)
                            || jsonb_build_object('stayed', r.stayed) END,
                    reserved = FALSE,
                    next_try = NULL, write_date = %(now)s, write_uid = %(uid)s,
                    date_done = CASE WHEN line.goes_back THEN line.date_done
                        ELSE %(now)s END,
                    date_returned = CASE WHEN r.returned THEN %(now)s END
                FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
                    id int, state varchar, code varchar, message varchar, said jsonb,
                    returned bool, before jsonb, after jsonb, stayed jsonb)
                WHERE line.id = r.id""",
                now=fields.Datetime.now(),
                uid=self.env.uid,
                rows=json.dumps(rows),
            )
        )

    def _tell_automations(self, rows):
        """Write the outcome through the ORM, where automation rules see it.

        :return: whether that went well; otherwise nothing was written
        """

        def tell():
            self._write_rows([row | self._outcome_so_far(row) for row in rows])
            self.invalidate_recordset()
            self._write_outcomes(rows)

        return self._despite_automations(tell)

    @api.model
    def _update(self, domain, values):
        """Bring lines into another state in one statement, and tell automations of it.

        :param Domain domain: which lines, whoever may see them
        :param SQL values: what is set
        :return: how many lines there are
        """
        self.env.flush_all()
        lines = self.sudo()
        query, seen = lines._search(domain), self._has_automations()
        lines = lines.browse(query if seen else ())
        former = lines._outcomes()
        ids = SQL("%s", tuple(lines.ids) or (0,)) if seen else query.subselect()
        self.env.cr.execute(
            SQL(
                """UPDATE handover_request_line
                SET %s, write_date = %s, write_uid = %s WHERE id IN %s""",
                values,
                fields.Datetime.now(),
                self.env.uid,
                ids,
            )
        )
        count = self.env.cr.rowcount
        self.env.invalidate_all()
        if lines:
            lines._say_again(former, lines._outcomes())
        return count

    def _outcomes(self):
        return [{"id": id_, **self._outcome_so_far({"id": id_})} for id_ in self.ids]

    def _say_again(self, former, outcomes):
        """Write outcomes that are written already where automation rules see it."""

        def tell():
            self._put_outcomes(former)
            self._write_outcomes(outcomes)

        self._despite_automations(tell)
        self.invalidate_recordset()

    def _put_outcomes(self, rows):
        self.env.cr.execute(
            SQL(
                """UPDATE handover_request_line line
                SET state = r.state, result_code = r.code, result_message = r.message
                FROM jsonb_to_recordset(%s::jsonb) AS r(
                    id int, state varchar, code varchar, message varchar)
                WHERE line.id = r.id""",
                json.dumps(rows),
            )
        )
        self.invalidate_recordset()

    def _outcome_so_far(self, row):
        line = self.browse(row["id"])
        return {
            "state": line.state,
            "code": line.result_code or None,
            "message": line.result_message or None,
        }

    def _write_outcomes(self, rows):
        groups = {}
        for row in rows:
            key = row["state"], row["code"], row["message"]
            groups.setdefault(key, []).append(row["id"])
        for (state, code, message), ids in groups.items():
            self.browse(ids)._trusting().write(
                {"state": state, "result_code": code, "result_message": message}
            )

    def _there(self):
        """Return those of ``self`` whose kind of record is there: others are history.

        A model that came back under the same name has other records by the same ids.
        """
        there = self.scope_id._there()._ids
        scopes = column(self, "scope_id")
        return self.browse(
            id_
            for id_, scope in zip(self._ids, scopes, strict=True)
            if scope and scope[0] in there
        )

    def _record(self):
        """Return the record that the line names, or nothing, with the reader's rights.

        :return: one record; an empty recordset of any model when it is gone
        """
        self.ensure_one()
        if not self._there():
            return self.browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    @api.model
    def _stayed_domain(self):
        """Return the domain of lines whose record left something behind."""
        return fields.Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "jsonb_exists(%s, 'stayed')", SQL.identifier(alias, "after")
            ),
            predicate=lambda line: "stayed" in (line.after or {}),
        )

    @api.model
    def _outcome(self, code, back):
        """Return the state and the code in which a result leaves its line.

        :param str code: what the engine says
        :param bool back: the record was to go back
        """
        states = STATE_OF_RETURN if back else STATE_OF_RESULT
        return {"state": states[code], "code": code}

    def _giver(self):
        """Return who gives the record away.

        On the way back the successor, or who has it for them.
        """
        if self.goes_back:
            return self.sudo().chain_end_id.successor_id
        return self.predecessor_id

    def _taker(self):
        """Return who gets the record: the predecessor, on the way back."""
        return self.predecessor_id if self.goes_back else self.successor_id

    def _goes_although_closed(self):
        """Tell whether the record goes even when it is closed: that was chosen.

        On the way back, it was closed when it was handed over.
        """
        if self.goes_back:
            return self.taken_back or bool((self.before or {}).get("closed"))
        return self.although_closed

    def _changed_values(self):
        """Return what the handover changed besides the owner and the team.

        :return: ``{field name: (value before, value after)}``, as JSON has them
        """
        self.ensure_one()
        after = (self.after or {}).get("values", {})
        return {
            name: (value, after.get(name))
            for name, value in (self.before or {}).get("values", {}).items()
        }

    def _told(self):
        """Return for each line what is told of it: ``{line id: (note, risk)}``.

        That is what was approved; extended by super() by who knows more by now.
        """
        return dict(zip(self._ids, columns(self, "note", "risk"), strict=True))

    @api.model
    def _told_risk_domain(self, risk):
        """Return the domain of the lines of which this risk is told, see _told."""
        return fields.Domain("risk", "=", risk)

    # ------------------------------------------------------------
    # REPORTS
    # ------------------------------------------------------------

    def _report_told(self):
        """Return what a report tells of the record, with its reader's rights.

        :return: ``{"note": text, "risk": key, "known": [(label, text)], "risk_known":
            [(label, text)]}``; extended by super()
        """
        self.ensure_one()
        return {
            "note": self.note or "",
            "risk": self.risk,
            "known": [],
            "risk_known": [],
        }

    @api.model
    def _report_columns(self):
        """Return more columns of lists of all records; extended by super().

        :return: ``{name: head}``, in order; :meth:`_report_row` has their texts
        """
        return {}

    def _called(self):
        """Return whether the customer has heard from the successor; by super().

        :return: ``{line id: bool}``, as far as the reader may know, and somebody keeps
            that
        """
        return {}

    @api.model
    def _calls_domain(self, called=False):
        """Return the domain of what :meth:`_called` knows; by super().

        :param bool called: of those, whose customers have heard from the successor
        """
        return fields.Domain.FALSE

    @api.model
    def _calls_action(self):
        """Return the XML id of the list of whom to call next, if any; by super()."""
        return False

    @api.model
    def _promised_sql(self, line):
        """Return, as a condition in SQL, whether something was promised; by super().

        :param SQL line: the id of a line
        """
        return SQL("FALSE")

    def _report_row(self):
        """Return the texts of a record in the columns of :meth:`_report_columns`."""
        self.ensure_one()
        return {}

    def _note_body(self, note, risk):
        """Return the chatter note of the record, in the language of the context."""
        self.ensure_one()
        request = self.request_id
        link = Markup(
            '<a href="#" data-oe-model="handover.request" data-oe-id="%s">%s</a>'
        )
        before, after = self._told_people()
        people = {
            "before": before or request.source_team_id.name or "–",
            "after": after or request.source_team_id.name or "–",
            "handover": link % (request.id, request.name),
        }
        if self.goes_back:
            return Markup("<p>%s</p>") % self.env._(
                "Given back from %(before)s to %(after)s: %(handover)s", **people
            )
        body = Markup("<p>%s</p>") % self.env._(
            "Handed over from %(before)s to %(after)s: %(handover)s, %(reason)s",
            reason=request.reason_id.name or self.env._("no reason given"),
            **people,
        )
        if note:
            body += Markup("<p><b>%s</b> %s</p>") % (self.env._("To know:"), note)
        if risk != "none":
            risks = dict(self._fields["risk"]._description_selection(self.env))
            body += Markup("<p><b>%s</b> %s</p>") % (
                self.env._("Risk:"),
                risks[risk],
            )
        return body
