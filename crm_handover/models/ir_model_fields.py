from odoo import models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class IrModelFields(models.Model):
    """A field that names whose records of a kind are may go, and the kind with it."""

    _inherit = "ir.model.fields"

    def unlink(self):
        kinds = self.env["handover.scope"].sudo().with_context(active_test=False)
        names = kinds.search([("owner_field_id", "in", self.ids)]).mapped("model")
        result = super().unlink()
        # with its add-on the models are set up anew afterwards
        if names and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            kinds._open_up(names)
        return result
