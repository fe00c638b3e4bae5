from odoo import api, models
from odoo.exceptions import AccessError


class HandoverOwnView(models.AbstractModel):
    """A row of Odoo's that changes what a list shows or offers: a filter, a button.

    On our lists it is its author's own, as one for others could hide things, or have
    them press what they did not mean to. Handover managers and administrators make
    those that several people have.
    """

    _name = "handover.own.view"
    _description = "How Lists Look"

    def _handover_lists(self):
        """Return the names of the models whose lists it is for."""
        raise NotImplementedError

    def _handover_users(self):
        """Return the users who have it; none stands for everybody."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_handover_own()
        return rows

    def write(self, vals):
        # whoever has no right on it learns nothing of it
        self.check_access("write")
        self._check_handover_own()
        result = super().write(vals)
        self._check_handover_own()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handover_own(self):
        self._check_handover_own()

    def _check_handover_own(self):
        """Raise unless the user may have these rows on lists of ours."""
        if self.env.su:
            return
        user = self.env.user
        ours = self.env["handover.pointing"]._handover_ours()
        rows = {row: row._handover_lists() & ours for row in self.sudo()}
        if not any(rows.values()):
            return
        # no role is one that was remembered
        self.env["res.groups"]._handover_decide()
        if user._handover_has_group("crm_handover.group_handover_manager"):
            return
        for row, lists in rows.items():
            if lists and (
                row._handover_users() != user
                or not all(user._handover_may_any(self.env[name]) for name in lists)
            ):
                raise AccessError(
                    self.env._(
                        "Filters and buttons on handovers that several people have are"
                        " the handover managers’: keep it for yourself."
                    )
                )
