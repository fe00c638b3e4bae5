from odoo import fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverRequestTemplate(models.TransientModel):
    """Asks which template a draft is to follow."""

    _name = "handover.request.template"
    _description = "Use a Template"
    _inherit = ["handover.request.wizard", "handover.template.chooser"]

    company_id = fields.Many2one(related="request_id.company_id", related_sudo=False)
    template_id = fields.Many2one(
        required=True,
        domain="[('company_id', 'in', (company_id, False))]",
    )

    @door
    def action_use(self):
        """Have the draft become what the template says, as the caller.

        :return: a window action
        :raise UserError: see the handover's ``action_use_template``
        """
        single(self)
        self.request_id.action_use_template(self.template_id.id)
        return {"type": "ir.actions.act_window_close"}
