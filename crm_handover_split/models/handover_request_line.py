from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import typed

CHOSEN = [
    ("talked", "knows the customer"),
    ("territory", "knows the territory"),
    ("language", "speaks the language"),
    ("tag", "has such customers"),
    ("load", "by load"),
    ("turn", "in turn"),
    ("team", "by load in the team"),
    ("hand", "by hand"),
]


class HandoverRequestLine(models.Model):
    """Why somebody gets a record: the rule of the split, as long as they get it."""

    _inherit = "handover.request.line"

    chosen_by = fields.Selection(
        CHOSEN,
        string="Why This Successor",
        copy=False,
        help="By which rule the split has given the record to its successor. Whoever"
        " names another one takes it away.",
    )

    @typed
    def write(self, vals):
        known = {}
        if not {"successor_id", "pool_team_id"}.isdisjoint(vals):
            known = {line: line.successor_id for line in self if line.chosen_by}
        result = super().write(vals)
        changed = [line.id for line in known if line.successor_id != known[line]]
        if changed:
            self.browse(changed)._trusting().write({"chosen_by": False})
        return result

    @api.model
    def _hand_to(self, domain, successor_id, pool_team_id):
        others = Domain("successor_id", "!=", successor_id)
        self._update(
            domain & others & Domain("chosen_by", "!=", False), SQL("chosen_by = NULL")
        )
        return super()._hand_to(domain, successor_id, pool_team_id)

    # ------------------------------------------------------------
    # REPORTS
    # ------------------------------------------------------------

    @api.model
    def _chosen_texts(self):
        """Return what the rules are called, in the reader's language."""
        return dict(self._fields["chosen_by"]._description_selection(self.env))

    @api.model
    def _report_columns(self):
        title = self.env._("Why This Successor")
        return super()._report_columns() | {"chosen_by": title}

    def _report_row(self):
        text = self._chosen_texts().get(self.chosen_by, "")
        return super()._report_row() | {"chosen_by": text}
