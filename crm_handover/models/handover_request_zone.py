from odoo import api, fields, models

from ..day_texts import is_foreign, moment_text, reader_day


class HandoverRequest(models.Model):
    """In which time zone a handover starts and ends.

    Who is away for a time says so by their own clock: so it is told to whom it is not
    the same. A permanent one has the days of who requested it.
    """

    _inherit = "handover.request"

    zone_told = fields.Char(
        string="Where the Predecessor Is",
        compute="_compute_zone_told",
        help="Start and end by the predecessor's clock, where the reader's is another.",
    )

    @api.depends("kind", "date_planned", "date_return", "predecessor_id")
    @api.depends_context("lang", "tz", "uid")
    def _compute_zone_told(self):
        for request in self:
            request.zone_told = request._zone_text()

    def _zone(self):
        """Return the time zone in which the days of this handover are meant."""
        request = self.sudo()
        away = request.kind == "temporary" and request.predecessor_id.tz
        asks = request.requester_id or self.env.user
        return away or asks.tz or "UTC"

    def _told_day(self, moment):
        """Return the day that a moment (UTC) is on, as people read it here."""
        away = self.kind == "temporary"
        return self._day(moment) if away else reader_day(self.env, moment)

    def _told_moment(self, moment):
        """Return a moment (UTC) as people read it here, with the zone if it differs."""
        away = self.kind == "temporary"
        return moment_text(self.env, moment, self._zone() if away else None)

    def _foreign_zone(self, moment):
        """Return the zone that is told with a moment, or nothing: it is the reader's.

        The reader is who the environment says, with their time zone.
        """
        if self.kind != "temporary" or not moment:
            return ""
        zone = self._zone()
        return zone if is_foreign(self.env, zone, moment) else ""

    def _zone_text(self):
        """Return start and end by the predecessor's clock, or an empty text."""
        times = [self.date_planned, self.date_return]
        told = [time for time in times if time and self._foreign_zone(time)]
        return " – ".join(map(self._told_moment, told))
