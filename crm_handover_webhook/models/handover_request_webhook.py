from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_request_return import STUCK

# lines that an event names; the rest is counted
NAMED = 1_000
# what is told of a move
TOLD = {
    "submit": "submitted",
    "approve": "approved",
    "finish": "transferred",
    "complete": "done",
    "give_back": "returned",
    "nothing_left": "returned",
}
# with these moves a temporary handover is over
ENDS = ("give_back", "nothing_left")


class HandoverRequest(models.Model):
    """What happens to a handover goes into the outbox, as it happens."""

    _inherit = "handover.request"

    def _after_move(self, move):
        result = super()._after_move(move)
        for request in self:
            if code := TOLD.get(move):
                facts = request._webhook_lines() if move == "finish" else {}
                request._tell_outside(code, **facts)
            if request.kind == "temporary":
                if move == "finish" and request._webhook_begins():
                    request._tell_outside("cover_begins")
                if move in ENDS or (move == "stay" and request._webhook_over()):
                    request._tell_outside("cover_ends")
        return result

    def _tell_outside(self, code, **facts):
        result = super()._tell_outside(code, **facts)
        self.env["handover.webhook.event"]._tell(self, code, **facts)
        return result

    def _webhook_begins(self):
        """Tell whether it was handed over for the first time, and not tried again."""
        events = self.env["handover.request.event"].sudo()
        told = [("request_id", "=", self.id), ("code", "=", "transferred")]
        return events.search_count(told, limit=2) == 1

    def _webhook_over(self):
        """Tell whether its time is over, and nothing that was to go back failed."""
        over = self.date_return and self.date_return <= fields.Datetime.now()
        return over and not self._has_lines(STUCK)

    def _webhook_facts(self):
        """Return what an event tells of the handover: ids, state, counts and a link."""
        request = self.sudo()
        return {
            "id": self.id,
            "number": request.name,
            "state": request.state,
            "kind": request.kind,
            "company_id": request.company_id.id,
            "predecessor_id": request.predecessor_id.id or None,
            "predecessor_ids": sorted(request._several_givers().ids),
            "successor_ids": sorted(request.successor_ids.ids),
            "counts": {
                "records": request.line_count,
                "to_do": request.todo_count,
                "handed_over": request.done_count,
                "left_alone": request.skipped_count,
                "failed": request.failed_count,
                "given_back": request.returned_count,
            },
            "url": f"{request.get_base_url()}/mail/view?model={self._name}"
            f"&res_id={self.id}",
        }

    def _webhook_lines(self):
        """Return which records failed, and which were declined, by their ids."""
        mine = Domain("request_id", "=", self.id)
        return {
            "failed": self._webhook_named(mine & Domain("state", "=", "failed")),
            "declined": self._webhook_named(mine & Domain("decision", "=", "declined")),
        }

    def _webhook_named(self, domain):
        lines = self.env["handover.request.line"].sudo()
        return [
            {"line_id": line.id, "model": line.res_model, "id": line.res_id}
            for line in lines.search(domain, order="id", limit=NAMED)
        ]
