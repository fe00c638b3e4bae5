from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_transaction import undoing

from .hr_employee_handover import DATES

DEPARTURE = "crm_handover_hr.mail_activity_type_departure"


class HandoverRequest(models.Model):
    """A draft that a departure has brought waits for who is to submit it."""

    _inherit = "handover.request"

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(DEPARTURE)

    def _ask_to_prepare(self):
        """Give the requester one to-do: who registered the departure has no part."""
        self._ask(
            DEPARTURE,
            self.sudo().requester_id,
            lambda env: env._("Choose who takes over, and submit"),
            by_mail=True,
        )

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "submit":
            self._todos(DEPARTURE).unlink()
        return result

    # ------------------------------------------------------------
    # THE LAST DAY CHANGES
    # ------------------------------------------------------------

    def _as_requester(self):
        """Return the handover as whoever asked for it, with their rights."""
        user = self.sudo().requester_id
        company = self.sudo().company_id
        return self.with_user(user).with_context(allowed_company_ids=company.ids)

    def _follow_departure(self, employee, former):
        """Have it be for the last day of ``employee`` as it is now, or tell of it.

        As superuser: whoever registers a departure has no part in it.

        :param employee: as superuser, too
        :param former: their last day until now, or ``False``
        """
        self._lock()
        day, known = employee.departure_date, self._departure_day(former)
        if day == known:
            return
        if not day:
            self._call_for_attention(
                lambda env: env._(
                    "The departure was taken back. Cancel the handover, if nobody wants"
                    " it any more."
                )
            )
        elif not self._follow_last_day(employee, known, day):
            self._call_for_attention(
                lambda env: env._(
                    "The last day is now: %s. The handover is planned as before. Change"
                    " it, if it is to follow.",
                    day_text(env, day),
                )
            )
        # of each day it is told once
        self._log_event("departure", day=day and fields.Date.to_string(day))

    def _departure_day(self, former):
        """Return the last day that it was made for, or followed; else ``False``.

        :param former: it where the event tells none, as those of former versions
        """
        events = self.event_ids.filtered(lambda event: event.code == "departure")
        data = events.sorted("id")[-1:].data or {}
        return fields.Date.to_date(data.get("day", former)) or False

    def _follow_last_day(self, employee, known, day):
        """Plan a draft for another last day; tell whether it is planned for it now.

        Not where somebody has planned it otherwise than for the day ``known``.
        """
        user, present = self.requester_id, tuple(self[name] for name in DATES)
        dates = employee._handover_dates(user, day)
        if present == dates:
            return True
        # made while that day was ahead, or when it was past
        as_proposed = known and present in (
            employee._handover_plan(user, known), employee._handover_dates(user, known)
        )  # fmt: skip
        if self.state != "draft" or not as_proposed or not user.active:
            return False
        try:
            with undoing(self.env.cr):
                self._as_requester().write(dict(zip(DATES, dates, strict=True)))
        except (AccessError, UserError):
            return False
        return True
