from datetime import timedelta

from odoo import fields, models

from odoo.addons.crm_handover.day_texts import day_text

# leaves that begin within so many days are told where somebody is chosen
TOLD_BEFORE = timedelta(days=60)


class ResUsers(models.Model):
    """When people are away, as everybody may see it in the calendar of time off.

    Only that, never why.
    """

    _inherit = "res.users"

    def _handover_absences(self, start, end):
        """Return the leaves of these users within a time, whole days, as superuser.

        :param start: in UTC
        :param end: in UTC
        """
        return (
            self.env["hr.leave"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.ids),
                    ("state", "=", "validate"),
                    ("request_unit_hours", "=", False),
                    ("date_from", "<", end),
                    ("date_to", ">", start),
                ],
                order="date_from, id",
            )
        )

    def _handover_candidate_notes(self, company):
        notes = super()._handover_candidate_notes(company)
        now = fields.Datetime.now()
        absences = self._handover_absences(now, now + TOLD_BEFORE)
        for user, leaves in absences.grouped("user_id").items():
            known = [notes[user.id]] if user.id in notes else []
            notes[user.id] = " · ".join([*known, leaves[0]._handover_away_text()])
        return notes


class HrLeave(models.Model):
    _inherit = "hr.leave"

    def _handover_away_text(self):
        """Return when somebody is away, for people to read."""
        self.ensure_one()
        first = day_text(self.env, self.request_date_from)
        last = day_text(self.env, self.request_date_to)
        if self.date_from <= fields.Datetime.now():
            return self.env._("on leave until %s", last)
        if first == last:
            return self.env._("on leave on %s", first)
        return self.env._("on leave from %(first)s to %(last)s", first=first, last=last)
