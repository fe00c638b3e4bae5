from odoo import models


class MailMessage(models.Model):
    """Messages on records of ours are written by those who read the record.

    Who was sent one reads it, as everywhere: core asks for the record of all others.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "handover.pointing"]

    _handover_pointers = (("model", "res_id"),)
    _handover_asked = frozenset({"write", "create", "unlink"})

    def _compute_record_name(self):
        told = self._handover_told("record_name")
        return super(MailMessage, told)._compute_record_name()
