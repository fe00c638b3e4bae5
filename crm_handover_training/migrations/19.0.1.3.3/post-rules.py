"""Rules that let somebody in who should not be: where nobody changed them."""

from odoo import SUPERUSER_ID, api

PLAN = "('plan_id.res_model', '=', 'handover.request')"
ATTENDED = "('attended_ids', 'in', user.ids)"
INVITED = "('event_id.attendee_ids.partner_id', '=', user.partner_id.id)"
READS = (
    "('request_id.requester_id', '=', user.id),"
    " ('request_id.coordinator_id', '=', user.id),"
    " ('request_id.predecessor_id', '=', user.id),"
    " ('request_id.superior_ids', 'in', user.ids), ('trainer_id', '=', user.id)"
)
TAKES = "'&', ('request_id.successor_ids', 'in', user.ids)"
# what belongs to no company is for whoever is in all of them; and a session is none of
# theirs who were at it and do not take over any more
RULES = {
    "handover_topic_rule_manager": tuple(
        f"[{PLAN}, ('plan_id.company_id', 'in', {part})]"
        for part in ("[False, *company_ids]", "company_ids + user._handover_of_all()")
    ),
    "handover_training_rule_user_read": (
        f"['|', '|', '|', '|', '|', '|', {READS}, {ATTENDED}, {TAKES}, {INVITED}]",
        f"['|', '|', '|', '|', '|', {READS}, {TAKES}, '|', {ATTENDED}, {INVITED}]",
    ),
}


def migrate(cr, version):
    """Narrow them."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, (before, after) in RULES.items():
        rule = env.ref(f"crm_handover_training.{name}", raise_if_not_found=False)
        # the rules are the administrator's
        if rule and rule.domain_force == before:
            rule.domain_force = after
