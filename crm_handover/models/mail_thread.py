from odoo import SUPERUSER_ID, models

from .handover_keys import lent_refusal


class MailThread(models.AbstractModel):
    """Who reads a record by a handover alone reads it, and no more.

    Where core lets readers write or follow, following would outlast the handover, and
    on tasks and projects it gives the right to write.
    """

    _inherit = "mail.thread"

    def _handover_readers_only(self):
        known = isinstance(self, self.env.registry["handover.mixin"])
        return self._handover_guests() if known else self.browse()

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        result = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation == "create" and "read" in result.values():
            for record in self._handover_readers_only():
                result[record] = "write"
        return result

    def _message_update_content(self, message, /, *, body, **kwargs):
        # whoever edits it sends back what they read, which is without the keys, and
        # core answers with all of it; taking all of it away shows nothing
        if body != "" and not message._handover_gives_key():
            raise lent_refusal(self.env)
        return super()._message_update_content(message, body=body, **kwargs)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # the answer of core to who may not read
        myself = set(partner_ids or ()) == set(self.env.user.partner_id.ids)
        if myself and not self.env.su and self._handover_readers_only():
            return False
        return super().message_subscribe(partner_ids, subtype_ids)

    def _message_subscribe(self, partner_ids=None, *args, **kwargs):
        # where followers enter, following outlasts what has somebody read it now: who
        # has it lent does not stay by writing on it, nor brings others in
        known = isinstance(self, self.env.registry["handover.mixin"])
        lent = self.browse()
        if known and not self.env.su and self._handover_enters_by_following():
            lent = self._handover_borrowed()
        if rest := self - lent:
            super(MailThread, rest)._message_subscribe(partner_ids, *args, **kwargs)
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        for record in lent:
            present = partners & record.sudo().message_partner_ids
            coming = (partners - present).filtered(record._handover_lets_in)
            super(MailThread, record)._message_subscribe(
                (present | coming).ids, *args, **kwargs
            )
        return True

    def _handover_lets_in(self, partner):
        """Tell whether whoever has the record lent may have ``partner`` follow it."""
        users = partner.user_ids.filtered(lambda user: not user.share)
        others = users - self.env.user
        return not users or any(map(self._handover_read_by, others))

    def message_get_followers(self, *args, **kwargs):
        if self._name in self.env["handover.pointing"]._handover_ours():
            self.check_access("read")
        return super().message_get_followers(*args, **kwargs)

    def _handover_lent_thread(self):
        """Return those of ``self`` that the user reads by a handover alone."""
        known = isinstance(self, self.env.registry["handover.mixin"])
        return self._handover_lent() if known else self.browse()

    def _rating_get_access_token(self, partner=None):
        if not self.env.su and self._handover_lent_thread():
            raise lent_refusal(self.env)
        return super()._rating_get_access_token(partner)

    def rating_send_request(self, template, lang=False, force_send=True):
        # whoever works on a record has its customer asked; what is written for it on
        # the way has the key, and so it is not theirs
        lent = self._handover_lent_thread() if self else self
        lent.check_access("write")
        for record in lent:
            ours = record.with_user(SUPERUSER_ID)
            super(MailThread, ours).rating_send_request(
                template.with_user(SUPERUSER_ID), lang=lang, force_send=force_send
            )
        rest = self - lent
        if lent and not rest:
            return None
        return super(MailThread, rest).rating_send_request(
            template, lang=lang, force_send=force_send
        )

    def _sign_token(self, pid):
        # core signs what goes out by mail alone; the key itself it fetches as we do
        return super(MailThread, self.sudo())._sign_token(pid)

    def _notify_by_email_prepare_rendering_context(self, message, *args, **kwargs):
        context = super()._notify_by_email_prepare_rendering_context(
            message, *args, **kwargs
        )
        if not message._handover_gives_key():
            # whoever writes it may be one to whom the keys in it are not told
            context["message"] = message.sudo()
        return context

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Leave out who follows a record of ours that they cannot read any more.

        Whoever is named in the message was named by somebody.
        """
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if self._name not in self.env["handover.pointing"]._handover_ours():
            return recipients
        named = set(message.sudo().partner_ids.ids)
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        partners = partners.browse(
            recipient["id"]
            for recipient in recipients
            if recipient["id"] and recipient["id"] not in named
        )
        # core takes who was archived for a customer, who has no user
        gone = {
            partner.id
            for partner in partners
            if partner.user_ids
            and not any(map(self._handover_read_by, partner.user_ids))
        }
        return [known for known in recipients if known["id"] not in gone]

    def _handover_read_by(self, user):
        """Return those of ``self`` that ``user`` can read, in all their companies."""
        return user._handover_may(self) if user.active else self.browse()

    def _handover_end_follows(self):
        """Have nobody follow who cannot read any more: people have changed."""
        followers = self.env["mail.followers"].sudo()
        followers = followers.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        for partner, follows in followers.grouped("partner_id").items():
            users = partner.with_context(active_test=False).user_ids
            records = self.browse(follows.mapped("res_id"))
            read = records.browse().union(
                *(records._handover_read_by(user).with_env(self.env) for user in users)
            )
            if users and (gone := records - read):
                follows.filtered(lambda one, gone=gone: one.res_id in gone.ids).unlink()
