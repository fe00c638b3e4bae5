from datetime import datetime, time, timedelta

import pytz

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_transaction import undoing

from .hr_employee import FOR_GOOD

# on the last day there is still time to tell
END_OF_WORK = time(17)
RESIGNATION = "crm_handover.reason_resignation"
# what a draft has from the last day
DATES = ("date_planned", "date_overlap_end")


class HrEmployee(models.Model):
    """A departure leads to a handover that somebody only has to look at and submit."""

    _inherit = "hr.employee"

    def _handover_prepare(self, date, reason=None):
        """Prepare a handover of what each of these employees has, for their departure.

        For whatever registers a departure, now or later. It is made by the caller, if
        they may hand over all of it; else in the name of who may, who gets a to-do:
        whoever registers a departure neither reads nor decides what becomes of the
        work. Who has nothing, or a handover under way, gets none.

        :param date: the last day
        :param reason: a reason for handovers; otherwise that somebody leaves
        :return: ``{employee: handover}`` of those that were made, as superuser
        :raise AccessError: when the caller may not change these employees
        """
        self.check_access("write")
        made = {}
        for employee in self:
            if employee._handover_wanted() and (user := employee._handover_requester()):
                made[employee] = employee._handover_make(user, date, reason)
        return made

    def _handover_wanted(self):
        """Tell whether there is work that no handover is to take along for good."""
        lines = self.env["handover.request.line"].sudo()
        taken = Domain("request_id", "any", FOR_GOOD) & Domain("state", "=", "todo")
        taken &= Domain("predecessor_id", "=", self.user_id.id)
        return self._handover_has_records(
            lambda scope: Domain(
                "id",
                "not in",
                lines._search(taken & scope._lines_domain()).subselect("res_id"),
            )
        )

    def _handover_has_records(self, which=lambda _scope: Domain.TRUE):
        """Tell whether there is something that a handover of their work collects.

        :param which: a function of a kind of record that returns which of them count
        """
        self.ensure_one()
        if not self.user_id:
            return False
        # of everything, whoever asks
        request = self._handover_draft(self.env["res.users"].browse(SUPERUSER_ID))
        return any(
            scope._records().search_count(
                request._collect_domain(scope) & which(scope), limit=1
            )
            for scope in request.env["handover.scope"]._in_use()
        )

    def _handover_held(self):
        """Return how much these employees have: numbers, and nothing of what it is."""
        return self.env["handover.held.work"]._counts(self.user_id)

    # ------------------------------------------------------------
    # WHO PREPARES IT
    # ------------------------------------------------------------

    def _handover_requester(self):
        """Return who may hand over all that they have, the caller first, or nobody."""
        self.ensure_one()
        request = self._handover_draft(self.env.user)
        people = self.env.user | self._handover_bosses(request)
        return next(filter(self._handover_may_request, people), people.browse())

    def _handover_bosses(self, request):
        """Return who could do it: managers, leaders of teams, handover managers."""
        managers = self.user_id.sudo()._handover_managers(self.company_id.sudo())
        approvers = self.env["res.users"].sudo().union(*request.sudo()._approvers())
        return managers | request.sudo()._leaders() | approvers

    def _handover_may_request(self, user):
        """Tell whether ``user`` may make this handover, of all that there is."""
        # it is for somebody else to say who takes over from them
        if user.id == SUPERUSER_ID or user == self.user_id or not user.active:
            return False
        if self.company_id not in user.sudo().company_ids:
            return False
        request = self._handover_draft(user)
        return request.has_access("create") and request._may_give_all(user)

    def _handover_draft(self, user):
        """Return their handover, not saved, as ``user`` would make it."""
        requests = self.env["handover.request"].with_user(user)
        requests = requests.with_context(allowed_company_ids=self.company_id.ids)
        return requests.new(
            {"predecessor_id": self.user_id.id, "company_id": self.company_id.id}
        )

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _handover_make(self, user, date, reason):
        """Make the draft as ``user``, with their rights, and collect all of it."""
        requests = self._handover_draft(user).browse()
        request = requests.create(self._prepare_handover_vals(user, date, reason))
        try:
            with undoing(self.env.cr):
                request.action_collect()
        except (AccessError, UserError):
            # too much for one: the draft is there, and is filled from its form
            request.invalidate_recordset()
        mine = request.with_env(self.env).sudo()
        mine._lock()
        mine._log_event("departure", day=fields.Date.to_string(date))
        if user != self.env.user:
            mine._ask_to_prepare()
        return mine

    def _prepare_handover_vals(self, user, date, reason):
        """Return the content of the draft; nothing of why somebody leaves.

        Why is for HR to know.
        """
        reason = reason or self.env.ref(RESIGNATION, raise_if_not_found=False)
        dates = self._handover_dates(user, date)
        return {
            **dict(zip(DATES, dates, strict=True)),
            "predecessor_id": self.user_id.id,
            "company_id": self.company_id.id,
            "reason_id": reason.id if reason else False,
            "coordinator_id": self._handover_coordinator(user).id,
        }

    def _handover_dates(self, user, date):
        """Return the values of `DATES` for a last day; none where it is past.

        What was due in the past is handed over when it is approved.
        """
        planned, overlap_end = self._handover_plan(user, date)
        if planned <= fields.Datetime.now() + timedelta(minutes=1):
            return False, False
        return planned, overlap_end

    def _handover_plan(self, user, date):
        """Return the values of `DATES` for a last day, whenever that is."""
        planned = self._handover_moment(date)
        # the end of a day where they are may be on the next one for who prepares it
        return planned, max(date, self._handover_draft(user)._day(planned))

    def _handover_coordinator(self, user):
        """Return who keeps it going: the nearest manager who may know what is on it.

        Whoever says in HR who manages whom does not say who reads about customers.
        """
        managers = self.user_id.sudo()._handover_managers(self.company_id.sudo())
        known = filter(self._handover_may_request, managers)
        return next(known, user)

    def _handover_moment(self, date):
        """Return the end of work on a day where they are, in UTC."""
        zone = pytz.timezone(self.tz or self.user_id.sudo().tz or "UTC")
        local = zone.localize(datetime.combine(date, END_OF_WORK))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------
    # THE LAST DAY CHANGES
    # ------------------------------------------------------------

    def _handover_follow_departure(self, former):
        """Have the handovers of their departures be for the last day as it is now.

        A departure is never held up by its handover. A draft follows; what others
        decided on, or planned otherwise, is for who looks after it to change.

        :param former: their last days until now, ``{employee: date}``
        """
        departed = Domain("event_ids.code", "=", "departure")
        departed &= Domain("state", "!=", "running")
        for employee in self.sudo().filtered("user_id"):
            theirs = Domain("predecessor_id", "=", employee.user_id.id)
            theirs &= Domain("company_id", "=", employee.company_id.id)
            requests = self.env["handover.request"].sudo()
            for request in requests.search(FOR_GOOD & departed & theirs, order="id"):
                request._follow_departure(employee, former[employee])
