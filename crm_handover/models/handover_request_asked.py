from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from .handover_request_todo import APPROVAL
from .handover_states import AWAITING

# after these nobody is asked any more, or everybody anew
ASKED_ANEW = ("submit", "draft", "undo")
# with these others are asked about a later end, whoever was asked before
END_ASKED_ANEW = ("end_asked", "reassigned")


class HandoverRequest(models.Model):
    """Who is asked to decide besides the approver: deputies, and the next in line.

    On the handover, and on a later end in the same way. Whoever is asked decides with
    rights of their own, and never on what they have a part in. Each is asked once.
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

    def _ask_about_end(self, approver):
        result = super()._ask_about_end(approver)
        now = fields.Datetime.now()
        self._trusting().write(
            {"asked_ids": [Command.set(approver.ids)], "date_asked": now}
        )
        self._ask_deputies()
        return result

    def _forget_asked_end(self, answer=None):
        if self.date_return_asked:
            self._trusting().write({"asked_ids": [Command.clear()]})
        return super()._forget_asked_end(answer)

    def _asked(self):
        """Return who is asked to decide now, as superuser."""
        request = self.sudo()
        if request.date_return_asked:
            return request.asked_ids
        return request.approver_id | request.asked_ids

    def _authority(self):
        """Return in whose place the caller decides, for the event: plain values."""
        request, user = self.sudo(), self.env.user
        ends = request.date_return_asked
        asked = request.asked_ids - user if ends else request.approver_id
        deputies = self.env["handover.deputy"]
        if user == asked:
            return {}
        away = asked.filtered(lambda one: user in deputies._deputies_of(one))
        return {"in_place_of": away[0].name} if away else {}

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
        ends = bool(request.date_return_asked)
        if user in request._asked():
            return False
        if request._decision_problem(user) or not request._shows_to(user):
            return False
        self._trusting().write({"asked_ids": [Command.link(user.id)]})
        self._log_event(code, people=user.name, asked=user.id, **data)
        if ends:
            self._ask_to_decide_on_end(user)
            return True
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
        for user in self._asked():
            for deputy in self.env["handover.deputy"]._deputies_of(user):
                self._ask_also(deputy, "deputy_asked", in_place_of=user.name)

    @api.model
    def _ask_deputies_of(self, users):
        """Ask the deputies of ``users`` about all that waits for these."""
        if not users:
            return
        waiting = Domain("approver_id", "in", users.ids)
        waiting |= Domain("asked_ids", "in", users.ids)
        for request in self.sudo().search(waiting & AWAITING, order="id"):
            request._lock()
            if request.filtered_domain(AWAITING):
                request._ask_deputies()

    @api.model
    def _dismiss(self, deputies):
        """Have ``deputies`` asked no more where they are nobody's deputies by now.

        What was asked of them for another reason stays.
        """
        waiting = Domain("asked_ids", "in", deputies.ids) & AWAITING
        for request in self.sudo().search(waiting, order="id"):
            request._lock()
            if request.filtered_domain(AWAITING):
                request._dismiss_deputies(deputies)

    def _asked_as_deputies(self):
        """Return who is asked for being somebody's deputy only, as superuser.

        By the history: the last event about somebody says why they are asked.
        """
        request = self.sudo()
        why = {}
        for event in request.event_ids.sorted("id"):
            if request.date_return_asked and event.code in END_ASKED_ANEW:
                why = {}
            elif event.code in ("deputy_asked", "escalated"):
                why[event.data.get("asked")] = event.code
        asked = request.asked_ids.filtered(lambda u: why.get(u.id) == "deputy_asked")
        # who is the approver by now decides for being that
        return asked if request.date_return_asked else asked - request.approver_id

    def _dismiss_deputies(self, deputies):
        request = self.sudo()
        former = deputies & request._asked_as_deputies()
        # who is the deputy of somebody who stays
        left = request._asked() - former
        former -= self.env["handover.deputy"]._deputies_of(left)
        # where everybody else has left, it is up to them now
        if former and (request._asked() - former).filtered("active"):
            commands = [Command.unlink(user.id) for user in former]
            self._trusting().write({"asked_ids": commands})
            todos = self._todos(APPROVAL)
            todos.filtered(lambda todo: todo.user_id in former).unlink()

    # ------------------------------------------------------------
    # NOBODY DECIDES
    # ------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        safely = self.env["handover.background"]._safely
        waiting = self.sudo().search(AWAITING, order="id")
        for request in map(self.sudo().browse, waiting.ids):
            safely(request._ask_others, request._tell_failure)
            self.env["ir.cron"]._commit_progress()
        return super()._cron_remind()

    def _ask_others(self):
        """Ask whoever stands in by now, and the next in line when it is time."""
        self._lock()
        if not self.filtered_domain(AWAITING):
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
        asked = request._asked()
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
