from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door

from .handover_check_kinds import GAP_ACTIVITY

# opens the handover, and in it the records that lack something
GAPS_LINK = "/odoo/handovers/%s/handover-gaps"


class HandoverRequest(models.Model):
    """Gaps become to-dos: one on the handover for each person who can fill some."""

    _inherit = "handover.request"

    @door
    def action_plan_gaps(self):
        """Check the records, and ask whoever is responsible for what is missing.

        Predecessor and requester get one to-do each, on the handover, that lists what
        is missing and opens the records. Asked again, it follows what is missing by
        now. No mail is sent.

        :return: ``True``
        :raise AccessError: when the caller neither requests, hands over nor decides
        :raise UserError: when it is handed over already, or has no records
        """
        self._require_check()
        for request in self:
            request._measure()
            request._plan_gaps()
        return True

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(GAP_ACTIVITY)

    def _plan_gaps(self):
        """Make the open to-dos be those that the present gaps ask for."""
        self.ensure_one()
        request = self.sudo()
        wanted = {
            user: note
            for user, checks in request._checks_by_person().items()
            if (note := request._gap_note(checks, user))
        }
        for todo in request._todos(GAP_ACTIVITY):
            note = wanted.pop(todo.user_id, None)
            if note is None:
                todo.unlink()
                continue
            values = {
                "note": note,
                "date_deadline": request._gap_deadline(todo.user_id),
            }
            if any(todo[name] != value for name, value in values.items()):
                todo.write(values)
        for user, note in wanted.items():
            request._ask(
                GAP_ACTIVITY,
                user,
                lambda env: env._("Complete before the handover"),
                note=note,
                date_deadline=request._gap_deadline(user),
            )

    def _checks_by_person(self):
        """Return who fills which gaps: ``{user: checks}``."""
        checks = self._checks()
        giver = self.predecessor_id
        # somebody who has left, or cannot be reached, cannot be asked
        if not giver or self._is_unreachable(giver):
            giver = self.requester_id
        people = {}
        for check in checks:
            gives = check.responsible == "predecessor"
            if user := self._in_charge(giver if gives else self.requester_id):
                people[user] = people.get(user, checks.browse()) | check
        return people

    def _gap_note(self, checks, user):
        """Return what ``user`` is asked for, in their language, or an empty text.

        Everybody who sees the handover reads it: it names no record, and opens those
        that the reader may see.
        """
        lines = self.env["handover.request.line"]
        mine = [("request_id", "=", self.id), ("state", "=", "todo")]
        counts = dict(
            lines._read_group(
                [*mine, ("gap_ids", "in", checks.ids)], ["gap_ids"], ["__count"]
            )
        )
        checks = checks.with_context(lang=user.lang)
        items = [
            Markup("<li>%s</li>")
            % checks.env._(
                "%(kind)s (%(count)s): %(gap)s",
                kind=check.scope_id.name,
                count=counts[check],
                gap=check.name,
            )
            for check in checks
            if counts.get(check)
        ]
        if not items:
            return Markup()
        return Markup('<p>%s</p><ul>%s</ul><p><a href="%s">%s</a></p>') % (
            checks.env._("Missing for the handover %s:", self.name),
            Markup().join(items),
            GAPS_LINK % self.id,
            checks.env._("Open the records"),
        )

    def _gap_deadline(self, user):
        """Return the last day before the handover, in the time zone of ``user``."""
        request = self.with_context(tz=user.tz or "UTC")
        today = fields.Date.context_today(request)
        if not self.date_planned:
            return self.env.ref(GAP_ACTIVITY).with_env(request.env)._get_date_deadline()
        planned = fields.Datetime.context_timestamp(request, self.date_planned)
        return max(today, fields.Date.subtract(planned.date(), days=1))

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "start":
            # what is still missing is with the successor now
            self._todos(GAP_ACTIVITY).unlink()
        return result
