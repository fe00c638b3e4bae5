"""Values of wrong types, in each field and each argument: a refusal that names it.

Generated from the registry, for whatever add-ons are installed. All values are tried
with the very methods that are called over RPC; a sample goes over the wire.
"""

import logging
from contextlib import contextmanager, suppress
from itertools import cycle, product

from odoo import models
from odoo.exceptions import UserError
from odoo.service.model import call_kw

from odoo.addons.crm_handover.models.handover_named import is_worked_out

from ..everything import Everything
from .client import Refused
from .test_rpc import BIG, GOOD_CALLS, MODEL_CALLS, REFUSALS, RpcCase

DEEP = []
for _ in range(200):
    DEEP = [DEEP]

TEXTS = ("x", "5", "2026-13-45", "2026-02-30 25:00:00", "0001-01-01", "null")
NOT_STORED = ("a\x00b", "\ud800")
WHOLE = (-1, 0)
NUMBERS = (1.5, -0.25)
NO_NUMBERS = (2**31, BIG, 10**30, float("nan"), float("inf"))
LISTS = ([], [1])
NO_COMMANDS = (
    ["x"], [[]], [[9, 1, 2]], [[0, 0, "x"]], [[6, 0, "x"]], [[4, "x"]], [[1, "x", {}]],
    [None], [[4, 1, 2, 3]], [[6, 0, [1.5]]], [{}],
)  # fmt: skip
OBJECTS = ({}, {"a": 1}, {"id": 5})
BAD = (
    "", *TEXTS, *NOT_STORED, *WHOLE, *NUMBERS, *NO_NUMBERS, True, *LISTS, *NO_COMMANDS,
    *OBJECTS, DEEP, {"a": "b\x00"},
)  # fmt: skip
# what is a value of this type after all: it is for the model to say what it means
FITS = {
    "many2one": (),
    "one2many": LISTS,
    "many2many": LISTS,
    "char": ("", *TEXTS),
    "text": ("", *TEXTS),
    "html": ("", *TEXTS),
    "selection": ("",),
    "boolean": (True, 0),
    "integer": WHOLE,
    "float": (*WHOLE, *NUMBERS, 2**31),
    "monetary": (*WHOLE, *NUMBERS, 2**31),
    "date": ("",),
    "datetime": ("",),
    "json": ("", *TEXTS, *WHOLE, *NUMBERS, 2**31, True, *LISTS, *NO_COMMANDS, *OBJECTS),
    # characters that are no Base64 are passed over by Odoo
    "binary": ("", "2026-13-45", "2026-02-30 25:00:00", "0001-01-01", "null"),
}
# arguments that are no id, no list of ids and no text
OTHER_ARGUMENTS = {
    "expected_version": WHOLE,
    "limit": WHOLE,
    "offset": WHOLE,
    "start": ("",),
    "date_return": ("",),
    "duration": (*WHOLE, *NUMBERS, 2**31),
    "came_since": (True, 0),
    "keep_together": (True, 0),
    "settled": (True, 0),
    "assignment": FITS["json"],
    "caps": FITS["json"],
    "shown": FITS["json"],
    "draft": FITS["json"],
    "shares": FITS["json"],
}
# of these, the method itself says what is wrong
OWN_WORDS = ("rating", "value")
# what comes after all of ours, and looks at no value
LAST = "odoo.addons.crm_handover.models.base"
LOUD = "odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers.xmlrpc"


def same(one, other):
    """``1`` is no ``True``, and what is no number equals nothing."""
    return repr(one) == repr(other)


def over_xmlrpc(value):
    """Tell whether XML-RPC can send ``value``."""
    text = repr(value)
    return not ("\\x00" in text or "\\ud800" in text) and not (
        isinstance(value, int) and abs(value) >= 2**31
    )


