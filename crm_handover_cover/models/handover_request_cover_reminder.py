from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_states import HANDED_OVER

# what is about to come: the day, what was told of it, and the states before it
REMINDERS = {
    "begins": ("date_planned", "begin_told", ("approved",)),
    "ends": ("date_return", "end_told", ("running", *HANDED_OVER)),
}


class HandoverRequest(models.Model):
    """A reminder before a cover begins, and before it ends: once for each day.

    Who is away, who stands in and who coordinates are told. Another end has another
    reminder, and what is over has none.
    """

    _inherit = "handover.request"

    begin_told = fields.Datetime(
        string="Reminded of the Begin",
        readonly=True,
        copy=False,
        help="The begin that people were reminded of.",
    )
    end_told = fields.Datetime(
        string="Reminded of the End",
        readonly=True,
        copy=False,
        help="The end that people were reminded of.",
    )

    @api.model
    def _cover_steps(self):
        yield from super()._cover_steps()
        for step in REMINDERS:
            for request in self._to_remind(step):
                yield request.id, f"_remind_it_{step}"

    @api.model
    def _to_remind(self, step):
        """Return the covers whose begin or end is near, and was not told."""
        day, told, states = REMINDERS[step]
        now, found = fields.Datetime.now(), self.browse()
        ahead = Domain("kind", "=", "temporary") & Domain("state", "in", states)
        ahead &= Domain(day, ">", now)
        groups = self._read_group(ahead, ["company_id"])
        for company in (company.sudo() for [company] in groups):
            if days := company.handover_cover_days:
                near = Domain(day, "<=", now + timedelta(days=days))
                near &= Domain("company_id", "=", company.id)
                found |= self.search(ahead & near, order="id")
        return found.filtered(
            lambda request: (
                request[told] != request[day] and not request._was_told_just_now(step)
            )
        )

    def _was_told_just_now(self, step):
        """Tell whether the approval itself has told of a begin that is so near."""
        days = timedelta(days=self.company_id.sudo().handover_cover_days)
        approved = self.date_approved
        return step == "begins" and approved and approved + days >= self.date_planned

    def _remind_it_begins(self):
        self._remind_of("begins")

    def _remind_it_ends(self):
        self._remind_of("ends")

    def _remind_of(self, step):
        """Tell the people of the cover what is about to happen."""
        self._lock()
        if self._to_remind(step) & self:
            day, told, _states = REMINDERS[step]
            self._trusting().write({told: self[day]})
            self._notify(step)

    # ------------------------------------------------------------
    # WHO IS TOLD WHAT
    # ------------------------------------------------------------

    def _people(self, step):
        if step not in REMINDERS:
            return super()._people(step)
        request = self.sudo()
        people = request.predecessor_id | request.successor_ids
        return people | request.coordinator_id

    def _notice_subject(self, step):
        if step == "begins":
            return self.env._("%s: it begins soon", self.display_name)
        if step == "ends":
            return self.env._("%s: it ends soon", self.display_name)
        return super()._notice_subject(step)

    def _prepare_notice_values(self, step, user, about=None):
        values = super()._prepare_notice_values(step, user, about)
        if step in REMINDERS:
            # it is about a day, and not about records
            nothing = values["lines"].browse()
            values.update(kinds=[], lines=nothing, total=0, more=0)
        return values
