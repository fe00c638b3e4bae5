from odoo import models

from odoo.addons.google_calendar.utils.google_calendar import GoogleCalendarService


class CalendarRecurrence(models.Model):
    _inherit = "calendar.recurrence"

    def _handover_leave_calendar(self, meetings, organiser):
        values = super()._handover_leave_calendar(meetings, organiser)
        first = min(meetings.mapped("start"))
        # where something of it was before, core has it end earlier there as well
        lasts = self.calendar_event_ids.filtered(lambda one: one.start < first)
        if self.google_id and not lasts:
            service = GoogleCalendarService(self.env["google.service"])
            series = self.with_user(organiser).with_context(is_recurrence=True)
            series._google_delete(service, self.google_id)
            self.google_id = False
        # the new series is sent as a whole
        return {**values, "google_id": False, "need_sync": False}
