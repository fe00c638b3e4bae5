from odoo import api, fields, models
from odoo.exceptions import AccessError


class HandoverTrainingRating(models.Model):
    """How well a successor says they know a topic, before and after the training."""

    _name = "handover.training.rating"
    _description = "Handover Self-Rating"
    _inherit = ["handover.guard"]
    _order = "trainee_id, topic_id"
    _rec_name = "topic_id"

    _guarded_fields = frozenset(
        {"trainee_id", "topic_id", "company_id", "before", "after"}
    )

    trainee_id = fields.Many2one(
        "handover.training.trainee", required=True, index=True, ondelete="cascade"
    )
    topic_id = fields.Many2one(
        "handover.training.topic", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="trainee_id.company_id", store=True, index=True
    )
    before = fields.Integer(aggregator="avg", help="1 to 5; 0 when not rated.")
    after = fields.Integer(aggregator="avg", help="1 to 5; 0 when not rated.")

    _once = models.UniqueIndex(
        "(trainee_id, topic_id)", "A topic is rated once by each successor."
    )
    _one_to_five = models.Constraint(
        "CHECK (before BETWEEN 0 AND 5 AND after BETWEEN 0 AND 5)",
        "A rating is a number from 1 to 5.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._trusted():
            raise AccessError(self.env._("Rate yourself on the handover."))
        return super().create(vals_list)
