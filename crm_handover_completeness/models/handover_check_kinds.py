from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all

from odoo.addons.mail.tools import mail_validation

GAP_ACTIVITY = "crm_handover_completeness.mail_activity_type_gap"


class HandoverCheck(models.Model):
    """What each kind of check looks for, in all records of a scope at once."""

    _inherit = "handover.check"

    def _gaps(self, records):
        """Return which of ``records`` have the gap that each check looks for.

        :param records: existing records of the checks' scope, as superuser, with the
            company of the handover
        :return: ``{check: set of record ids}``, in a number of queries that does not
            depend on the number of records
        """
        return {check: getattr(check, f"_find_{check.kind}")(records) for check in self}

    def _among(self, records, *domain):
        return set(records.search([("id", "in", records.ids), *domain], order="id").ids)

    def _find_field_missing(self, records):
        return self._among(records, *[(name, "=", False) for name in self._names()])

    def _find_past_date(self, records):
        field = records._fields[self._names()[0]]
        today = fields.Date.context_today(records)
        limit = today if field.type == "date" else fields.Datetime.now()
        return self._among(records, (field.name, "<", limit))

    # ------------------------------------------------------------
    # CONTACT DATA
    # ------------------------------------------------------------

    def _find_email_malformed(self, records):
        name = records._primary_email
        filled = records.search_fetch(
            [("id", "in", records.ids), (name, "!=", False)], [name], order="id"
        )
        # as the quality of a lead's address is found out in crm
        valid = {
            text: any(map(mail_validation.mail_validate, email_normalize_all(text)))
            for text in set(filled.mapped(name))
        }
        return {record.id for record in filled if not valid[record[name]]}

    def _find_email_bounced(self, records):
        return self._among(records, ("message_bounce", ">", 0))

    def _find_phone_malformed(self, records):
        # phone_validation leaves empty what is no number in the record's country
        filled = Domain.OR(
            Domain(name, "!=", False) for name in records._phone_get_number_fields()
        )
        return self._among(records, *filled, ("phone_sanitized", "=", False))

    def _find_duplicate(self, records):
        handler = self.scope_id._handler()
        names = handler._handover_duplicate_fields
        records = records.search_fetch([("id", "in", records.ids)], names, order="id")
        others = self.scope_id._open_domain()
        if "company_id" in records._fields:
            companies = [records.env.company.id, False]
            others &= Domain("company_id", "in", companies)
        found = set()
        for name in names:
            # a single character stands for “has none”
            values = {record[name] for record in records if len(record[name] or "") > 1}
            groups = records._read_group(
                others & Domain(name, "in", list(values)),
                [name],
                having=[(f"{handler._handover_duplicate_unit}:count_distinct", ">", 1)],
            )
            twice = {value for (value,) in groups}
            found.update(record.id for record in records if record[name] in twice)
        return found

    # ------------------------------------------------------------
    # WHAT HAPPENS
    # ------------------------------------------------------------

    def _find_no_next_step(self, records):
        now = fields.Datetime.now()
        # the to-do of a meeting may outlive it
        planned = self._with_todo(records, ("calendar_event_id", "=", False))
        planned |= self._with_meeting(records, Domain("start", ">", now))
        return set(records.ids) - planned

    def _find_overdue_todo(self, records):
        today = fields.Date.context_today(records)
        return self._with_todo(records, ("date_deadline", "<", today))

    def _find_no_communication(self, records):
        since = fields.Datetime.now() - timedelta(days=self.days)
        contact = self.env["handover.contact"]
        heard = self._res_ids(
            "mail.message",
            Domain("model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            & Domain("date", ">=", since)
            & contact._said_domain(),
        )
        heard |= self._with_meeting(
            records, contact._met_domain() & Domain("stop", ">=", since)
        )
        return self._among(records, ("create_date", "<", since)) - heard

    def _find_no_file(self, records):
        records = self._customers(records)
        return set(records.ids) - self._res_ids(
            "ir.attachment",
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            & Domain("res_field", "=", False),
        )

    def _customers(self, records):
        """Return ``records`` without the contact persons of companies.

        What a customer has, orders or contracts, is not asked of each contact.
        """
        if records._name != "res.partner":
            return records
        return records.filtered(
            lambda contact: contact.commercial_partner_id == contact
        )

    def _res_ids(self, model, domain):
        """Return the ids of the records that those of ``model`` belong to."""
        groups = self.env[model].sudo()._read_group(domain, ["res_id"])
        return {res_id for (res_id,) in groups}

    def _with_todo(self, records, *domain):
        """Return the ids of ``records`` with an open to-do.

        To be asked for what is missing is no step towards the customer.
        """
        return self._res_ids(
            "mail.activity",
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            & Domain("active", "=", True)
            & Domain("activity_type_id", "!=", self.env.ref(GAP_ACTIVITY).id)
            & Domain(domain),
        )

    def _with_meeting(self, records, domain):
        """Return the ids of ``records`` that meetings of ``domain`` are about."""
        handler = self.scope_id._handler()
        links = handler._handover_meeting_links
        meetings = (
            self.env["calendar.event"]
            .sudo()
            .search_fetch(
                handler._handover_meeting_domain(records) & domain,
                ["res_model", "res_id", *links],
            )
        )
        found = {
            meeting.res_id for meeting in meetings if meeting.res_model == records._name
        }
        for link in links:
            found.update(meetings[link].ids)
        return found & set(records.ids)
