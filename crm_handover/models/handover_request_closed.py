from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount


class HandoverRequest(models.Model):
    """Closed records stay with who closed them, unless somebody says otherwise.

    Whoever does, sees how many there are and what they are worth, and so does the
    approver.
    """

    _inherit = "handover.request"

    closed_told = fields.Char(
        compute="_compute_closed_told",
        string="Closed Records",
        help="How many records of this handover are closed by now and so stay with who"
        " closed them, and what they are worth.",
    )

    @api.depends("version", "state")
    @api.depends_context("uid", "lang")
    def _compute_closed_told(self):
        for request in self:
            planned = request.state in ("draft", "submitted", "approved")
            rows = request._closed_kinds(chosen=False) if planned else []
            request.closed_told = request._tell_kinds(rows)

    def _preflight_findings(self):
        findings = super()._preflight_findings()
        if told := self._tell_kinds(self._closed_kinds(chosen=True)):
            message = self.env._("Handed over although closed: %s.", told)
            findings.append(self._finding("closed_too", "warning", message))
        return findings

    def _submission_findings(self):
        findings = super()._submission_findings()
        if self._all_closed():
            message = self.env._("Everything on this handover is closed, and so stays.")
            fix = self.env._(
                "Add open records, or tick the closed ones that are to go all the same."
            )
            findings.append(self._finding("all_closed", "blocker", message, fix))
        return findings

    def _all_closed(self):
        """Tell whether nothing on this handover would move, for all of it is closed."""
        request = self.sudo()
        stay = sum(row["count"] for row in request._closed_kinds(chosen=False))
        todo = self._ahead_domain()
        return bool(stay) and stay == request.line_ids.search_count(todo)

    # ------------------------------------------------------------
    # WHICH RECORDS
    # ------------------------------------------------------------

    def _closed_kinds(self, chosen):
        """Return number and value of the closed records of this handover, by kind.

        :param bool chosen: those that are handed over all the same, or the others
        :return: a list as of :meth:`_closed_row`
        """
        self.ensure_one()
        return [
            self._closed_row(scope, domain)
            for scope, domain in self._closed_domains(chosen).items()
        ]

    def _closed_row(self, scope, domain):
        """Return number and value of closed records, as far as the caller may know.

        How many there are is known by the lines; what they are worth, by who decides on
        them and who takes them, and of others by who may open them.

        :return: as :meth:`_kind_row` does, without a currency where no value is told
        """
        row, user = self._kind_row(scope, domain), self.env.user
        if self.env.su or self._is_operator(user) or self._is_editor(user):
            return row
        taken = self._ahead_domain() & Domain("successor_id", "=", user.id)
        taken &= Domain("scope_id", "=", scope.id)
        lines = self.env["handover.request.line"].sudo()._search(taken)
        known = Domain("id", "in", lines.subselect("res_id"))
        amount = scope._fact_field("amount")
        Model = self.env[scope.sudo().model].with_context(active_test=False)
        if (
            amount
            and Model.has_access("read")
            and Model._has_field_access(amount, "read")
        ):
            known |= Domain("id", "in", Model._search(domain))
        records = scope._records()._search(domain & known)
        count, value = scope._worth(records, self.company_id.sudo()).get(0, (0, 0))
        currency = count and row["currency_id"]
        return {**row, "value": value, "currency_id": currency or False}

    def _closed_lines(self):
        """Return the lines of closed records that stay with who closed them."""
        lines = self.env["handover.request.line"]
        mine = self._ahead_domain() & Domain("although_closed", "=", False)
        for scope, domain in self._closed_domains(chosen=False).items():
            closed = Domain("res_id", "in", scope._records()._search(domain))
            lines |= lines.search(mine & Domain("scope_id", "=", scope.id) & closed)
        return lines

    def _closed_domains(self, chosen):
        """Return the domain of the closed records on this handover, by their kind.

        Of the lines that the caller may see.
        """
        Line = self.env["handover.request.line"]
        todo = self._origin._ahead_domain()
        chosen = Domain("although_closed", "=", chosen)
        domains = {}
        for [scope] in Line._read_group(todo & chosen, ["scope_id"]):
            if scope._is_gone():
                continue
            lines = Line._search(todo & chosen & Domain("scope_id", "=", scope.id))
            named = Domain("id", "in", lines.subselect("res_id"))
            domains[scope] = ~scope._open_domain() & named
        return domains

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    def _tell_kinds(self, rows):
        """Return number and value of records by kind, for people to read.

        :param list rows: as of :meth:`_closed_row`
        """
        return "; ".join(self._tell_kind(row) for row in rows if row["count"])

    def _tell_kind(self, row):
        facts = {"kind": row["name"], "count": row["count"]}
        if not row["currency_id"]:
            return self.env._("%(kind)s: %(count)s", **facts)
        currency = self.env["res.currency"].browse(row["currency_id"])
        return self.env._(
            "%(kind)s: %(count)s, worth %(value)s",
            value=format_amount(self.env, row["value"], currency),
            **facts,
        )
