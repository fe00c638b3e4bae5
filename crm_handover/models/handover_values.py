"""What a value may look like: by the type of its field, or the name of its argument.

Plain functions; the guard asks them for whatever a caller sends. What a value means,
and whether the caller may give it, is for the model to say.
"""

import base64
import binascii
import inspect
import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain

from odoo.exceptions import UserError
from odoo.fields import Command, Date, Datetime

from .handover_limits import limit

MAX_ID = 2**31 - 1
# beyond that, numbers with two decimals are not exact any more
MOST = 10**13
# what people plan: every time zone has such a day
YEARS = range(1900, 3000)
# deeper than whatever our screens and scripts send
DEPTH = 20
# so much of a value is quoted, and so many choices are named
QUOTED = 60
LISTED = 30


def is_id(value):
    """Tell whether ``value`` can be the id of a record in the database."""
    return is_whole(value) and 0 < value <= MAX_ID


def is_whole(value):
    """Tell whether ``value`` is a whole number that the database can hold."""
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and -MAX_ID <= value <= MAX_ID
    )


def is_number(value):
    """Tell whether ``value`` is a number that can be calculated with."""
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and abs(value) <= MOST
        and math.isfinite(value)
    )


def is_nothing(value):
    """Tell whether ``value`` stands for an empty field: ``False`` or ``None``."""
    return value is None or value is False


def check_text(env, text, name, size=None):
    """Raise unless the database can hold ``text``, and it is no longer than allowed.

    :param str name: what the text is, for the message
    :param int size: a length that is shorter than the limit for all texts
    :raise UserError: when it is too long, or has characters that are none
    """
    longest = min(limit(env, "max_text"), size or MAX_ID)
    if len(text) > longest:
        raise UserError(
            env._(
                "%(field)s: the text has %(length)s characters, %(limit)s are allowed."
                " Shorten it.",
                field=name,
                length=len(text),
                limit=longest,
            )
        )
    check_characters(env, text, name)


def check_characters(env, text, name):
    """Raise unless the database can hold the characters of ``text``.

    :param str name: what the text is, for the message
    :raise UserError: when it has characters that are none
    """
    if not _storable(text):
        raise _unstorable(env, name)


def check_count(env, ids, name="max_records_per_call"):
    """Raise when a call names more records than allowed.

    :param str name: of the limit
    """
    most = limit(env, name)
    if len(ids) > most:
        raise UserError(
            env._(
                "%(count)s records in one go are too many: choose %(limit)s at the"
                " most.",
                count=len(ids),
                limit=most,
            )
        )


