"""Forms that are not saved tell nothing of what their reader may not read.

Generated from the registry: each field of each of our models that can name a record is
given one that is hidden, as a default of the context and as a value. The answer is the
same as with nothing named.
"""

import re

from freezegun import freeze_time

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from odoo.addons.crm_handover.models.handover_named import is_worked_out

from ..everything import Everything
from ..kinds import KindsCommon
from .client import Refused
from .test_rpc import REFUSALS, RpcCase

MISSING = 2**31 - 7
# what no form sends of any field, and what may look like it
ODD = ("x", "", 7, 0.5, True, False, None, [], [[6, 0, [1]]], {})


class ComputedOnOthers:
    """What our add-ons work out as superuser, on models of others: one that is saved
    tells it to who may read that one, and a form that looks like it tells it to nobody.
    """

    def computed(self):
        """Yield the fields, with the names of those that they are worked out from."""
        for name in sorted(self.env.registry):
            Model = self.env[name]
            if name.startswith("handover.") or Model._abstract:
                continue
            for field in Model._fields.values():
                ours = all(part.startswith("crm_handover") for part in field._modules)
                if field.compute and field.compute_sudo and field._modules and ours:
                    paths = self.env.registry.field_depends[field]
                    yield field, sorted({path.partition(".")[0] for path in paths})

    def assertFormTellsNothing(self, *users):
        """Fail if what is worked out for a record is worked out for its likeness.

        :return: for which fields there was anything to tell
        """
        told = set()
        for field, names in self.computed():
            Model = self.env[field.model_name].sudo().with_context(active_test=False)
            records = Model.search([], order="id desc", limit=100)
            real = records.filtered(field.name)
            if not field.store:
                told.update([str(field)] if real else [])
            for user in users:
                mine = self.env[field.model_name].with_user(user)
                if field.store or not mine._has_field_access(field, "read"):
                    continue
                for record in real:
                    sent = {
                        name: Command.set(record[name].ids)
                        if record._fields[name].type.endswith("2many")
                        else record._fields[name].convert_to_write(record[name], record)
                        for name in names
                    }
                    sent = {
                        name: [value] if isinstance(value, tuple) else value
                        for name, value in sent.items()
                    }
                    try:
                        value = mine.new(sent)[field.name]
                    except AccessError:
                        continue
                    if not value or any(
                        field.relational
                        and record._fields[name].comodel_name == field.comodel_name
                        and value._origin <= record[name]
                        for name in names
                    ):
                        # what the form itself says
                        continue
                    self.assertEqual(value, mine.new({})[field.name], str(field))
        return told


