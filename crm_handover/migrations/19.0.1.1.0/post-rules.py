"""Who hands over what stayed in a former company sees this handover."""

from odoo import SUPERUSER_ID, api

FIELDS = {
    "request": "predecessor_id",
    "request_line": "predecessor_id",
    "request_event": "request_id.predecessor_id",
    "request_signoff": "request_id.predecessor_id",
}
BEFORE = "[('company_id', 'in', company_ids)]"


def migrate(cr, version):
    """Open the handovers of people who have moved to them, where nobody changed it."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, field in FIELDS.items():
        rule = env.ref(
            f"crm_handover.handover_{name}_rule_company", raise_if_not_found=False
        )
        # the rules are the administrator's
        if rule and rule.domain_force == BEFORE:
            rule.domain_force = (
                f"['|', ('company_id', 'in', company_ids), '&', ('{field}', '=',"
                " user.id), ('company_id', 'not in', user.company_ids.ids)]"
            )
