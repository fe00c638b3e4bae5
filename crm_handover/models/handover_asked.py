"""What Odoo's own public methods are asked with, on models of ours.

Screens and scripts call them with names of fields, conditions and counts, which core
takes as they come: what is none would end as a failure of the server. An argument has
the same meaning in every method that has it, as with our own, see ``ARGUMENTS`` of
``handover_values``. What the code asks as the superuser is not looked at.
"""

import functools
import inspect
from collections.abc import Collection, Mapping

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.orm.domains import (
    CONDITION_OPERATORS,
    DomainCondition,
    DomainNary,
    DomainNot,
)
from odoo.orm.models import READ_GROUP_AGGREGATE

from odoo.addons.base.models.ir_ui_view import Base as Views
from odoo.addons.mail.models.mail_activity_mixin import MailActivityMixin
from odoo.addons.mail.models.mail_thread import MailThread
from odoo.addons.web.models.models import Base

from .handover_values import (
    MAX_ID,
    check_characters,
    check_names,
    check_text,
    check_value,
    is_id,
    is_nothing,
    is_number,
    is_whole,
)

# what somebody may do with records
OPERATIONS = ("create", "read", "unlink", "write")
# how a column is summed up; core adds up money of several currencies by itself
FUNCTIONS = (*READ_GROUP_AGGREGATE, "sum_currency")
# deeper than any form asks for records of records
DEEPEST = 10
# so many conditions within conditions core gets through
DEEPEST_DOMAIN = 30
# how core says that conditions are none
NO_DOMAIN = (AssertionError, AttributeError, KeyError, TypeError, ValueError)


# ------------------------------------------------------------
# KINDS OF ARGUMENTS
# ------------------------------------------------------------


def _check_string(records, name, value):
    _check_body(records, name, value)
    check_text(records.env, value, name)


def _check_body(records, name, value):
    # a mail with its layout, as the composer writes it, is longer than a text
    if not isinstance(value, str):
        raise UserError(records.env._("%s: give a text.", name))
    check_characters(records.env, value, name)


def _check_choice(records, name, value, choices):
    if not isinstance(value, str) or value not in choices:
        raise UserError(
            records.env._(
                "%(field)s: choose one of: %(values)s.",
                field=name,
                values=", ".join(sorted(choices)),
            )
        )


def _check_operator(records, name, value):
    _check_choice(records, name, value, CONDITION_OPERATORS)


def _check_operation(records, name, value):
    _check_choice(records, name, value, OPERATIONS)


def _check_count(records, name, value):
    if not is_whole(value) or value < 0:
        raise UserError(
            records.env._(
                "%(field)s: give a whole number, %(most)s at the most.",
                field=name,
                most=MAX_ID,
            )
        )


def _check_id(records, name, value):
    if not is_id(value):
        raise UserError(
            records.env._(
                "%s: give the id of one record, a whole number, or false.", name
            )
        )


def _check_ids(records, name, value):
    if not isinstance(value, Collection) or not all(map(is_id, value)):
        raise UserError(
            records.env._(
                "%s: give records by their ids, a list of whole numbers.", name
            )
        )


def _check_day(records, name, value):
    field = records.env["mail.activity"]._fields["date_deadline"]
    check_value(records.env, field, value)


def _check_field(records, _name, value):
    check_names(records, {value if isinstance(value, str) else repr(value): None})


def _check_words(records, _name, value):
    records._names_of_fields(value)


def _check_words_or_one(records, _name, value):
    records._names_of_fields([value] if isinstance(value, str) else value)


def _check_fields(records, name, value):
    for field in records._names_of_fields(value):
        _check_field(records, name, field)


def _check_paths(records, name, value):
    """Raise unless these are names of fields, or paths that begin with one."""
    if isinstance(value, Mapping):
        records._names_of_fields(None)
    for path in [value] if isinstance(value, str) else records._names_of_fields(value):
        if path in records._fields:
            continue
        # `name:sum(field)`, `field:month`, `field.part`, `field/part`
        first = path.rpartition("(")[2].rstrip(")")
        for mark in ":./":
            first = first.partition(mark)[0]
        # an import may name the id of the database
        if first != "__count" and path != ".id":
            _check_field(records, name, first)


