from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import handover_audience
from .handover_keys import KEY, has_key, without_keys


class MailMessage(models.Model):
    """Messages on records of ours are written by those who read the record.

    Who was sent one reads it, as everywhere: core asks for the record of all others.
    Keys of customers are in mails; who reads a record by a handover alone, and whoever
    reads of ours, reads the message without them.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "handover.pointing", "handover.keyed"]

    body = handover_audience.Html(audience="holders")

    _handover_pointers = (("model", "res_id"),)
    _handover_key_of = ("model", "res_id")
    _handover_asked = frozenset({"write", "create", "unlink"})

    def _compute_record_name(self):
        told = self._handover_told("record_name")
        return super(MailMessage, told)._compute_record_name()

    # ------------------------------------------------------------
    # KEYS
    # ------------------------------------------------------------

    def _handover_has_key(self):
        message = self.sudo()
        ours = message.model in self._handover_ours()
        return (ours or super()._handover_has_key()) and has_key(message.body)

    @api.model
    def _audience_domain(self, name):
        ours = Domain("model", "not in", sorted(self._handover_ours()))
        return super()._audience_domain(name) & ours

    def _audience_value(self, field, value):
        # most have none, and cost nothing
        if not has_key(value) or self._handover_gives_key():
            return value
        return without_keys(value)

    @api.model
    def _audience_sql(self, field, alias, sql):
        # without keys there is nothing to leave out: the database asks for the reader
        # only where there are some, as the branches of a CASE are taken in order
        reads = self._audience_condition(field.audience, alias)
        return SQL(
            "CASE WHEN %(body)s !~* %(key)s THEN %(body)s WHEN %(reads)s"
            " THEN %(body)s END",
            body=sql,
            key=KEY,
            reads=reads,
        )
