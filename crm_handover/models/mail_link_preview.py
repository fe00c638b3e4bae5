from odoo import api, models


class MailLinkPreview(models.Model):
    """A preview shows its whole link to whoever reads the message."""

    _inherit = "mail.link.preview"

    @api.model
    def _create_from_message_and_notify(self, message, request_url=None):
        if message._handover_has_key():
            return None
        return super()._create_from_message_and_notify(message, request_url)
