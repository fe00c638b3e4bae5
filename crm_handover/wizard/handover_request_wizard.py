from odoo import api, fields, models


class HandoverRequestWizard(models.AbstractModel):
    """A dialog about one handover that its owner may read."""

    _name = "handover.request.wizard"
    _description = "Handover Dialog"
    _inherit = ["handover.typed"]

    request_id = fields.Many2one(
        "handover.request",
        required=True,
        ondelete="cascade",
        help="The handover that the dialog is about.",
    )

    @api.constrains("request_id")
    def _check_request(self):
        # a wizard must not tell the name of what its owner may not see; constraints
        # are checked as superuser
        self.sudo(False).request_id.check_access("read")
