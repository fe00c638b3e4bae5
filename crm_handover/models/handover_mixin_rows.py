from odoo import api, models
from odoo.tools import format_amount


class HandoverMixin(models.AbstractModel):
    """Rows of the sections that add-ons show on cards."""

    _inherit = "handover.mixin"

    # of each kind, the latest
    _handover_card_rows = 10

    @api.model
    def _handover_section(self, key, title, rows, count, env):
        """Return a section with these rows in a list, or an empty list without any.

        :param count: how many there are; what is not among the rows is counted
        """
        if not rows:
            return []
        if count > len(rows):
            more = env._("and %s more", count - len(rows))
            rows = [*rows, self._handover_row(more)]
        return [{"key": key, "title": title, "rows": rows}]

    @api.model
    def _handover_row(self, text, *details, record=None):
        return {
            "text": text,
            "detail": ", ".join(filter(None, details)),
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
        }

    @api.model
    def _handover_label(self, record, field_name):
        labels = record._fields[field_name]._description_selection(record.env)
        return dict(labels).get(record[field_name], "")

    @api.model
    def _handover_amount(self, record, field_name):
        return format_amount(record.env, record[field_name], record.currency_id)
