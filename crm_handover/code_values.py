"""Which users a piece of Python names; without Odoo, and without running it."""

import ast


def named_users(code):
    """Find what code writes into fields of users, or looks up as users.

    What a value is when the code runs is not known: only what stands in it as such.

    :param str code: Python, a statement or an expression; what is none names nobody
    :return: ``(values, refs)``: plain values, as a many2one or many2many takes them,
        and external ids
    """
    try:
        tree = ast.parse((code or "").strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [], []
    values, refs = [], []
    for node in ast.walk(tree):
        for part in _parts(node):
            try:
                values.append(ast.literal_eval(part))
            except (ValueError, TypeError, MemoryError, RecursionError):
                # computed when it runs
                continue
        if _is_call(node, "ref") and isinstance(node.args[0], ast.Constant):
            refs.append(node.args[0].value)
    return values, [ref for ref in refs if isinstance(ref, str)]


def context_defaults(text):
    """Return the defaults of new records that a context sets.

    :param str text: a dictionary as an expression; what is none sets nothing
    :return: ``{name of a field: plain value}``; not what is computed when it is opened
    """
    try:
        tree = ast.parse((text or "").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    if not isinstance(tree, ast.Dict):
        return {}
    defaults = {}
    for key, value in zip(tree.keys, tree.values, strict=True):
        name = key.value if isinstance(key, ast.Constant) else None
        if isinstance(name, str) and name.startswith("default_"):
            try:
                defaults[name.removeprefix("default_")] = ast.literal_eval(value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                continue
    return defaults


def conditions(text):
    """Find the conditions of a domain, those within others as well.

    :param str text: a domain as an expression; what is none has none
    :return: ``[(path of a field, plain value)]``; not what is computed when it is used
    """
    try:
        tree = ast.parse((text or "").strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 3:
            path, _operator, value = node.elts
            if isinstance(path, ast.Constant) and isinstance(path.value, str):
                try:
                    found.append((path.value, ast.literal_eval(value)))
                except (ValueError, TypeError, MemoryError, RecursionError):
                    continue
    return found


def _parts(node):
    """Yield the expressions below ``node`` whose value is a user, or are users."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and _is_user_field(key.value):
                yield value
    elif isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 3:
        # a condition of a domain
        path, _operator, value = node.elts
        if isinstance(path, ast.Constant) and _is_user_field(path.value):
            yield value
    elif isinstance(node, ast.keyword) and _is_user_field(node.arg):
        yield node.value
    elif isinstance(node, ast.Assign):
        names = [getattr(target, "attr", "") for target in node.targets]
        if any(map(_is_user_field, names)):
            yield node.value
    elif _is_call(node, "browse") and _looks_up_users(node.func.value):
        yield node.args[0]


def _is_user_field(name):
    """Tell whether a name says that a field names users, where no model tells."""
    return isinstance(name, str) and name.endswith(("user_id", "user_ids"))


def _is_call(node, name):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and bool(node.args)
    )


def _looks_up_users(node):
    return any(
        isinstance(part, ast.Constant) and part.value == "res.users"
        for part in ast.walk(node)
    )
