from odoo import fields, models

from .handover_limits import LIMITS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_self_approval = fields.Boolean(
        related="company_id.handover_self_approval", readonly=False
    )
    handover_acceptance = fields.Selection(
        related="company_id.handover_acceptance", readonly=False
    )
    handover_silence_days = fields.Integer(
        related="company_id.handover_silence_days", readonly=False
    )
    handover_reminders = fields.Boolean(
        related="company_id.handover_reminders", readonly=False
    )
    handover_decision_days = fields.Integer(
        related="company_id.handover_decision_days", readonly=False
    )
    handover_escalation_days = fields.Integer(
        related="company_id.handover_escalation_days", readonly=False
    )
    handover_overlap_days = fields.Integer(
        related="company_id.handover_overlap_days", readonly=False
    )
    handover_pool_days = fields.Integer(
        related="company_id.handover_pool_days", readonly=False
    )
    handover_max_records = fields.Integer(
        string="Records per Handover",
        config_parameter="crm_handover.max_records",
        default=LIMITS["max_records"],
        help="A handover takes so many records at the most.",
    )
    handover_max_records_per_call = fields.Integer(
        string="Records per Call",
        config_parameter="crm_handover.max_records_per_call",
        default=LIMITS["max_records_per_call"],
        help="So many records can be named in one call at the most.",
    )
    handover_background_from = fields.Integer(
        string="Records in the Background",
        config_parameter="crm_handover.background_from",
        default=LIMITS["background_from"],
        help="What is about more records goes on in the background.",
    )
    handover_max_text = fields.Integer(
        string="Characters per Text",
        config_parameter="crm_handover.max_text",
        default=LIMITS["max_text"],
        help="A text may have so many characters at the most.",
    )
    handover_max_requests_per_day = fields.Integer(
        string="Handovers per Person and Day",
        config_parameter="crm_handover.max_requests_per_day",
        default=LIMITS["max_requests_per_day"],
        help="One person makes so many handovers within a day at the most.",
    )
