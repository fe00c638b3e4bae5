"""Public methods, and what is done with more than the caller's rights: reviewed lists.

Each line of a list in ``tests/reviewed/`` is ``what: why it is safe``. Code and list
have to agree; whoever changes the code looks at it again and changes the list.
"""

import ast
import inspect
import re
from collections import Counter
from pathlib import Path

from odoo.tests import BaseCase

from odoo.addons.crm_handover.models.handover_inflow import TEMPLATES

from ..common import HandoverCommon

ROOT = Path(__file__).resolve().parent.parent.parent
REVIEWED = Path(__file__).resolve().parent.parent / "reviewed"
ADDONS = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
# what works with the rights of the superuser; the others are `sudo` and more
SUPER = ("sudo", "_trusting", "_keep_said")
SUPERUSER = ("SUPERUSER_ID", "1")
# a name that its owner may change without a word
PRIVATE = re.compile(r"_[a-z]")
# … but for what every model has, and a tuple with names
DOCUMENTED = {
    "_abstract", "_asdict", "_auto", "_compute_display_name", "_description", "_fields",
    "_ids", "_inherit", "_name", "_order", "_origin", "_rec_name", "_replace", "_table",
    "_transient",
}  # fmt: skip
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b")


def reviewed(name):
    """Return what a list says: ``{what: why}``."""
    lines = (REVIEWED / name).read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.strip() and not line.startswith("#")]
    found = {}
    for row in rows:
        what, colon, why = row.partition(": ")
        assert colon and why.strip(), f"{name}: no reason given in {row!r}"
        assert what not in found, f"{name}: {what} is listed twice"
        found[what] = why
    return found


