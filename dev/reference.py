"""The reference of the public methods, read from the code: what Odoo's `/doc` shows.

A public method of ours has a door (`crm_handover/models/handover_guard.py`). What it
says of itself is its docstring; who may call it stands in
`tests/reviewed/public_methods.txt`. Neither Odoo nor a database is needed.
"""

import ast
import inspect
import re
from dataclasses import dataclass
from functools import cache

from dev import addons
from dev.settings import ROOT

DOORS = {"door", "model_door"}
RIGHTS = ROOT / "tests" / "reviewed" / "public_methods.txt"
RIGHT = re.compile(r"(?P<addon>\w+) (?P<method>[\w.]+): (?P<text>.+)")
# roles of Python's domain name what is not on these pages
ROLE = re.compile(r":(?:meth|class|func|mod|attr):`([^`]+)`")


@dataclass(frozen=True)
class Method:
    """A public method: of which model, how it is called, what it says of itself."""

    model: str
    name: str
    signature: str
    doc: str
    on_model: bool

    @property
    def key(self):
        return f"{self.model}.{self.name}"


@dataclass(frozen=True)
class Model:
    """A model with public methods, and what it says of itself."""

    name: str
    doc: str
    methods: tuple


@cache
def models():
    """The models with public methods, by name."""
    docs, methods = {}, {}
    for addon, cls in _classes():
        name = _value(cls, "_name")
        inherited = _value(cls, "_inherit")
        if not name and isinstance(inherited, str):
            # it opens a model that is made elsewhere
            model = inherited
        else:
            model = name
            docs.setdefault(model, ast.get_docstring(cls) or "")
        for method in filter(_has_door, cls.body):
            found = _method(model, method)
            # one that an add-on opens again tells of itself what that one says; but
            # not everybody has glue
            known = methods.setdefault(model, {})
            if found.name not in known or (found.doc and not _is_glue(addon)):
                known[found.name] = found
    return [
        Model(
            name,
            docs.get(name, ""),
            tuple(found for _name, found in sorted(methods[name].items())),
        )
        for name in sorted(methods)
    ]


def rights():
    """Who may call what, and which check comes first: ``{model.method: text}``.

    Where several add-ons have a part in a method, the core's line tells of it: it comes
    first.
    """
    found = {}
    for line in RIGHTS.read_text(encoding="utf-8").splitlines():
        if match := RIGHT.fullmatch(line):
            found.setdefault(match["method"], match["text"])
    return found


def pages():
    """The pages of the reference: ``{model: reStructuredText}``."""
    known = rights()
    return {model.name: _page(model, known) for model in models()}


def _classes():
    """All classes, with their add-on, which comes after those that it builds on."""
    for addon in sorted(addons.names(), key=lambda name: (len(_bases(name)), name)):
        for path in sorted((ROOT / addon).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    yield addon, node


def _bases(name):
    """The add-ons of ours that one builds on, directly or not."""
    ours = set(addons.names())
    direct = ours & set(addons.manifest(name)["depends"])
    return direct.union(*map(_bases, direct))


def _is_glue(name):
    """Tell whether an add-on sticks to one that is not ours."""
    ours = set(addons.names())
    return name != addons.MAIN and not ours.issuperset(addons.manifest(name)["depends"])


def _value(cls, name):
    for node in cls.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return ""


def _has_door(node):
    return isinstance(node, ast.FunctionDef) and not DOORS.isdisjoint(
        ast.unparse(one) for one in node.decorator_list
    )


def _method(model, node):
    arguments = ast.unparse(node.args).removeprefix("self").removeprefix(", ")
    on_model = any(ast.unparse(one) == "model_door" for one in node.decorator_list)
    doc = inspect.cleandoc(ast.get_docstring(node) or "")
    return Method(model, node.name, f"({arguments})", doc, on_model)


def _page(model, known):
    rows = [model.name, "=" * len(model.name), "", ROLE.sub(r"``\1``", model.doc), ""]
    for method in model.methods:
        rows += [f".. py:method:: {method.key}{method.signature}", ""]
        if method.on_model:
            rows += ["   *Of the model: it takes no ids.*", ""]
        # nothing but text: what a docstring names need not be on these pages
        doc = ROLE.sub(r"``\1``", method.doc)
        rows += [f"   {line}".rstrip() for line in doc.splitlines()]
        if text := known.get(method.key):
            rows += ["", f"   :Rights and checks: {_escape(text)}"]
        rows.append("")
    return "\n".join(rows)


def _escape(text):
    return re.sub(r"([*`_|\\])", r"\\\1", text)
