"""Records that are not among those of a query, however many these are."""

from odoo.fields import Domain
from odoo.tools import SQL


def its_id(alias):
    """Return the columns that a record is known by: its id."""
    return [SQL.identifier(alias, "id")]


def not_among(rows, known_by=its_id):
    """Return the domain of the records that no row names.

    What Odoo's ``not in`` asks compares each record with each row once the database
    does not take the rows for few enough to hold them in memory, at some 150,000: it
    takes hours then. This is a join.

    :param SQL rows: a subselect of as many columns as ``known_by`` returns
    :param known_by: function that returns, for a table's alias, the SQL of what is
        compared with them, in their order; nothing of it is ``NULL``
    """

    def to_sql(_model, alias, _query):
        columns = known_by(alias)
        names = [SQL.identifier(f"column{number}") for number in range(len(columns))]
        pairs = zip(names, columns, strict=True)
        return SQL(
            "NOT EXISTS (SELECT FROM %s AS named (%s) WHERE %s)",
            rows,
            SQL(", ").join(names),
            SQL(" AND ").join(SQL("named.%s = %s", name, one) for name, one in pairs),
        )

    return Domain.custom(to_sql=to_sql)