class TestUnsaved(ComputedOnOthers, Everything, KindsCommon, RpcCase):
    SECONDS = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_everything()
        # what nobody but its people may know
        members = {"privacy_visibility": "followers", "name": "Secret Project"}
        cls.secret = cls.make_project(cls.chen, **members)
        cls.hidden_lead = cls.make_lead(cls.chen, name="Secret Deal")
        ours = cls.env.registry["handover.typed"]
        cls.models = [
            cls.env[name]
            for name in sorted(cls.env.registry)
            if isinstance(cls.env[name], ours) and not cls.env[name]._abstract
        ]

    def hidden(self, model, user):
        """A record that ``user`` may not read: preferably one with a secret name."""
        if model == "project.project":
            return self.secret
        found = self.env[model].sudo().with_context(active_test=False)
        found = found.search([], order="id desc", limit=300)
        mine = found.with_user(user)._filtered_access("read")
        return (found - mine.sudo())[:1]

    def spec(self, Model):
        """Ask for all fields, and for the names of what is named."""
        names = {"fields": {"display_name": {}}}
        return {
            name: names if field.relational else {}
            for name, field in Model._fields.items()
            if name not in models.MAGIC_COLUMNS
            and Model._has_field_access(field, "read")
        }

    def ask(self, Model, values, context=None, changed=()):
        """Return what the form answers, or the words of a refusal."""
        context = {"lang": "en_US", **(context or {})}
        with self.env.cr.savepoint(), mute_logger("odoo.addons.base.models.ir_rule"):
            try:
                answer = call_kw(
                    Model, "onchange", ([], values, [*changed], self.spec(Model)),
                    {"context": context},
                )  # fmt: skip
            except (AccessError, UserError) as error:
                answer = str(error)
        self.env.invalidate_all()
        # what is not saved is named by its place in the memory
        return re.sub(r"NewId_0x[0-9a-f]+", "new", str(answer))

    def test_a_likeness_of_what_others_have(self):
        self.assertTrue(self.assertFormTellsNothing(self.other, self.manager))

    def test_a_form_with_nothing_in_it(self):
        """It answers, or refuses in words; it never breaks."""
        broken = {}
        for user in (self.other, self.manager, self.admin):
            for Model in self.models:
                Model = Model.with_user(user)
                for name, field in Model._fields.items():
                    if not Model._has_field_access(field, "read"):
                        continue
                    try:
                        Model.new({})[name]
                    except (AccessError, UserError):
                        continue
                    except (
                        ArithmeticError,
                        LookupError,
                        TypeError,
                        ValueError,
                    ) as error:
                        broken[field] = repr(error)
        self.assertFalse(broken)
        for user in (self.other, self.manager, self.admin):
            for Model in self.models:
                self.ask(Model.with_user(user), {})

    @freeze_time("2031-05-05 08:00:00")
    def test_what_is_worked_out_is_never_believed(self):
        """A form sends it back as it was told, or anything else."""
        tried = 0
        for user in (self.other, self.manager):
            for Model in self.models:
                Model = Model.with_user(user)
                names = [
                    name
                    for name, field in Model._fields.items()
                    if is_worked_out(field) and Model._has_field_access(field, "read")
                ]
                if not (Model._transient and Model.has_access("create")):
                    continue
                nothing = self.ask(Model, {})
                for value in ODD:
                    sent = dict.fromkeys(names, value)
                    context = {f"default_{name}": value for name in names}
                    with self.subTest(Model._name, by=user.login, value=value):
                        self.assertEqual(self.ask(Model, sent), nothing)
                        answer = self.ask(Model, {}, context)
                        # a default of another type is refused
                        if answer.startswith("{"):
                            self.assertEqual(answer, nothing)
                        # nor is what a form says has changed, and does not send
                        self.assertEqual(
                            self.ask(Model, sent, changed=[*names, "id"]), "{}"
                        )
                    tried += len(names)
        self.assertGreater(tried, 500)

    # what is planned from now on is the same, however long it takes
    @freeze_time("2031-05-05 08:00:00")
    def test_hidden_records_are_nobodys(self):
        tried = set()
        for user in (self.other, self.manager):
            for Model in self.models:
                Model = Model.with_user(user)
                if not Model.has_access("create"):
                    continue
                nothing = {}
                for name, field in Model._fields.items():
                    if not field.relational or not Model._has_field_access(
                        field, "read"
                    ):
                        continue
                    record = self.hidden(field.comodel_name, user)
                    if not record:
                        continue
                    if not nothing:
                        nothing = self.ask(Model, {})
                    tried.add(field.comodel_name)
                    one = field.type == "many2one"
                    for how in ("default", "value"):
                        value = record.id if one else [Command.set(record.ids)]
                        with self.subTest(field=str(field), by=user.login, how=how):
                            if how == "default":
                                context = {f"default_{name}": value}
                                answer = self.ask(Model, {}, context)
                                self.assertEqual(answer, nothing)
                            else:
                                empty = self.ask(Model, {name: False if one else []})
                                answer = self.ask(Model, {name: value})
                                self.assertEqual(answer, empty)
        for model in ("handover.request", "handover.request.line", "project.project"):
            self.assertIn(model, tried)

    def test_what_names_a_model_and_an_id(self):
        pairs = [
            (Model, ids)
            for Model in self.models
            for ids in ("res_id", "res_ids")
            if {"res_model", ids} <= Model._fields.keys()
        ]
        self.assertTrue(pairs)
        for user in (self.other, self.manager):
            for Model, ids in pairs:
                Model = Model.with_user(user)
                for record in (self.secret, self.hidden_lead, self.requests["done"]):
                    id_ = record.id if ids == "res_id" else record.ids
                    context = {"default_res_model": record._name, f"default_{ids}": id_}
                    answer = str(self.ask(Model, {}, context))
                    for told in ("Secret", record.sudo().display_name):
                        self.assertNotIn(told, answer, f"{Model._name} {record}")

    def test_a_dialog_opened_on_what_is_hidden(self):
        """It goes on as if it was opened on nothing."""
        Evidence = self.env["handover.request.evidence"].with_user(self.other)
        context = {
            "active_model": "handover.request", "active_id": self.requests["done"].id
        }  # fmt: skip
        self.assertFalse(self.requests["done"].with_user(self.other).has_access("read"))
        self.assertEqual(self.ask(Evidence, {}, context), self.ask(Evidence, {}))
        Generate = self.env["handover.request.generate"].with_user(self.other)
        for ids in (self.hidden_lead.ids, [MISSING]):
            context = {"active_model": "crm.lead", "active_ids": ids}
            answer = self.ask(Generate, {}, context)
            self.assertIn("'predecessor_id': False", answer)

    def test_nobody_names_what_is_hidden(self):
        """In a dialog and in what is to stay: it is refused, the same as missing."""
        for Model in self.models:
            Model = Model.with_user(self.other)
            for name, field in Model._fields.items():
                if field.type != "many2one" or field.name in models.MAGIC_COLUMNS:
                    continue
                record = self.hidden(field.comodel_name, self.other)
                said = set()
                for id_ in (*record.ids, MISSING):
                    with (
                        self.subTest(field=str(field)),
                        mute_logger("odoo.addons.base.models.ir_rule"),
                        self.assertRaises(UserError) as caught,
                    ):
                        call_kw(Model, "create", [{name: id_}], {})
                    said.add(str(caught.exception))
                self.assertEqual(len(said), 1, field)

    def test_over_the_wire(self):
        request = self.requests["done"].sudo()
        named = {"fields": {"display_name": {}}}
        for protocol in REFUSALS:
            client = self.client(protocol, "other")
            for model, told in (
                ("handover.request.give", "predecessor_id"),
                ("handover.grant", "request_state"),
            ):
                spec = {"request_id": named, told: {}}
                try:
                    answer = self.call(
                        client, model, "onchange", [], values={}, field_names=[],
                        fields_spec=spec, context={"default_request_id": request.id},
                    )  # fmt: skip
                except Refused as refused:
                    self.assertIn(refused.code, REFUSALS[protocol])
                    continue
                value = answer["value"]
                self.assertFalse(value["request_id"])
                self.assertFalse(value[told])
