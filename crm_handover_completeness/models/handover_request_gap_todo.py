from collections import Counter

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
        is missing and opens the records; of several givers each for their own. Asked
        again, it follows what is missing by now. No mail is sent.

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
            user: request._gap_note(counts, user)
            for user, counts in request._gaps_by_person().items()
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

    def _gaps_by_person(self):
        """Return who fills what: ``{user: {check: number of records}}``."""
        checks = self._checks()
        groups = self.env["handover.request.line"]._read_group(
            [
                ("request_id", "=", self.id),
                ("state", "=", "todo"),
                ("gap_ids", "in", checks.ids),
            ],
            ["gap_ids", "predecessor_id"],
            ["__count"],
        )
        several, people = self._several_givers(), {}
        # whom to ask instead of each giver
        asked = {
            giver: self._asked_to_fill(giver if several else self.predecessor_id)
            for _check, giver, _count in groups
        }
        requester = self._in_charge(self.requester_id)
        for check, giver, count in groups:
            user = asked[giver] if check.responsible == "predecessor" else requester
            # a record may lack what is looked for no more
            if user and check in checks:
                people.setdefault(user, Counter())[check] += count
        return people

    def _asked_to_fill(self, giver):
        """Return who fills what ``giver`` would, or nobody."""
        # somebody who has left, or cannot be reached, cannot be asked
        if not giver or self._is_unreachable(giver):
            giver = self.requester_id
        return self._in_charge(giver)

    def _gap_note(self, counts, user):
        """Return what ``user`` is asked for, in their language.

        Everybody who sees the handover reads it: it names no record, and opens those
        that the reader may see.

        :param dict counts: number of records by check
        """
        checks = self._checks().filtered(counts.get)
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
        ]
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
