from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door, is_id, typed

# the place of what somebody adds: after the topics of the plan
ADDED = 1000


class HandoverTrainingTopic(models.Model):
    """What the successors of one handover are trained on.

    A copy of the plan's topic with all its languages: everybody reads it in their own,
    and what was signed off does not change with the plan. Who plans the training adds
    topics and removes them.
    """

    _name = "handover.training.topic"
    _description = "Handover Training Topic"
    _inherit = ["handover.guard"]
    _order = "request_id, sequence, id"

    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        required=True,
        index=True,
        ondelete="cascade",
        content=True,
        help="The handover that it belongs to.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=ADDED, help="Its place in the list.")
    name = fields.Char(
        string="Topic",
        required=True,
        translate=True,
        content=True,
        help="What is taught.",
    )
    description = fields.Text(
        translate=True,
        help="What the successor knows or can do afterwards.",
        content=True,
    )
    minutes = fields.Integer(
        default=30, required=True, content=True, help="How long it takes."
    )

    _takes_time = models.Constraint(
        "CHECK (minutes > 0 AND minutes <= 1440)",
        "A topic takes between a minute and a day.",
    )

    @api.model
    def _guarded_initial(self):
        return {"sequence": ADDED}

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        if self._trusted():
            return super().create(vals_list)
        ids = [vals.get("request_id") for vals in vals_list]
        if not all(is_id(id_) for id_ in ids):
            raise UserError(self.env._("Say which handover the topic is for."))
        self._check_named(vals_list)
        requests = self.env["handover.request"].browse(set(ids))
        requests._require_topic_edit()
        topics = super().create(vals_list)
        for request in requests:
            mine = topics.filtered(lambda topic, of=request: topic.request_id == of)
            request._topics_changed(added=", ".join(mine.mapped("name")))
        return topics

    @typed
    def write(self, vals):
        if not self._trusted():
            raise AccessError(
                self.env._("A topic is not changed: remove it, and add another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_planned(self):
        if self._trusted():
            return
        self.request_id._require_topic_edit()
        signed = self.request_id.sudo().trainee_ids.filtered("date_signed")
        for topic in self:
            if topic in signed.rating_ids.topic_id:
                raise UserError(
                    self.env._(
                        "“%s” was signed off by a successor: it stays.", topic.name
                    )
                )
        for request in self.request_id:
            mine = self.filtered(lambda topic, of=request: topic.request_id == of)
            request._topics_changed(removed=", ".join(mine.mapped("name")))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_remove(self):
        """Take the topics off the training, with what was rated on them.

        :return: ``True``
        :raise AccessError: when the caller does not plan the training
        :raise UserError: when it is over, or a successor has signed a topic off
        """
        self.unlink()
        return True