def files():
    """Yield each file of our add-ons: ``(path in the repository, syntax tree)``."""
    for addon in ADDONS:
        for path in sorted(addon.rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            yield name, ast.parse(path.read_text(encoding="utf-8"), name)


def functions(tree):
    """Yield each function: ``(its class or None, function)``; inner ones are within."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield None, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield node, inner


def attribute(class_, name):
    """Return what a class assigns to ``name``, or ``None``."""
    for node in class_.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return None


def model_name(class_):
    """Return the name of the model that a class defines or extends, or ``None``."""
    inherited = attribute(class_, "_inherit")
    if isinstance(inherited, list):
        inherited = inherited[0]
    return attribute(class_, "_name") or inherited


def public_methods():
    """Return everything that can be called over RPC: ``{add-on model.method}``."""
    found = set()
    for path, tree in files():
        for class_, function in functions(tree):
            model = class_ and model_name(class_)
            decorators = map(ast.unparse, function.decorator_list)
            if (
                model
                and not function.name.startswith("_")
                and "api.private" not in decorators
            ):
                addon = path.partition("/")[0]
                found.add(f"{addon} {model}.{function.name}")
    return found


def is_super(node):
    """Tell whether a node of a syntax tree takes the rights of the superuser."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name = node.func.attr
    if name in SUPER:
        return True
    if name not in ("with_user", "env"):
        return False
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(ast.unparse(value) in SUPERUSER for value in values) or any(
        keyword.arg == "su" for keyword in node.keywords
    )


def super_uses():
    """Return ``{path function count}`` of all uses of the superuser's rights."""
    counts = Counter()
    for path, tree in files():
        for class_, function in functions(tree):
            where = f"{class_.name}.{function.name}" if class_ else function.name
            count = sum(map(is_super, ast.walk(function)))
            if count:
                counts[f"{path} {where}"] += count
        # class bodies and modules: defaults, lambdas of fields
        inside = {id(n) for _c, f in functions(tree) for n in ast.walk(f)}
        if rest := sum(is_super(n) for n in ast.walk(tree) if id(n) not in inside):
            counts[f"{path} (outside of functions)"] += rest
    return {f"{where} {count}" for where, count in counts.items()}


def odoo_calls():
    """Return ``{call name}`` of all private names of Odoo that our code uses."""
    ours, used = set(), set()
    for _path, tree in files():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                ours.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                ours.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                ours.add(node.attr)
            elif isinstance(node, ast.Attribute) and PRIVATE.match(node.attr):
                used.add(node.attr)
    return {f"call {name}" for name in used - ours - DOCUMENTED}


def texts_of_sql():
    """Yield ``(path, text)`` of what may be SQL."""
    for path, tree in files():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path, node.value


class TestLists(BaseCase):
    test_tags = {"standard", "post_install"}
    longMessage = True

    def assertReviewed(self, name, found):
        known = set(reviewed(name))
        new = "".join(f"\n  + {what}: …" for what in sorted(found - known))
        gone = "".join(f"\n  - {what}" for what in sorted(known - found))
        self.assertFalse(
            new or gone,
            f"tests/reviewed/{name} and the code differ.{new}{gone}\n"
            "Look at the code: who may call it, which check comes first, what does the"
            " caller learn or change beyond their rights? Then add the lines (+) with"
            " the reason, and remove those that are gone (-).",
        )

    def test_public_methods(self):
        self.assertReviewed("public_methods.txt", public_methods())

    def test_rights_of_the_superuser(self):
        self.assertReviewed("sudo.txt", super_uses())

    def test_new_ones_are_found(self):
        """What a reviewer must not miss is what these functions see."""
        for code in (
            "records.sudo()", "self.env['x'].sudo().search([])", "self._trusting()",
            "self.with_user(SUPERUSER_ID)", "self.with_user(1)", "self.env(su=True)",
            "self.env(user=SUPERUSER_ID)", "self.env(1)",
        ):  # fmt: skip
            self.assertTrue(any(map(is_super, ast.walk(ast.parse(code)))), code)
        for code in ("self.with_user(user)", "self.env(context={})", "sudo()"):
            self.assertFalse(any(map(is_super, ast.walk(ast.parse(code)))), code)


class TestModels(HandoverCommon):
    def models(self):
        """Yield the models that our add-ons bring, wizards included."""
        ours = {path.name for path in ADDONS}
        for name in sorted(self.env.registry):
            Model = self.env[name]
            if Model._original_module in ours and not Model._abstract:
                yield Model

    def test_what_people_write_is_listed(self):
        guard = self.env.registry["handover.guard"]
        content = {
            f"{Model._name}.{name}"
            for Model in self.models()
            if isinstance(Model, guard)
            for name in Model._content_fields
        }
        self.assertEqual(content, set(reviewed("content_fields.txt")))

    def settings(self):
        """Return ``{model.field}`` of what names a user and is nobody's work.

        Work has to-dos of its own; what is Odoo's row about somebody is not looked at.
        """
        mixin = self.env.registry["mail.activity.mixin"]
        return {
            f"{field.model_name}.{field.name}"
            for field in self.env["handover.request"]._user_fields()
            if field.type == "many2one"
            and not isinstance(self.env[field.model_name], mixin)
        }

    def test_what_assigns_something_later_is_told_or_listed(self):
        fields = self.env["handover.inflow"]._setting_fields()
        told = {f"{model}.{name}" for model, name in (*fields, *TEMPLATES)}
        known = set(reviewed("user_settings.txt"))
        self.assertFalse(
            sorted(self.settings() - told - known),
            "tell them in handover_inflow.py, or say in user_settings.txt why not",
        )
        self.assertFalse(sorted(known & told), "told, and listed as not told")

    def overrides(self):
        """Return ``{override model._method}``: where ours comes before Odoo's own."""
        found = set()
        for name in self.env.registry:
            classes = type(self.env[name]).mro()
            for place, class_ in enumerate(classes):
                if not class_.__module__.startswith("odoo.addons.crm_handover"):
                    continue
                theirs = [
                    other
                    for other in classes[place + 1 :]
                    if not other.__module__.startswith("odoo.addons.crm_handover")
                ]
                addon = class_.__module__.split(".")[2]
                found.update(
                    f"override {addon} {class_.__name__}.{attr}"
                    for attr, value in vars(class_).items()
                    if PRIVATE.match(attr)
                    and attr not in DOCUMENTED
                    and inspect.isfunction(value)
                    and any(attr in vars(other) for other in theirs)
                )
        return found

    def tables(self):
        """Return ``{table name}`` of Odoo's that our SQL names."""
        theirs = set()
        for name in self.env.registry:
            Model = self.env[name]
            if not Model._table.startswith("handover_"):
                theirs.add(Model._table)
            theirs.update(
                field.relation
                for field in Model._fields.values()
                if field.type == "many2many" and field.store
            )
        return {
            f"table {table}"
            for _path, text in texts_of_sql()
            for table in TABLE.findall(text)
            if table in theirs and not table.startswith("handover_")
        }

    def test_what_leans_on_the_inside_of_odoo_is_listed(self):
        found = odoo_calls() | self.overrides() | self.tables()
        known = set(reviewed("odoo_internals.txt"))
        self.assertFalse(sorted(found - known), "not listed: an upgrade may break it")
        # of add-ons that are not beside these ones, the tests on their own database ask
        absent = {path.name for path in ADDONS} - self.env.registry._init_modules
        stale = {
            what for what in known - found if absent.isdisjoint(what.split(" ")[1:2])
        }
        self.assertFalse(sorted(stale), "listed, and not used any more")

    def test_each_has_access_rows_of_groups(self):
        for Model in self.models():
            rows = self.env["ir.model.access"].search(
                [("model_id.model", "=", Model._name)]
            )
            self.assertTrue(rows, f"{Model._name}: who has access?")
            for row in rows:
                self.assertTrue(row.group_id, f"{row.name}: for everybody")

    def test_each_has_rules_or_is_a_list_for_all(self):
        rules = self.env["ir.rule"].search([])
        ruled = set(rules.mapped("model_id.model"))
        without = {Model._name for Model in self.models()} - ruled
        self.assertEqual(without, set(reviewed("models_without_rules.txt")))

    def test_a_list_for_all_is_changed_by_few(self):
        few = self.env.ref("crm_handover.group_handover_manager")
        few |= self.env.ref("base.group_system")
        for name in reviewed("models_without_rules.txt"):
            for row in self.env["ir.model.access"].search(
                [("model_id.model", "=", name)]
            ):
                if row.perm_write or row.perm_create or row.perm_unlink:
                    self.assertIn(row.group_id, few, row.name)