def _storable(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _unstorable(env, name):
    return UserError(env._("%s: the text has characters that are none.", name))


def _quoted(value):
    """Return ``value`` for a message, whatever somebody sent."""
    return ascii(value)[:QUOTED]


# ------------------------------------------------------------
# VALUES OF FIELDS
# ------------------------------------------------------------


def check_values(records, vals):
    """Raise unless each of ``vals`` is a value of the type that its field has.

    Whether a record is there, and is meant, the model and the database know. What
    commands bring along for records of other models is looked at as well.

    :param records: of the model, for its fields
    :param vals: what a caller sent to be written
    :raise UserError: with the name of the field, and what is expected
    """
    check_names(records, vals)
    for name, value in vals.items():
        check_value(records.env, records._fields[name], value)


def check_names(records, vals):
    """Raise unless ``vals`` are values by the names of fields that there are."""
    env = records.env
    if not isinstance(vals, Mapping):
        raise UserError(
            env._("%s: give values by the names of fields.", records._description)
        )
    for name in vals:
        if not isinstance(name, str) or name not in records._fields:
            raise UserError(
                env._(
                    "%(model)s: there is no field %(field)s.",
                    model=records._description,
                    field=_quoted(name),
                )
            )


def as_rows(records, names, data):
    """Return the rows of an import as texts, which core makes values of.

    :raise UserError: when they are no rows with a cell for each name
    """

    def fits(row):
        return (
            isinstance(row, (list, tuple))
            and len(row) == len(names)
            and not any(isinstance(cell, (list, tuple, Mapping)) for cell in row)
        )

    if not isinstance(data, (list, tuple)) or not all(map(fits, data)):
        raise UserError(
            records.env._(
                "%s: give rows, each with a text for each of the fields.",
                records._description,
            )
        )
    check_count(records.env, data)
    rows = [["" if is_nothing(cell) else str(cell) for cell in row] for row in data]
    if not all(map(_storable, chain.from_iterable(rows))):
        raise _unstorable(records.env, records._description)
    return rows


def check_required(records, vals):
    """Raise when one of ``vals`` empties what has to be filled in.

    What a record must have, its own checks count on: they come before the database.

    :param vals: what a caller sent to be written to records that are there
    :raise UserError: with the name of the field
    """
    for name, value in vals.items():
        field = records._fields[name]
        needed = field.required and field.store and field.type in EMPTY_IS_NOTHING
        if needed and (is_nothing(value) or value == ""):
            label = field._description_string(records.env)
            raise UserError(records.env._("%s has to be filled in.", label))


def check_value(env, field, value):
    """Raise unless ``value`` is one of the type that ``field`` has."""
    if check := CHECKS.get(field.type):
        check(env, field, field._description_string(env), value)


def _check_many2one(env, _field, label, value):
    if not (is_nothing(value) or is_id(value)):
        raise UserError(
            env._("%s: give the id of one record, a whole number, or false.", label)
        )


def _check_x2many(env, field, label, value):
    if is_nothing(value):
        return
    wrong = UserError(
        env._("%s: give a list of commands for its records, or of their ids.", label)
    )
    if not isinstance(value, (list, tuple)):
        raise wrong
    check_count(env, value, "max_records")
    for command in value:
        if is_id(command):
            continue
        if not isinstance(command, (list, tuple)) or not _is_command(command):
            raise wrong
        code, *rest = command
        if code == Command.SET:
            check_count(env, rest[1], "max_records")
        if code in (Command.CREATE, Command.UPDATE):
            check_values(env[field.comodel_name], rest[1])


def _is_command(command):
    """Tell whether a list is one of the commands for records of a field."""
    if not command or not is_whole(command[0]) or len(command) > 3:
        return False
    code, *rest = command
    if code == Command.CREATE:
        # a screen gives new records a name of its own
        named = len(rest) == 2 and isinstance(rest[0], (int, str, type(None)))
        return named and isinstance(rest[1], Mapping)
    if code == Command.UPDATE:
        return len(rest) == 2 and is_id(rest[0]) and isinstance(rest[1], Mapping)
    if code in (Command.DELETE, Command.UNLINK, Command.LINK):
        return bool(rest) and is_id(rest[0])
    if code == Command.SET:
        ids = rest[1] if len(rest) == 2 else None
        return isinstance(ids, (list, tuple)) and all(map(is_id, ids))
    return code == Command.CLEAR


def _check_text(env, field, label, value):
    if is_nothing(value):
        return
    if not isinstance(value, str):
        raise UserError(env._("%s: give a text.", label))
    check_text(env, value, label, getattr(field, "size", None))


def _check_selection(env, field, label, value):
    if is_nothing(value) or value == "":
        return
    values = field.get_values(env)
    if not isinstance(value, str) or value not in values:
        raise UserError(
            env._(
                "%(field)s: choose one of: %(values)s.",
                field=label,
                values=", ".join(map(str, values[:LISTED])),
            )
        )


def _check_boolean(env, _field, label, value):
    if value is not None and not (isinstance(value, (bool, int)) and value in (0, 1)):
        raise UserError(env._("%s: give true or false.", label))


def _check_integer(env, _field, label, value):
    if not (is_nothing(value) or is_whole(value)):
        raise UserError(
            env._(
                "%(field)s: give a whole number, %(most)s at the most.",
                field=label,
                most=MAX_ID,
            )
        )


def _check_number(env, _field, label, value):
    if not (is_nothing(value) or is_number(value)):
        raise UserError(
            env._(
                "%(field)s: give a number, %(most)s at the most.",
                field=label,
                most=MOST,
            )
        )


def _check_date(env, _field, label, value):
    if not (is_nothing(value) or value == "" or _is_date(value, Date.to_date)):
        raise UserError(env._("%s: give a date like 2026-05-04.", label))


def _check_datetime(env, _field, label, value):
    if not (is_nothing(value) or value == "" or _is_date(value, Datetime.to_datetime)):
        raise UserError(
            env._("%s: give a date and time in UTC like 2026-05-04 08:00:00.", label)
        )


def _is_date(value, convert):
    if not isinstance(value, (str, date, datetime)):
        return False
    try:
        found = convert(value)
    except ValueError:
        return False
    return found is not None and found.year in YEARS


def _check_binary(env, _field, label, value):
    if is_nothing(value):
        return
    try:
        base64.b64decode(value)
    except (TypeError, ValueError, binascii.Error):
        raise UserError(
            env._("%s: give the content of a file, in Base64.", label)
        ) from None


def _check_json(env, _field, label, value):
    if not _is_plain(value):
        raise UserError(
            env._("%s: give lists, texts and numbers that JSON can hold.", label)
        )
    # as many ids as there may be records on a handover
    most = max(limit(env, "max_text"), 12 * limit(env, "max_records"))
    if len(json.dumps(value)) > most:
        raise UserError(env._("%s: that is too much. Shorten it.", label))


def _is_plain(value, depth=DEPTH):
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, (int, float)):
        return is_number(value)
    if isinstance(value, str):
        return _storable(value)
    if not depth:
        return False
    if isinstance(value, Mapping):
        return all(
            is_whole(key) or (isinstance(key, str) and _storable(key)) for key in value
        ) and all(_is_plain(item, depth - 1) for item in value.values())
    return isinstance(value, (list, tuple)) and all(
        _is_plain(item, depth - 1) for item in value
    )


