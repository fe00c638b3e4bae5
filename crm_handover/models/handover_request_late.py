from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

# what becomes of records that come to the predecessor after collecting
LATE = [
    ("ask", "Ask who is in charge"),
    ("along", "They go along"),
    ("stay", "They stay"),
]


class HandoverRequest(models.Model):
    """Records that came after collecting, by the rule that was approved."""

    _inherit = "handover.request"

    late_records = fields.Selection(
        LATE,
        string="Records That Come Later",
        default="ask",
        required=True,
        content=True,
        help="What becomes of open records that come to the predecessor after"
        " collecting, and before the handover runs: whoever is in charge is asked; they"
        " go along, of the kinds that were collected, to the successor of the handover;"
        " or they stay.",
    )

    def _start(self):
        # only once it is certain that it starts with what was approved
        self._take_late_along()
        return super()._start()

    def _take_late_along(self):
        """Add what came since, where that is what was approved.

        What then is to be handed over is written down in the history, as another
        content of the same approval.
        """
        if self.late_records != "along" or any(self._start_problems()):
            return
        request = self.sudo()
        if not any(request._defaults()):
            return
        domains = request._came_since()
        count = sum(
            scope._records().search_count(domain) for scope, domain in domains.items()
        )
        if not count:
            return
        lines = request.line_ids.browse()
        mine = [("request_id", "=", request.id), ("state", "=", "todo")]
        known = lines.search(mine)
        try:
            request._collect_all(domains)
        except UserError:
            # more than one handover takes: they stay, and are told as such
            return
        request._accept_late(known, lines.search(mine) - known)
        request._note_content("came_along", records=count)

    def _accept_late(self, known, late):
        """Have who accepted what was approved accept what goes along with it.

        That it does is part of what they accepted; whoever has declined some of it, or
        not answered, is asked about nothing more.
        """
        for user, theirs in known.grouped("successor_id").items():
            if set(theirs.mapped("decision")) == {"accepted"}:
                some = late.filtered(lambda line, user=user: line.successor_id == user)
                some._trusting().write({"decision": "accepted"})

    def _late_severity(self):
        """Return how grave it is that records came since: no surprise by a rule."""
        return "warning" if self.late_records == "ask" else "info"

    def _late_fix(self):
        """Return what the rule makes of records that came since, as a sentence."""
        if self.late_records == "along":
            return self.env._("They go along when it runs, as the handover says.")
        if self.late_records == "stay":
            return self.env._("They stay, as the handover says.")
        return ""

    def _approval_note(self):
        note = super()._approval_note()
        rule = self._late_rule(self.env, self.late_records)
        return note + Markup("<p>%s</p>") % rule

    def _left_note(self):
        # the event of an approval says which rule was approved
        return {**super()._left_note(), "late_records": self.late_records}

    @api.model
    def _late_rule(self, env, rule):
        """Return what a rule says, as a sentence; empty for what is none."""
        return {
            "ask": env._(
                "Records that come after collecting stay, and whoever is in charge is"
                " asked about them."
            ),
            "along": env._(
                "Records that come after collecting go along: of the same kinds, to the"
                " same successor."
            ),
            "stay": env._("Records that come after collecting stay."),
        }.get(rule, "")
