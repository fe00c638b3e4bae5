"""What becomes of property values when another definition takes over; without Odoo."""


def is_empty(value):
    """Tell whether a property has no value; zero is one."""
    return value is None or value is False or value in ("", [])


def carry(values, former, definition):
    """Find the places that values have in another definition.

    A property is the same one by its name, or else by its label and type.

    :param dict values: values by the names of ``former``
    :param list former: the definition they were written for
    :param list definition: the definition that takes over
    :return: ``(carried, lost)``: values by the names of ``definition``, and the
        properties of ``former`` whose value finds no place there
    """
    carried, lost = {}, []
    for prop in former:
        value = values.get(prop["name"])
        if is_empty(value) or prop["type"] == "separator":
            continue
        home = _home(prop, definition)
        translated = _translated(prop, home, value) if home else None
        if is_empty(translated):
            lost.append(prop)
        else:
            carried[home["name"]] = translated
    return carried, lost


def shown(prop, value):
    """Return a value as people read it; ids of records stay ids."""
    if prop["type"] in ("selection", "tags"):
        labels = _labels(prop)
        keys = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(key, str(key)) for key in keys)
    return str(value)


def _home(prop, definition):
    same_kind = [other for other in definition if _kind(other) == _kind(prop)]
    for key in ("name", "string"):
        for other in same_kind:
            if _word(other, key) == _word(prop, key):
                return other
    return None


def _kind(prop):
    return prop["type"], prop.get("comodel") or False


def _word(prop, key):
    return " ".join((prop.get(key) or "").split()).casefold()


def _labels(prop):
    return {option[0]: option[1] for option in prop.get(prop["type"]) or ()}


def _translated(prop, home, value):
    """Return the value with the options of ``home``; ``None`` when one is missing."""
    if prop["type"] not in ("selection", "tags"):
        return value
    labels, options = _labels(prop), _labels(home)
    keys = {label: key for key, label in options.items()}

    def translate(key):
        return key if labels.get(key) == options.get(key) else keys.get(labels.get(key))

    if prop["type"] == "selection":
        return translate(value)
    translated = [translate(key) for key in value]
    return None if None in translated else translated
