from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_named import needs


class HandoverTemplateChooser(models.AbstractModel):
    """A dialog in which somebody chooses a template; each says which ones."""

    _name = "handover.template.chooser"
    _description = "Choice of a Handover Template"

    template_id = fields.Many2one(
        "handover.template",
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
