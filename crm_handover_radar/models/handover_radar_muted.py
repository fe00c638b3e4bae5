from odoo import api, fields, models
from odoo.fields import Domain

from .handover_radar_field import PEOPLE

# fields that may name people among others
MAY_NAME_PEOPLE = ("properties", "reference", "many2one_reference")


class HandoverRadarMuted(models.Model):
    """A field that the radar does not look at: nobody minds whom it names."""

    _name = "handover.radar.muted"
    _description = "What the Radar Leaves Out"
    _inherit = ["handover.typed"]
    _rec_name = "field_id"

    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        index=True,
        ondelete="cascade",
        domain=lambda self: self._muted_domain(),
        help="What this field names is not told.",
    )
    model = fields.Char(related="field_id.model", help="The model of the field.")

    _field_once = models.UniqueIndex("(field_id)", "This field is left out already.")

    @api.model
    def _muted_domain(self):
        """Return the domain of the fields that a choice is made of."""
        people = Domain("relation", "in", PEOPLE)
        people |= Domain("ttype", "in", MAY_NAME_PEOPLE)
        written = Domain.OR(
            Domain("model", "=", model) & Domain("name", "=", name)
            for model, name in self.env["handover.radar"]._written_fields()
        )
        return list(Domain("store", "=", True) & (people | written))
