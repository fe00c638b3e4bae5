from odoo import api, models
from odoo.exceptions import AccessError

HANDOVER = "handover.request"


class TierReview(models.Model):
    """The levels of a handover's approval: the code writes them, and nobody else.

    Who cannot read the handover has nothing to do with its levels.
    """

    _name = "tier.review"
    _inherit = ["tier.review", "handover.pointing"]

    _handover_pointers = (("model", "res_id"),)

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews._check_handover()
        return reviews

    def write(self, vals):
        # whoever has no right on it learns nothing of it
        self.check_access("write")
        self._check_handover()
        result = super().write(vals)
        self._check_handover()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_by_the_handover(self):
        self._check_handover()

    def _check_handover(self):
        """Raise where a level of a handover is not written by the handover itself."""
        handovers = self.env[HANDOVER]
        if self._of_handovers() and not handovers._trusted():
            raise AccessError(
                self.env._("The handover decides on its levels: approve or refuse it.")
            )

    def _of_handovers(self):
        return self.sudo().filtered(lambda review: review.model == HANDOVER)

    def _has_resource_model(self, model=None):
        # a handover has reviews of its own, which are something else
        name = model or self.model
        return name != HANDOVER and super()._has_resource_model(model)

    def _can_review_value(self):
        if self.model == HANDOVER:
            return self.status == "pending"
        return super()._can_review_value()

    def _update_review_status(self):
        # whose turn it is follows from the decisions on the handover
        others = self.browse(set(self.ids) - set(self._of_handovers().ids))
        return super(TierReview, others)._update_review_status()
