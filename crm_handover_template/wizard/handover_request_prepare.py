from odoo import api, fields, models

from ..models.handover_request_template import TAKING


class HandoverRequestPrepare(models.TransientModel):
    """A template fills the dialog; what somebody chooses besides stays."""

    _name = "handover.request.prepare"
    _inherit = ["handover.request.prepare", "handover.template.chooser"]

    template_id = fields.Many2one(
        # what is open is handed over here
        domain="[('company_id', 'in', (company_id, False)), ('for_won', '=', False)]",
    )

    @api.onchange("reason_id")
    def _onchange_reason_template(self):
        if self.reason_id and not self.template_id:
            templates = self.env["handover.template"]
            self.template_id = templates._proposed(self.reason_id, self.company_id)
            self._fill_by_template()

    @api.onchange("template_id", "predecessor_id", "predecessor_ids", "source_team_id")
    def _onchange_template_id(self):
        self._fill_by_template()

    def _fill_by_template(self):
        template = self.template_id
        if not template:
            return
        self.reason_id = template.reason_id or self.reason_id
        self.kind = template.kind
        if not self._gives() or self.obstacle:
            return
        # whom another template, or for another person, had found is nobody's choice
        blank = dict.fromkeys(TAKING, False) if template._rows("successor") else {}
        for name, value in (blank | template._taking(self._draft())).items():
            self[name] = value
        kinds = {kind["id"] for kind in (self.portfolio or {}).get("kinds", [])}
        self.left_out = sorted(kinds - set(template._kinds().ids))

    def _has_taker(self):
        return super()._has_taker() or bool(self.template_id._rows("successor"))

    def _chosen_kinds(self):
        kinds = super()._chosen_kinds()
        if self.template_id and not isinstance(self.left_out, list):
            # nobody has chosen others
            kinds &= set(self.template_id._kinds().ids)
        return kinds

    def _make_draft(self, scope_ids):
        request = super()._make_draft(scope_ids)
        if self.template_id:
            request._use_template(self.template_id, self._chosen_besides())
        return request

    def _collect(self, request, scope_ids):
        if not self.template_id:
            return super()._collect(request, scope_ids)
        # its roles are for records that are there
        return request._collect_now(request._collected_scopes(scope_ids))

    def _chosen_besides(self):
        """Return what was chosen in the dialog, and stays whatever a template says."""
        names = ("successor_id", "target_team_id", "to_pool", "kind", "date_return")
        values = self._prepare_request_vals()
        chosen = {name: values[name] for name in names}
        if self.reason_id:
            chosen["reason_id"] = self.reason_id.id
        return chosen
