from odoo import api, models

from .handover_keys import without_keys


class MailMessageTranslation(models.Model):
    """A translation is made once, by whoever asks first, and read by all readers.

    So it has no keys where the message has some that are not for all of them.
    """

    _inherit = "mail.message.translation"

    @api.model_create_multi
    def create(self, vals_list):
        # core asks later, and what is asked here tells nobody without the right
        self.browse().check_access("create")
        messages = self.env["mail.message"]
        vals_list = [
            vals | {"body": without_keys(vals["body"])}
            if vals.get("body")
            and messages.browse(vals.get("message_id"))._handover_has_key()
            else vals
            for vals in vals_list
        ]
        return super().create(vals_list)
