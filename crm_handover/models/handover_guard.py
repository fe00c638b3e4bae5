"""Fields that only the code may write, and the entrance of every public method.

A public method starts with :func:`door`, or :func:`model_door`. A stored field is
guarded, unless it says ``content=True``: then people write it, as far as rights and
state allow. A guarded field is written through :meth:`HandoverGuard._trusting` and
nowhere else. What a caller sends passes here as well, so here is where its type and
size are looked at: by :func:`door` for arguments, and by :func:`typed` for values of
fields.
"""

import functools
import inspect
from collections.abc import Collection

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .handover_values import (
    argument_kinds,
    as_rows,
    check_arguments,
    check_count,
    check_required,
    check_values,
    is_id,
    is_nothing,
)

# An object has an identity that no caller can send over RPC, a flag has not.
_TOKEN = object()

# What a caller's context may bring along. Everything else (default_*, tracking and
# notification switches, active_test) would let the caller steer the method.
KEPT_CONTEXT = ("lang", "tz", "allowed_company_ids")

# the chatter's own fields, which its own methods look after
CHATTER = ("mail.thread", "mail.activity.mixin")


def door(method):
    """Make ``method`` an entrance: clean context, readable records, good arguments."""
    signature = inspect.signature(method)
    kinds = argument_kinds(method)

    @functools.wraps(method)
    def enter(self, *args, **kwargs):
        entered = _entered(self)
        check_arguments(entered.env, kinds, signature, args, kwargs)
        return method(entered, *args, **kwargs)

    return enter


def model_door(method):
    """Make ``method``, of the model, an entrance: clean context, good arguments."""
    signature = inspect.signature(method)
    kinds = argument_kinds(method)

    @functools.wraps(method)
    def enter(self, *args, **kwargs):
        check_arguments(self.env, kinds, signature, args, kwargs)
        return method(clean(self.browse()), *args, **kwargs)

    return enter


def typed(method):
    """Have an override of ``create`` or ``write`` look at the values first.

    What comes in at the outermost override is what a caller sent.
    """

    @functools.wraps(method)
    def enter(self, vals):
        # only what is created comes as a list
        creates = method.__name__ == "create"
        self._check_values(vals if creates else [vals])
        if not creates and not self._trusted():
            check_required(self, vals)
        return method(self, vals)

    return enter


