from odoo import api, models
from odoo.fields import Domain

from . import handover_audience


class RatingRating(models.Model):
    """What is rated of ours, customers rate by their link alone.

    The key in the link is not for who reads the record by a handover.
    """

    _name = "rating.rating"
    _inherit = ["rating.rating", "handover.pointing", "handover.keyed"]

    access_token = handover_audience.Char(audience="holders")

    _handover_keys = frozenset(("access_token",))
    _handover_pointers = (
        ("res_model", "res_id"),
        ("parent_res_model", "parent_res_id"),
    )

    @api.model
    def _handover_shown_domain(self, Model):
        return Domain.FALSE

    def _compute_res_name(self):
        told = self._handover_told("res_name")
        return super(RatingRating, told)._compute_res_name()

    def _compute_parent_res_name(self):
        told = self._handover_told("parent_res_name")
        return super(RatingRating, told)._compute_parent_res_name()
