"""What many records have in some of their fields, without a record for each value.

A run asks its records dozens of times for what nearly all of them have in common. Core
makes an object for each answer, which took a quarter of a handover.
"""

# what is in memory of them is what a record says of them, but for nothing at all
PLAIN = {
    *("boolean", "char", "date", "datetime"),
    *("float", "integer", "selection", "text"),
}


def column(records, name):
    """Return what each of ``records`` has in a field, in their order.

    Plain values as the ORM has them; ids of a relational field as a tuple, which is
    empty where there is nothing.
    """
    field = records._fields[name]
    if field.type == "many2one" and (known := _in_memory(records, field)):
        return [() if id_ is None else (id_,) for id_ in known]
    if field.relational:
        return [field.__get__(record)._ids for record in records]
    if field.type not in PLAIN or field.translate:
        return records.mapped(name)
    values = _in_memory(records, field)
    if not values:
        return records.mapped(name)
    if None in values:
        nothing = field.convert_to_record(None, records)
        values = [nothing if value is None else value for value in values]
    return values


def columns(records, *names):
    """Return the same of several fields: a tuple for each of ``records``."""
    if not names:
        return [()] * len(records)
    if records.env.su:
        records.fetch(names)
    return list(zip(*(column(records, name) for name in names), strict=True))


def told_apart_by(records, *names):
    """Return what each of ``records`` has in some fields, only to tell them apart."""
    if not names:
        return [()] * len(records)
    if records.env.su:
        records.fetch(names)
    fields = [records._fields[name] for name in names]
    raw = [_in_memory(records, field) for field in fields]
    told = (
        column(records, name) if values is None else values
        for name, values in zip(names, raw, strict=True)
    )
    return list(zip(*told, strict=True))


def _in_memory(records, field):
    """Return what the ORM has in memory of a stored field, once all of it is there.

    ``None`` where a record has to be asked: for somebody who may not read all.
    """
    if not (records and field.store and records.env.su):
        return None
    if field.compute:
        field.recompute(records)
    known, ids = field._get_cache(records.env), records._ids
    try:
        return [known[id_] for id_ in ids]
    except KeyError:
        # this one alone: where records are only looked at, nothing else is needed
        records.browse(id_ for id_ in ids if id_ not in known).fetch([field.name])
    try:
        return [known[id_] for id_ in ids]
    except KeyError:
        # core says what is wrong with it
        return None


def one(records, id_):
    """Return one of ``records``; what is asked of it is read of others as well."""
    return records.browse(id_).with_prefetch(records._ids)


def grouped_by(records, kinds, key):
    """Group ``records`` by an answer that is the same for all of one kind.

    :param kinds: of each of ``records``, what it is like
    :param key: function of one record
    :return: ``{answer: records}``, in the order of ``records``
    """
    answers, groups = {}, {}
    for id_, kind in zip(records._ids, kinds, strict=True):
        if (ids := answers.get(kind)) is None:
            ids = answers[kind] = groups.setdefault(key(one(records, id_)), [])
        ids.append(id_)
    return {answer: records.browse(ids) for answer, ids in groups.items()}
