from odoo import models

from odoo.addons.google_calendar.utils.google_calendar import GoogleCalendarService


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _handover_leave_calendar(self, organiser):
        values = super()._handover_leave_calendar(organiser)
        service = GoogleCalendarService(self.env["google.service"])
        for meeting in self.filtered("google_id").with_user(organiser):
            # once this is committed; one meeting a call, as Google has it
            meeting._google_delete(service, meeting.sudo().google_id)
        return {**values, "google_id": False, "need_sync": True}
