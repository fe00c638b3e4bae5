from odoo import fields, models

from odoo.addons.crm_handover.models.handover_request_late import LATE
from odoo.addons.crm_handover_cover.models.handover_request_cover_light import COVERS

# what a temporary handover takes over as it is
OPTIONS = ("cover", "new_records", "credit_share", "credit_days")


class HandoverTemplate(models.Model):
    """What a cover does, whatever its length would propose."""

    _inherit = "handover.template"

    cover = fields.Selection(
        COVERS,
        string="While They Are Away",
        default="full",
        required=True,
        help="A temporary handover changes the owner of the records until it ends; or"
        " the owner stays, and who stands in reads and writes along, follows them and"
        " has copies of the to-dos until then.",
    )
    new_records = fields.Selection(
        LATE,
        string="What Is New Meanwhile",
        default="ask",
        required=True,
        help="What becomes of open records that come to the predecessor while a"
        " temporary handover lasts, and of new ones of its customers that nobody has:"
        " whoever is in charge is asked; they go along, of the kinds that were"
        " approved, and come back with the rest; or they stay.",
    )
    credit_share = fields.Integer(
        string="Share of Who Won It (%)",
        default=100,
        help="So much of a deal that is won meanwhile counts for who had it then; the"
        " rest counts for who was away.",
    )
    credit_days = fields.Integer(
        string="Days After the End",
        default=0,
        help="A deal that came back and is won within so many days after the end counts"
        " as if it was won before.",
    )

    _credit_fits = models.Constraint(
        "CHECK (credit_share BETWEEN 0 AND 100 AND credit_days BETWEEN 0 AND 365)",
        "The share of who wins a deal is from 0 to 100 %, and deals count for 0 to 365"
        " days after the end.",
    )

    def _option_values(self, request):
        values = super()._option_values(request)
        if self.kind == "temporary":
            values |= {name: self[name] for name in OPTIONS}
        return values
