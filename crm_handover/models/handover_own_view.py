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
        user = self.env.user
        if self.env.su or user.has_group("crm_handover.group_handover_manager"):
            return
        ours = self.env["handover.pointing"]._handover_ours()
        for row in self.sudo():
            lists = row._handover_lists() & ours
            if lists and (
                row._handover_users() != user
                or not all(
                    self.env[name].with_user(user).has_access("read") for name in lists
                )
            ):
                raise AccessError(
                    self.env._(
                        "Filters and buttons on handovers that several people have are"
                        " the handover managers’: keep it for yourself."
                    )
                )
