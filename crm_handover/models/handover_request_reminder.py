from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .handover_request_todo import EACH_DAY
from .handover_states import AWAITING, CLOSED

# so long before the present end, a later one is asked for again each day
LAST_CALL = timedelta(days=2)


class HandoverRequest(models.Model):
    """Whoever is late is reminded: one digest a day, of all handovers.

    Of late steps each day, of decisions after the days that the company gives for them,
    and again after as many.
    """

    _inherit = "handover.request"

    date_decision_asked = fields.Datetime(
        string="Decision Asked For On",
        readonly=True,
        copy=False,
        help="When the approver was asked or reminded last.",
    )

    @api.model
    def _cron_remind(self):
        """Remind people of their late steps, and of what waits for their decision."""
        cron = self.env["ir.cron"]
        # what of it is nobody's by now, as its app or its records are gone
        self._mind_questions(self._all_questions())
        background = self.env["handover.background"]
        for request in self._asking_about_late():
            background._commit_part()
            background._safely(request._mind_late, request._tell_failure)
        undecided = self._undecided()
        undecided._name_who_cannot_decide()
        users = self._open_steps_of().user_id | undecided._deciders()
        users = users.filtered("active")
        cron._commit_progress(remaining=len(users))
        ahead, reminded = users, self.browse()
        for user in users:
            ahead -= user
            mine = undecided.filtered(lambda one, user=user: user in one._deciders())
            reminded |= self._remind(user, mine)
            # the others who are asked hear of it as well
            told = reminded.filtered(
                lambda one, ahead=ahead: not one._deciders() & ahead
            )
            told._trusting().write({"date_decision_asked": fields.Datetime.now()})
            reminded -= told
            if not cron._commit_progress(1):
                break

    @api.model
    def _reminded_types(self):
        """Return the types of to-dos that belong into the digest besides the steps.

        Extended by super().
        """
        return self.env["mail.activity.type"]

    def _reminder_texts(self, user):
        """Return what ``user`` is told of this handover besides the steps.

        Extended by super().

        :return: texts in the language of ``user``, of what they may know
        """
        self.ensure_one()
        return []

    @api.model
    def _open_steps_of(self, user=None):
        """Return the open steps of handovers under way that may be late by now."""
        # the first place on earth where the day is over
        tomorrow = fields.Date.today() + timedelta(days=1)
        domain = [
            ("res_model", "=", self._name),
            "|",
            ("handover_step_date", "!=", False),
            ("activity_type_id", "in", self._reminded_types().ids),
            ("date_deadline", "<", tomorrow),
        ]
        if user:
            domain.append(("user_id", "=", user.id))
        steps = self.env["mail.activity"].sudo().search(domain)
        live = self.sudo().search(
            [
                ("id", "in", steps.mapped("res_id")),
                ("state", "not in", ("draft", *CLOSED)),
                ("company_id.handover_reminders", "=", True),
            ]
        )
        return steps.filtered(lambda step: step.res_id in live._ids)

    @api.model
    def _undecided(self):
        """Return the handovers whose decision is late, as superuser.

        That on a later end as well.
        """
        domain = AWAITING & Domain("company_id.handover_reminders", "=", True)
        domain &= Domain("company_id.handover_decision_days", ">", 0)
        return self.sudo().search(domain).filtered(lambda one: one._is_decision_late())

    def _deciders(self):
        """Return who is asked for a decision, as superuser."""
        users = self.env["res.users"].sudo()
        return users.union(*(request._asked() for request in self))

    def _is_decision_late(self):
        """Tell whether the approver was asked the company's days ago, or earlier.

        On a later end they are asked each day before the present one comes.
        """
        now = fields.Datetime.now()
        days = timedelta(days=self.company_id.handover_decision_days)
        asked = self.date_decision_asked or self.date_submitted
        if self.date_return_asked and self.date_return - now <= LAST_CALL:
            days = min(days, EACH_DAY)
        return bool(asked) and asked + days <= now

    def _name_who_cannot_decide(self):
        """Tell who looks after the handover that its approver has left."""
        # whoever leaves is replaced where it is about a later end
        for request in self.filtered(lambda one: one.state == "submitted"):
            approver = request.approver_id
            if not request._shows_to(approver):
                request._call_for_attention(
                    lambda env, name=approver.name: env._(
                        "%s cannot decide on it any more: take it back to draft and"
                        " submit it again, somebody else is asked then.",
                        name,
                    ),
                    since=request.date_submitted,
                )

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move == "submit":
            values["date_decision_asked"] = fields.Datetime.now()
        return values

    @api.model
    def _remind(self, user, undecided):
        """Send ``user`` one digest of what is late, unless they had today's.

        :param undecided: the handovers that wait for the user's decision
        :return: those of ``undecided`` of which they were reminded
        """
        mine = self.sudo().with_context(lang=user.lang, tz=user.tz)
        today = fields.Date.context_today(mine)
        steps = self._open_steps_of(user).with_context(lang=user.lang)
        if today in steps.mapped("handover_reminded"):
            return undecided.browse()
        late = steps.filtered(lambda step: step.date_deadline < today)
        undecided = undecided.with_env(mine.env)
        by_request = late.grouped("res_id")
        handovers = []
        for request in mine.browse(dict.fromkeys([*by_request, *undecided.ids])):
            if request._shows_to(user):
                handovers.append(
                    {
                        "request": request,
                        "link": request._link(),
                        "steps": by_request.get(request.id, late.browse()),
                        "waits": request in undecided,
                        "zone": request._notice_zones(user)["date_return"],
                        "texts": request._reminder_texts(user),
                    }
                )
        if not handovers:
            return undecided.browse()
        body = mine.env["ir.qweb"]._render(
            "crm_handover.handover_reminder",
            {"user": user, "handovers": handovers},
            lang=user.lang,
            minimal_qcontext=True,
        )
        thread = mine.env["mail.thread"].with_context(mail_notify_force_send=False)
        thread.message_notify(
            subject=mine._reminder_subject(handovers),
            body=body,
            partner_ids=user.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_email_lang=user.lang,
        )
        late.write({"handover_reminded": today})
        self._send_mails_soon()
        seen = mine.concat(*(handover["request"] for handover in handovers))
        return self.browse((undecided & seen).ids)

    def _reminder_subject(self, handovers):
        if any(handover["steps"] for handover in handovers):
            return self.env._("Late steps of handovers")
        return self.env._("Handovers wait for your decision")
