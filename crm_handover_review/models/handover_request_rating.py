from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door, single

ROLES = [
    ("predecessor", "Predecessor"),
    ("successor", "Successor"),
    ("manager", "Superior"),
]


class HandoverRequestRating(models.Model):
    """How somebody rates a handover, and what is to be done better next time.

    Everybody gives their own, with “Rate”. A lesson is a suggestion for the plan of the
    reason: a handover manager makes it a step, or dismisses it.
    """

    _name = "handover.request.rating"
    _description = "Handover Rating"
    _inherit = ["handover.guard"]
    _order = "date desc, id desc"
    _rec_name = "user_id"
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The handover that is rated.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    reason_id = fields.Many2one(related="request_id.reason_id")
    days = fields.Integer(
        "At the Review After Days",
        required=True,
        readonly=True,
        aggregator=None,
        help="At which review it was rated: so many days after the handover.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who rates it.",
    )
    role = fields.Selection(
        ROLES, required=True, readonly=True, help="As what they rate it."
    )
    rating = fields.Integer(
        required=True, readonly=True, aggregator="avg", help="From 1, bad, to 5, good."
    )
    comment = fields.Text(readonly=True, help="What they say about it.")
    lesson = fields.Text(readonly=True, help="What is to be done otherwise next time.")
    lesson_state = fields.Selection(
        [("open", "To Decide"), ("accepted", "Step"), ("dismissed", "Dismissed")],
        string="Suggestion",
        readonly=True,
        help="What became of the suggestion.",
    )
    step_id = fields.Many2one(
        "mail.activity.plan.template",
        string="Step of the Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The step of the plan that the suggestion became.",
    )
    decided_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        help="Who decided on the suggestion.",
    )
    date = fields.Datetime(required=True, readonly=True, help="When it was rated.")
    can_decide = fields.Boolean(
        compute="_compute_can_decide",
        help="The reader may decide on the suggestion now.",
    )

    _once = models.UniqueIndex(
        "(request_id, days, user_id)", "Everybody rates a handover once per review."
    )
    _stars = models.Constraint(
        "CHECK (rating BETWEEN 1 AND 5)", "A rating is from 1 to 5."
    )

    @api.depends("lesson_state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for rating in self:
            rating.can_decide = not rating._decision_refusal()

    @api.model
    def _creation_problem(self):
        return self.env._("Rate with the button “Rate”.")

    # ------------------------------------------------------------
    # LESSONS
    # ------------------------------------------------------------

    @door
    def action_accept_lesson(self):
        """Make a lesson a step of the plan of the reason.

        :return: a window action: the plan, to say whose step it is, and when
        :raise AccessError: when the caller is no handover manager of the company
        :raise UserError: when it is decided, or the reason has no plan
        """
        single(self)
        self._require_decision()
        plan = self.sudo().request_id._reason_plan()
        if not plan:
            raise UserError(
                self.env._(
                    "%s has no plan: give it one under CRM › Configuration › Handovers"
                    " › Reasons.",
                    self.reason_id.name or self.env._("The handover without a reason"),
                )
            )
        # a manager may edit plans of handovers, by a rule of their own
        if not plan.sudo(False).has_access("write"):
            raise UserError(
                self.env._(
                    "%s is for all companies: whoever is in all of them adds to it.",
                    plan.name,
                )
            )
        step = self.env["mail.activity.plan.template"].create(
            {
                "plan_id": plan.id,
                "summary": self.lesson.strip().splitlines()[0][:120],
                "note": self.lesson,
                "responsible_type": "coordinator",
            }
        )
        self._decide("accepted", step)
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.activity.plan",
            "res_id": plan.id,
            "views": [[False, "form"]],
        }

    @door
    def action_dismiss_lesson(self):
        """Leave the plan as it is.

        :return: ``True``
        :raise AccessError: when the caller is no handover manager of the company
        :raise UserError: when it is decided
        """
        self._require_decision()
        self._decide("dismissed")
        return True

    def _require_decision(self):
        self.request_id._lock()
        self.invalidate_recordset()
        for rating in self:
            if refusal := rating._decision_refusal():
                raise refusal

    def _decision_refusal(self):
        """Return the error that keeps the caller from deciding, or ``None``."""
        self.ensure_one()
        if not self.request_id.sudo()._is_manager(self.env.user):
            return AccessError(
                self.env._("Handover managers decide what becomes a step.")
            )
        if self.lesson_state != "open":
            return UserError(self.env._("There is no suggestion to decide on."))
        return None

    def _decide(self, state, step=None):
        self._trusting().write(
            {
                "lesson_state": state,
                "step_id": step and step.id,
                "decided_by_id": self.env.uid,
            }
        )