def _check_path(records, name, value):
    _check_string(records, name, value)
    _check_paths(records, name, value)


def _check_aggregates(records, name, value):
    _check_paths(records, name, value)
    for path in value:
        function = path.partition(":")[2]
        if path != "__count" and (isinstance(value, str) or function not in FUNCTIONS):
            _check_choice(records, path, function, FUNCTIONS)


def _check_grouping_sets(records, name, value):
    for groupby in value if value and isinstance(value, (list, tuple)) else [None]:
        _check_words(records, name, groupby)
        _check_paths(records, name, groupby)


def _check_progress_bar(records, name, value):
    _check_mapping(records, name, value)
    _check_paths(records, name, value.get("field"))
    _check_mapping(records, name, value.get("colors"))


def _check_views(records, name, value):
    pairs = value if isinstance(value, (list, tuple)) else [None]
    for pair in pairs:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise UserError(records.env._("%s: give a text.", name))
        if not is_nothing(pair[0]):
            _check_id(records, name, pair[0])
        _check_string(records, name, pair[1])


def _check_order(records, name, value):
    _check_string(records, name, value)
    for part in value.split(","):
        if part.strip():
            _check_paths(records, name, part.split()[0])


def _check_values(records, _name, value):
    check_names(records, value)


def _check_list_of_values(records, _name, value):
    # each of the records has values of its own
    if not isinstance(value, (list, tuple)) or len(value) != len(records):
        check_names(records, None)
    for vals in value:
        check_names(records, vals)


def _check_mapping(records, name, value):
    if not isinstance(value, Mapping):
        raise UserError(records.env._("%s: give values by the names of fields.", name))


def _check_group_specification(records, name, value):
    _check_mapping(records, name, value)
    for path, asked in value.items():
        _check_paths(records, name, path if isinstance(path, str) else repr(path))
        _check_mapping(records, name, asked)


def _check_message_type(records, name, value):
    field = records.env["mail.message"]._fields[name]
    _check_choice(records, name, value, field.get_values(records.env))


def _check_files(records, name, value):
    pairs = value if isinstance(value, (list, tuple)) else [None]
    if not all(
        isinstance(pair, (list, tuple))
        and len(pair) > 1
        and isinstance(pair[0], str)
        and isinstance(pair[1], (str, bytes))
        for pair in pairs
    ):
        raise UserError(
            records.env._("%s: give the content of a file, in Base64.", name)
        )


def _check_specification(records, name, value, depth=DEEPEST):
    """Raise unless these are fields, each with what is asked of its records."""
    check_names(records, value)
    for field_name, asked in value.items():
        field = records._fields[field_name]
        # what a form asks of a value that has no records is nothing
        _check_mapping(records, field_name, asked if depth else None)
        inner = asked.get("fields")
        if inner and field.comodel_name:
            comodel = records.env[field.comodel_name]
            _check_specification(comodel, name, inner, depth - 1)
        elif inner:
            _check_mapping(records, field_name, inner)
        for part, check in (
            ("limit", _check_count), ("offset", _check_count), ("order", _check_string),
        ):  # fmt: skip
            if not is_nothing(asked.get(part)):
                check(records, part, asked[part])


def _check_domain(records, name, value):
    """Raise unless ``value`` is a domain that can be looked for.

    :return: the domain, so far as it was worked out
    """
    if isinstance(value, Domain):
        return value
    try:
        domain = Domain(value)
        if _is_deep(domain):
            raise _deep_domain(records, name)
        domain = domain.optimize(records)
        conditions = list(domain.iter_conditions())
    except RecursionError:
        raise _deep_domain(records, name) from None
    except NO_DOMAIN:
        raise _no_domain(records, name) from None
    for condition in conditions:
        value = condition.value
        values = list(value) if isinstance(value, (list, tuple, set)) else [value]
        if not all(map(_comparable, values)):
            raise _no_domain(records, name)
    return domain


def _no_domain(records, name):
    return UserError(records.env._("%s: give a domain, a list of conditions.", name))


