from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _handover_drafts_domain(self, records):
        theirs = Domain("partner_id", "child_of", records.ids)
        scope = self.env["handover.scope"]._of_model("sale.order")
        if not scope:
            return theirs
        # what comes from an open order follows the order; one that is closed stays
        name = "line_ids.sale_line_ids.order_id"
        return theirs & ~Domain(name, "any", scope._open_domain())

    @api.model
    def _handover_drafts_records(self, drafts, records):
        # a company has those of its contacts as well
        found, contacts = records.browse(), drafts.partner_id
        while contacts:
            found |= records & contacts
            contacts = contacts.parent_id
        return found

    @api.model
    def _handover_draft_home(self, draft, records, giver, taker):
        """Return whom a draft is addressed to, or the nearest one that they belong to.

        Whose contact has a salesperson of its own has its invoices as well.
        """
        contact = draft.partner_id
        while contact and contact not in records:
            if contact.user_id not in (taker, taker.browse()):
                return records.browse()
            contact = contact.parent_id
        return contact
