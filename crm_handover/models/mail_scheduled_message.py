from odoo import models


class MailScheduledMessage(models.Model):
    _name = "mail.scheduled.message"
    _inherit = ["mail.scheduled.message", "handover.pointing"]

    _handover_pointers = (("model", "res_id"),)
