"""What the database knows of tables that have just grown by very many rows."""

from odoo.tools import SQL

# fewer rows do not make a plan bad
MANY = 1_000


def grown(cr, table, rows):
    """Have the next statements planned by what is in a table now.

    Autovacuum comes a minute later. Until then a join of a hundred thousand new rows is
    planned as of a single one, and takes hours instead of a second.

    :param int rows: how many were added, or changed: of few nothing is done
    """
    if rows >= MANY:
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
