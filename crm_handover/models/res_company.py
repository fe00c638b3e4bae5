from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    handover_self_approval = fields.Boolean(
        string="Managers Approve Their Own Handovers",
        help="For a company with a single handover manager. The event says so.",
    )
    handover_acceptance = fields.Selection(
        [("silence", "They are handed over"), ("needed", "They stay with their owner")],
        string="Acceptance of Records",
        default="silence",
        required=True,
        help="What happens to records that successors neither accept nor decline.",
    )
    handover_silence_days = fields.Integer(
        string="Days to Decline",
        help="So many days after the approval silence counts; 0: at once.",
    )
    handover_reminders = fields.Boolean(
        string="Reminders",
        default=True,
        help="One mail a day to whoever is late with steps or decisions of handovers.",
    )
    handover_decision_days = fields.Integer(
        string="Days to Decide",
        default=2,
        help="So many days after it was asked for, an approver is reminded of a"
        " decision, and again after as many; 0: never.",
    )
    handover_escalation_days = fields.Integer(
        string="Days Until the Next One",
        help="So many days after the reminder, the next in line is asked to decide as"
        " well: a team leader, then approvers, then managers; 0: nobody.",
    )
    handover_overlap_days = fields.Integer(
        string="Days of Overlap",
        help="So many days after the planned day the overlap ends, unless the"
        " handover says something else; 0: nothing fixed.",
    )
    handover_pool_days = fields.Integer(
        string="Days in the Pool",
        default=7,
        help="So many days after a record went into a team's pool, who leads the team"
        " is to look after it; 0: never.",
    )
    _handover_pool_days_positive = models.Constraint(
        "CHECK (handover_pool_days >= 0)",
        "Days in the pool: 0 or more.",
    )
    _handover_silence_days_positive = models.Constraint(
        "CHECK (handover_silence_days >= 0)",
        "Days to decline: 0 or more.",
    )
    _handover_decision_days_positive = models.Constraint(
        "CHECK (handover_decision_days >= 0)",
        "Days to decide: 0 or more.",
    )
    _handover_escalation_days_positive = models.Constraint(
        "CHECK (handover_escalation_days >= 0)",
        "Days until the next one: 0 or more.",
    )
    _handover_overlap_days_positive = models.Constraint(
        "CHECK (handover_overlap_days >= 0)",
        "Days of overlap: 0 or more.",
    )
