from odoo import models

# what Outlook knows a meeting by
LEFT = {
    "microsoft_id": False,
    "ms_universal_event_id": False,
    "microsoft_recurrence_master_id": False,
}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _handover_leave_calendar(self, organiser):
        values = super()._handover_leave_calendar(organiser)
        for meeting in self.filtered("microsoft_id").with_user(organiser):
            # once this is committed; one meeting a call, as Outlook has it
            meeting._microsoft_delete(organiser, meeting.sudo().microsoft_id)
        return {**values, **LEFT, "need_sync_m": True}

    def _handover_stay_alone(self):
        return {**super()._handover_stay_alone(), **LEFT, "need_sync_m": True}
