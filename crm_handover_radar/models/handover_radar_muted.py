from odoo import fields, models


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
        domain=[("relation", "=", "res.users"), ("store", "=", True)],
        help="What this field names is not told.",
    )
    model = fields.Char(related="field_id.model", help="The model of the field.")

    _field_once = models.UniqueIndex("(field_id)", "This field is left out already.")
