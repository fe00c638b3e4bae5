"""Handover managers edit the topics of their companies' plans."""

from odoo import SUPERUSER_ID, api

BEFORE = "[('plan_id.res_model', '=', 'handover.request')]"


def migrate(cr, version):
    """Narrow the rule where nobody changed it."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref(
        "crm_handover_training.handover_topic_rule_manager", raise_if_not_found=False
    )
    # the rules are the administrator's
    if rule and rule.domain_force == BEFORE:
        rule.domain_force = (
            "[('plan_id.res_model', '=', 'handover.request'),"
            " ('plan_id.company_id', 'in', [False, *company_ids])]"
        )
