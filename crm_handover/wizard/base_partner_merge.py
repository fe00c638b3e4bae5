from odoo import models


class BasePartnerMergeWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, *args, **kwargs):
        # core asks for no right on those that go
        self.env["res.partner"].browse(partner_ids)._check_merges_own()
        return super()._merge(partner_ids, *args, **kwargs)
