from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "handover.mixin"]

    _handover_facts = {"email": "email", "phone": "phone"}
    _handover_meeting_links = ("partner_ids",)

    @api.model
    def _handover_customer_domain(self):
        """Return the domain of contacts outside of the house.

        Not the contacts of those who work here or did, users or not, and neither our
        companies nor who belongs to them.
        """
        everybody = self.sudo().with_context(active_test=False)
        ours = everybody.env["res.company"]._search([])
        users = everybody.env["res.users"]._search([("share", "=", False)])
        domain = (
            Domain("commercial_partner_id", "not in", ours.subselect("partner_id"))
            & Domain("id", "not in", users.subselect("partner_id"))
            & Domain("employee", "=", False)
        )
        if "hr.employee" in self.env:
            employees = everybody.env["hr.employee"]._search(
                [("work_contact_id", "!=", False)]
            )
            domain &= Domain("id", "not in", employees.subselect("work_contact_id"))
        return domain

    @api.model
    def _handover_customers(self, records):
        return {
            id_: company.id
            for company, ids in self._handover_by_path(records, "commercial_partner_id")
            for id_ in ids
        }

    @api.model
    def _handover_work_domain(self):
        # one's own contact, or a colleague's, is no customer; added by hand, it goes
        return self._handover_customer_domain()

    @api.model
    def _handover_meeting_subjects(self):
        # a colleague or one's own contact would bring private appointments along
        return self._handover_customer_domain()

    @api.model
    def _handover_meeting_domain(self, records):
        everybody = records.sudo().with_context(active_test=False)
        customers = everybody.search(
            Domain("id", "in", records.ids) & self._handover_customer_domain()
        )
        return super()._handover_meeting_domain(customers)

    def _get_vcard_file(self):
        if self._handover_may_be_frozen():
            self.env["handover.request"]._check_frozen(self, "export")
        return super()._get_vcard_file()
