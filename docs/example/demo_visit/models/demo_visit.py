from odoo import api, fields, models


class DemoVisit(models.Model):
    """A visit at a customer's, planned or held."""

    _name = "demo.visit"
    _description = "Customer Visit"
    _inherit = ["mail.thread", "mail.activity.mixin", "handover.mixin"]
    _order = "date desc, id desc"

    # what a line of the handover keeps of a visit: {name there: field here}
    _handover_facts = {"stage": "state", "deadline": "date"}

    name = fields.Char(required=True, help="What the visit is about.")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        default=lambda self: self.env.user,
        tracking=True,
        index=True,
        help="Who visits the customer.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", help="Who is visited."
    )
    date = fields.Datetime(required=True, help="When the visit is.")
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held")],
        default="planned",
        required=True,
        tracking=True,
        help="Whether it was held.",
    )

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        # `record` has the rights of the reader, `self` may have those of the superuser
        others = record.search(
            [
                ("partner_id", "=", record.partner_id.id),
                ("partner_id", "!=", False),
                ("id", "!=", record.id),
            ],
            limit=5,
        )
        if not others:
            return sections
        rows = [
            {
                "text": visit.name,
                "detail": fields.Date.to_string(visit.date),
                "res_model": visit._name,
                "res_id": visit.id,
            }
            for visit in others
        ]
        title = record.env._("Other Visits")
        return [*sections, {"key": "visits", "title": title, "rows": rows}]
