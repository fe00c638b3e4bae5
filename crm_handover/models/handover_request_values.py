from odoo import models
from odoo.fields import Domain
from odoo.tools import split_every

from .handover_request_preflight import BATCH


class HandoverRequest(models.Model):
    """What records will not keep with their new owner and team, told before."""

    _inherit = "handover.request"

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._value_findings()]

    def _value_findings(self):
        """Return which values of which kinds are not kept: a finding for each kind."""
        findings = []
        todo = [("request_id", "=", self.id), ("state", "=", "todo")]
        groups = self.env["handover.request.line"]._read_group(todo, ["scope_id"])
        for [scope] in groups:
            if scope._is_gone():
                continue
            labels, count = self._not_kept(scope.sudo(), todo)
            if count:
                message = self.env._(
                    "%(kind)s: %(values)s will not be kept with the new team."
                    " Records: %(count)s.",
                    kind=scope.name,
                    values=", ".join(sorted(labels)),
                    count=count,
                )
                fix = self.env._(
                    "Give the new team the same properties, by name and type, or look"
                    " at the note on each record afterwards: it tells what they were."
                )
                findings.append(self._finding("not_kept", "warning", message, fix))
        return findings

    def _not_kept(self, scope, todo):
        """Return the labels of what is not kept of a kind, and of how many records."""
        engine = self.env["handover.engine"]
        if (risky := engine._risky_domain(scope)).is_false():
            return set(), 0
        Line = self.env["handover.request.line"]
        mine = Domain(todo) & Domain("scope_id", "=", scope.id)
        named = Domain("id", "in", Line._search(mine).subselect("res_id"))
        ids = [*scope._records()._search(risky & named)]
        if not ids:
            return set(), 0
        lines = Line.search(mine & Domain("res_id", "in", ids)).sudo()
        labels, count = set(), 0
        for some in split_every(BATCH, lines.ids, lines.browse):
            losses = engine._losses(scope, some)
            labels.update(*losses.values())
            count += len(losses)
            self.env.invalidate_all()
        return labels, count
