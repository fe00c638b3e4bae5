from odoo import api, models
from odoo.fields import Domain

# An object has an identity that no caller can send over RPC, a flag has not.
_LOSING = object()


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
    # a handover changes neither what a deal is worth nor when it was assigned
    _handover_protected = (
        "automated_probability",
        "prorated_revenue",
        "recurring_revenue_monthly_prorated",
        "recurring_revenue_prorated",
        "won_status",
        "day_open",
    )

    _handover_meeting_links = ("opportunity_id",)

    def action_set_lost(self, **additional_values):
        """Lose deals: frozen ones as well, that is work and puts nothing away.

        :return: as Odoo's own
        """
        losing = self.with_context(handover_losing=_LOSING)
        return super(CrmLead, losing).action_set_lost(**additional_values)

    def _merge_opportunity(self, *args, **kwargs):
        # core asks for no right on those that go
        self._check_merges_own()
        return super()._merge_opportunity(*args, **kwargs)

    @api.model
    def _handover_puts_away(self, vals):
        losing = self.env.context.get("handover_losing") is _LOSING
        return not losing and super()._handover_puts_away(vals)

    @api.model
    def _handover_closed_as(self, record):
        if record.won_status == "pending":
            return super()._handover_closed_as(record)
        # a lost one is archived as well
        field = record._fields["won_status"]
        return field.convert_to_export(record.won_status, record)

    @api.model
    def _handover_unkept_domain(self):
        return Domain("stage_id.team_ids", "!=", False)

    @api.model
    def _handover_unkept(self, records, team):
        # a stage of other teams; a won deal is not won anew
        stages = records.stage_id.filtered(
            lambda stage: team and stage.team_ids and team not in stage.team_ids
        )
        if not stages:
            return {"stage_id": records.browse()}
        strange = records.filtered(
            lambda lead: lead.stage_id in stages and lead.won_status == "pending"
        )
        return {"stage_id": strange}
