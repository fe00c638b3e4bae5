from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class HandoverScope(models.Model):
    """What records of a kind are worth, in one currency: whoever asks says in which.

    A record's own currency is the one that it names, or else that of its company.
    """

    _inherit = "handover.scope"

    def _fact_field(self, fact):
        """Return the stored field of the records with one of their facts, or ``None``.

        :param str fact: a key of ``_handover_facts``
        """
        Model, name = self._records(), self._handler()._handover_facts.get(fact)
        field = Model._fields.get(name)
        return field if field is not None and field.store else None

    def _worth(self, records, company, key=None):
        """Return the number of records, and what they are worth together.

        :param Query records: which ones; what the rules hide is up to who made it
        :param company: in whose currency; of records without a company, it is theirs
        :param SQL key: what is summed up by itself; a part of ``records``
        :return: ``{key: (count, value)}``; without a key it is 0
        """
        amount = self._fact_field("amount")
        records.groupby = SQL("1, 2, 3")
        rows = self.env.execute_query(
            records.select(
                key or SQL("0"),
                self._worth_column(records, self._fact_field("currency")),
                self._worth_column(records, self._records()._fields.get("company_id")),
                SQL("count(*)"),
                SQL("sum(%s)", self._worth_column(records, amount)),
            )
        )
        counts, values = defaultdict(int), defaultdict(float)
        for name, currency_id, company_id, count, value in rows:
            counts[name] += count
            values[name] += self._converted(value, currency_id, company_id, company)
        return {name: (count, values[name]) for name, count in counts.items()}

    def _worth_by_owner(self, records, company):
        """Return the same by who owns the records: ``{user id: (count, value)}``.

        A record of several people counts for each of them.
        """
        owner = self._records()._fields[self.sudo().owner_field_id.name]
        if owner.column_type:
            return self._worth(records, company, self._worth_column(records, owner))
        records.add_join(
            "JOIN",
            "owner",
            SQL.identifier(owner.relation, to_flush=owner),
            SQL(
                "%s = %s",
                SQL.identifier("owner", owner.column1),
                SQL.identifier(records.table, "id"),
            ),
        )
        key = SQL.identifier("owner", owner.column2)
        return self._worth(records, company, key)

    def _worth_column(self, records, field):
        if field is None or not field.store:
            return SQL("NULL::int")
        return SQL.identifier(records.table, field.name, to_flush=field)

    def _converted(self, value, currency_id, company_id, company):
        """Return a value in the currency of a company, at today's rate."""
        if not value:
            return 0
        company = company.sudo()
        own = company.browse(company_id) if company_id else company
        currency = company.currency_id.browse(currency_id) or own.currency_id
        today = fields.Date.context_today(self)
        return currency._convert(value, company.currency_id, company, today)

    def _worth_of_lines(self, domain, company, key="scope_id"):
        """Return what the records on lines are worth, as far as the reader may know.

        :param Domain domain: of the lines, which the rules narrow down
        :param company: in whose currency
        :param str key: a field of the lines, by which values are summed up
        :return: ``{value of the field: what those records are worth}``
        """
        Line = self.env["handover.request.line"]
        Model = self.env[self.sudo().model].with_context(active_test=False)
        amount = self._fact_field("amount")
        if not (
            amount
            and Model.has_access("read")
            and Model._has_field_access(amount, "read")
        ):
            return {}
        lines = Line._search(domain & Domain("scope_id", "=", self.id))
        # a record counts once, however many lines name it
        lines.groupby = SQL("1, 2")
        named = lines.select(
            *(
                SQL(
                    "%s AS %s",
                    SQL.identifier(Line._table, name, to_flush=Line._fields[name]),
                    SQL.identifier(alias),
                )
                for name, alias in (("res_id", "id"), (key, "key"))
            )
        )
        records = Model._search(Domain.TRUE)
        records.add_join(
            "JOIN",
            "line",
            SQL("(%s)", named),
            SQL("line.id = %s", SQL.identifier(records.table, "id")),
        )
        worth = self._worth(records, company, SQL("line.key"))
        return {name: value for name, (_count, value) in worth.items()}
