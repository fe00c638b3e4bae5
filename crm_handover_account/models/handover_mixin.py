from odoo import api, models
from odoo.fields import Domain


class HandoverMixin(models.AbstractModel):
    """Which draft invoices belong to a record, and follow it."""

    _inherit = "handover.mixin"

    @api.model
    def _handover_drafts_domain(self, records):
        """Return the domain of the invoices about ``records``; none by itself.

        :param records: records as superuser
        """
        return Domain.FALSE

    @api.model
    def _handover_drafts_records(self, drafts, records):
        """Return those of ``records`` that some of ``drafts`` are about.

        :param drafts: invoices that :meth:`_handover_drafts_domain` finds for them
        """
        return records.browse()

    @api.model
    def _handover_draft_home(self, draft, records, giver, taker):
        """Return which of ``records`` a draft invoice follows, or none.

        :param draft: one invoice about some of ``records``
        :param records: records that went from ``giver`` to ``taker``
        """
        return records.browse()
