"""Records that somebody names in what is not saved, or in a dialog of their own.

What such a form computes of them may be read with more than the reader's rights. So
nobody names what they may not read: an unsaved form goes on as if nothing was named,
and what is saved is refused.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from .handover_guard import typed
from .handover_values import check_names, check_value, is_id

# what an unsaved form sends of these is shown, and not looked at
TOLD = ("binary", "char", "html", "image", "json", "text")
# commands about one record
OF_ONE = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)


def needs(*names):
    """Have a compute answer nothing where one of these fields is empty.

    What a form has before anything is chosen is no handover, no record, no kind.
    """

    def decorate(method):
        @functools.wraps(method)
        def compute(self):
            ready = self.filtered(lambda record: all(record[name] for name in names))
            for field in self._fields.values():
                if field.compute == method.__name__:
                    (self - ready)[field.name] = False
            return method(ready)

        return compute

    return decorate


class HandoverTyped(models.AbstractModel):
    """What is named is what the caller may read."""

    _inherit = "handover.typed"

    def onchange(self, values, field_names, fields_spec):
        check_names(self, values)
        check_names(self, fields_spec)
        values = readable_only(self, values)
        asked = self._names_of_fields(field_names)
        # what has no value here has not changed, nor what is worked out
        changed = [name for name in asked if name in values and name != "id"]
        if asked and not changed:
            return {}
        return super().onchange(values, changed, fields_spec)

    @api.model
    @api.private
    def new(self, values=None, origin=None, ref=None):
        if values and origin and self._transient:
            # what it was worked out from before it was saved may be another by now
            values = {
                name: value
                for name, value in values.items()
                if not is_worked_out(self._fields[name])
            }
        return super().new(values, origin, ref)

    @api.model
    def default_get(self, fields):
        named = self._sent_defaults(fields)
        readable = readable_only(self, named)
        # as if a hidden one was not named: then the model's own default counts
        context = dict(self.env.context)
        for name, value in named.items():
            context[f"default_{name}"] = readable.get(name)
            if name not in readable or (value and not readable[name]):
                del context[f"default_{name}"]
        seen = self.with_env(self.env(context=context))
        return readable_only(self, super(HandoverTyped, seen).default_get(fields))

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        self._check_named(vals_list)
        return super().create(vals_list)

    @typed
    def write(self, vals):
        self._check_named([vals])
        return super().write(vals)

    def _check_named(self, vals_list):
        if not (self._trusted() or self.env.su):
            check_readable(self, vals_list)


def is_worked_out(field):
    """Tell whether a field is only shown: no form says what is in it."""
    return bool(field.compute) and not field.store and field.readonly


def unseen(model):
    """Return the error about records that are not there, or not for the caller."""
    return AccessError(
        model.env._(
            "%s: a record does not exist, or you may not see it.", model._description
        )
    )


def readable_only(records, values):
    """Return ``values`` without the records that the caller may not read.

    What a saved record has already, it keeps. What is worked out is left out: a form
    sends back what it was told, or anything else.

    :param records: whose values they are; none when they are of a new record
    :raise UserError: when a value is none of its field
    """
    named = _named(records, [values], of_form=True)
    readable = {
        model: _readable(records.env[model], ids) for model, ids in named.items()
    }
    return _Kept(records.env, readable, named, of_form=True).of(records, values)


def check_readable(records, vals_list):
    """Raise when one of ``vals_list`` names what the caller may not read.

    All of them are looked at together: a dialog may have very many rows.

    :param records: whose values they are; none when they are of new records
    :raise AccessError: the same for what may not be read and for what is not there
    :raise UserError: when a value is none of its field
    """
    for model, ids in _named(records, vals_list).items():
        if ids - _readable(records.env[model], ids):
            raise unseen(records.env[model])


def _named(records, vals_list, of_form=False):
    """Return the ids that values name, by the name of their model."""
    named = defaultdict(set)
    kept = _Kept(records.env, None, named, of_form)
    for values in vals_list:
        kept.of(records, values)
    return named


def _readable(records, ids):
    """Return those of ``ids`` that the caller may name: all at once."""
    found = set(records.browse(ids).exists()._filtered_access("read")._ids)
    if records._name == "res.company":
        # where work of theirs has stayed: they hand it over
        found.update(records.env.user.sudo().handover_company_ids.ids)
    return found


class _Kept:
    """Goes through values; takes down whom they name, and keeps whom one may read."""

    def __init__(self, env, readable, named, of_form):
        self.env = env
        # whether what is worked out is left out
        self.of_form = of_form
        # ids by the name of their model; without: all
        self.readable = readable
        # what is named besides what the records have already
        self.named = named
        self.owned = {}

    def of(self, records, values):
        """Return values of ``records`` without what may not be named in them."""
        kept = {}
        for name, value in values.items():
            field = records._fields.get(name)
            if field and self.of_form and is_worked_out(field):
                continue
            if field and field.relational:
                value = self.value(records, field, value)
            elif field and field.type not in TOLD:
                check_value(self.env, field, value)
            kept[name] = value
        return kept

    def value(self, records, field, value):
        if field.type != "many2one":
            check_value(self.env, field, value)
            return self.commands(records, field, value) if value else value
        if isinstance(value, Mapping):
            # the form around this one, with what it has by now
            ids = self.ids(records, field, filter(is_id, [value.get("id")]))
            around = self.env[field.comodel_name].browse(ids)
            return {**self.of(around, value), "id": around.id}
        check_value(self.env, field, value)
        return value if value and self.ids(records, field, [value]) else False

    def commands(self, records, field, commands):
        kept = []
        for command in commands:
            # an id alone is another way to link it
            code, *rest = [Command.LINK, command, 0] if is_id(command) else command
            if code in OF_ONE and not self.ids(records, field, rest[:1]):
                continue
            if code == Command.SET:
                ids = self.ids(records, field, rest[1])
                if rest[1] and not ids:
                    continue
                rest = [0, ids]
            elif code in (Command.CREATE, Command.UPDATE):
                line = self.env[field.comodel_name]
                if code == Command.UPDATE:
                    line = line.browse(rest[0])
                rest = [rest[0], self.of(line, rest[1])]
            kept.append((code, *rest))
        return kept

    def ids(self, records, field, ids):
        """Return those of ``ids`` that the caller may name in ``field``."""
        ids, own = list(ids), self.own(records, field)
        if self.readable is None:
            self.named[field.comodel_name].update(set(ids) - own)
            return ids
        readable = self.readable.get(field.comodel_name, ())
        return [id_ for id_ in ids if id_ in own or id_ in readable]

    def own(self, records, field):
        """Return the ids that ``records``, as they are saved, have in ``field``."""
        key = records, field
        if key not in self.owned:
            readable = records.ids and records.has_access("read")
            self.owned[key] = set(records.sudo()[field.name].ids) if readable else set()
        return self.owned[key]
