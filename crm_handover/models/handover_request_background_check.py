from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .handover_request_preflight import KEYS, LISTED

# what a check has found is told for so long; then records are looked at anew
KEPT = timedelta(hours=1)
# lines that are looked at in one transaction, and lines that a cause names
PART = 5_000
NAMED = 1_000


class HandoverRequest(models.Model):
    """The check of many records: in the background, and kept for who asked."""

    _inherit = "handover.request"

    kept_check = fields.Json(
        string="Last Check",
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="What the last check in the background has found, for who asked for it.",
    )

    def _asked_for_check(self):
        """Return for whom a check is, and of what: what is found fits nobody else."""
        return {
            "uid": self.env.uid,
            "lang": self.env.lang or "",
            "companies": [*self.env.context.get("allowed_company_ids", ())],
            "version": self.version,
            "state": self.state,
        }

    def _check_later(self):
        """Return what a check of many records has found, or ``None`` where it is quick.

        Where nothing is known yet it is begun, unless it goes on already.

        :return: ``{"ok", "counts", "findings", "causes"}``
        """
        self.ensure_one()
        count = self.todo_count
        if self._is_quick("check", count):
            return None
        kept = self._kept_checks().get(str(self.env.uid), {})
        if kept.get("asked") == self._asked_for_check():
            return kept["found"]
        # whoever comes second waits: one that is outdated ends by itself
        if not self.background_step:
            self._lock()
            self._do_later("check", [self._asked_for_check()], count)
        finding = self._finding(
            "being_checked",
            "info",
            self._background_text(),
            self.env._("Ask again when it is through."),
        )
        return {
            "ok": False,
            "counts": {"records": count, "blocker": 0, "warning": 0, "info": 1},
            "findings": [{key: finding[key] for key in KEYS}],
            "causes": [self._cause([finding])],
        }

    def _kept_checks(self):
        """Return what checks have found that are not too old: ``{user id: check}``."""
        since = fields.Datetime.to_string(fields.Datetime.now() - KEPT)
        kept = self.sudo().kept_check or {}
        return {uid: check for uid, check in kept.items() if check["at"] > since}

    # ------------------------------------------------------------
    # BY THE CRONS
    # ------------------------------------------------------------

    def _part_of_check(self, note):
        """Look at the next records; after the last ones keep what was found."""
        [asked] = note["args"]
        if asked != self._asked_for_check():
            # it has changed: what was found so far is of no use
            return None
        self.check_access("read")
        at = note["at"]
        if not at:
            at = {"last": 0, "found": self._add_found({}, self._preflight_findings())}
        more = self._ahead_domain() & Domain("id", ">", at["last"])
        lines = self.env["handover.request.line"].search(more, order="id", limit=PART)
        found = self._add_found(at["found"], self._batched_line_findings(lines))
        if len(lines) == PART:
            at = {"last": lines.ids[-1], "found": found}
            return {**note, "at": at, "done": note["done"] + len(lines)}
        check = {
            "asked": asked,
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "found": self._told_of_check(found, note["done"] + len(lines)),
        }
        kept = {**self._kept_checks(), str(self.env.uid): check}
        self._trusting().write({"kept_check": kept})
        return None

    @api.model
    def _add_found(self, found, findings):
        """Return what is known of a check with more findings: plain values.

        :param found: ``{"causes": {key: row}, "counts": {code: n}, "findings": [row]}``
        """
        causes = dict(found.get("causes", {}))
        counts, listed = dict(found.get("counts", {})), list(found.get("findings", []))
        for finding in findings:
            code, ids = finding["code"], finding["line_ids"]
            counts[code] = counts.get(code, 0) + 1
            if counts[code] <= LISTED or not finding["res_id"]:
                listed.append({key: finding[key] for key in KEYS})
            key = "\n".join((code, finding["severity"], finding["cause"]))
            known = causes.setdefault(
                key, {**finding, "line_ids": [], "lines": 0, "n": 0}
            )
            known["n"] += 1
            known["lines"] += len(ids)
            known["line_ids"] = [*known["line_ids"], *ids][:NAMED]
        return {"causes": causes, "counts": counts, "findings": listed}

    def _told_of_check(self, found, count):
        """Return the same as those who asked get it."""
        causes = [self._whole_cause(row) for row in found["causes"].values()]
        causes.sort(key=self._finding_order)
        severities = {"blocker": 0, "warning": 0, "info": 0}
        for finding in found["findings"]:
            severities[finding["severity"]] += 1
        return {
            "ok": not severities["blocker"],
            "findings": sorted(found["findings"], key=self._finding_order),
            "counts": {"records": count, **severities, **found["counts"]},
            "causes": causes,
        }

    def _whole_cause(self, row):
        """Return a cause of many findings, as :meth:`_cause` does of a list of them."""
        first = {**row, "line_ids": []}
        cause = self._cause([first] * min(row["n"], 2))
        if row["n"] > 1:
            cause["message"] = self._cause_message(row["n"], row["cause"])
        count = max(row["n"], row["lines"])
        return {**cause, "count": count, "line_ids": row["line_ids"]}
