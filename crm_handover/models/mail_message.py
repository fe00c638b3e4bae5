from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import handover_audience
from .handover_keys import KEY, has_key, lent_refusal, without_keys


class MailMessage(models.Model):
    """Messages on records of ours are written by those who read the record.

    Who was sent one reads it, as everywhere: core asks for the record of all others.
    Keys of customers are in mails; who reads a record by a handover alone, and whoever
    reads of ours, reads the message without them.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "handover.pointing", "handover.audience"]

    body = handover_audience.Html(audience="holders")

    _handover_pointers = (("model", "res_id"),)
    _handover_asked = frozenset({"write", "create", "unlink"})

    def _compute_record_name(self):
        told = self._handover_told("record_name")
        return super(MailMessage, told)._compute_record_name()

    def write(self, vals):
        lent = self.browse()
        if not self.env.su and vals.keys() & self._handover_pointing_fields():
            lent = self.filtered(lambda message: not message._handover_gives_keys())
        result = super().write(vals)
        if any(message._handover_gives_keys() for message in lent):
            # on this record they would read the keys
            raise lent_refusal(self.env)
        return result

    # ------------------------------------------------------------
    # KEYS
    # ------------------------------------------------------------

    def _handover_gives_keys(self):
        """Tell whether the reader may have the keys that are in the text."""
        return not self._handover_has_keys() or self._audience_reads("holders")

    def _handover_has_keys(self):
        """Tell whether there are keys in it that are not for all of its readers."""
        message = self.sudo()
        ours = message.model in self._handover_ours()
        kinds = self.env.registry["handover.mixin"]._inherit_children
        return (ours or message.model in kinds) and has_key(message.body)

    @api.model
    def _audience_paths(self):
        return ("model", "res_id")

    @api.model
    def _audience_domain(self, name):
        lent = Domain("model", "in", sorted(self._handover_ours()))
        for kind in self.env.registry["handover.mixin"]._inherit_children:
            domain = self.env[kind]._handover_lent_domain()
            if not domain.is_false():
                records = self.env[kind].sudo().with_context(active_test=False)
                ids = Domain("res_id", "in", records._search(domain))
                lent |= Domain("model", "=", kind) & ids
        return ~lent

    def _audience_value(self, field, value):
        # most have none, and cost nothing
        if not has_key(value) or self._handover_gives_keys():
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
