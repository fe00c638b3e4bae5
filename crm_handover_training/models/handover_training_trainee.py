from odoo import api, fields, models


class HandoverTrainingTrainee(models.Model):
    """A successor who is trained: their ratings, and their sign-off."""

    _name = "handover.training.trainee"
    _description = "Handover Trainee"
    _inherit = ["handover.guard"]
    _order = "request_id, id"
    _rec_name = "user_id"

    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        required=True,
        index=True,
        ondelete="cascade",
        help="The handover that it belongs to.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Successor",
        required=True,
        index=True,
        ondelete="restrict",
        help="The successor who is trained.",
    )
    rating_ids = fields.One2many(
        "handover.training.rating",
        "trainee_id",
        help="How they rate themselves, before and after.",
    )
    date_signed = fields.Datetime(
        string="Signed Off On", help="When they signed the training off."
    )
    comment = fields.Text(help="What they said with it.")
    attended_count = fields.Integer(
        string="Sessions Attended",
        compute="_compute_attended_count",
        help="In how many sessions they were.",
    )
    before = fields.Float(
        compute="_compute_ratings", digits=(2, 1), help="Mean self-rating, 1 to 5."
    )
    after = fields.Float(
        compute="_compute_ratings", digits=(2, 1), help="Mean self-rating, 1 to 5."
    )

    _once = models.UniqueIndex(
        "(request_id, user_id)", "Everybody is trained once for a handover."
    )

    @api.depends("request_id.training_ids.attended_ids")
    def _compute_attended_count(self):
        for trainee in self:
            sessions = trainee.sudo().request_id.training_ids
            trainee.attended_count = len(
                sessions.filtered(lambda s, of=trainee: of.user_id in s.attended_ids)
            )

    @api.depends("rating_ids.before", "rating_ids.after")
    def _compute_ratings(self):
        for trainee in self:
            for name in ("before", "after"):
                values = [value for value in trainee.rating_ids.mapped(name) if value]
                trainee[name] = sum(values) / len(values) if values else 0.0

    @api.model
    def _creation_problem(self):
        return self.env._("Who takes something over is trained, nobody else.")
