"""Fields that are not for a reader, taken out of the views that they get.

Odoo does so by groups alone: the web client stops at a field of a view that it knows
nothing of, and who searches by a field that they may not read is refused. Plain
functions.
"""

import ast
import re

from odoo.tools.template_inheritance import remove_element

# what the web client works out for each record
WORKED_OUT = re.compile(
    "invisible|readonly|required|column_invisible|context|domain|decoration-.*"
)
SUBVIEWS = ("form", "list", "kanban", "calendar", "graph", "pivot", "hierarchy")
# a leaf that nothing fits
NOTHING = ast.parse("(0, '=', 1)", mode="eval").body


def leave_out(arch, Model, names_of):
    """Take fields out of a view and its subviews, and whatever is worked out of them.

    :param arch: the view, an element
    :param Model: whose view it is
    :param names_of: a function of a model that returns the names of such fields
    :return: whether there were any
    """
    names = names_of(Model)
    found = bool(names) and _empty_in(arch, names)
    for node in list(arch):
        # a comment has no tag of its own
        if isinstance(node.tag, str):
            found |= _leave_out_of(node, Model, names, names_of)
    return found


def _leave_out_of(node, Model, names, names_of):
    if names and _is_about(node, names):
        remove_element(node)
        return True
    views = [view for view in node if view.tag in SUBVIEWS]
    if node.tag != "field" or not views:
        return leave_out(node, Model, names_of)
    found = bool(names) and _empty_in(node, names)
    field = Model._fields.get(node.get("name"))
    inner = Model.env.get(field.comodel_name or "") if field else None
    for view in views if inner is not None else ():
        found |= leave_out(view, inner, names_of)
    return found


def _is_about(node, names):
    """Tell whether a node shows such a field, or filters or groups by it."""
    if node.tag in ("field", "label"):
        return node.get("name" if node.tag == "field" else "for") in names
    told = f"{node.get('domain', '')} {node.get('context', '')} {node.get('date', '')}"
    return node.tag == "filter" and bool(_word(names).search(told))


def _empty_in(node, names):
    """Have such fields be empty in what is worked out; tell whether there are any."""
    found = False
    for name, value in node.attrib.items():
        if name == "filter_domain":
            told = _without_leaves(value, names)
        elif name.startswith("t-"):
            told = re.sub(rf"\brecord\.{_word(names).pattern}(\.\w+)*", "false", value)
        elif WORKED_OUT.fullmatch(name):
            told = re.sub(
                rf"(?<![\w.'\"]){_word(names).pattern}(?!['\"])", "False", value
            )
        else:
            continue
        if told != value:
            node.set(name, told)
            found = True
    return found


def _word(names):
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b")


def _without_leaves(text, names):
    """Return a domain as a text, in which nothing fits by such a field."""
    if not _word(names).search(text):
        return text
    tree = ast.parse(text.strip(), mode="eval")
    for part in ast.walk(tree):
        if isinstance(part, ast.List):
            part.elts = [
                NOTHING if _first_name(leaf) in names else leaf for leaf in part.elts
            ]
    return ast.unparse(tree)


def _first_name(leaf):
    """Return at which field the path of a leaf begins, "" for what is none."""
    if not (isinstance(leaf, ast.Tuple | ast.List) and leaf.elts):
        return ""
    path = getattr(leaf.elts[0], "value", "")
    return path.partition(".")[0] if isinstance(path, str) else ""
