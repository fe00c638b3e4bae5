from odoo import models


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

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # the answer of core to who may not read
        myself = set(partner_ids or ()) == set(self.env.user.partner_id.ids)
        if myself and not self.env.su and self._handover_readers_only():
            return False
        return super().message_subscribe(partner_ids, subtype_ids)

    def message_get_followers(self, *args, **kwargs):
        if self._name in self.env["handover.pointing"]._handover_ours():
            self.check_access("read")
        return super().message_get_followers(*args, **kwargs)
