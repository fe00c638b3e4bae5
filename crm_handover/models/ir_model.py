from odoo import api, models

from .handover_scope_joined import MIXIN, models_to_join


class IrModel(models.Model):
    """A model that was made at run time has the mixin from the start, if it is a kind.

    Odoo makes the classes of such models anew whenever models are set up.
    """

    _inherit = "ir.model"

    @api.model
    def _instanciate_attrs(self, model_data):
        attrs = super()._instanciate_attrs(model_data)
        named = models_to_join(self.env.cr)
        if attrs["_name"] in named and not (attrs["_abstract"] or attrs["_transient"]):
            attrs["_inherit"] = [*attrs.get("_inherit", ()), MIXIN]
            attrs["_handover_joins"] = True
        return attrs
