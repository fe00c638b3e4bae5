from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_named import needs

MORNING = time(10)
WEEKDAYS = range(5)


class HandoverRequestTrain(models.TransientModel):
    """Plans a training session of a handover."""

    _name = "handover.request.train"
    _description = "Plan a Training Session"
    _inherit = ["handover.typed"]

    request_id = fields.Many2one(
        "handover.request",
        required=True,
        ondelete="cascade",
        help="The handover that it belongs to.",
    )
    known_user_ids = fields.Many2many(
        "res.users",
        related="request_id.successor_ids",
    )
    trainer_id = fields.Many2one(
        "res.users",
        string="Who Trains",
        compute="_compute_people",
        store=True,
        readonly=False,
        domain="[('share', '=', False)]",
        help="Somebody who sees the handover. Invite others in the calendar.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Who Is Trained",
        compute="_compute_people",
        store=True,
        readonly=False,
        help="Who is invited.",
    )
    topic_ids = fields.Many2many(
        "handover.training.topic",
        string="Topics",
        compute="_compute_topic_ids",
        store=True,
        readonly=False,
        help="What is taught in the session.",
    )
    start = fields.Datetime(
        string="When",
        required=True,
        default=lambda self: self._default_start(),
        help="When it starts.",
    )
    duration = fields.Float(
        string="Hours",
        compute="_compute_duration",
        store=True,
        readonly=False,
        help="How many hours it takes.",
    )

    # ------------------------------------------------------------
    # DEFAULTS
    # ------------------------------------------------------------

    @api.model
    def _default_start(self):
        """Return ten o'clock on the next working day, where the user is."""
        zone = pytz.timezone(self.env.user.tz or self.env.context.get("tz") or "UTC")
        hours = self.env.company.sudo().resource_calendar_id
        days = [
            datetime.now(zone).date() + timedelta(days=number) for number in range(1, 8)
        ]
        working = [
            day
            for day in days
            if (hours._works_on_date(day) if hours else day.weekday() in WEEKDAYS)
        ]
        morning = datetime.combine((working or days)[0], MORNING)
        return zone.localize(morning).astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("request_id")
    @needs("request_id")
    def _compute_people(self):
        for wizard in self:
            request = wizard.request_id
            wizard.trainer_id = request and request._default_trainer()
            wizard.user_ids = (
                request.successor_ids.filtered("active") - wizard.trainer_id
            )

    @api.depends("request_id")
    def _compute_topic_ids(self):
        for wizard in self:
            request = wizard.request_id
            live = request.training_ids.filtered(
                lambda session: session.state in ("planned", "begun", "held")
            )
            topics = request.training_topic_ids
            wizard.topic_ids = topics - live.topic_ids or topics

    @api.depends("topic_ids")
    def _compute_duration(self):
        for wizard in self:
            minutes = sum(wizard.topic_ids.mapped("minutes")) or 60
            wizard.duration = min(minutes, 24 * 60) / 60

    @api.constrains("request_id", "topic_ids")
    def _check_records(self):
        # a wizard must not tell the name of what its owner may not see; constraints
        # are checked as superuser
        wizards = self.sudo(False)
        wizards.request_id.check_access("read")
        wizards.topic_ids.check_access("read")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_plan(self):
        """Plan the session, as the caller.

        :return: a window action
        """
        single(self)
        self.request_id.plan_training(
            self.start,
            self.duration,
            trainer_id=self.trainer_id.id,
            successor_ids=self.user_ids.ids,
            topic_ids=self.topic_ids.ids,
        )
        return {"type": "ir.actions.act_window_close"}
