"""Opening the form of a handover: the questions that the web client asks."""

import json

from lxml import etree

# how the list inside of the form is grouped, and how much of it is shown
GROUP_BY = ["scope_id"]
ROWS = 40


def opening(request):
    """Answer a function that opens the form and answers the size of the answers."""
    head = specification(request, "form")
    lines = request.env["handover.request.line"].with_context(handover_embedded=True)
    columns = specification(lines, "list")
    domain = [("request_id", "=", request.id)]

    def open_form():
        answers = [
            request.web_read(head),
            request.get_progress(),
            lines.web_read_group(
                domain,
                GROUP_BY,
                ["__count"],
                limit=80,
                auto_unfold=True,
                unfold_read_specification=columns,
                unfold_read_default_limit=ROWS,
            ),
        ]
        return len(json.dumps(answers, default=str))

    return open_form


def specification(records, view, view_id=False):
    """Answer the fields that the client reads for a view, by its type or its id."""
    views = records.get_views([(view_id, view)])
    arch = etree.fromstring(views["views"][view]["arch"])
    return _fields(records, arch)


def _fields(records, arch):
    """What the client asks for to show a view."""
    # not what is in a view inside of a field
    nodes = arch.xpath(".//field[count(ancestor::field) = $depth]", depth=_depth(arch))
    return {node.get("name"): _field(records, node) for node in nodes}


def _depth(arch):
    return sum(1 for _field_node in arch.iterancestors("field"))


def _field(records, node):
    field = records._fields[node.get("name")]
    if field.type == "many2one":
        return {"fields": {"display_name": {}}}
    if field.type not in ("one2many", "many2many") or node.get("invisible") == "1":
        return {}
    comodel = records.env[field.comodel_name]
    inner = next(iter(node), None)
    if inner is not None:
        columns = _fields(comodel, inner)
    elif field.type == "one2many":
        columns = specification(comodel, "list")
    else:
        columns = {"display_name": {}}
    return {"fields": columns, "limit": ROWS, "order": ""}