CHECKS = {
    "many2one": _check_many2one,
    "many2one_reference": _check_many2one,
    "one2many": _check_x2many,
    "many2many": _check_x2many,
    "char": _check_text,
    "text": _check_text,
    "html": _check_text,
    "reference": _check_text,
    "selection": _check_selection,
    "boolean": _check_boolean,
    "integer": _check_integer,
    "float": _check_number,
    "monetary": _check_number,
    "date": _check_date,
    "datetime": _check_datetime,
    "binary": _check_binary,
    "image": _check_binary,
    "json": _check_json,
}

# where ``False`` is no value: a number or a choice between two has it
EMPTY_IS_NOTHING = frozenset(
    {"many2one", "char", "text", "html", "selection", "date", "datetime", "reference"}
)

# ------------------------------------------------------------
# ARGUMENTS OF PUBLIC METHODS
# ------------------------------------------------------------

TEXT, ID, IDS, WHOLE, NUMBER, WHEN, FLAG, JSON, OWN = (
    "text", "id", "ids", "whole", "number", "when", "flag", "json", "own",
)  # fmt: skip

# an argument has the same meaning in every method that has it
ARGUMENTS = {
    "comment": TEXT,
    "criterion": TEXT,
    "feedback": TEXT,
    "lesson": TEXT,
    "moment": TEXT,
    "reason": TEXT,
    "res_model": TEXT,
    "subtype_xmlid": TEXT,
    "expected_version": WHOLE,
    "limit": WHOLE,
    "offset": WHOLE,
    "rate": WHOLE,
    "duration": NUMBER,
    "start": WHEN,
    "date_return": WHEN,
    "came_since": FLAG,
    "keep_together": FLAG,
    "settled": FLAG,
    "assignment": JSON,
    "caps": JSON,
    "shown": JSON,
    # what a handover would be made of, and who would take what: its method looks
    "draft": JSON,
    "shares": JSON,
    "summary": TEXT,
    # a number, or the record that Odoo's page gives: its methods look themselves
    "rating": OWN,
    # of a field that a check names: by the type of that field
    "value": OWN,
}


def argument_kinds(method):
    """Return what the arguments of a method are: ``{name: kind}``.

    :raise TypeError: when an argument has a name of which nobody knows what it is
    """
    kinds = {}
    for name in list(inspect.signature(method).parameters)[1:]:
        kind = ARGUMENTS.get(name)
        if not kind and name.endswith("_id"):
            kind = ID
        if not kind and name.endswith("_ids"):
            kind = IDS
        if not kind:
            raise TypeError(f"{method.__qualname__}: say in ARGUMENTS what {name!r} is")
        kinds[name] = kind
    return kinds


def check_arguments(env, kinds, signature, args, kwargs):
    """Raise unless a method can be called like this, as far as types tell.

    :param kinds: see :func:`argument_kinds`
    :param signature: of the method
    :raise UserError: with the name of the argument, and what is expected
    """
    try:
        bound = signature.bind(None, *args, **kwargs).arguments
    except TypeError:
        raise UserError(
            env._("The arguments are: %s.", ", ".join(kinds) or env._("none"))
        ) from None
    for name, kind in kinds.items():
        value = bound.get(name)
        if not is_nothing(value):
            _check_argument(env, name, kind, value)


def _check_argument(env, name, kind, value):
    if kind == TEXT:
        _check_text(env, None, name, value)
    elif kind == ID and not is_id(value):
        _check_many2one(env, None, name, value)
    elif kind == IDS:
        if not isinstance(value, (list, tuple)) or not all(map(is_id, value)):
            raise UserError(
                env._("%s: give records by their ids, a list of whole numbers.", name)
            )
        check_count(env, value)
    elif kind == WHOLE:
        _check_integer(env, None, name, value)
    elif kind == NUMBER:
        _check_number(env, None, name, value)
    elif kind == WHEN:
        _check_datetime(env, None, name, value)
    elif kind == FLAG:
        _check_boolean(env, None, name, value)
    elif kind == JSON:
        _check_json(env, None, name, value)
