"""Odoo's own public methods on models of ours: what is no argument is refused in words.

Generated from the registry: each method that Odoo brings to our models, each of its
arguments, and values of wrong types. What is left to core, since it is the same on any
model, is on a reviewed list, ``tests/reviewed/core_methods.txt``.
"""

import inspect
import warnings
from itertools import cycle

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.service.model import call_kw, get_public_method

from ..everything import Everything
from ..house.test_reviewed import reviewed
from .test_rpc import REFUSALS, RpcCase
from .test_wrong_types import BAD, Wires, over_xmlrpc

# what is needed besides the argument that is tried
NEEDED = {
    "act_type_xmlids": ["mail.mail_activity_data_todo"],
    "domain": [],
    "field_name": "id",
    "fields": ["display_name"],
    "fields_to_export": ["display_name"],
    "data": [["x"]],
    "full_name": "x.y",
    "group_by": "create_uid",
    "groupby": ["create_uid"],
    "grouping_sets": [["create_uid"]],
    "name": "x",
    "operation": "read",
    "progress_bar": {"field": "create_uid", "colors": {}},
    "specification": {"display_name": {}},
    "template_id": 2**31 - 7,
    "translations": {},
    "vals": {},
    "vals_list": [{}],
    "values": {},
    "field_names": [],
    "fields_spec": {},
    "views": [[False, "list"]],
}


def deep_domains():
    """Conditions deeper within each other than anybody asks, in each way there is."""
    leaf = ["id", "=", 1]
    yield [*(["&", "|"] * 600), *([leaf] * 1201)]
    yield [*(["!", "&", "|"] * 200), *([leaf] * 401)]
    yield [["predecessor_id" + ".partner_id.user_ids" * 400, "=", 1]]
    inner = [leaf]
    for _level in range(60):
        inner = [["user_ids", "any", [["partner_id", "any", inner]]]]
    yield [["predecessor_id.partner_id", "any", inner]]


