from odoo import models
from odoo.exceptions import UserError

from .handover_columns import columns


class HandoverMixin(models.AbstractModel):
    """Records that are alike are asked for their company once, when many are written.

    Core asks each one by a domain of its own, which takes a tenth of a handover.
    """

    _inherit = "handover.mixin"

    def _check_company(self, fnames=None):
        # one record says nothing that it would not say itself
        unlike = self._handover_unlike(fnames) if len(self) > 1 else self
        if len(unlike) == len(self):
            return super()._check_company(fnames)
        try:
            return super(HandoverMixin, unlike)._check_company(fnames)
        except UserError:
            # the message is about all of them
            return super()._check_company(fnames)

    def _handover_unlike(self, fnames):
        """Return one of all records between which core's check sees no difference.

        :param fnames: as of ``_check_company``
        """
        names = self._fields if fnames is None else fnames
        if {"company_id", "company_ids"} & set(names):
            names = self._fields
        asked = [
            name
            for name in names
            if (field := self._fields[name]).relational and field.check_company
        ]
        asked += [n for n in ("company_id", "company_ids") if n in self._fields]
        unlike = dict(zip(columns(self.sudo(), *asked), self._ids, strict=True))
        return self.browse(unlike.values())
