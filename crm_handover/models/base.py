from odoo import SUPERUSER_ID, api, models


class Base(models.AbstractModel):
    """What is frozen by a handover, and what is answered: of any model.

    Every way in passes here, also what runs with more rights for the same user. Who has
    nothing frozen, and is asked nothing, pays for a look into a dictionary.
    """

    _inherit = "base"

    # of a model whose rows say whose other records are: the field that names those
    _handover_whose_field = ""

    def write(self, vals):
        if self._handover_may_be_frozen() and self._handover_gives(vals):
            self.env["handover.request"]._check_frozen(self._handover_whose(), "write")
        if self._handover_puts_away(vals) and self._handover_may_be_frozen():
            self.env["handover.request"]._check_frozen(self, "archive")
        result = super().write(vals)
        if self._handover_may_be_asked() and self._handover_gives(vals):
            self.env["handover.request"]._follow_answers(self._handover_whose())
        return result

    def unlink(self):
        if self._handover_may_be_frozen():
            what = "write" if self._handover_whose_field else "unlink"
            self.env["handover.request"]._check_frozen(self._handover_whose(), what)
        result = super().unlink()
        if self._handover_may_be_asked():
            self.env["handover.request"]._follow_answers(self)
        return result

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
    def _handover_may_be_asked(self):
        """Tell whether anybody is asked anything; quick, as all writes ask."""
        return self._auto and self.env["handover.request"]._asks_anything()

    @api.model
    def _handover_puts_away(self, vals):
        """Tell whether these values archive records, and do not close them as work."""
        name = self._active_name
        return bool(name) and name in vals and not vals[name]

    @api.model
    def _handover_gives(self, vals):
        """Tell whether one of these values says whose a record of this model is."""
        if self._handover_whose_field:
            return not {self._handover_whose_field, "user_id"}.isdisjoint(vals)
        scopes = self.env["handover.scope"]._owner_fields(self._name)
        names = {name for _id, *names in scopes for name in names if name}
        if scopes and "company_id" in self._fields:
            names.add("company_id")
        return not self._handover_same_table(names).isdisjoint(vals)

    @api.model
    def _handover_same_table(self, names):
        """Return these fields, and those that are kept in the same tables as they."""
        tables = {
            self._fields[name].relation
            for name in names
            if name in self._fields and self._fields[name].type == "many2many"
        }
        if not tables:
            return names
        return names | {
            name
            for name, field in self._fields.items()
            if field.type == "many2many" and field.relation in tables
        }

    def _handover_whose(self):
        """Return the records of which these say whose they are: mostly themselves."""
        field = self._handover_whose_field
        return self.sudo()[field].with_env(self.env) if field else self
