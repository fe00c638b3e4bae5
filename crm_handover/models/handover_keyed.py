"""Odoo's rows about records by model and id, with keys in them.

A key opens something without Odoo's rights, and after they have ended as well. So it is
not for who has the record by a handover alone.
"""

from odoo import api, models
from odoo.fields import Domain

from .handover_keys import lent_refusal


class HandoverKeyed(models.AbstractModel):
    """A row about a record, with a field for its ``holders``: a key is in it."""

    _name = "handover.keyed"
    _inherit = "handover.audience"
    _description = "Row With a Key"

    # the fields that are keys, and nothing else
    _handover_keys = frozenset()
    # the fields with the model, and with the id, of the record that it is about
    _handover_key_of = ("res_model", "res_id")

    @api.model
    def _handover_kinds(self):
        """Return the names of the models whose records handovers may open."""
        return self.env.registry["handover.mixin"]._inherit_children

    @api.model
    def _audience_paths(self):
        return self._handover_key_of

    @api.model
    def _audience_domain(self, name):
        model_field, id_field = self._handover_key_of
        lent = Domain.FALSE
        for kind in self._handover_kinds():
            domain = self.env[kind]._handover_lent_domain()
            if not domain.is_false():
                records = self.env[kind].sudo().with_context(active_test=False)
                ids = Domain(id_field, "in", records._search(domain))
                lent |= Domain(model_field, "=", kind) & ids
        return ~lent

    def _handover_gives_key(self):
        """Tell whether the reader may have the keys that are in it."""
        return not self._handover_has_key() or self._audience_reads("holders")

    def _handover_has_key(self):
        """Tell whether there may be keys in it that are not for all of its readers."""
        return self.sudo()[self._handover_key_of[0]] in self._handover_kinds()

    def _audience_value(self, field, value):
        # all others cost nothing
        return value if self._handover_gives_key() else False

    @api.model
    def _handover_key_fields(self):
        """Return the names of the fields by which somebody could come to a key."""
        related = self._fields[self._handover_key_of[0]].related or ""
        names = {*self._handover_key_of, *self._handover_keys}
        return names | {related.partition(".")[0]} - {""}

    def write(self, vals):
        lent = self.browse()
        if not self.env.su and vals.keys() & self._handover_key_fields():
            self.check_access("write")
            lent = self.filtered(lambda row: not row._handover_gives_key())
            if lent and vals.keys() & self._handover_keys:
                raise lent_refusal(self.env)
        result = super().write(vals)
        if any(row._handover_gives_key() for row in lent):
            # on this record they would read the key
            raise lent_refusal(self.env)
        return result
