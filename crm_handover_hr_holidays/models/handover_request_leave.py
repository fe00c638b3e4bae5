from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_handover.models.handover_request import MOVES
from odoo.addons.crm_handover.models.handover_request_return import HELD, STUCK
from odoo.addons.crm_handover.models.handover_states import HANDED_OVER

COVER = "crm_handover_hr_holidays.mail_activity_type_cover"
# nothing has moved; it is given up with the leave
BEFORE = ("draft", "submitted", "approved", "needs_review")
# it is a draft again before it is changed
TAKEN_BACK = ("submitted", "refused", "needs_review")
# records are with who stands in, or on their way
BEGUN = ("running", *HANDED_OVER)


class HandoverRequest(models.Model):
    """Cover for a leave: it starts and ends with it, and follows what becomes of it.

    What follows is done as whoever chose who stands in, with their rights: it is what
    they asked for.
    """

    _inherit = "handover.request"

    leave_id = fields.Many2one(
        "hr.leave",
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The leave that it covers. What kind of leave it is stays with HR.",
    )

    leave_end_asked = fields.Datetime(
        string="End That Its Leave Asked For",
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        help="Until when the leave that it covers last asked it to go on; what was"
        " refused is not asked again until the leave changes.",
    )

    leave_ended = fields.Boolean(
        string="Ended With Its Leave",
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        help="It comes back: the leave that it covered does not take place any more.",
    )

    _leave_once = models.UniqueIndex(
        "(leave_id) WHERE leave_id IS NOT NULL",
        "This leave is covered by a handover already.",
    )

    def _needs_acceptance(self):
        # nobody stands in who has not said so
        request = self.sudo()
        covers = request.leave_id or request.leave_ended
        return bool(covers) or super()._needs_acceptance()

    @api.depends("leave_id", "leave_ended")
    def _compute_asks_successors(self):
        return super()._compute_asks_successors()

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(COVER)

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "submit":
            self._todos(COVER).unlink()
        if MOVES[move].target in ("cancelled", "returned"):
            self._let_leave_go()
        return result

    def _start(self):
        leave = self.sudo().leave_id
        if not leave or leave._handover_parts()[:1].state == "validate":
            return super()._start()
        # it is decided on again: with the decision it goes on
        self._call_for_attention(
            lambda env: env._(
                "It was to start, but the leave is not approved. Once it is, it starts"
                " by itself."
            ),
            since=self.date_approved,
        )
        return None

    # ------------------------------------------------------------
    # WITH THE LEAVE
    # ------------------------------------------------------------

    def _follow_leave(self, values):
        """Have it begin and end as the leave does now.

        :param values: ``date_planned`` and ``date_return``, and ``successor_id`` where
            somebody else is chosen now
        :return: who expected it as it was, where it was taken back and is to be
            submitted again; otherwise ``None``
        :raise UserError: when somebody else is chosen while one stands in
        """
        self.ensure_one()
        if self.sudo().leave_ended:
            # it is on its way back, and another one comes after it
            return None
        present = {name: self._fields[name].convert_to_write(self[name], self)
                   for name in values}  # fmt: skip
        changed = {k: v for k, v in values.items() if present[k] != v}
        mine, people = self._as_requester(), None
        if "successor_id" in changed and self.state in BEGUN:
            raise UserError(
                self.env._(
                    "%(users)s stands in by %(handover)s: give it back first, then"
                    " choose somebody else.",
                    users=self._names(self.sudo().successor_ids),
                    handover=self.name,
                )
            )
        if self.state in ("cancelled", "returned"):
            return None
        if self.state in BEGUN or (
            self.state == "approved" and set(changed) <= {"date_return"}
        ):
            mine._follow_end(values["date_return"])
            return None
        if not changed:
            return None
        if self.state in ("approved", *TAKEN_BACK):
            # of the others they have heard that it does not go on
            waits = self.state in ("approved", "submitted")
            people = self._expecting() if waits else self.env.user.browse()
            if self.state == "approved":
                mine._cancel_because(
                    lambda env: env._("The leave has changed."), tells=False
                )
            mine._require("draft")
            mine._back_to_draft()
        mine.write(changed)
        self._trusting().leave_end_asked = False
        return people

    def _tell_taken_back(self, people):
        """Tell who expected it as it was that it was taken back, and what comes now.

        Whoever decides on it has a to-do where it is submitted again.
        """
        step = "decided_again" if self.state == "submitted" else "withdrawn"
        if step == "decided_again":
            people -= self.sudo().approver_id | self.sudo().asked_ids
        self._notify(step, without=self.env.user, people=people)

    def _follow_end(self, end):
        """Have it end as the leave does; a later end is asked for once."""
        request = self.sudo()
        if self.goes_back:
            return
        if end == self.date_return:
            # what somebody wishes by themselves is theirs to take back
            if request.leave_end_asked and request.leave_end_asked == (
                request.date_return_asked
            ):
                self._lock()
                self._forget_asked_end()
            if request.leave_end_asked:
                request._trusting().leave_end_asked = False
            return
        if end == request.leave_end_asked:
            # it was asked already, and maybe refused
            return
        request._trusting().leave_end_asked = end
        if self.state == "running":
            self._follow_on_the_way(end)
        else:
            self.action_extend(end)

    def _follow_on_the_way(self, end):
        """Have it end as the leave does, while its records are handed over still."""
        self._lock()
        if end < self.date_return:
            self._set_end(self._check_end(end))
        else:
            self._ask_for_end(self._check_end(end))

    def _end_with_leave(self):
        """Cancel it, or have it come back now: there is no leave to cover any more."""
        for request in self:
            if request.state in BEFORE:
                request._as_requester()._cancel_because(
                    lambda env: env._("The leave does not take place.")
                )
            if request.state in BEGUN:
                request._come_back_with_leave()
            elif request.state == "cancelled" and request._is_somewhere():
                # it was stopped, and what had moved by then waits for the end
                request._trusting().leave_ended = True
                request._return(lambda env: env._("The leave does not take place."))
            elif request.state in ("cancelled", "refused"):
                # should it take place after all, it gets another one
                request._trusting().leave_id = False

    def _come_back_with_leave(self):
        """Have it come back now; until it is back it stays the leave's.

        What nobody has accepted stays with its owner until then.
        """
        self._lock()
        self._trusting().leave_ended = True
        now = fields.Datetime.now()
        if not self.goes_back and self.date_return > now:
            self._set_end(now)

    def _is_somewhere(self):
        """Tell whether something is not back yet."""
        return self._has_lines(HELD | STUCK) or bool(self._besides_givers())

    def _let_leave_go(self):
        """Have the leave that it ended with be covered anew, should it take place."""
        for request in self.sudo().filtered(lambda one: one.leave_id.exists()):
            over = request.state == "returned" or not request._is_somewhere()
            if request.leave_ended and over:
                leave = request._as_requester().sudo().leave_id
                request._trusting().leave_id = False
                granted = leave.state == "validate"
                leave._handover_follow(granted=granted, former=request)

    def _ask_to_submit(self, error):
        """Tell whoever chose the stand-in that it does not go on by itself."""
        reason = str(error)
        self._todos(COVER).unlink()
        self._ask(
            COVER,
            self.sudo().requester_id,
            lambda env: env._("Your leave is approved, but nobody stands in yet"),
            by_mail=True,
            note=reason,
        )