def _deep_domain(records, name):
    return UserError(
        records.env._(
            "%(field)s: give a simpler domain, with %(most)s conditions within each"
            " other at the most.",
            field=name,
            most=DEEPEST_DOMAIN,
        )
    )


def _is_deep(domain):
    """Tell whether conditions are so deep within each other that core would fail."""
    parts = [(domain, 1)]
    while parts:
        part, depth = parts.pop()
        if isinstance(part, DomainNary):
            inner = part.children
        elif isinstance(part, DomainNot):
            inner = (part.child,)
        elif isinstance(part, DomainCondition):
            depth += part.field_expr.count(".")
            subdomain = part.operator.endswith("any")
            inner = (Domain(part.value),) if subdomain else ()
        else:
            inner = ()
        if depth > DEEPEST_DOMAIN:
            return True
        parts += [(one, depth + 1) for one in inner]
    return False


def _comparable(value):
    """Tell whether the database can compare with ``value``, as far as types tell."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return is_number(value)
    return not isinstance(value, (Mapping, list, tuple))


# an argument has the same meaning in every method that has it; of what is not here,
# core says itself what is wrong, or it is of no use
ASKED = {
    "act_type_xmlid": _check_string,
    "act_type_xmlids": _check_words_or_one,
    "aggregates": _check_aggregates,
    "allfields": _check_words,
    "attachment_ids": _check_ids,
    "attachments": _check_files,
    "attributes": _check_words,
    "author_id": _check_id,
    "body": _check_body,
    "count_limit": _check_count,
    "date_deadline": _check_day,
    "domain": _check_domain,
    "email_from": _check_string,
    "feedback": _check_string,
    "field_name": _check_field,
    "field_names": _check_fields,
    "fields": _check_paths,
    "fields_spec": _check_specification,
    "fields_to_export": _check_paths,
    "group_by": _check_path,
    "groupby": _check_paths,
    "groupby_read_specification": _check_group_specification,
    "grouping_sets": _check_grouping_sets,
    "incoming_email_cc": _check_string,
    "incoming_email_to": _check_string,
    "langs": _check_words,
    "limit": _check_count,
    "message_type": _check_message_type,
    "name": _check_string,
    "new_user_id": _check_id,
    "next_id": _check_id,
    "note": _check_string,
    "offset": _check_count,
    "operation": _check_operation,
    "operator": _check_operator,
    "order": _check_order,
    "options": _check_mapping,
    "orderby": _check_order,
    "outgoing_email_to": _check_string,
    "parent_id": _check_id,
    "partner_ids": _check_ids,
    "progress_bar": _check_progress_bar,
    "source_lang": _check_string,
    "specification": _check_specification,
    "subject": _check_string,
    "subtype_id": _check_id,
    "subtype_ids": _check_ids,
    "subtype_xmlid": _check_string,
    "summary": _check_string,
    "template_id": _check_id,
    "translations": _check_mapping,
    "unfold_read_default_limit": _check_count,
    "unfold_read_specification": _check_specification,
    "user_id": _check_id,
    "vals": _check_values,
    "vals_list": _check_list_of_values,
    "view_id": _check_id,
    "view_type": _check_string,
    "views": _check_views,
}
# what the web client and scripts call, of any model
METHODS = {
    models.BaseModel: (
        "check_access_rights", "export_data", "fields_get", "get_field_translations",
        "has_access", "load", "name_create", "name_search", "read", "read_group",
        "search", "search_count", "search_fetch", "search_read",
        "update_field_translations",
    ),
    Base: (
        "formatted_read_group", "formatted_read_grouping_sets", "onchange",
        "read_progress_bar", "search_panel_select_multi_range",
        "search_panel_select_range", "web_name_search", "web_read", "web_read_group",
        "web_resequence", "web_save", "web_save_multi", "web_search_read",
    ),
    Views: ("get_view", "get_views"),
}  # fmt: skip
SEARCHES = ("search", "search_count", "search_fetch", "search_read", "web_search_read")
# the same of a chatter, and of to-dos
CHATTER = {
    MailThread: (
        "message_notify", "message_post", "message_subscribe", "message_unsubscribe",
    ),
    MailActivityMixin: (
        "activity_feedback", "activity_reschedule", "activity_schedule",
        "activity_search", "activity_send_mail", "activity_unlink",
    ),
}  # fmt: skip


class Asked:
    """What one method of Odoo's can be asked with, worked out once.

    :param str method: its name
    :param signature: of the method
    """

    def __init__(self, method, signature):
        parameters = list(signature.parameters.values())[1:]
        self.signature = signature
        self.names = tuple(parameter.name for parameter in parameters)
        self.known = frozenset(self.names)
        self.needed = frozenset(
            parameter.name
            for parameter in parameters
            if parameter.default is parameter.empty
        )
        # those that have a name, and can be given without it
        self.plain = all(
            parameter.kind is parameter.POSITIONAL_OR_KEYWORD
            for parameter in parameters
        )
        # core looks for the domain itself, and goes on from what was looked at
        self.searches = method in SEARCHES
        # something is to be grouped, or to be counted
        self.groups = "groupby" in self.known and "lazy" not in self.known

    def bind(self, records, args, kwargs):
        """Return what is given to which argument: ``{name: value}``.

        :raise UserError: when an argument is missing, or there is none of that name
        """
        if self.plain and len(args) <= len(self.names):
            # as Python itself binds them, in a tenth of the time
            bound = dict(zip(self.names, args, strict=False))
            twice = bound.keys() & kwargs.keys()
            bound.update(kwargs)
            if not twice and self.needed <= bound.keys() <= self.known:
                return bound
        try:
            bound = self.signature.bind(records, *args, **kwargs).arguments
        except TypeError:
            raise UserError(
                records.env._("The arguments are: %s.", ", ".join(self.names))
            ) from None
        bound.update(bound.pop("kwargs", {}))
        return bound

    def check(self, records, args, kwargs):
        """Raise unless the method can be asked like this, as far as types tell.

        :return: ``(args, kwargs)``, to go on with
        :raise UserError: with the name of the argument, and what is expected
        """
        bound = self.bind(records, args, kwargs)
        if self.groups and not (bound.get("groupby") or bound.get("aggregates")):
            records._names_of_fields(None)
        for name, value in bound.items():
            check = ASKED.get(name)
            if check and (name in self.needed or not is_nothing(value)):
                found = check(records, name, value)
                if found is not None and self.searches:
                    args, kwargs = self._replaced(args, kwargs, name, found)
        return args, kwargs

    def _replaced(self, args, kwargs, name, value):
        if name in kwargs:
            return args, {**kwargs, name: value}
        place = self.names.index(name)
        return (*args[:place], value, *args[place + 1 :]), kwargs


def asks(cls, owner, names):
    """Have models of a class look at the arguments of methods of Odoo's first.

    :param cls: the class that extends a model of ours
    :param owner: Odoo's class that has the methods
    """
    for name in names:
        # it comes before what the class has, and never in its place
        assert name not in vars(cls), name
        setattr(cls, name, _asked(cls, owner, name))


def _asked(cls, owner, name):
    method = getattr(owner, name)
    signature = inspect.signature(method)
    asked = Asked(name, signature)

    @functools.wraps(method)
    def enter(self, *args, **kwargs):
        if not self.env.su:
            args, kwargs = asked.check(self, args, kwargs)
        return getattr(super(cls, self), name)(*args, **kwargs)

    # core binds arguments by the signature; what is called is ours
    enter.__signature__ = signature
    del enter.__wrapped__
    return enter


class HandoverAsked(models.AbstractModel):
    """A model of ours, whose methods of Odoo's look at what they are asked with."""

    _inherit = "handover.typed"

    def action_archive(self):
        self._check_archives()
        return super().action_archive()

    def action_unarchive(self):
        self._check_archives()
        return super().action_unarchive()

    @api.deprecated("Deprecated since 19.0, use action_archive or action_unarchive")
    def toggle_active(self):
        self._check_archives()
        return super().toggle_active()

    def _check_archives(self):
        """Raise unless records of this model can be archived."""
        if not self._active_name:
            raise UserError(
                self.env._("%s: such records are not archived.", self._description)
            )


for _owner, _names in METHODS.items():
    asks(HandoverAsked, _owner, _names)
