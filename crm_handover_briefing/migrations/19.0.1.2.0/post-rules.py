"""Whoever declines a record reads its card no more."""

from odoo import SUPERUSER_ID, api

MINE = "('line_id.successor_id', '=', user.id), "
TAKES = "'&', ('line_id.decision', '!=', 'declined'), "


def migrate(cr, version):
    """Narrow the rule where nobody changed it."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref(
        "crm_handover_briefing.handover_card_rule_user_read", raise_if_not_found=False
    )
    # the rules are the administrator's
    before = f"['|', '|', '|', '|', '&', {MINE}('state', '!=', 'open'), "
    if rule and (rule.domain_force or "").startswith(before):
        rule.domain_force = rule.domain_force.replace(MINE, MINE + TAKES, 1)
