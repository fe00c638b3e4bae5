from collections import Counter
from itertools import chain, islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from .handover_guard import door, single
from .handover_states import AHEAD, PROPOSED

# findings of one kind that are listed one by one; the rest is counted
LISTED = 50
# lines that a cause names: no call takes more
NAMED = 20_000
BATCH = 5_000

# what callers get of a finding
KEYS = ("code", "severity", "message", "res_model", "res_id", "fix")
ORDER = ("blocker", "warning", "info")

# of a large draft, so many records are looked at whenever it is opened
GLANCED_AT = 200

# how much a result that the run would report matters before the approval
SEVERITY = {
    "missing": "warning",
    "stale_owner": "warning",
    "private": "warning",
    "declined": "warning",
    "closed": "warning",
    "already": "info",
    "other_company": "blocker",
    "successor_no_access": "blocker",
    "rejected": "blocker",
}
# what the check calls a result, where it has another name than the outcome
FINDING = {"closed": "closed_since"}


class HandoverRequest(models.Model):
    """What would happen: the same questions as the run asks, before it runs."""

    _inherit = "handover.request"

    can_go_on = fields.Boolean(
        compute="_compute_blockers",
        help="Nothing that shows at once keeps the draft from being submitted.",
    )
    blockers = fields.Json(
        compute="_compute_blockers",
        help="What keeps the draft from being submitted, each with the way out. Of a"
        " large one, a part of the records is looked at; the check looks at all.",
    )

    @door
    def preflight(self):
        """Look at the handover as the run would, and change nothing.

        :return: ``{"ok": bool, "findings": [{"code", "severity", "message",
            "res_model", "res_id", "fix"}], "counts": {…}}``; ``severity`` is
            ``blocker``, ``warning`` or ``info``; ``ok`` without a blocker. Very many
            records are looked at in the background: as long as that goes on there is
            one finding, ``being_checked``, and what is found is told for an hour
        """
        single(self)
        if kept := self._check_later():
            return {key: kept[key] for key in ("ok", "findings", "counts")}
        findings, counts = [], Counter()
        lines = self._lines_to_check()
        for finding in self._all_findings(lines):
            code = finding["code"]
            counts[code] += 1
            if counts[code] <= LISTED or not finding["res_id"]:
                findings.append({key: finding[key] for key in KEYS})
        severities = Counter(f["severity"] for f in findings)
        return {
            "ok": not severities["blocker"],
            "findings": sorted(findings, key=self._finding_order),
            "counts": {
                "records": len(lines),
                "blocker": severities["blocker"],
                "warning": severities["warning"],
                "info": severities["info"],
                **counts,
            },
        }

    @door
    def get_causes(self):
        """Look at the handover as :meth:`preflight` does; records share their cause.

        :return: ``{"ok": bool, "causes": [{"code", "severity", "message", "fix",
            "count", "res_model", "res_id", "line_ids"}]}``, the gravest first;
            ``line_ids`` is empty where a cause is about the handover as a whole, and
            has 20,000 at the most
        """
        single(self)
        if kept := self._check_later():
            return {key: kept[key] for key in ("ok", "causes")}
        causes = self._causes(self._all_findings(self._lines_to_check()))
        return {
            "ok": all(cause["severity"] != "blocker" for cause in causes),
            "causes": causes,
        }

    def _lines_to_check(self):
        return self.env["handover.request.line"].search(self._ahead_domain())

    def _ahead_domain(self):
        """Return the domain of the lines that are still to be handed over."""
        # what is on its way back is asked about by preview_return
        return (
            Domain("request_id", "=", self.id)
            & Domain("state", "=", "todo")
            & Domain("goes_back", "=", False)
        )

    def _all_findings(self, lines):
        """Yield all findings, those about the handover as a whole first."""
        yield from self._preflight_findings()
        yield from self._batched_line_findings(lines)

    def _blocking_findings(self, lines):
        """Yield the findings among which are all that keep it from being submitted."""
        yield from self._submission_findings()
        yield from self._batched_line_findings(lines)

    def _batched_line_findings(self, lines):
        for number, some in enumerate(split_every(BATCH, lines.ids, lines.browse)):
            if number:
                # of many records, a batch at a time is in memory
                self.env.invalidate_all()
            yield from self._line_findings(some)

    def _causes(self, findings):
        """Return findings by their cause, the gravest first, see :meth:`get_causes`."""
        causes = {}
        for finding in findings:
            key = finding["code"], finding["severity"], finding["cause"]
            causes.setdefault(key, []).append(finding)
        rows = [self._cause(some) for some in causes.values()]
        return sorted(rows, key=self._finding_order)

    @api.model
    def _finding_order(self, row):
        """Return the key by which findings are sorted, the gravest first."""
        return (ORDER.index(row["severity"]),)

    def _cause(self, findings):
        """Return what findings of one cause have in common, and which records."""
        first = findings[0]
        several = (finding["line_ids"] for finding in findings)
        count = max(
            len(findings), sum(len(finding["line_ids"]) for finding in findings)
        )
        line_ids = [*islice(chain.from_iterable(several), NAMED)]
        message = first["message"]
        if len(findings) > 1:
            message = self._cause_message(len(findings), first["cause"])
        return {
            "code": first["code"],
            "severity": first["severity"],
            "message": message,
            "fix": first["fix"],
            "count": count,
            "res_model": first["res_model"],
            # of one that is about a single record, be it none of the list
            "res_id": first["res_id"] if len(findings) == 1 else 0,
            "line_ids": line_ids,
        }

    def _cause_message(self, count, cause):
        """Return what is said of several records that have a cause in common."""
        return self.env._("Records: %(count)s. %(problem)s", count=count, problem=cause)

    def _raise_blockers(self, findings):
        """Raise what of ``findings`` keeps the handover from going on."""
        blockers = self._blocking_causes(findings)
        if blockers:
            messages = [cause["message"] for cause in blockers[:10]]
            raise UserError(
                "\n".join([self.env._("%s cannot go on:", self.name), *messages])
            )

    def _blocking_causes(self, findings):
        return self._causes(
            finding for finding in findings if finding["severity"] == "blocker"
        )

    def _finding(self, code, severity, message, fix="", lines=None):
        """Return a finding of the handover as a whole.

        :param lines: the records that it counts
        """
        return {
            "code": code,
            "severity": severity,
            "message": message,
            "res_model": "",
            "res_id": 0,
            "fix": fix,
            "cause": message,
            "line_ids": (lines or self.line_ids.browse()).ids,
        }

    def _line_finding(self, code, severity, line, cause, fix="", message=""):
        """Return a finding of one record.

        :param str cause: a sentence without the record's name: records of which it is
            the same are told as one
        :param str message: the sentence about this record; empty: its name and the
            cause
        """
        message = message or self.env._(
            "%(record)s: %(problem)s", record=line.res_name, problem=cause
        )
        return {
            **self._finding(code, severity, message, fix, line),
            "res_model": line.res_model,
            "res_id": line.res_id,
            "cause": cause,
        }

    # ------------------------------------------------------------
    # WHENEVER THE FORM IS OPENED
    # ------------------------------------------------------------

    @api.depends("state", "version", "line_count")
    @api.depends_context("uid", "lang")
    def _compute_blockers(self):
        for request in self:
            asked = request.id and request.line_count and request.can_submit
            blockers = request.sudo()._glance() if asked else []
            request.blockers = blockers
            request.can_go_on = not blockers

    def _glance(self):
        """Return the blockers that show without a look at all records.

        :return: a list of ``{"code", "message", "fix"}``
        """
        lines = self.env["handover.request.line"]
        lines = lines.search(self._ahead_domain(), limit=GLANCED_AT)
        findings = chain(self._submission_findings(), self._line_findings(lines))
        return [
            {key: cause[key] for key in ("code", "message", "fix")}
            for cause in self._blocking_causes(findings)
        ]

    # ------------------------------------------------------------
    # WHAT IS FOUND
    # ------------------------------------------------------------

    def _preflight_findings(self):
        """Return what is to be known of the handover as a whole; extended by super().

        What is added here never blocks: see :meth:`_submission_findings`.

        :return: a list of findings, see :meth:`_finding`
        """
        return self._submission_findings()

    def _submission_findings(self):
        """Return what is asked before the submission; extended by super().

        :return: a list of findings, see :meth:`_finding`
        """
        return self._request_findings()

    def _request_findings(self):
        """Return what is asked once more at the approval; extended by super().

        :return: a list of findings, see :meth:`_finding`
        """
        findings = []
        lines = self.env["handover.request.line"].sudo()
        todo = self._ahead_domain()
        if not lines.search_count(todo, limit=1):
            findings.append(
                self._finding(
                    "no_records",
                    "blocker",
                    self.env._("There is nothing on this handover."),
                    self.env._("Collect the records, or select some in a list."),
                )
            )
        # of a kind that is gone, nobody takes anything
        nobody = Domain("successor_id", "=", False) & Domain("pool_team_id", "=", False)
        there = todo & self._kinds_there(todo)
        without = lines.search(there & nobody, order="id")
        if without:
            findings.append(
                self._finding(
                    "no_successor",
                    "blocker",
                    self.env._("Records without a successor: %s.", len(without)),
                    self.env._(
                        "Choose a successor or a team's pool, for the handover or for"
                        " each record."
                    ),
                    lines=without,
                )
            )
        for user in self.sudo().successor_ids:
            if not user.active or user.share:
                findings.append(
                    self._finding(
                        "successor_gone",
                        "blocker",
                        self.env._("%s is not an active employee.", user.name),
                        self.env._("Choose another successor."),
                    )
                )
        if self.state in AHEAD and self._is_past():
            findings.append(
                self._finding(
                    "end_past",
                    "blocker",
                    self.env._("Its end is past: there is nobody to stand in for."),
                    self.env._("Choose a later end, or make it permanent."),
                )
            )
        if self.state in PROPOSED:
            try:
                self._find_approver()
            except UserError as error:
                findings.append(self._finding("no_approver", "blocker", str(error)))
        return [*findings, *self._reservation_findings()]

    def _kinds_there(self, domain):
        """Return the domain of lines of kinds that are there, of those in ``domain``.

        They are not read for that: there may be many.
        """
        groups = (
            self.env["handover.request.line"].sudo()._read_group(domain, ["scope_id"])
        )
        kinds = self.env["handover.scope"].sudo().union(*(kind for [kind] in groups))
        return Domain("scope_id", "in", kinds._there().ids)

    def _reservation_findings(self):
        """Return what another handover takes already."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT mine.id, other_request.name
            FROM handover_request_line mine
            JOIN handover_request_line other
                ON other.reserved AND other.scope_id = mine.scope_id
                AND other.res_id = mine.res_id
                AND other.predecessor_id IS NOT DISTINCT FROM mine.predecessor_id
                AND other.request_id != mine.request_id
            JOIN handover_request other_request ON other_request.id = other.request_id
            WHERE mine.request_id = %s AND mine.state = 'todo'
                AND mine.goes_back IS NOT TRUE""",
                self.id,
            )
        )
        findings = []
        names = dict(self.env.cr.fetchall())
        # a successor reads about the own records only
        lines = self.env["handover.request.line"].browse(names)
        for line in lines._filtered_access("read"):
            findings.append(
                self._line_finding(
                    "reserved",
                    "blocker",
                    line,
                    self.env._("Being handed over by %s.", names[line.id]),
                    self.env._("Remove it here, or cancel or stop the other handover."),
                    self.env._(
                        "%(record)s is being handed over by %(handover)s.",
                        record=line.res_name,
                        handover=names[line.id],
                    ),
                )
            )
        return findings

    def _line_findings(self, lines):
        """Yield what is to be known of single records; extended by super().

        :param lines: some of the lines that are still to be handed over
        """
        checked = lines.sudo()
        checked._fetch_kinds()
        obstacles = self.env["handover.engine"]._foreseen(checked)
        fixes = {
            "missing": self.env._("Remove it."),
            "stale_owner": self.env._("Remove it, or hand it over from its new owner."),
            "private": self.env._("Only its owner can hand it over."),
            "closed": self.env._(
                "Remove it, or say that it goes although it is closed."
            ),
            "other_company": self.env._(
                "Choose a successor of that company, correct the record's company or"
                " team, or remove it."
            ),
            "successor_no_access": self.env._(
                "Choose another successor, or have access given."
            ),
        }
        for line in lines.browse(id_ for id_ in lines._ids if id_ in obstacles):
            if not (line.successor_id or line.pool_team_id):
                continue
            code, text = obstacles[line.id]
            named = FINDING.get(code, code)
            fix = fixes.get(code, "")
            yield self._line_finding(named, SEVERITY[code], line, text, fix)
        yield from self._team_findings(lines._unless(obstacles))

    def _team_findings(self, lines):
        """Yield which records do not come into the team that was chosen for them."""
        lines = lines.sudo()
        for id_, team in self.env["handover.engine"]._out_of_team(lines).items():
            line = lines.browse(id_)
            yield self._line_finding(
                "out_of_team",
                "warning",
                line,
                self.env._(
                    "It goes to %(successor)s, but not into %(target)s, which is a team"
                    " of another company. Its team will be: %(team)s",
                    successor=line.successor_id.name,
                    target=line.request_id.target_team_id.name,
                    team=team.name or self.env._("none"),
                ),
                self.env._("Choose another team, or correct the record's company."),
            )
