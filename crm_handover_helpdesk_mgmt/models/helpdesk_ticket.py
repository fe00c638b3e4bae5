from odoo import models


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "handover.mixin"]

    _handover_facts = {"stage": "stage_id", "priority": "priority"}
    # a handover is no new assignment
    _handover_dates = ("assigned_date",)
    _handover_complaint = True
    _handover_followers_enter = True
    _handover_access_fields = frozenset(("team_id",))

    _handover_card_fields = (
        "partner_id", "stage_id", "priority", "team_id", "category_id", "channel_id",
        "tag_ids", "description",
    )  # fmt: skip
