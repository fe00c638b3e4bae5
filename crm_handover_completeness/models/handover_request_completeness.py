import json
from itertools import product

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, split_every

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_states import AHEAD

from ..completeness import Tally

# records that are looked at in one go
BATCH = 5_000
# up to so many records they are checked by themselves: within the click that adds
# some, and before somebody is asked to approve them
AUTO_LIMIT = 5_000
SUBMIT_LIMIT = 50_000
# of more handovers at once nobody looks at the score yet: it comes with the submission
FEW = 10


class HandoverRequest(models.Model):
    """How complete the records are, before anything moves.

    What is looked for is in ``handover.check``. A measurement writes scores and gaps
    and nothing else: it is no content, and changes nothing that is approved.
    """

    _inherit = "handover.request"

    score = fields.Integer(
        string="Completeness",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="How much of what the successors need is there, 0 to 100.",
    )
    score_before = fields.Integer(
        string="At First",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="The completeness when it was first checked.",
    )
    score_date = fields.Datetime(
        string="Checked On",
        readonly=True,
        copy=False,
        help="When the completeness was last checked.",
    )
    gap_summary = fields.Json(
        compute="_compute_gap_summary",
        help="What the records lack, with the number of records.",
    )
    can_check = fields.Boolean(
        compute="_compute_can_check", help="The reader may check the completeness now."
    )

    @api.depends(
        *("line_ids.gap_ids", "state", "requester_id", "predecessor_id"),
        "predecessor_ids",
    )
    @api.depends_context("uid", "lang")
    def _compute_gap_summary(self):
        rows = {id_: [] for id_ in self._origin.ids}
        groups = self.env["handover.request.line"]._read_group(
            [("request_id", "in", self.ids), ("gap_ids", "!=", False)],
            ["request_id", "gap_ids"],
            ["__count"],
            order="gap_ids, __count desc",
        )
        fillable = self._origin.filtered(lambda one: not one._fill_refusal())
        for request, check, count in groups:
            rows[request.id].append(
                {
                    "id": check.id,
                    "name": check.name,
                    "scope": check.scope_id.name,
                    "severity": check.severity,
                    "count": count,
                    # with what the reader fills it, or empty
                    "fills": check._fills_with() if request in fillable else "",
                }
            )
        for request in self:
            request.gap_summary = rows.get(request._origin.id, [])

    @api.depends("state", "requester_id", "predecessor_id", "line_ids")
    @api.depends_context("uid")
    def _compute_can_check(self):
        for request in self:
            request.can_check = bool(request.id and not request._check_refusal())

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def check_completeness(self):
        """Look for what is missing in the records, and keep what was found.

        :return: ``{"score": int, "score_before": int, "gaps": {code: count}, "lines":
            {"total", "with_gaps", "blocked"}}``; scores are 0 to 100, and
            ``score_before`` is the first one
        :raise AccessError: when the caller neither requests, hands over nor decides
        :raise UserError: when it is handed over already, or has no records
        """
        single(self)
        self._require_check()
        return self._measure()

    @door
    def action_check_completeness(self):
        """Look for what is missing in the records, and keep what was found.

        :return: ``True``
        :raise AccessError: when the caller neither requests, hands over nor decides
        :raise UserError: when it is handed over already, or has no records
        """
        self._require_check()
        for request in self:
            request._measure()
        return True

    def _require_check(self):
        for request in self:
            if refusal := request._check_refusal():
                raise refusal

    def _check_refusal(self):
        """Return the error that keeps the caller from checking, or ``None``."""
        self.ensure_one()
        user = self.env.user
        if user != self.predecessor_id and not (
            self._is_editor(user) or self._is_operator(user)
        ):
            return AccessError(
                self.env._(
                    "%s: who requests it, hands over or decides asks for what is"
                    " missing.",
                    self.name,
                )
            )
        return self._gaps_refusal()

    def _fill_refusal(self, line=None):
        """Return the error that keeps the caller from filling gaps, or ``None``.

        Who may check all of it, and each of several givers: of their own records only.

        :param line: the record, where it is about one
        """
        self.ensure_one()
        user = self.env.user
        if user in self._several_givers() and (
            line is None or user == line.sudo().predecessor_id
        ):
            return self._gaps_refusal()
        return self._check_refusal()

    def _require_fill(self, line=None):
        if refusal := self._fill_refusal(line):
            raise refusal

    def _gaps_refusal(self):
        """Return the error that says why nobody asks for gaps now, or ``None``."""
        if self.state not in AHEAD:
            return UserError(
                self.env._(
                    "%s: what is missing is asked for before the handover, from the"
                    " draft to the approval.",
                    self.name,
                )
            )
        if not self.line_count:
            return UserError(
                self.env._("%s has no records yet: collect them first.", self.name)
            )
        return None

    # ------------------------------------------------------------
    # MEASURING
    # ------------------------------------------------------------

    def _measure(self):
        """Check all records that are still to be handed over, and keep the scores.

        :return: what :meth:`check_completeness` answers
        """
        self.ensure_one()
        checks = self._checks()
        lines = (
            self.env["handover.request.line"]
            .sudo()
            .search_fetch(
                [("request_id", "=", self.id), ("state", "=", "todo")],
                ["scope_id", "res_id"],
                order="id",
            )
        )
        by_scope = {}
        for line in lines:
            by_scope.setdefault(line.scope_id, {})[line.res_id] = line.id
        tally, rows, blocked = Tally(), [], 0
        for scope, line_ids in by_scope.items():
            mine = checks.filtered(lambda check, scope=scope: check.scope_id == scope)
            weights = {check.id: check.weight for check in mine}
            blocking = {check.id for check in mine if check.severity == "block"}
            for some in split_every(BATCH, line_ids, list):
                for res_id, gaps in self._gaps_by_record(mine, some).items():
                    blocked += bool(gaps & blocking)
                    score = tally.add(weights, gaps)
                    rows.append((line_ids[res_id], score, sorted(gaps)))
                self.env.invalidate_all()
        # whoever submits or runs it meanwhile goes first
        self._lock()
        self._require_check()
        self._keep_gaps(rows)
        now = fields.Datetime.now()
        values = {"score": tally.score, "score_date": now}
        if not self.score_date:
            values["score_before"] = tally.score
        self._trusting().write(values)
        gaps = {}
        for check in checks.filtered(lambda check: tally.gaps[check.id]):
            code = check._code()
            gaps[code] = gaps.get(code, 0) + tally.gaps[check.id]
        return {
            "score": self.score,
            "score_before": self.score_before,
            "gaps": gaps,
            "lines": {
                "total": len(lines),
                "with_gaps": tally.with_gaps,
                "blocked": blocked,
            },
        }

    def _records_changed(self):
        result = super()._records_changed()
        self._measure_by_itself()
        return result

    def _before_submission(self):
        result = super()._before_submission()
        self._measure_by_itself(submits=True)
        return result

    def _measure_by_itself(self, submits=False):
        """Check the records unless that takes too long for the call that it is in.

        :param bool submits: somebody is about to be asked to approve them
        """
        if not self._checks() or (len(self) > FEW and not submits):
            return
        most = SUBMIT_LIMIT if submits else AUTO_LIMIT
        for request in self:
            if submits and request.score_date:
                continue
            if request.line_count <= most and not request._check_refusal():
                request._measure()

    def _checks(self, *domain):
        """Return the checks that can be made, as superuser."""
        checks = (
            self.env["handover.check"].sudo().search([*domain, ("active", "=", True)])
        )
        # a field may have gone with its add-on
        return checks.filtered(lambda check: not check._problem())

    def _gaps_by_record(self, checks, res_ids):
        """Return ``{record id: set of check ids}`` of the records that exist.

        :param checks: checks of one scope; without any, there is nothing to look at
        """
        if not checks:
            return {}
        company = self.sudo().company_id
        records = checks.scope_id._records(res_ids).with_company(company).exists()
        result = {id_: set() for id_ in records.ids}
        for check, found in checks._gaps(records).items():
            for id_ in found:
                result[id_].add(check.id)
        return result

    def _keep_gaps(self, rows):
        """Write score and gaps of all lines, in a few statements.

        :param rows: ``[(line id, score, [check ids])]``; other lines count as unchecked
        """
        self.env.flush_all()
        scores = [
            {"id": id_, "score": score, "gap_count": len(gaps)}
            for id_, score, gaps in rows
        ]
        gaps = [
            {"line_id": id_, "check_id": check_id}
            for id_, _score, ids in rows
            for check_id in ids
        ]
        self.env.cr.execute(
            SQL(
                """DELETE FROM handover_request_line_gap_rel gap
                USING handover_request_line line
                WHERE line.id = gap.line_id AND line.request_id = %(request)s;

                UPDATE handover_request_line line
                SET checked = r.id IS NOT NULL, score = COALESCE(r.score, 0),
                    gap_count = COALESCE(r.gap_count, 0)
                FROM handover_request_line mine
                LEFT JOIN jsonb_to_recordset(%(scores)s::jsonb)
                    AS r(id int, score int, gap_count int) ON r.id = mine.id
                WHERE line.id = mine.id AND mine.request_id = %(request)s
                    AND (line.checked, line.score, line.gap_count) IS DISTINCT FROM
                        (r.id IS NOT NULL, COALESCE(r.score, 0),
                         COALESCE(r.gap_count, 0));

                INSERT INTO handover_request_line_gap_rel (line_id, check_id)
                SELECT line_id, check_id FROM jsonb_to_recordset(%(gaps)s::jsonb)
                    AS r(line_id int, check_id int)""",
                request=self.id,
                scores=json.dumps(scores),
                gaps=json.dumps(gaps),
            )
        )
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # REPORTS
    # ------------------------------------------------------------

    def _report_points(self):
        points = super()._report_points()
        if self.score_date:
            points["completeness"] = self.score
        return points

    def _report_kind_columns(self, lines):
        Line = self.env["handover.request.line"]
        checked = lines & fields.Domain("checked", "=", True)
        scores = Line._read_group(checked, ["scope_id"], ["score:avg"])
        [(mean, count)] = Line._read_group(checked, [], ["score:avg", "__count"])
        return [
            *super()._report_kind_columns(lines),
            {
                "title": self.env._("Completeness"),
                "values": {scope.id: f"{round(score)} %" for scope, score in scores},
                "total": f"{round(mean)} %" if count else "",
            },
        ]

    # ------------------------------------------------------------
    # PREFLIGHT
    # ------------------------------------------------------------

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._gap_findings()]

    def _line_findings(self, lines):
        yield from super()._line_findings(lines)
        yield from self._blocking_gap_findings(lines)

    @api.model
    def _finding_order(self, row):
        # what the run would do comes before what is not complete
        return (*super()._finding_order(row), row["code"].startswith("gap_"))

    def _gap_findings(self):
        """Yield one finding for each kind of gap that the last check found."""
        severities = ["warn"] if self.state == "draft" else ["warn", "block"]
        groups = self.env["handover.request.line"]._read_group(
            [
                ("request_id", "=", self.id),
                ("state", "=", "todo"),
                ("gap_ids.severity", "in", severities),
            ],
            ["gap_ids"],
            ["id:recordset"],
        )
        for check, lines in groups:
            if check.severity in severities:
                yield self._finding(
                    f"gap_{check._code()}",
                    "warning",
                    self.env._(
                        "%(kind)s (%(count)s): %(gap)s",
                        kind=check.scope_id.name,
                        count=len(lines),
                        gap=check.name,
                    ),
                    self.env._("See “Completeness”."),
                    lines=lines,
                )

    def _blocking_gap_findings(self, lines):
        """Yield what ``lines`` must not lack for the handover to be submitted."""
        checks = self._checks(("severity", "=", "block"))
        if not checks or self.state != "draft":
            return
        for scope, group in lines.sudo().grouped("scope_id").items():
            mine = checks.filtered(lambda check, scope=scope: check.scope_id == scope)
            gaps = self._gaps_by_record(mine, group.mapped("res_id"))
            for line, check in product(group, mine):
                if check.id not in gaps.get(line.res_id, ()):
                    continue
                yield self._line_finding(
                    f"gap_{check._code()}",
                    "blocker",
                    line,
                    check.with_env(self.env).name,
                    self.env._("Complete it, or remove it."),
                )
