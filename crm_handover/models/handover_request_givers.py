from odoo import api, fields, models
from odoo.fields import Domain


class HandoverRequest(models.Model):
    """What is different where several people hand over together, said in the check."""

    _inherit = "handover.request"

    from_ids = fields.Many2many(
        "res.users",
        compute="_compute_from_ids",
        # who has left handed it over all the same
        context={"active_test": False},
        help="Who hands over: one person, or several together.",
    )

    @api.depends("predecessor_id", "predecessor_ids", "source_team_id")
    def _compute_from_ids(self):
        for request in self:
            request.from_ids = request._givers()

    def _request_findings(self):
        return [*super()._request_findings(), *self._several_findings()]

    def _several_findings(self):
        """Tell what is about one person only, and so no part of this handover."""
        if not self._several_givers():
            return []
        return [
            self._finding(
                "several_givers",
                "info",
                self.env._(
                    "Several people hand over together. What is about one person stays"
                    " out: a pause of new leads, and what they have on records of"
                    " others."
                ),
                self.env._("Make a handover for each of them where it is needed."),
            )
        ]

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._shared_findings()]

    def _shared_findings(self):
        """Tell of records that several of these people have: each is on it once."""
        several = self._several_givers()
        if not several:
            return []
        Line, shared = self.env["handover.request.line"], Domain.FALSE
        ahead = self._ahead_domain()
        for scope in self.env["handover.scope"]._in_use():
            Model, owner = scope._records(), scope.owner_field_id.name
            if Model._fields[owner].type != "many2many":
                continue
            theirs = Domain.OR(
                Domain(owner, "in", giver.ids)
                & Domain(owner, "in", (several - giver).ids)
                for giver in several
            )
            ids = Model._search(theirs).subselect()
            shared |= Domain("scope_id", "=", scope.id) & Domain("res_id", "in", ids)
        lines = Line.search(ahead & shared)
        if not lines:
            return []
        return [
            self._finding(
                "shared_givers",
                "warning",
                self.env._(
                    "Records that several of them have: %s. Each goes once, from the"
                    " first of them; the others keep it.",
                    len(lines),
                ),
                self.env._("Make another handover for the others, if it is to go on."),
                lines=lines,
            )
        ]
