from odoo import api, fields, models


class HandoverTrainingRating(models.Model):
    """How well a successor says they know a topic, before and after the training."""

    _name = "handover.training.rating"
    _description = "Handover Self-Rating"
    _inherit = ["handover.guard"]
    _order = "trainee_id, topic_id"
    _rec_name = "topic_id"

    trainee_id = fields.Many2one(
        "handover.training.trainee",
        required=True,
        index=True,
        ondelete="cascade",
        help="Who rates themselves.",
    )
    topic_id = fields.Many2one(
        "handover.training.topic",
        required=True,
        index=True,
        ondelete="cascade",
        help="The topic that is rated.",
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

    @api.model
    def _creation_problem(self):
        return self.env._("Rate yourself on the handover.")
