from odoo import api, models
from odoo.exceptions import AccessError


class IrFilters(models.Model):
    """A filter on our lists is its author's own: one for others could hide things.

    Handover managers and administrators make those that several people have.
    """

    _inherit = "ir.filters"

    @api.model_create_multi
    def create(self, vals_list):
        filters = super().create(vals_list)
        filters._check_handover_filters()
        return filters

    def write(self, vals):
        self._check_handover_filters()
        result = super().write(vals)
        self._check_handover_filters()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handover_filters(self):
        self._check_handover_filters()

    def _check_handover_filters(self):
        """Raise unless the user may have these filters on lists of ours."""
        user = self.env.user
        if self.env.su or user.has_group("crm_handover.group_handover_manager"):
            return
        ours = self.env["handover.pointing"]._handover_ours()
        for filter_ in self.sudo().filtered(lambda one: one.model_id in ours):
            if filter_.user_ids != user or not (
                self.env[filter_.model_id].with_user(user).has_access("read")
            ):
                raise AccessError(
                    self.env._(
                        "Filters on handovers that several people have are the handover"
                        " managers’: keep it for yourself."
                    )
                )