class TestCoreMethods(Wires, Everything, RpcCase):
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

    def methods(self, Model):
        """Yield ``(name, code, arguments)`` of what Odoo brings to a model."""
        for name in sorted(set(dir(type(Model)))):
            brings = [cls for cls in type(Model).mro() if name in vars(cls)]
            if name.startswith("_") or not callable(getattr(type(Model), name)):
                continue
            if brings[-1].__module__.startswith("odoo.addons.crm_handover"):
                continue
            try:
                code = get_public_method(Model, name)
                signature = inspect.signature(code)
            except (UserError, ValueError):
                continue
            if inspect.isfunction(code):
                yield name, code, list(signature.parameters.values())[1:]

    def calls(self, Model):
        """Yield ``(method, argument, positional, keywords)`` of all bad calls."""
        ids = Model.sudo().search([], order="id", limit=1).ids
        for name, code, parameters in self.methods(Model):
            here = [] if getattr(code, "_api_model", False) else [ids]
            needed = {
                one.name: NEEDED.get(one.name)
                for one in parameters
                if one.default is one.empty
                and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            }
            if needed:
                yield name, "-", here, {}
            for one in parameters:
                if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                    for value in BAD:
                        yield name, one.name, here, {**needed, one.name: value}

    def broken(self, Model, user, left):
        """Return what fails other than in words: ``{method.argument: error}``."""
        found, Model = {}, Model.with_user(user)
        for method, argument, here, kwargs in self.calls(Model):
            what = f"{method}.{argument}"
            if what in found or what in left or method in left:
                continue
            try:
                with self.env.cr.savepoint() as savepoint:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore", DeprecationWarning)
                        call_kw(Model, method, here, kwargs)
                    savepoint.rollback()
            except (UserError, IntegrityError):
                # of what a row must have, Odoo makes words afterwards
                pass
            except Exception as error:  # noqa: BLE001
                found[what] = f"{kwargs.get(argument)!r:.40} {error!r:.90}"
            self.env.clear()
        return found

    def test_what_odoo_brings_refuses_in_words(self):
        """All of it on a model with each of Odoo's parts; the rest by the same code."""
        left = reviewed("core_methods.txt")
        for name in ("handover.request", "handover.topic"):
            with self.subTest(name):
                self.assertFalse(self.broken(self.env[name], self.admin, left))

    def test_each_of_our_models_asks_the_same(self):
        """No model of ours, and no method of one, goes round it."""
        from odoo.addons.crm_handover.models import handover_asked as asked

        wrong = {
            "domain": "x", "limit": -1, "order": 5, "specification": 5, "fields": 5,
            "groupby": 5, "operation": "x", "fields_to_export": 5, "field_name": "x",
        }  # fmt: skip
        for Model in self.models:
            Model = Model.with_user(self.anna)
            for names in asked.METHODS.values():
                for name in names:
                    code = getattr(type(Model), name)
                    parameters = inspect.signature(code).parameters
                    here = [] if getattr(code, "_api_model", False) else [[]]
                    for argument in parameters.keys() & wrong.keys():
                        kwargs = {
                            one.name: NEEDED.get(one.name)
                            for one in list(parameters.values())[1:]
                            if one.default is one.empty
                            and one.kind is not one.VAR_KEYWORD
                        } | {argument: wrong[argument]}
                        with (
                            self.subTest(model=Model._name, call=f"{name} {argument}"),
                            self.assertRaises(UserError),
                        ):
                            call_kw(Model, name, here, kwargs)
            if not Model._active_name:
                for name in ("action_archive", "action_unarchive", "toggle_active"):
                    with self.assertRaises(UserError):
                        call_kw(Model, name, [[]], {})

    def test_over_the_wire(self):
        """One method after the other, as the least of those who may call."""
        clients = {protocol: self.client(protocol, "anna") for protocol in REFUSALS}
        protocols = cycle(REFUSALS)
        ids = self.requests["draft"].ids
        for method, here, kwargs in (
            ("name_search", None, {"name": "a\x00b"}),
            ("name_search", None, {"operator": "sounds like"}),
            ("search_read", None, {"domain": [["nothing", "=", 1]]}),
            ("search_read", None, {"domain": "x"}),
            *(("search_count", None, {"domain": deep}) for deep in deep_domains()),
            ("search_read", None, {"domain": [], "limit": "x"}),
            ("search_read", None, {"domain": [], "order": "nothing desc"}),
            ("search_read", None, {"domain": [], "fields": ["nothing"]}),
            ("web_search_read", None, {"domain": [], "specification": {"x": {}}}),
            ("web_read_group", None, {"domain": [], "groupby": []}),
            ("formatted_read_group", None, {"domain": [], "aggregates": ["id:x"]}),
            ("web_resequence", ids, {"specification": {}, "field_name": "nothing"}),
            ("action_archive", ids, {}),
            ("export_data", ids, {"fields_to_export": ["nothing"]}),
            ("web_save", ids, {"vals": [], "specification": {}}),
            ("message_subscribe", ids, {"partner_ids": ["x"]}),
            ("message_post", ids, {"body": {"a": 1}}),
            ("activity_schedule", ids, {"date_deadline": "2026-13-45"}),
            ("get_views", None, {"views": "list"}),
        ):
            protocol = next(protocols)
            if not over_xmlrpc(kwargs):
                protocol = "json2"
            with self.subTest(f"{protocol} {method} {kwargs}"):
                self.assertRefusedAloud(
                    protocol, clients[protocol], "handover.request", method, here,
                    **kwargs,
                )  # fmt: skip

    def test_what_the_web_client_asks_of_grouped_lists_is_answered(self):
        """Each column that is summed up, money of several currencies as well."""
        asked = set()
        for Model in self.models:
            Model = Model.with_user(self.admin)
            aggregates = []
            for name, field in Model._fields.items():
                if not field.store or not field.aggregator:
                    continue
                if not Model._has_field_access(field, "read"):
                    continue
                aggregates.append(f"{name}:{field.aggregator}")
                if field.type == "monetary":
                    currency = field.get_currency_field(Model)
                    aggregates.append(f"{currency}:array_agg_distinct")
                    aggregates.append(f"{name}:sum_currency")
            if aggregates and Model.has_access("read"):
                with self.subTest(Model._name):
                    Model.web_read_group([], ["id"], aggregates, limit=1)
                    asked.update(part.partition(":")[2] for part in aggregates)
        self.assertGreaterEqual(asked, {"sum", "avg", "sum_currency"})
