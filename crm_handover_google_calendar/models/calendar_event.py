from odoo import models

from odoo.addons.google_calendar.utils.google_calendar import GoogleCalendarService

# what the next synchronisation of its organiser takes up
ANEW = {"google_id": False, "need_sync": True}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _handover_leave_calendar(self, organiser):
        values = super()._handover_leave_calendar(organiser)
        service = GoogleCalendarService(self.env["google.service"])
        for meeting in self.filtered("google_id").with_user(organiser):
            # once this is committed; one meeting a call, as Google has it
            meeting._google_delete(service, meeting.sudo().google_id)
        return {**values, **ANEW}

    def _handover_stay_alone(self):
        return {**super()._handover_stay_alone(), **ANEW}
