from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from .handover_request_todo import APPROVAL

# after these nobody is asked any more, or everybody anew
ASKED_ANEW = ("submit", "draft", "undo")


class HandoverRequest(models.Model):
    """Who is asked to decide besides the approver: deputies, and the next in line.

    Whoever is asked decides with rights of their own, and never on what they have a
    part in. Each is asked once.
    """

    _inherit = "handover.request"

    asked_ids = fields.Many2many(
        "res.users",
        "handover_request_asked_rel",
        string="Also Asked",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Who is asked to decide as well: the deputies of whoever is away, and the"
        " next in line where nobody has decided for long.",
    )
    date_asked = fields.Datetime(
        string="Last Asked On",
        readonly=True,
        copy=False,
        help="When somebody was asked to decide who had not been asked before.",
    )

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move in ASKED_ANEW:
            values |= {"asked_ids": [Command.clear()], "date_asked": False}
        return values

    def _ask_approver(self):
        result = super()._ask_approver()
        self._trusting().write({"date_asked": fields.Datetime.now()})
        self._ask_deputies()
        return result

    def _authority(self):
        """Return in whose place the caller decides, for the event: plain values."""
        user, asked = self.env.user, self.sudo().approver_id
        if not asked or user == asked:
            return {}
        if user in self.env["handover.deputy"]._deputies_of(asked):
            return {"in_place_of": asked.name}
        return {}

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def _ask_also(self, user, code, **data):
        """Ask ``user`` to decide as well, once, if they may.

        :param str code: of the event that says so
        :param data: what the event keeps besides
        :return: whether they were asked
        """
        request = self.sudo()
        if user in request.approver_id | request.asked_ids:
            return False
        if request._decision_problem(user) or not request._shows_to(user):
            return False
        self._trusting().write({"asked_ids": [Command.link(user.id)]})
        self._log_event(code, people=user.name, **data)
        self._ask(
            APPROVAL,
            user,
            lambda env: env._("Decide on the handover"),
            by_mail=True,
            note=lambda request: request._approval_note(),
        )
        return True

    def _ask_deputies(self):
        """Ask the deputies of everybody who is asked."""
        self.ensure_one()
        request = self.sudo()
        for user in request.approver_id | request.asked_ids:
            for deputy in self.env["handover.deputy"]._deputies_of(user):
                self._ask_also(deputy, "deputy_asked", in_place_of=user.name)

    @api.model
    def _ask_deputies_of(self, users):
        """Ask the deputies of ``users`` about all that waits for these."""
        if not users:
            return
        waiting = Domain("approver_id", "in", users.ids)
        waiting |= Domain("asked_ids", "in", users.ids)
        waiting &= Domain("state", "=", "submitted")
        for request in self.sudo().search(waiting, order="id"):
            request._lock()
            if request.state == "submitted":
                request._ask_deputies()

    # ------------------------------------------------------------
    # NOBODY DECIDES
    # ------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        safely = self.env["handover.background"]._safely
        waiting = self.sudo().search([("state", "=", "submitted")], order="id")
        for request in map(self.sudo().browse, waiting.ids):
            safely(request._ask_others, request._tell_failure)
            self.env["ir.cron"]._commit_progress()
        return super()._cron_remind()

    def _ask_others(self):
        """Ask whoever stands in by now, and the next in line when it is time."""
        self._lock()
        if self.state != "submitted":
            return
        self._ask_deputies()
        if self._is_next_due() and (user := self._next_in_line()):
            self._ask_also(user, "escalated", days=self._escalation_days())
            self._trusting().write({"date_asked": fields.Datetime.now()})
            self._ask_deputies()

    def _escalation_days(self):
        """Return after how many days the next one is asked; 0: never.

        As many as whoever is asked has, and then those of the company.
        """
        company = self.company_id.sudo()
        reminded = company.handover_reminders and company.handover_decision_days
        more = company.handover_escalation_days
        return more and more + (reminded or 0)

    def _is_next_due(self):
        days = self._escalation_days()
        asked = self.date_asked or self.date_submitted
        due = days and asked and asked + timedelta(days=days)
        return bool(due) and due <= fields.Datetime.now()

    def _next_in_line(self):
        """Return who is asked next: a leader, an approver, a manager; or nobody."""
        request = self.sudo()
        asked = request.approver_id | request.asked_ids
        leaders = request._leaders()
        line = leaders.union(*request._approvers()) - asked
        line = line.sorted(
            lambda user: (user not in leaders, request._is_manager(user))
        )
        able = (user for user in line if not request._decision_problem(user))
        return next(filter(request._shows_to, able), line.browse())

    def _name_who_cannot_decide(self):
        # while somebody else is asked, it is not stuck
        stuck = self.filtered(
            lambda request: not any(map(request._shows_to, request.asked_ids))
        )
        return super(HandoverRequest, stuck)._name_who_cannot_decide()

    def _next_step_submitted(self):
        text, todo = super()._next_step_submitted()
        asked = self.sudo().asked_ids
        if asked and not self.waiting_for_me:
            names = self._names(self.sudo().approver_id | asked)
            text = self.env._("Waiting for %s to approve.", names)
        return text, todo
