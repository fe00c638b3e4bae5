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
        for scope, lines in self.grouped("scope_id").items():
            if scope._is_gone() or not self.env[scope.model].has_access("read"):
                continue
            records = self.env[scope.model].browse(lines.mapped("res_id"))
            readable = records._filtered_access("read")
            closed = readable - scope.with_env(self.env)._open(readable)
            told = {record.id: self._tell_closed(scope, record) for record in closed}
            for line in lines:
                line.closed_as = told.get(line.res_id)

    @api.model
    def _tell_closed(self, scope, record):
        """Return how a record was closed, and what it is worth, for its reader."""
        handler = scope._handler()
        texts = [handler._handover_closed_as(record.with_env(self.env))]
        amount = record._fields.get(handler._handover_facts.get("amount"))
        if amount and amount.type == "monetary":
            currency = record[amount.get_currency_field(record)]
            texts.append(format_amount(self.env, record[amount.name], currency))
        return ", ".join(texts)
