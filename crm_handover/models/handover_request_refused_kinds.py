from odoo import models


class HandoverRequest(models.Model):
    """Kinds that are no work by now, and were added before, are named by the check.

    They stay until somebody archives them: whoever decides knows what goes along.
    """

    _inherit = "handover.request"

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._refused_kind_findings()]

    def _refused_kind_findings(self):
        # of those that the reader sees
        lines = self.env["handover.request.line"]
        groups = lines._read_group(self._ahead_domain(), ["scope_id"])
        for scope in (one.sudo() for [one] in groups):
            if not scope._is_gone() and (problem := scope._problem()):
                yield self._finding(
                    "kind_refused",
                    "warning",
                    self.env._(
                        "Kind of record %(kind)s: %(problem)s",
                        kind=scope.with_context(lang=self.env.lang).name,
                        problem=problem,
                    ),
                    self.env._(
                        "Remove these records, and have an administrator archive the"
                        " kind."
                    ),
                )
