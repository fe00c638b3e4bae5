from odoo import models
from odoo.fields import Command


class CalendarRecurrence(models.Model):
    """A series that goes to another organiser: what was stays, what comes is new.

    As with core's “this and following events”: whoever edits all events of the new
    series changes neither the past nor who organises it.
    """

    _inherit = "calendar.recurrence"

    def _handover_end(self, meetings):
        """End a series before ``meetings``.

        What would remain of it after that and does not move stands for itself.

        :param meetings: meetings of the series, the greater part of what is to come
        :return: values of the series that they are from then on
        """
        self.ensure_one()
        meetings = meetings.sorted("start")
        [values] = self.copy_data()
        # core works it out from the other values
        values.pop("rrule", None)
        base_moves = self.base_event_id in meetings
        stopped = self._stop_at(meetings[0])
        alone = stopped - meetings
        alone._handover_detach()
        if apart := alone._handover_stay_alone():
            alone.write(apart)
        if base_moves:
            self.exists()._select_new_base_event()
        # exceptions say nothing of when the others are
        regular = meetings.filtered("follow_recurrence")
        return {
            **values,
            "base_event_id": (regular or meetings)[0].id,
            "calendar_event_ids": [Command.set(meetings.ids)],
            "count": len(meetings),
        }

    def _handover_leave_calendar(self, meetings, organiser):
        """Take what comes of a series out of its organiser's outside calendar.

        Nothing by itself; extended by super() by who knows such a calendar.

        :param meetings: what moves of the series
        :param organiser: the user who organised it until now
        :return: values for ``meetings``
        :raise UserError: when it can change hands in that calendar alone
        """
        self.ensure_one()
        return {}
