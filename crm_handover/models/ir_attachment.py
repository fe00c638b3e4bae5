from odoo import api, models
from odoo.fields import Domain

from . import handover_audience
from .handover_keys import lent_refusal


class IrAttachment(models.Model):
    """The key of a file is not for who reads its record by a handover.

    With it the file opens without Odoo, and after the end of their access as well.
    """

    _name = "ir.attachment"
    _inherit = ["ir.attachment", "handover.audience"]

    access_token = handover_audience.Char(audience="holders")

    def write(self, vals):
        lent = self.browse()
        if not self.env.su and vals.keys() & {"res_model", "res_id"}:
            lent = self.filtered(lambda file: not file._handover_gives_key())
        result = super().write(vals)
        if any(file._handover_gives_key() for file in lent):
            # on this record they would read the key
            raise lent_refusal(self.env)
        return result

    def _get_raw_access_token(self):
        return super()._get_raw_access_token() if self._handover_gives_key() else ""

    def _get_thumbnail_token(self):
        return super()._get_thumbnail_token() if self._handover_gives_key() else ""

    def _handover_gives_key(self):
        """Tell whether the reader may have a key; without one the session opens it."""
        if self.sudo().res_model not in self._handover_kinds():
            return True
        return self._audience_reads("holders")

    @api.model
    def _audience_paths(self):
        return ("res_model", "res_id")

    @api.model
    def _handover_kinds(self):
        """Return the names of the models whose records handovers may open."""
        return self.env.registry["handover.mixin"]._inherit_children

    @api.model
    def _audience_domain(self, name):
        lent = Domain.FALSE
        for kind in self._handover_kinds():
            domain = self.env[kind]._handover_lent_domain()
            if not domain.is_false():
                records = self.env[kind].sudo().with_context(active_test=False)
                ids = Domain("res_id", "in", records._search(domain))
                lent |= Domain("res_model", "=", kind) & ids
        return ~lent

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        # core looks for files as the superuser, who is in every audience
        if not (self.env.su or kwargs.get("bypass_access")):
            domain = Domain(domain)
            asked = {condition.field_expr for condition in domain.iter_conditions()}
            if "access_token" in asked or "access_token" in (order or ""):
                domain &= self._audience_of_all("holders")
        return super()._search(domain, offset, limit, order, **kwargs)

    def _audience_value(self, field, value):
        # all others cost nothing
        return value if self._handover_gives_key() else False
