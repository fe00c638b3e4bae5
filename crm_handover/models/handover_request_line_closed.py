from odoo import api, fields, models
from odoo.tools import format_amount

from .handover_guard import door


class HandoverRequestLine(models.Model):
    """A record that was closed since stays with who closed it, or goes on purpose."""

    _inherit = "handover.request.line"

    closed_as = fields.Char(
        compute="_compute_closed_as",
        string="Closed Record",
        help="How the record was closed, and what it is worth.",
    )
    back_although_closed = fields.Boolean(
        copy=False, help="It goes back although it was closed since: that was chosen."
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
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

    @door
    def action_return_closed(self, reason=False):
        """Give these records back even if their successor has closed them.

        :param str reason: why, optional
        :return: ``True``
        :raise AccessError: when the caller may not act for the handover
        :raise UserError: when there is nothing to give back
        """
        for request, lines in self.grouped("request_id").items():
            request._require("return")
            lines._trusting().write({"back_although_closed": True})
            stayed = lines.filtered(lambda line: line.result_code == "closed")
            stayed.filtered(lambda line: line.state == "done")._trusting().write(
                {"result_code": "done"}
            )
            request._give_back(reason, lines)
        return True

    def _goes_although_closed(self):
        chosen = self.goes_back and self.back_although_closed
        return chosen or super()._goes_although_closed()
