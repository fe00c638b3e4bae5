from odoo import models

from ..evidence.texts import one_line


class IrMailServer(models.Model):
    """A header is one line: with a break in it, no mail would ever go out.

    The names of people and records stand in headers: of who writes, of who reads, and
    in the subject.
    """

    _inherit = "ir.mail_server"

    def _build_email__(self, email_from, email_to, subject, body, *args, **kwargs):
        def header(value):
            if isinstance(value, str):
                return one_line(value)
            return [one_line(text) for text in value] if value else value

        for name in ("email_cc", "email_bcc", "reply_to"):
            if name in kwargs:
                kwargs[name] = header(kwargs[name])
        return super()._build_email__(
            header(email_from), header(email_to), header(subject), body, *args, **kwargs
        )
