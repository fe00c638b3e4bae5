"""To-dos that handovers made say so; managers edit the plans of their companies."""

from odoo import SUPERUSER_ID, api

RULES = {
    "mail_activity_plan_rule_manager": "",
    "mail_activity_plan_template_rule_manager": "plan_id.",
}


def migrate(cr, version):
    """Mark what was made by itself, and narrow the rules that nobody changed."""
    cr.execute(
        """UPDATE mail_activity todo SET handover_made = TRUE
            FROM mail_activity_type type
            WHERE type.id = todo.activity_type_id AND todo.automated
                AND type.res_model = 'handover.request'
                AND todo.res_model = 'handover.request'"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, path in RULES.items():
        rule = env.ref(f"crm_handover.{name}", raise_if_not_found=False)
        # the rules are the administrator's
        model = f"('{path}res_model', '=', 'handover.request')"
        if rule and rule.domain_force == f"[{model}]":
            rule.domain_force = (
                f"[{model}, ('{path}company_id', 'in', [False, *company_ids])]"
            )
