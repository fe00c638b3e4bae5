from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_request_return import HELD, STUCK

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
    "stay": "returned_in_part",
}
# with these moves a temporary handover is over
ENDS = ("give_back", "nothing_left")
# these leave it where it is: what has moved until then is covered for
BREAKS = ("stop", "cancel")
# the events of a cover that has begun, or was given back
BEGUN = ("transferred", "returning")


class HandoverRequest(models.Model):
    """What happens to a handover goes into the outbox, as it happens."""

    _inherit = "handover.request"

    def _after_move(self, move):
        result = super()._after_move(move)
        for request in self:
            if code := TOLD.get(move):
                request._tell_outside(code, **request._webhook_named_by(move))
            if request.kind == "temporary":
                if request._webhook_begins(move):
                    request._tell_outside("cover_begins")
                if move in ENDS or (move == "stay" and request._webhook_over()):
                    request._tell_outside("cover_ends")
        return result

    def _tell_outside(self, code, **facts):
        result = super()._tell_outside(code, **facts)
        self.env["handover.webhook.event"]._tell(self, code, **facts)
        return result

    def _webhook_begins(self, move):
        """Tell whether it is handed over with ``move``, for the first time.

        What was stopped midway has begun for the records that were handed over.
        """
        if move not in ("finish", *BREAKS):
            return False
        events = self.env["handover.request.event"].sudo()
        told = [("request_id", "=", self.id), ("code", "in", BEGUN)]
        # the event of this move is among them, where it is one
        first = events.search_count(told, limit=2) == (move == "finish")
        return first and (move == "finish" or self._has_lines(HELD))

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

    def _webhook_named_by(self, move):
        """Return which records failed, and which were declined, by their ids.

        :param move: with which the event comes; the way back knows no declined ones
        """
        mine = Domain("request_id", "=", self.id)
        failed, declined = Domain("state", "=", "failed"), ("decision", "=", "declined")
        if move == "finish":
            return {
                "failed": self._webhook_named(mine & failed),
                "declined": self._webhook_named(mine & Domain(*declined)),
            }
        if move == "stay":
            return {"failed": self._webhook_named(mine & STUCK)}
        return {}

    def _webhook_named(self, domain):
        lines = self.env["handover.request.line"].sudo()
        return [
            {"line_id": line.id, "model": line.res_model, "id": line.res_id}
            for line in lines.search(domain, order="id", limit=NAMED)
        ]
