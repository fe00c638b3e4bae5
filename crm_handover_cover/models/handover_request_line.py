from markupsafe import Markup

from odoo import models


class HandoverRequestLine(models.Model):
    """A record on which somebody works along, while its owner stays."""

    _inherit = "handover.request.line"

    def _compute_outcome(self):
        result = super()._compute_outcome()
        for line in self:
            if line.result_code == "done" and line.request_id._is_light():
                over = line.state == "returned"
                line.outcome = (
                    self.env._("Cover ended") if over else self.env._("Covered")
                )
        return result

    def _note_body(self, note, risk):
        if self.goes_back or not self.request_id._is_light():
            return super()._note_body(note, risk)
        before, after = self._told_people()
        link = Markup(
            '<a href="#" data-oe-model="handover.request" data-oe-id="%s">%s</a>'
        )
        return Markup("<p>%s</p>") % self.env._(
            "%(after)s works along for %(before)s: %(handover)s",
            before=before,
            after=after,
            handover=link % (self.request_id.id, self.request_id.name),
        )

    def _stop_lending(self):
        """End what somebody had by working along, but on what is theirs by now."""
        engine = self.env["handover.engine"].sudo()
        Todo = self.env["mail.activity"].sudo()
        groups = self.sudo().grouped(lambda line: (line.scope_id, line.successor_id))
        for (scope, taker), lines in groups.items():
            if scope._is_gone():
                continue
            records = scope._records(lines.mapped("res_id")).exists()
            Todo._handover_copies(records, taker).unlink()
            subscribed = {
                line.res_id
                for line in lines
                if (line.after or {}).get("lent") and line.after.get("subscribed")
            }
            lent = records.filtered(
                lambda record, ids=subscribed, scope=scope, taker=taker: (
                    record.id in ids and taker not in scope._owners(record)
                )
            )
            if lent and engine._has_followers(lent):
                follows = engine._follows(lent, taker.partner_id)
                follows |= self.env["handover.mixin"]._handover_follows_within(
                    lent, taker, lines.request_id
                )
                engine._sift(follows, lambda some: some.unlink())
        self.env["handover.mixin"]._handover_forget_access()
