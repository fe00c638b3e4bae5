from odoo import models

# what can be typed into one field, wherever it is asked for
TYPED = (
    "char", "text", "selection", "date", "datetime", "integer", "float", "monetary",
)  # fmt: skip
TODO = "todo"


class HandoverCheck(models.Model):
    """What closes a gap in place: the value of a field, or a to-do."""

    _inherit = "handover.check"

    def _fills_with(self):
        """Return what the caller is asked for: a type of field, ``todo``, or nothing.

        Nothing is asked for where another look at the record is needed, or where the
        caller may not write the field of any record.
        """
        self.ensure_one()
        if self.kind == "no_next_step":
            return TODO
        field = self._fill_field()
        return field.type if field else ""

    def _fill_field(self):
        """Return the first field of the check that the caller writes, or ``None``."""
        scope = self.scope_id.sudo()
        if scope._is_gone():
            return None
        Model = self.env[scope.model]
        for name in self._fill_names(Model):
            field = Model._fields.get(name)
            if (
                field
                and field.type in TYPED
                and not field.readonly
                and Model._has_field_access(field, "write")
            ):
                return field
        return None

    def _fill_names(self, Model):
        if self.kind in ("field_missing", "past_date"):
            return self._names()
        if self.kind == "email_malformed":
            return [Model._primary_email]
        if self.kind == "phone_malformed":
            return Model._phone_get_number_fields()
        return []
