from odoo import api, fields, models
from odoo.tools import format_amount

from .handover_named import needs


class HandoverRequestLine(models.Model):
    """How a record was closed, and what it is worth, for who decides on it."""

    _inherit = "handover.request.line"

    closed_as = fields.Char(
        compute="_compute_closed_as",
        string="Closed Record",
        help="How the record was closed, and what it is worth.",
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    @needs("scope_id")
    def _compute_closed_as(self):
        self.closed_as = False
        for line, scope, record in self._closed_to_reader():
            handler = scope._handler()
            told = handler._handover_closed_as(record), self._tell_worth(scope, record)
            line.closed_as = ", ".join(filter(None, told))

    def _closed_to_reader(self):
        """Yield the lines whose record is closed, as far as the reader may open it.

        :return: a line, its kind of record, and the record with the reader's rights
        """
        for scope, lines in self.grouped("scope_id").items():
            if scope._is_gone() or not self.env[scope.model].has_access("read"):
                continue
            records = self.env[scope.model].browse(lines.mapped("res_id"))
            readable = records._filtered_access("read")
            closed = readable - scope.with_env(self.env)._open(readable)
            by_id = {record.id: record for record in closed}
            for line in lines:
                if line.res_id in by_id:
                    yield line, scope, by_id[line.res_id]

    @api.model
    def _tell_worth(self, scope, record):
        """Return what a record is worth, for its reader; "" where it has no value."""
        amount = record._fields.get(scope._handler()._handover_facts.get("amount"))
        if not amount or amount.type != "monetary":
            return ""
        currency = record[amount.get_currency_field(record)]
        return format_amount(self.env, record[amount.name], currency)
