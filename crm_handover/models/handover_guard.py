"""Fields that only the code may write, and the entrance of every public method.

A public method starts with :func:`door`. A field in ``_guarded_fields`` is written
through :meth:`HandoverGuard._trusting` and nowhere else.
"""

import functools

from odoo import api, models
from odoo.exceptions import AccessError, UserError

# An object has an identity that no caller can send over RPC, a flag has not.
_TOKEN = object()

# What a caller's context may bring along. Everything else (default_*, tracking and
# notification switches, active_test) would let the caller steer the method.
_KEPT_CONTEXT = ("lang", "tz", "allowed_company_ids")

MAX_ID = 2**31 - 1


def is_id(value):
    """Tell whether ``value`` can be the id of a record in the database."""
    return (
        isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID
    )


def _is_text(value):
    """Tell whether the database can hold ``value``."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def door(method):
    """Make ``method`` an entrance for callers: clean context, readable records."""

    @functools.wraps(method)
    def enter(self, *args, **kwargs):
        entered = _entered(self)
        for value in (*args, *kwargs.values()):
            if isinstance(value, str) and not _is_text(value):
                raise UserError(entered.env._("A text has characters that are none."))
        return method(entered, *args, **kwargs)

    return enter


def single(records):
    """Raise unless ``records`` is one record."""
    if len(records) != 1:
        raise UserError(
            records.env._("Choose one record of: %s.", records._description)
        )


def _entered(records):
    """Return ``records`` with a clean context, or raise.

    :raise AccessError: when a record does not exist or may not be read; the answer is
        the same for both, so that it tells nothing
    :raise UserError: when there is no record
    """
    context = records.env.context
    kept = {key: context[key] for key in _KEPT_CONTEXT if key in context}
    clean = records.with_env(records.env(context=kept))
    clean.browse().check_access("read")
    if not clean:
        raise UserError(
            clean.env._("Choose at least one record of: %s.", clean._description)
        )
    valid = all(is_id(id_) for id_ in clean._ids)
    if not valid or clean.exists()._filtered_access("read") != clean:
        raise AccessError(
            clean.env._(
                "%s: a record does not exist, or you may not see it.",
                clean._description,
            )
        )
    return clean


class HandoverGuard(models.AbstractModel):
    _name = "handover.guard"
    _description = "Handover Guard"
    _allow_sudo_commands = False

    # written by the code alone, whoever the caller is
    _guarded_fields = frozenset()

    # ------------------------------------------------------------
    # GUARDED FIELDS
    # ------------------------------------------------------------

    def _trusted(self):
        return self.env.context.get("handover_token") is _TOKEN

    def _trusting(self):
        """Return ``self`` with the right to write guarded fields.

        Never pass a caller's values through it, and never hand it to a caller.
        """
        return self.sudo().with_context(handover_token=_TOKEN)

    @api.model
    def _guarded_initial(self):
        """Return the values that guarded fields have in a new record."""
        return {}

    @api.model
    def default_get(self, fields):
        guarded = self._guarded_fields
        values = super().default_get([name for name in fields if name not in guarded])
        initial = self._guarded_initial()
        return {
            **{name: value for name, value in values.items() if name not in guarded},
            **{name: value for name, value in initial.items() if name in fields},
        }

    @api.model
    def _has_field_access(self, field, operation):
        if (
            operation == "write"
            and field.name in self._guarded_fields
            and not self._trusted()
        ):
            return False
        return super()._has_field_access(field, operation)

    def _check_guarded(self, names):
        if self._trusted():
            return
        if guarded := self._guarded_fields.intersection(names):
            raise AccessError(
                self.env._(
                    "%(model)s: nobody writes %(fields)s by hand; use the buttons.",
                    model=self._description,
                    fields=", ".join(sorted(guarded)),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_guarded(vals)
        return super().write(vals)
