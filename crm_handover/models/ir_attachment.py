from odoo import api, models
from odoo.fields import Domain

from . import handover_audience


class IrAttachment(models.Model):
    """The key of a file is not for who reads its record by a handover.

    With it the file opens without Odoo, and after the end of their access as well.
    """

    _name = "ir.attachment"
    _inherit = ["ir.attachment", "handover.keyed"]

    access_token = handover_audience.Char(audience="holders")

    _handover_keys = frozenset(("access_token",))

    def generate_access_token(self):
        """Return a key for each file, as Odoo's editor asks for it.

        :return: a list of keys; of a file whose key is not for the caller it is empty,
            and so it opens with their session
        """
        if self.env.su:
            return super().generate_access_token()
        self.check_access("read")
        return [
            super(IrAttachment, file).generate_access_token()[0]
            if file._handover_gives_key()
            else ""
            for file in self
        ]

    def _get_raw_access_token(self):
        return super()._get_raw_access_token() if self._handover_gives_key() else ""

    def _get_thumbnail_token(self):
        return super()._get_thumbnail_token() if self._handover_gives_key() else ""

    @api.model
    def _audience_domain(self, name):
        # what one has made oneself is no secret
        return super()._audience_domain(name) | Domain("create_uid", "=", self.env.uid)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        # core looks for files as the superuser, who is in every audience
        if not (self.env.su or kwargs.get("bypass_access")):
            domain = Domain(domain)
            asked = {condition.field_expr for condition in domain.iter_conditions()}
            if "access_token" in asked or "access_token" in (order or ""):
                domain &= self._audience_of_all("holders")
        return super()._search(domain, offset, limit, order, **kwargs)
