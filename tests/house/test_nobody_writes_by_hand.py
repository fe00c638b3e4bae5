"""Nobody writes by hand what the code alone writes: each model, each field, each verb.

Generated from the guard, for whatever add-ons are installed: a new field, or model, is
among them by itself. What the add-ons mean by it is in their own tests.
"""

from odoo import Command, models
from odoo.tools import mute_logger

from ..core.test_guarded_fields import FORGED, REFUSALS, GuardCase
from ..everything import Everything

# a value of each type that somebody would like to have there
WISHES = {
    "char": "x", "text": "x", "html": "x", "selection": None, "integer": 9,
    "float": 9.0, "monetary": 9.0, "boolean": None, "date": "2020-01-01",
    "datetime": "2020-01-01 00:00:00",
    "many2one": 1, "many2many": [Command.clear()], "one2many": [Command.clear()],
    "json": {"x": 1},
}  # fmt: skip


class TestByHand(Everything, GuardCase):
    SECONDS = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_everything()
        guard = cls.env.registry["handover.guard"]
        cls.models = [
            cls.env[name]
            for name in sorted(cls.env.registry)
            if isinstance(cls.env[name], guard) and not cls.env[name]._abstract
        ]

    def wish(self, record, field):
        """Return a value for ``field`` that is not the one it has."""
        value = record[field.name]
        if field.type == "boolean":
            return not value
        if field.type == "selection":
            values = field.get_values(self.env)
            return next(other for other in [*values, "x"] if other != value)
        return WISHES[field.type]

    def fields(self):
        """Yield ``(record, field, value)`` for each guarded field of each model."""
        for Model in self.models:
            record = Model.sudo().search([], order="id", limit=1)
            self.assertTrue(record, f"{Model._name}: make one in tests/everything.py")
            for name in sorted(Model._fields):
                field = Model._fields[name]
                if Model._is_guarded(field):
                    yield record, field, self.wish(record, field)

    def test_a_forgotten_field_is_guarded(self):
        for Model in self.models:
            chatter = {
                name
                for mixin in ("mail.thread", "mail.activity.mixin")
                if isinstance(Model, self.env.registry[mixin])
                for name in self.env[mixin]._fields
            }
            free = Model._content_fields | chatter | set(models.MAGIC_COLUMNS)
            for name, field in Model._fields.items():
                if field.store and name not in free:
                    self.assertTrue(Model._is_guarded(field), f"{Model._name}.{name}")

    def test_a_copy_of_content_is_no_content(self):
        for Model in self.models:
            for name in Model._content_fields:
                self.assertFalse(Model._fields[name].related, f"{Model._name}.{name}")

    def test_nobody_writes(self):
        users = (self.anna, self.admin)
        for record, field, value in self.fields():
            for method, options in (("write", {}), ("web_save", {"specification": {}})):
                for user in users:
                    with self.subTest(
                        model=record._name, field=field.name, by=user.login, how=method
                    ):
                        args = (record._name, method, record.ids, {field.name: value})
                        self.assertRefusedCall(user, *args, context=FORGED, **options)

    def test_the_superuser_does_not_write_either(self):
        for record, field, value in self.fields():
            for env in (self.env(su=True), self.env(user=self.anna, su=True)):
                with self.subTest(model=record._name, field=field.name):
                    forged = record.with_env(env).with_context(**FORGED)
                    with self.assertRefused(REFUSALS):
                        forged.write({field.name: value})

    def test_nobody_imports_or_copies_them(self):
        for record, field, value in self.fields():
            with self.subTest(model=record._name, field=field.name):
                if not field.relational and field.type != "json":
                    rows = [[str(record.id), str(value)]]
                    self.assertShut(
                        self.admin, record._name, "load", [".id", field.name], rows,
                        context=FORGED,
                    )  # fmt: skip
                self.assertRefusedCall(
                    self.admin, record._name, "copy", record.ids, {field.name: value},
                    context=FORGED,
                )  # fmt: skip

    def test_nobody_makes_what_the_code_makes(self):
        closed = [Model for Model in self.models if Model._creation_problem()]
        self.assertIn("handover.request.line", [Model._name for Model in closed])
        for Model in closed:
            record = Model.sudo().search([], limit=1)
            values = {
                name: 1 if field.type == "many2one" else "x"
                for name, field in Model._fields.items()
                if field.required and field.type in ("many2one", "char", "selection")
            }
            for user in (self.anna, self.manager, self.admin, self.env.user):
                # Odoo itself makes nothing of a name where a name is no text
                self.assertShut(user, Model._name, "name_create", "x")
                for method, args in (("create", [[values]]), ("copy", [record.ids])):
                    with (
                        self.subTest(model=Model._name, by=user.login, how=method),
                        mute_logger("odoo.sql_db"),
                    ):
                        self.assertRefusedCall(
                            user, Model._name, method, *args, context=FORGED
                        )
