from odoo import api, fields, models
from odoo.fields import Domain


class HandoverRequestGenerate(models.TransientModel):
    """A template for selected records: a won deal goes to who delivers it."""

    _name = "handover.request.generate"
    _inherit = ["handover.request.generate", "handover.template.chooser"]

    template_id = fields.Many2one(
        # this dialog asks for no day on which they come back
        domain="[('company_id', 'in', (current_company_id, False)),"
        " ('kind', '=', 'permanent')]",
    )
    # what the template says; who wants it otherwise says so
    although_closed = fields.Boolean(
        compute="_compute_although_closed", store=True, readonly=False
    )
    with_customer = fields.Boolean(
        string="With the Customer",
        help="The customers of these deals, too, where the same owner has them.",
    )
    with_tasks = fields.Boolean(
        string="With Open Tasks",
        help="The open tasks of the same owner about these customers, too.",
    )

    @api.onchange("template_id")
    def _onchange_template_id(self):
        template = self.template_id
        if template:
            self.reason_id = template.reason_id or self.reason_id

    @api.depends("template_id")
    def _compute_although_closed(self):
        for wizard in self:
            closed_too = wizard.template_id.although_closed
            wizard.although_closed = wizard.although_closed or closed_too

    @api.depends("template_id")
    def _compute_owners(self):
        return super()._compute_owners()

    def _obstacle(self, owners, unowned):
        if problem := super()._obstacle(owners, unowned):
            return problem
        if self.template_id.for_won and self.res_model == "crm.lead":
            return self.template_id._deals_problem(self._readable())
        return False

    def _has_taker(self):
        return super()._has_taker() or bool(self.template_id._rows("successor"))

    def _generate(self, owner, ids):
        request = super()._generate(owner, ids)
        if self.res_model == "crm.lead":
            self._add_about(request, self.env[self.res_model].browse(ids))
        if self.template_id:
            chosen = {
                "successor_id": self.successor_id.id,
                "target_team_id": self.target_team_id.id,
                "to_pool": request.to_pool,
                "although_closed": self.although_closed,
            }
            if self.reason_id:
                chosen["reason_id"] = self.reason_id.id
            request._use_template(self.template_id, chosen)
        return request

    def _add_about(self, request, deals):
        """Add customers of the deals, and tasks about them, that the giver has."""
        partners = deals.partner_id.sudo().commercial_partner_id
        wanted = {
            "res.partner": self.with_customer and "id",
            "project.task": self.with_tasks and "partner_id",
        }
        domains = {}
        for model, name in wanted.items():
            scope = self.env["handover.scope"]._of_model(model)
            if name and partners and scope:
                theirs = Domain(name, "child_of", partners.ids)
                domains[scope] = request._collect_domain(scope) & theirs
        if domains:
            request._collect_all(domains)
