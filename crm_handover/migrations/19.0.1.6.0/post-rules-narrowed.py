"""Rules that let somebody in who should not be: where nobody changed them."""

from odoo import SUPERUSER_ID, api

PLAN = "('plan_id.res_model', '=', 'handover.request')"
OF_ALL = "[False, *company_ids]", "company_ids + user._handover_of_all()"
# what belongs to no company is for whoever is in all of them
RULES = {
    "mail_activity_plan_rule_manager": tuple(
        f"[('res_model', '=', 'handover.request'), ('company_id', 'in', {part})]"
        for part in OF_ALL
    ),
    "mail_activity_plan_template_rule_manager": tuple(
        f"[{PLAN}, ('plan_id.company_id', 'in', {part})]" for part in OF_ALL
    ),
}


def migrate(cr, version):
    """Narrow them."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, (before, after) in RULES.items():
        rule = env.ref(f"crm_handover.{name}", raise_if_not_found=False)
        # the rules are the administrator's
        if rule and rule.domain_force == before:
            rule.domain_force = after
