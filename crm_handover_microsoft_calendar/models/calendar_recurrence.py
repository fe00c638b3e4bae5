from odoo import models
from odoo.exceptions import UserError

from .calendar_event import LEFT


class CalendarRecurrence(models.Model):
    _inherit = "calendar.recurrence"

    def _handover_leave_calendar(self, meetings, organiser):
        values = super()._handover_leave_calendar(meetings, organiser)
        known = self.microsoft_id or self.ms_universal_event_id
        organiser = organiser.sudo()
        synchronised = (
            organiser.microsoft_calendar_token
            and not organiser.microsoft_synchronization_stopped
        )
        if known and synchronised:
            raise UserError(
                self.env._(
                    "The series “%s” is in Outlook, which alone can give it another"
                    " organiser: end it there, and let the successor make a new one.",
                    meetings[:1].name,
                )
            )
        if known:
            self.write({"microsoft_id": False, "ms_universal_event_id": False})
        return {**values, **LEFT, "need_sync_m": False}
