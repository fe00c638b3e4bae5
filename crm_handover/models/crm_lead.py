from odoo import api, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "handover.mixin"]

    _handover_facts = {
        "stage": "stage_id",
        "deadline": "date_deadline",
        "priority": "priority",
        "amount": "expected_revenue",
        "probability": "probability",
        "date_open": "date_open",
    }
    # a handover changes neither what a deal is worth nor whose company it is, nor when
    # it was assigned
    _handover_protected = (
        "company_id",
        "probability",
        "automated_probability",
        "prorated_revenue",
        "recurring_revenue_monthly_prorated",
        "recurring_revenue_prorated",
        "won_status",
        "day_open",
    )

    _handover_meeting_links = ("opportunity_id",)

    @api.model
    def _handover_restore(self, records, befores):
        # core sets the assignment date of all leads of a write, which falsifies the
        # days to assign; `Field.write` keeps one date per record in a single flush
        field = records._fields["date_open"]
        for lead in records:
            before = field.to_datetime(befores[lead.id]["date_open"])
            if lead.date_open != before:
                field.write(lead, before)