def clean(records):
    """Return ``records`` without what a caller's context may not bring along."""
    context = records.env.context
    kept = {key: context[key] for key in KEPT_CONTEXT if key in context}
    return records.with_env(records.env(context=kept))


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
    :raise UserError: when there is no record, or there are too many
    """
    records = clean(records)
    records.browse().check_access("read")
    if not records:
        raise UserError(
            records.env._("Choose at least one record of: %s.", records._description)
        )
    check_count(records.env, records._ids)
    valid = all(is_id(id_) for id_ in records._ids)
    if not valid or records.exists()._filtered_access("read") != records:
        raise AccessError(
            records.env._(
                "%s: a record does not exist, or you may not see it.",
                records._description,
            )
        )
    return records


class HandoverTyped(models.AbstractModel):
    """A model that takes values of the right types only: each of ours is one."""

    _name = "handover.typed"
    _description = "Handover Values"

    def _trusted(self):
        return self.env.context.get("handover_token") is _TOKEN

    def _check_values(self, vals_list):
        """Raise unless all values have the type of their field.

        :param vals_list: what :meth:`create` or :meth:`write` gets
        :raise UserError: with the name of the field
        """
        if self._trusted():
            return
        if not isinstance(vals_list, (list, tuple)):
            vals_list = [vals_list]
        for vals in vals_list:
            check_values(self, vals)

    @api.model
    def default_get(self, fields):
        self._check_values(self._sent_defaults(fields))
        return super().default_get(fields)

    def _compute_display_name(self):
        # dialogs name whatever record is given by its number, and a name may be worked
        # out as superuser
        if not self.env.su:
            self.browse(filter(None, self._ids)).check_access("read")
        return super()._compute_display_name()

    @api.model
    def _sent_defaults(self, fields):
        """Return what a context says about these fields: ``{name: value}``."""
        sent = self._chosen_defaults()
        for name in self._names_of_fields(fields):
            if f"default_{name}" in self.env.context:
                sent[name] = self.env.context[f"default_{name}"]
        return {
            name: value
            for name, value in sent.items()
            if name in fields and name in self._fields
        }

    @api.model
    def _chosen_defaults(self):
        """Return what follows from the records that a dialog was opened on.

        The context names them, and so they are looked at like any default of it.
        """
        return {}

    @api.model
    def _names_of_fields(self, fields):
        """Return ``fields``, or raise when they are no names."""
        listed = isinstance(fields, Collection) and not isinstance(fields, str)
        if not listed or not all(isinstance(name, str) for name in fields):
            raise UserError(self.env._("Fields are given as a list of their names."))
        return fields

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        return super().create(vals_list)

    @typed
    def write(self, vals):
        result = super().write(vals)
        if not self._trusted():
            # what the rules look at may have been written just now
            self.check_access("write")
        return result

    @api.model
    def load(self, fields, data):
        return super().load(self._names_of_fields(fields), as_rows(self, fields, data))

    def copy(self, default=None):
        # before anything of the original is read
        self._check_default(default)
        return super().copy(default)

    def copy_data(self, default=None):
        self._check_default(default)
        return super().copy_data(default)

    def _check_default(self, default):
        """Raise unless these are values for a copy, by the names of their fields."""
        if not is_nothing(default) and not self._trusted():
            check_values(self, default)


class HandoverGuard(models.AbstractModel):
    """A model whose stored fields are the code's alone, unless they are content."""

    _name = "handover.guard"
    _description = "Handover Guard"
    _inherit = ["handover.typed"]
    _allow_sudo_commands = False

    # ------------------------------------------------------------
    # GUARDED FIELDS
    # ------------------------------------------------------------

    def _valid_field_parameter(self, field, name):
        # content: people write it; what they approve is the content. A related field
        # is a copy, though it takes over what its original says
        if name == "content" and not field.related:
            return True
        return super()._valid_field_parameter(field, name)

    def _is_guarded(self, field):
        """Tell whether the code alone writes ``field``, whoever the caller is."""
        return not (
            not field.store
            or getattr(field, "content", False)
            or field.name in models.MAGIC_COLUMNS
            or any(
                isinstance(self, self.env.registry[name])
                and field.name in self.env[name]._fields
                for name in CHATTER
            )
        )

    @property
    def _content_fields(self):
        """The names of the fields that people write."""
        fields = self._fields.values()
        return frozenset(f.name for f in fields if getattr(f, "content", False))

    def _trusting(self):
        """Return ``self`` with the right to write guarded fields.

        Never pass a caller's values through it, and never hand it to a caller.
        """
        return self.sudo().with_context(handover_token=_TOKEN)

    def _keep_said(self, name, said):
        """Write a text to a translated field that is guarded.

        :param str name: of the field
        :param said: what somebody wrote; or a sentence of ours in each language, see
            :func:`in_all_languages`
        """
        self._trusting().write({name: False})
        texts = said if isinstance(said, dict) else {self.env.lang: said}
        for code, text in texts.items():
            self.with_context(lang=code)._trusting().write({name: text})

    @api.model
    def _guarded_initial(self):
        """Return the values that guarded fields have in a new record."""
        return {}

    @api.model
    def _creation_problem(self):
        """Return why nobody makes such a record by hand, or an empty text."""
        return ""

    @api.model
    def default_get(self, fields):
        def is_open(name):
            return name not in self._fields or not self._is_guarded(self._fields[name])

        values = super().default_get(
            list(filter(is_open, self._names_of_fields(fields)))
        )
        initial = self._guarded_initial()
        return {
            **{name: value for name, value in values.items() if is_open(name)},
            **{name: value for name, value in initial.items() if name in fields},
        }

    @api.model
    def _has_field_access(self, field, operation):
        if operation == "write" and not self._trusted() and self._is_guarded(field):
            return False
        return super()._has_field_access(field, operation)

    def _check_guarded(self, names):
        if self._trusted():
            return
        known = [name for name in names if name in self._fields]
        if guarded := [n for n in known if self._is_guarded(self._fields[n])]:
            raise AccessError(
                self.env._(
                    "%(model)s: nobody writes %(fields)s by hand; use the buttons.",
                    model=self._description,
                    fields=", ".join(sorted(guarded)),
                )
            )

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        if not self._trusted() and (problem := self._creation_problem()):
            raise AccessError(problem)
        for vals in vals_list:
            self._check_guarded(vals)
        return super().create(vals_list)

    @typed
    def write(self, vals):
        self._check_guarded(vals)
        return super().write(vals)
