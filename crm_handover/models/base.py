from odoo import SUPERUSER_ID, api, models


class Base(models.AbstractModel):
    """What is frozen by a handover: of any model, for who hands it over.

    Every way in passes here, also what runs with more rights for the same user. Who has
    nothing frozen pays for a look into a dictionary.
    """

    _inherit = "base"

    def write(self, vals):
        if self._handover_may_be_frozen() and self._handover_gives(vals):
            self.env["handover.request"]._check_frozen(self, "write")
        return super().write(vals)

    def unlink(self):
        if self._handover_may_be_frozen():
            self.env["handover.request"]._check_frozen(self, "unlink")
        return super().unlink()

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        if self._handover_may_be_frozen():
            self.env["handover.request"]._check_frozen(self, "export")
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    @api.model
    def _handover_may_be_frozen(self):
        """Tell whether anything is frozen for the user; quick, as all writes ask."""
        if self.env.uid == SUPERUSER_ID or not self._auto:
            return False
        return self.env["handover.request"]._freezes(self.env.uid)

    @api.model
    def _handover_gives(self, vals):
        """Tell whether one of these values says whose a record of this model is."""
        scopes = self.env["handover.scope"]._owner_fields(self._name)
        names = {name for _id, *names in scopes for name in names if name}
        if scopes and "company_id" in self._fields:
            names.add("company_id")
        return not names.isdisjoint(vals)
