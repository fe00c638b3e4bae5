from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_named import needs


class HandoverRequestTemplate(models.TransientModel):
    """Asks which template a draft is to follow."""

    _name = "handover.request.template"
    _description = "Use a Template"
    _inherit = ["handover.request.wizard"]

    company_id = fields.Many2one(related="request_id.company_id", related_sudo=False)
    template_id = fields.Many2one(
        "handover.template",
        required=True,
        domain="[('company_id', 'in', (company_id, False))]",
        help="Fills the handover: options, kinds of record, and who has which role.",
    )
    template_told = fields.Char(
        compute="_compute_template_told",
        string="Who Takes Over by It",
        help="By which roles people take over, and for which kinds of record.",
    )

    @api.depends("template_id")
    @api.depends_context("lang")
    @needs("template_id")
    def _compute_template_told(self):
        for dialog in self:
            dialog.template_told = dialog.template_id._told()

    @door
    def action_use(self):
        """Have the draft become what the template says, as the caller.

        :return: a window action
        :raise UserError: see the handover's ``action_use_template``
        """
        single(self)
        self.request_id.action_use_template(self.template_id.id)
        return {"type": "ir.actions.act_window_close"}
