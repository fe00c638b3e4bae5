from datetime import timedelta

from odoo import api, fields, models

from .handover_states import CLOSED


class HandoverRequest(models.Model):
    """Whoever is late with steps is reminded: one digest a day, of all handovers."""

    _inherit = "handover.request"

    @api.model
    def _cron_remind(self):
        """Remind people of their late steps."""
        cron = self.env["ir.cron"]
        users = self._open_steps_of().user_id.filtered("active")
        cron._commit_progress(remaining=len(users))
        for user in users:
            self._remind(user)
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
    def _remind(self, user):
        """Send ``user`` one digest of their late steps, unless they had today's."""
        mine = self.sudo().with_context(lang=user.lang, tz=user.tz)
        today = fields.Date.context_today(mine)
        steps = self._open_steps_of(user).with_context(lang=user.lang)
        if today in steps.mapped("handover_reminded"):
            return
        late = steps.filtered(lambda step: step.date_deadline < today)
        handovers = []
        for id_, group in late.grouped("res_id").items():
            request = mine.browse(id_)
            if request._shows_to(user):
                handovers.append(
                    {
                        "request": request,
                        "link": request._link(),
                        "steps": group,
                        "texts": request._reminder_texts(user),
                    }
                )
        if not handovers:
            return
        body = mine.env["ir.qweb"]._render(
            "crm_handover.handover_reminder",
            {"user": user, "handovers": handovers},
            lang=user.lang,
            minimal_qcontext=True,
        )
        thread = mine.env["mail.thread"].with_context(mail_notify_force_send=False)
        thread.message_notify(
            subject=mine.env._("Late steps of handovers"),
            body=body,
            partner_ids=user.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_email_lang=user.lang,
        )
        late.write({"handover_reminded": today})
        self._send_mails_soon()
