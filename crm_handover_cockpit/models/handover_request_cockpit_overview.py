from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from odoo.addons.crm_handover.models.handover_guard import model_door
from odoo.addons.crm_handover.models.handover_states import IN_PROGRESS

# handovers that are shown, the next ones first; the rest is counted
SHOWN = 24
# faces of successors on a card
FACES = 4


class HandoverRequest(models.Model):
    """The handovers under way, as cards with faces, on the overview."""

    _inherit = "handover.request"

    @api.model
    @model_door
    def get_overview(self):
        """Return the numbers of the overview, and the handovers that are under way.

        :return: as the core has it, and ``"under_way": [{"id", "title", "subtitle",
            "giver", "givers", "takers", "more", "state", "state_name", "percent",
            "percent_name", "ring", "value", "late", "start", "day", "end", "marks":
            [{"date", "name"}]}]``, of what the reader may read; ``value`` is a text,
            ``start``, ``day`` and ``end`` are dates or ``False``: when it was made,
            when the records move or moved, and until when the predecessor answers, or
            the records come back; ``marks`` are the steps of its plan and what add-ons
            know of; ``ring`` is that of :meth:`get_cockpit`, ``percent`` and
            ``percent_name`` are its figure and title, ``"under_way_count": int``
        :raise AccessError: when the caller may read no handovers
        """
        answer = super().get_overview()
        domain = Domain("state", "in", IN_PROGRESS)
        requests = self.search(domain, order="date_moves, id", limit=SHOWN)
        values, marks = requests._overview_values(), requests._overview_marks()
        shares = requests._ring_shares()
        answer["under_way"] = [
            request._overview_row(
                values[request.id], marks[request.id], shares[request.id]
            )
            for request in requests
        ]
        answer["under_way_count"] = self.search_count(domain)
        return answer

    def _overview_row(self, value, marks, shares):
        """Return what the overview tells of this handover.

        :param marks: what is due on its way: ``[(date, name)]``
        :param shares: how far its customers are
        """
        ring = self._ring(shares, is_listed=True)
        request, takers = self.sudo(), self._cockpit_faces(*self._cockpit_seen())
        giver, currency = request.predecessor_id, self.env.company.currency_id
        end = self.date_return if self.kind == "temporary" else False
        return {
            "id": self.id,
            "title": self._cockpit_title(self._cockpit_day()),
            "subtitle": self._cockpit_subtitle() or self.name,
            "giver": {
                "id": giver.id,
                "name": self._giver_name(),
            },
            "givers": self._cockpit_giver_faces(),
            "takers": takers[:FACES],
            "more": len(takers[FACES:]),
            "state": self.state,
            "state_name": self._cockpit_state_name(),
            "percent": ring["percent"],
            "percent_name": ring["title"],
            "ring": ring,
            "value": self._overview_money(value, currency) if value else "",
            "late": bool(self.late_step_count),
            "start": self._overview_day(self.create_date),
            "day": self._overview_day(self.date_started or self.date_planned),
            "end": self._overview_day(end)
            or fields.Date.to_string(self.date_overlap_end)
            or False,
            "marks": [
                {"date": fields.Date.to_string(day), "name": name}
                for day, name in sorted(marks)
            ],
        }

    def _overview_day(self, moment):
        """Return a moment as a date of the company, as a text, or ``False``."""
        return bool(moment) and fields.Date.to_string(self._day(moment))

    @api.model
    def _overview_money(self, value, currency):
        return formatLang(self.env, value, currency_obj=currency, rounding_unit="units")

    def _overview_values(self):
        """Return what the records are worth that the reader may open.

        :return: ``{request id: value in the currency of the reader's company}``
        """
        values = defaultdict(float)
        if not self:
            return values
        domain = Domain("request_id", "in", self.ids) & Domain(
            "state", "!=", "returned"
        )
        for scope in self.env["handover.scope"]._in_use().sudo(False):
            # as the cockpit and the split: an order is not counted beside its deal
            if not self._value_field(scope.sudo()):
                continue
            found = scope._worth_of_lines(domain, self.env.company, "request_id")
            for request_id, value in found.items():
                values[request_id] += value
        return values
