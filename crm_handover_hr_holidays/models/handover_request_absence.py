from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_handover.day_texts import day_text

MOMENT = timedelta(minutes=1)


class HandoverRequest(models.Model):
    """Nothing is handed over to who is away, unless it was approved so.

    The check tells of a successor who will be on leave at the start. Approved with
    that, it starts all the same. A leave that came later holds the start, until it is
    over or somebody decides otherwise.
    """

    _inherit = "handover.request"

    known_absence_ids = fields.Many2many(
        "hr.leave",
        "handover_request_known_absence_rel",
        string="Absences Approved With It",
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        help="Leaves of successors at the start that were known at the approval.",
    )

    # ------------------------------------------------------------
    # WHO IS AWAY
    # ------------------------------------------------------------

    def _absences(self, start=None):
        """Return the leaves of successors at the start that is to come.

        :param start: another start, in UTC
        """
        self.ensure_one()
        now = fields.Datetime.now()
        start = start or max(self.date_planned or now, now)
        return self.sudo().successor_ids._handover_absences(start, start + MOMENT)

    def _unknown_absences(self):
        """Return those of now that nobody knew of at the approval."""
        now = fields.Datetime.now()
        return self._absences(now) - self.sudo().known_absence_ids

    def _request_findings(self):
        return [*super()._request_findings(), *self._absence_findings()]

    def _absence_findings(self):
        fix = self.env._(
            "Plan it for another day, choose somebody else, or have it approved so."
        )
        return [
            self._finding(
                "successor_away",
                "warning",
                self.env._(
                    "%(user)s is not there when it starts: %(away)s.",
                    user=leave.user_id.name,
                    away=leave.with_env(self.env).sudo()._handover_away_text(),
                ),
                fix,
            )
            for leave in self._absences()
        ]

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move == "approve":
            known = self._absences().ids
            values["known_absence_ids"] = [fields.Command.set(known)]
        elif move in ("draft", "undo"):
            values["known_absence_ids"] = [fields.Command.clear()]
        return values

    def _refusal(self, move):
        if refusal := super()._refusal(move):
            return refusal
        if move == "run" and (absences := self._unknown_absences()):
            return UserError(self._absence_text(self._names(absences.user_id)))
        return None

    def _absence_text(self, names):
        now = fields.Datetime.now()
        later = self.date_planned and self.date_planned > now
        if later and not self._absences() & self._unknown_absences():
            return self.env._(
                "%(handover)s: %(users)s is on leave now, but not when it is planned."
                " Let it start by itself then, or choose another successor.",
                handover=self.name,
                users=names,
            )
        return self.env._(
            "%(handover)s: %(users)s is on leave, which nobody knew at the"
            " approval. Choose another successor, or have it approved again.",
            handover=self.name,
            users=names,
        )

    def _start(self):
        if absences := self._unknown_absences():
            return self._wait_for(absences)
        return super()._start()

    def _wait_for(self, absences):
        """Leave it for when they are back, and tell who looks after it."""
        names = self._names(absences.user_id)
        end = max(absences.mapped("date_to"))
        self._call_for_attention(
            lambda env: env._(
                "It was to start, but %(users)s is on leave, which nobody knew at the"
                " approval. It starts by itself after %(day)s. To have it sooner, take"
                " it back and choose somebody else, or have it approved so.",
                users=names,
                day=day_text(env, end),
            ),
            since=self.date_approved,
        )
        self._wake_crons(end + MOMENT)
