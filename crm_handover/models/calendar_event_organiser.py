from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CalendarEvent(models.Model):
    """Another organiser for meetings: each write is for many of them.

    The number of queries grows with the series, not with the meetings of each.
    """

    _inherit = "calendar.event"

    def _handover_reorganise(self, organiser, guests):
        """Give meetings that somebody organises to another one, as superuser.

        A series goes as a series, from the first one of these meetings on. Nobody gets
        a mail: the handover tells in one digest. Where an outside calendar has the
        meetings, the former organiser's loses them and the new one's gets them.

        :param organiser: who organises them from now on
        :param dict guests: ``{meeting: (partners who leave, partners who come)}``
        """
        former = self.user_id
        series = self._handover_series()
        singles = self - self.browse().union(*series.values())
        groups = [(singles, singles._handover_leave_calendar(former))]
        singles._handover_detach()
        later = []
        for recurrence, meetings in series.items():
            values = recurrence._handover_leave_calendar(meetings, former)
            groups.append((meetings, values))
            later.append(recurrence._handover_end(meetings))
        for meetings, values in groups:
            values = {**values, "user_id": organiser.id}
            meetings._handover_write(values, guests)
        # a new series has the organiser of its meetings, also where it is copied to
        self.env["calendar.recurrence"].create(later)

    def _handover_reseat(self, guests):
        """Change who comes to meetings that stay with their organiser.

        Whoever edits all events of a series makes them anew from the one that it began
        with, guests and all. Where that one is not among these, a series goes on as a
        new one from the first of these meetings on: what was keeps who came. Where an
        outside calendar keeps it in one piece, who comes to that one changes as well.

        :param dict guests: ``{meeting: (partners who leave, partners who come)}``
        """
        later, kept, guests = [], self.browse(), dict(guests)
        for recurrence, meetings in self._handover_series().items():
            base, first = recurrence.base_event_id, meetings.sorted("start")[0]
            leave, come = guests[first]
            present = base._handover_guests()
            if base in meetings or not (leave & present or come - present):
                continue
            coming = recurrence.calendar_event_ids.filtered(
                lambda meeting, first=first: meeting.start >= first.start
            )
            try:
                values = recurrence._handover_leave_calendar(coming, base.user_id)
            except UserError:
                # an outside calendar keeps it in one piece, and whoever changes its
                # rule makes it anew from this one
                kept |= base
                guests[base] = guests[first]
                continue
            later.append(recurrence._handover_end(coming))
            if values:
                coming.write(values)
        (self | kept)._handover_write({}, guests)
        self.env["calendar.recurrence"].create(later)

    def _handover_write(self, values, guests):
        """Write ``values`` and who comes: core works out the guests of alike ones."""

        def changes(meeting):
            leave, come = guests[meeting]
            present = meeting._handover_guests()
            return leave & present, come - present

        for (leave, come), meetings in self.grouped(changes).items():
            # core would end this meeting by meeting, and look who comes to each
            meetings._handover_unfollow(leave)
            meetings.attendee_ids.fetch(["partner_id"])
            commands = [Command.unlink(id_) for id_ in leave.ids]
            commands += [Command.link(id_) for id_ in come.ids]
            meetings.write(
                {**values, **({"partner_ids": commands} if commands else {})}
            )

    def _handover_guests(self):
        """Return who comes, also who is archived."""
        return self.with_context(active_test=False).partner_ids

    def _handover_unfollow(self, partners):
        self.env["mail.followers"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("partner_id", "in", partners.ids),
            ]
        ).unlink()

    def _handover_leave_calendar(self, organiser):
        """Take meetings out of their organiser's outside calendar.

        Nothing by itself; extended by super() by who knows such a calendar.

        :param organiser: the user who organised them until now
        :return: values with which the next organiser's calendar takes them up
        """
        return {}

    def _handover_stay_alone(self):
        """Return values for meetings whose series ended, and which stay.

        An outside calendar knows them as part of the series, which ends there as well:
        from then on each is a meeting of its own. None by itself; extended by super().
        """
        return {}

    # ------------------------------------------------------------
    # SERIES
    # ------------------------------------------------------------

    def _handover_series(self):
        """Return the series that move: ``{recurrence: meetings of it in self}``.

        The greater part of what is to come makes a series; less are exceptions.
        """
        future = self.env["calendar.event"]._read_group(
            [
                ("recurrence_id", "in", self.recurrence_id.ids),
                ("start", ">", fields.Datetime.now()),
            ],
            ["recurrence_id"],
            ["__count"],
        )
        counts = {recurrence.id: count for recurrence, count in future}
        by_series = self.filtered("recurrence_id").grouped("recurrence_id")
        return {
            recurrence: meetings
            for recurrence, meetings in by_series.items()
            if 2 * len(meetings) > counts.get(recurrence.id, 0)
        }

    def _handover_units(self):
        """Return what goes as one thing: ``{its first meeting: its meetings}``."""
        series = [some.sorted("start") for some in self._handover_series().values()]
        singles = self - self.browse().union(*series)
        return {some[0]: some for some in [*series, *singles]}

    def _handover_detach(self):
        """Let meetings that are part of a series stand for themselves."""
        meetings = self.filtered("recurrency")
        if not meetings:
            return
        bases = self.env["calendar.recurrence"].search(
            [("base_event_id", "in", meetings.ids)]
        )
        meetings.write(
            {"recurrence_id": False, "recurrency": False, "follow_recurrence": False}
        )
        bases._select_new_base_event()

    # ------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------

    def _sync_activities(self, fields):
        # the to-dos of a series are as many as its meetings: all of them at once
        if "user_id" in fields and len(self) > 1:
            for user, meetings in self.grouped("user_id").items():
                meetings.activity_ids.write({"user_id": user.id})
            fields = set(fields) - {"user_id"}
        return super()._sync_activities(fields)
