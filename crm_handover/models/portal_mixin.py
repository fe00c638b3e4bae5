from odoo import api, fields, models

from .handover_keys import lent_refusal


class PortalMixin(models.AbstractModel):
    """The key of a customer's page is not for who reads the record by a handover.

    With it they would act as the customer, and after the end of their access as well.
    """

    _inherit = "portal.mixin"

    # whoever fetches the other fields is not asked about this one
    access_token = fields.Char(prefetch=False)

    def _handover_keyless(self):
        """Return those of ``self`` whose key is not for the user: lent ones."""
        if self.env.su or not isinstance(self, self.env.registry["handover.mixin"]):
            return self.browse()
        return self._handover_lent()

    def _portal_ensure_token(self):
        if self._handover_keyless():
            raise lent_refusal(self.env)
        return super(PortalMixin, self.sudo())._portal_ensure_token()

    @api.model
    def _has_field_access(self, field, operation):
        if field.name == "access_token" and not self.env.su:
            known = isinstance(self, self.env.registry["handover.mixin"])
            # nobody can ask for a part of the records only: neither a search by it
            if known and self._handover_lends():
                return False
        return super()._has_field_access(field, operation)
