from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HandoverRequest(models.Model):
    """To whom deals count that were won while somebody was away, as it was approved.

    The report on won deals applies it, see ``handover.credit``; nothing changes on the
    deals themselves.
    """

    _inherit = "handover.request"

    credit_share = fields.Integer(
        string="Share of Who Won It (%)",
        default=100,
        content=True,
        help="So much of a deal that is won meanwhile counts for who had it then; the"
        " rest counts for who was away.",
    )
    credit_days = fields.Integer(
        string="Days After the End",
        default=0,
        content=True,
        help="A deal that came back and is won within so many days after the end counts"
        " as if it was won before.",
    )

    @api.constrains("credit_share", "credit_days")
    def _check_credit(self):
        for request in self:
            if not 0 <= request.credit_share <= 100:
                raise ValidationError(
                    self.env._(
                        "%s: the share of who wins a deal is from 0 to 100 %%.",
                        request.name,
                    )
                )
            if not 0 <= request.credit_days <= 365:
                raise ValidationError(
                    self.env._(
                        "%s: deals count for 0 to 365 days after the end.", request.name
                    )
                )

    def _approval_note(self):
        note = super()._approval_note()
        shares = self.credit_share < 100 or self.credit_days
        # where nothing changes its owner, nothing is shared
        if self.kind == "temporary" and self.cover != "light" and shares:
            note += Markup("<p>%s</p>") % self._credit_text()
        return note

    def _credit_text(self):
        """Return the rule as a sentence."""
        return self.env._(
            "Deals won meanwhile, or after the end (days: %(days)s), count for who had"
            " them then by %(share)s %%, and for who was away by the rest.",
            days=self.credit_days,
            share=self.credit_share,
        )