class Ear(logging.Handler):
    """Hears errors, and tracebacks of whatever level."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def emit(self, record):
        if record.levelno >= logging.ERROR or record.exc_info:
            self.heard.append(self.format(record))


class Wires:
    """Listens to what the server says while it refuses."""

    def assertRefusedAloud(self, protocol, client, *args, **kwargs):
        """Fail unless it is refused in words, with no traceback anywhere."""
        ear, root = Ear(), logging.getLogger("odoo")
        root.addHandler(ear)
        try:
            with self.outside(), self.assertRaises(Refused) as caught:
                client.call(*args, **kwargs)
        finally:
            root.removeHandler(ear)
        self.env.invalidate_all()
        self.assertFalse(ear.heard)
        self.assertIn(caught.exception.code, REFUSALS[protocol], caught.exception.text)
        self.assertNotIn("Traceback", caught.exception.text)
        return caught.exception.text


class TestWrongTypes(Wires, Everything, RpcCase):
    SECONDS = 60

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_everything()
        ours = cls.env.registry["handover.typed"]
        cls.models = [
            cls.env[name]
            for name in sorted(cls.env.registry)
            if isinstance(cls.env[name], ours) and not cls.env[name]._abstract
        ]

    def test_each_of_our_models_looks_at_types(self):
        """… and each of its overrides looks first."""
        typed = self.env.registry["handover.typed"]
        for name in self.env.registry:
            Model = self.env[name]
            if name.startswith("handover.") and not Model._abstract:
                self.assertIsInstance(Model, typed)
        for Model in self.models:
            for cls in type(Model).mro():
                ours = cls.__module__.startswith("odoo.addons.crm_handover")
                if not ours or cls.__module__ == LAST:
                    continue
                for verb in ("create", "write"):
                    if method := vars(cls).get(verb):
                        names = []
                        while method:
                            names.append(method.__code__.co_name)
                            method = getattr(method, "__wrapped__", None)
                        self.assertIn("enter", names, f"{cls.__module__}.{verb}")

    def fields(self):
        """Yield ``(model, field, values)`` of all fields, with what does not fit."""
        for Model in self.models:
            for name, field in sorted(Model._fields.items()):
                if name not in models.MAGIC_COLUMNS and field.type in FITS:
                    fits = FITS[field.type]
                    if field.type == "selection":
                        fits = (*fits, *field.get_values(self.env))
                    wrong = [v for v in BAD if not any(same(v, fit) for fit in fits)]
                    yield Model, field, wrong

    def arguments(self):
        """Yield ``(model, method, name, values)`` of all arguments."""
        for model, method in {**GOOD_CALLS, **MODEL_CALLS}:
            for name in self.good_arguments(model, method) | self.optional(
                model, method
            ):
                if name == "rating":
                    fits = WHOLE
                elif name.endswith("_ids"):
                    fits = LISTS
                elif name.endswith("_id"):
                    fits = ()
                else:
                    fits = OTHER_ARGUMENTS.get(name, ("", *TEXTS))
                wrong = [v for v in BAD if not any(same(v, fit) for fit in fits)]
                yield model, method, name, wrong

    def optional(self, model, method):
        code = getattr(type(self.env[model]), method)
        while hasattr(code, "__wrapped__"):
            code = code.__wrapped__
        names = code.__code__.co_varnames[1 : code.__code__.co_argcount]
        return dict.fromkeys(names)

    def record(self, model):
        return self.env[model].sudo().search([], order="id", limit=1)

    def assertNamed(self, label, Model, method, *args, **kwargs):
        """Fail unless the call is refused with a text that has ``label``."""
        try:
            call_kw(Model, method, args, kwargs)
        except UserError as error:
            said = str(error)
        else:
            self.fail("it went through")
        self.assertIn(label, said)
        # what is answered can be sent
        self.assertTrue(said.isprintable())

    def test_fields(self):
        """All values in all fields, made and changed."""
        tried = 0
        for Model, field, wrong in self.fields():
            Model = Model.with_user(self.anna)
            label = field._description_string(Model.env)
            ids = [self.topic_id]
            for number, value in enumerate(wrong):
                with self.subTest(field=str(field), value=repr(value)[:60]):
                    vals = {field.name: value}
                    self.assertNamed(label, Model, "create", [vals])
                    # the same check: some of them are enough
                    if number % 5 == 0:
                        self.assertNamed(label, Model, "create", vals)
                        self.assertNamed(label, Model, "write", ids, vals)
                    tried += 1
        self.assertGreater(tried, 5_000)

    def test_what_has_to_be_there_is_not_taken_away(self):
        """Before anything counts on it: the database would say it too late."""
        kinds = ("many2one", "char", "text", "html", "selection", "date", "datetime")
        tried = set()
        for Model, field, _wrong in self.fields():
            if field.required and field.store and field.type in kinds:
                Model = Model.with_user(self.admin)
                label = field._description_string(Model.env)
                for value in (False, None):
                    with self.subTest(field=str(field), value=value):
                        vals = {field.name: value}
                        self.assertNamed(label, Model, "write", [self.topic_id], vals)
                tried.add(Model._name)
        self.assertGreater(len(tried), 5)

    def test_copies(self):
        """What is to be different in a copy, for all values and fields."""
        for Model, field, wrong in self.fields():
            label = field._description_string(Model.env)
            for number, method in enumerate(("copy", "copy_data")):
                value = wrong[(len(field.name) + number) % len(wrong)]
                with self.subTest(field=str(field), value=repr(value)[:60]):
                    self.assertNamed(
                        label, Model, method, [self.topic_id], {field.name: value}
                    )
        for Model in self.models:
            for value in ("x", 5, "", [], [{}], {"no_such_field": 1}, {5: 5}):
                with self.subTest(model=Model._name, value=value):
                    said = Model._description
                    for method in ("copy", "copy_data"):
                        self.assertNamed(said, Model, method, [self.topic_id], value)

    def test_what_is_no_values(self):
        for Model in self.models:
            Model = Model.with_user(self.anna)
            for value in ("x", 5, ["x"], [[]], [None], {"no_such_field": 1}, {5: 5}):
                with self.subTest(model=Model._name, value=value):
                    said = Model._description
                    self.assertNamed(said, Model, "create", value)
                    self.assertNamed(said, Model, "write", [self.topic_id], value)
                    self.assertNamed(said, Model, "onchange", [], value, [], {})

    def test_what_is_no_rows(self):
        """An import, which makes values of texts."""
        wrong = ("x", 5, {}, ["x"], [5], [["a", "b"]], [[["a"]]], [[{}]], [["a\x00"]])
        for Model in self.models:
            Model = Model.with_user(self.anna)
            for rows in wrong:
                with self.subTest(model=Model._name, rows=rows):
                    self.assertNamed(
                        Model._description, Model, "load", ["display_name"], rows
                    )
        # a number is the text that it is written as, a cell may be empty
        loaded = self.env["handover.reason"].load(
            ["name", "description"], [[2031, False]]
        )
        self.assertEqual(self.env["handover.reason"].browse(loaded["ids"]).name, "2031")

    def test_what_a_dialog_was_opened_on(self):
        """It comes in the context, and is looked at all the same."""
        opened = {
            "handover.request.generate": ("res.partner", 5),
            "handover.request.evidence": ("handover.request",),
            "handover.request.prepare": ("res.users",),
        }
        bad = ("x", [1, "y"], {"a": 1}, 5.5, BIG, -1)
        for name, kinds in opened.items():
            Model = self.env[name].with_user(self.anna)
            for model, value in product(kinds, bad):
                context = {
                    "active_model": model, "active_id": value, "active_ids": value
                }  # fmt: skip
                for method, args in (
                    ("default_get", [list(Model._fields)]),
                    ("onchange", [[], {}, [], {"display_name": {}}]),
                ):
                    # answered or refused, and never broken
                    with (
                        self.subTest(name=name, model=model, value=value),
                        suppress(UserError),
                    ):
                        call_kw(Model, method, args, {"context": context})

    def test_defaults_of_a_context(self):
        """What is no value is none either when it comes as a default."""
        for Model, field, wrong in self.fields():
            if Model._has_field_access(field, "write"):
                label = field._description_string(Model.env)
                named, context = [field.name], {f"default_{field.name}": wrong[0]}
                with self.subTest(field=str(field)):
                    if is_worked_out(field):
                        # whatever it is, no form says it
                        kwargs = {"context": context}
                        told = call_kw(Model, "default_get", (named,), kwargs)
                        self.assertNotIn(field.name, told)
                        continue
                    self.assertNamed(
                        label, Model, "default_get", named, context=context
                    )

    def test_arguments(self):
        """All values in all arguments of all public methods."""
        tried = 0
        for model, method, name, wrong in self.arguments():
            Model = self.env[model].with_user(self.admin)
            of_model = (model, method) in MODEL_CALLS
            records = () if of_model else (self.record(model).ids,)
            self.assertTrue(
                of_model or records[0], f"{model}: make one in tests/everything.py"
            )
            good = self.good_arguments(model, method)
            for value in wrong:
                what = f"{model}.{method}({name}={value!r:.60})"
                with self.subTest(what), self.undone():
                    with self.assertRaises(UserError) as caught:
                        call_kw(Model, method, records, {**good, name: value})
                    tried += 1
                    if name not in OWN_WORDS:
                        self.assertIn(name, str(caught.exception))
        self.assertGreater(tried, 500)

    @contextmanager
    def undone(self):
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all()

    def next_value(self, turns, key, wrong):
        """Take one value after the other, for each protocol and type."""
        turn = turns.setdefault(key, cycle(wrong))
        return next(value for value in turn if key[0] != "xmlrpc" or over_xmlrpc(value))

    def test_fields_over_the_wire(self):
        """A field of each type of each model, a value and a way after the other."""
        values, verbs = {}, cycle(("create", "write"))
        clients = {protocol: self.client(protocol, "anna") for protocol in REFUSALS}
        done = set()
        for Model, field, wrong in self.fields():
            if (Model._name, field.type) in done:
                continue
            done.add((Model._name, field.type))
            for protocol, client in clients.items():
                value = self.next_value(values, (protocol, field.type), wrong)
                verb = next(verbs)
                vals = {field.name: value}
                what = f"{protocol} {verb} {field}={value!r:.60}"
                with self.subTest(what):
                    if verb == "create":
                        args, kwargs = (), {"vals_list": [vals]}
                    else:
                        args, kwargs = ([self.topic_id],), {"vals": vals}
                    text = self.assertRefusedAloud(
                        protocol, client, Model._name, verb, *args, **kwargs
                    )
                    self.assertIn(field._description_string(self.env), text)

    def test_arguments_over_the_wire(self):
        values = {}
        clients = {protocol: self.client(protocol, "admin") for protocol in REFUSALS}
        for model, method, name, wrong in self.arguments():
            ids = None if (model, method) in MODEL_CALLS else self.record(model).ids
            good = self.good_arguments(model, method)
            for protocol, client in clients.items():
                value = self.next_value(values, (protocol, name), wrong)
                with self.subTest(f"{protocol} {model}.{method}({name}={value!r:.60})"):
                    self.assertRefusedAloud(
                        protocol, client, model, method, ids, **{**good, name: value}
                    )

    def test_records_that_are_not_there(self):
        """An id that is none, in each field that people write."""
        clients = {protocol: self.client(protocol, "anna") for protocol in REFUSALS}
        protocols = cycle(REFUSALS)
        for Model in self.models:
            for field in Model._fields.values():
                if field.type != "many2one" or field.name in models.MAGIC_COLUMNS:
                    continue
                protocol = next(protocols)
                with self.subTest(f"{protocol} {field}"):
                    vals = {field.name: 2**31 - 7}
                    self.assertRefusedAloud(
                        protocol, clients[protocol], Model._name, "create",
                        vals_list=[vals],
                    )  # fmt: skip
