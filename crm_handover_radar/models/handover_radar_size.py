from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# The database looks through so many rows in some tenths of a second, and dozens of
# fields have no index: above it, a part of the rows is looked at.
LARGE = 200_000
# so many of them; who is named by one in some thousands is still found
SAMPLE = 50_000
# of a table that the database has never analyzed: bytes that a row takes, roughly
ROW_BYTES = 200


class Sample(NamedTuple):
    """The part of a large table that is looked at: whole pages, always the same."""

    table: str
    percent: float

    @property
    def rows(self):
        return SQL(
            "(SELECT id FROM %s TABLESAMPLE SYSTEM (%s) REPEATABLE (0))",
            SQL.identifier(self.table),
            self.percent,
        )

    @property
    def domain(self):
        return Domain("id", "in", self.rows)

    def scaled(self, count):
        return max(round(count * 100 / self.percent), count)


class HandoverRadar(models.AbstractModel):
    """How much of a table is looked at: all of it, where that is quick."""

    _inherit = "handover.radar"

    @api.model
    def _sampled(self, found):
        """Return of which fields only a part of the rows is looked at.

        Of large tables without an index on the field; one query for all of them.

        :return: ``{field: Sample}``
        """
        columns = [
            (self.env[field.model_name]._table, field.name, field)
            for field in found
            # the table between two others has indexes for both
            if field.column_type
        ]
        tables = tuple({table for table, _name, _field in columns})
        if not tables:
            return {}
        sizes, indexed = {}, set()
        for table, rows, names in self.env.execute_query(
            SQL(
                """
                SELECT c.relname,
                       CASE WHEN c.reltuples < 0
                            THEN pg_relation_size(c.oid) / %s ELSE c.reltuples END,
                       ARRAY(
                           SELECT a.attname::text FROM pg_index i
                           JOIN pg_attribute a
                             ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                           WHERE i.indrelid = c.oid AND i.indisvalid
                             AND (i.indpred IS NULL OR pg_get_expr(i.indpred, c.oid)
                                  = '(' || quote_ident(a.attname) || ' IS NOT NULL)')
                       )
                  FROM pg_class c
                 WHERE c.relname IN %s AND c.relkind = 'r'
                   AND pg_table_is_visible(c.oid)
                """,
                ROW_BYTES,
                tables,
            )
        ):
            sizes[table] = rows
            indexed.update((table, name) for name in names)
        return {
            field: Sample(table, SAMPLE * 100 / sizes[table])
            for table, name, field in columns
            if sizes.get(table, 0) > LARGE and (table, name) not in indexed
        }
