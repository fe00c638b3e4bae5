from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HandoverRequest(models.Model):
    """What the predecessor keeps of the records; record rules open it to them."""

    _inherit = "handover.request"

    predecessor_access = fields.Selection(
        [
            ("none", "Nothing"),
            ("read", "Reads until a date"),
            ("keep", "As before"),
        ],
        string="Predecessor's Access",
        default="none",
        required=True,
        copy=False,
        tracking=True,
        help="What the predecessor may do with the records after the handover, besides"
        " what everybody with the same rights may. It ends when they are given back.",
        content=True,
    )
    date_access_end = fields.Datetime(
        string="Reads Until",
        copy=False,
        tracking=True,
        help="Until then the predecessor reads the records, their messages and files.",
        content=True,
    )

    _kept_access_idx = models.Index(
        "(predecessor_id) WHERE predecessor_access != 'none'"
    )

    @api.onchange("predecessor_access")
    def _onchange_predecessor_access(self):
        if self.predecessor_access != "read":
            self.date_access_end = False

    @api.constrains("predecessor_access", "date_access_end", "date_planned")
    def _check_access_end(self):
        for request in self:
            end = request.date_access_end
            if request.predecessor_access != "read":
                if end:
                    raise ValidationError(
                        self.env._(
                            "%s: a date until which the predecessor reads is for access"
                            " that ends on a date.",
                            request.name,
                        )
                    )
                continue
            if not end or end <= (request.date_planned or request.create_date):
                raise ValidationError(
                    self.env._(
                        "%s: say until when the predecessor reads, after its start.",
                        request.name,
                    )
                )

    def _predecessor_stays_follower(self, handler):
        """Tell whether the predecessor goes on following records of this model.

        :param handler: the model's hooks; where followers have access by following, it
            would outlast what the request says
        """
        self.ensure_one()
        entering = handler._handover_followers_enter
        return self.predecessor_follows and (
            not entering or self.predecessor_access == "keep"
        )
