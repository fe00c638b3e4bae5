"""Many copies of a few records, made by SQL: rows as Odoo itself left them."""

from odoo.tools import SQL


def clone(cr, table, ids, copies, **columns):
    """Copy these rows; keep old and new ids in the table `clone_of_<table>`.

    :param columns: SQL of columns that differ; `old` is the row, `id` its new id
    """
    _forget(cr, f"clone_of_{table}")
    cr.execute(
        SQL(
            "CREATE TEMP TABLE %s AS SELECT old.id AS old_id, nextval(%s)::int AS id"
            " FROM generate_series(1, %s) AS number, %s old WHERE old.id IN %s"
            " ORDER BY number, old.id",
            SQL.identifier(f"clone_of_{table}"),
            f"{table}_id_seq",
            copies,
            SQL.identifier(table),
            tuple(ids),
        )
    )
    _insert(cr, table, SQL.identifier(f"clone_of_{table}"), SQL("old_id"), columns)
    cr.execute(SQL("ANALYZE %s", SQL.identifier(f"clone_of_{table}")))


def clone_children(cr, table, parent, link, of="TRUE", **columns):
    """Copy the rows that belong to copied rows of another table.

    :param parent: the table that was copied before
    :param link: the column that names the parent row
    :param of: SQL condition on the rows, which are called `old`
    """
    name = f"clone_of_{table}_of_{parent}"
    _forget(cr, name)
    children = SQL.identifier(name)
    if "id" in _columns(cr, table):
        number = SQL("nextval(%s)::int", f"{table}_id_seq")
        key = SQL("old.id")
    else:
        # a relation: it has no id, a row is found again by its place
        number, key = SQL("NULL::int"), SQL("old.ctid")
    cr.execute(
        SQL(
            "CREATE TEMP TABLE %s AS SELECT %s AS old_id, %s AS id, parent.id AS link"
            " FROM %s parent JOIN %s old ON old.%s = parent.old_id WHERE %s"
            " ORDER BY parent.id",
            children,
            key,
            number,
            SQL.identifier(f"clone_of_{parent}"),
            SQL.identifier(table),
            SQL.identifier(link),
            SQL(of),
        )
    )
    cr.execute(SQL("ANALYZE %s", children))
    _insert(cr, table, children, SQL("old_id"), {link: "link", **columns})


def _forget(cr, table):
    cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(table)))


def _insert(cr, table, pairs, key, columns):
    names = _columns(cr, table)
    has_id = "id" in names
    values = {name: SQL("old.%s", SQL.identifier(name)) for name in names}
    if has_id:
        values["id"] = SQL("pair.id")
    values |= {name: SQL(text) for name, text in columns.items()}
    if "link" in columns.values():
        link = next(name for name, text in columns.items() if text == "link")
        values[link] = SQL("pair.link")
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s pair JOIN %s old ON old.%s = pair.%s"
            " ORDER BY %s",
            SQL.identifier(table),
            SQL(", ").join(SQL.identifier(name) for name in values),
            SQL(", ").join(values.values()),
            pairs,
            SQL.identifier(table),
            SQL("id") if has_id else SQL("ctid"),
            key,
            SQL("pair.id") if has_id else SQL("pair.link"),
        )
    )
    # the next one joins it, in the same transaction
    cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def _columns(cr, table):
    cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s"
            " AND is_generated = 'NEVER'",
            table,
        )
    )
    return [row[0] for row in cr.fetchall()]
