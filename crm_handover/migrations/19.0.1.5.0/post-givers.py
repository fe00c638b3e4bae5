"""Where several people hand over together, each of them sees the handover."""

import logging
import re

_logger = logging.getLogger(__name__)

# whoever hands over alone, compared with the reader
LEAF = r"""\(\s*(?P<q>['"])%s(?P=q)\s*,\s*(?P<m>['"])=(?P=m)\s*,\s*user\.id\s*\)"""
SEVERAL = r"'|', \g<0>, ('%s', 'in', user.ids)"
# of the records, and what hangs on them, what is their own
OWN = (
    r"'|', \g<0>, '&', ('%s', '=', user.id),"
    r" ('request_id.predecessor_ids', 'in', user.ids)"
)
REQUEST = ("predecessor_id", SEVERAL % "predecessor_ids")
OF_REQUEST = ("request_id.predecessor_id", SEVERAL % "request_id.predecessor_ids")
OF_LINE = ("request_id.predecessor_id", OWN % "predecessor_id")
OF_CARD = ("request_id.predecessor_id", OWN % "line_id.predecessor_id")
# by the names that they have in whichever of our add-ons brings them
RULES = {
    "handover_request_rule_company": REQUEST,
    "handover_request_rule_user_read": REQUEST,
    "handover_request_event_rule_company": OF_REQUEST,
    "handover_request_signoff_rule_company": OF_REQUEST,
    "handover_request_event_rule_user": OF_REQUEST,
    "handover_request_signoff_rule_user": OF_REQUEST,
    "handover_request_line_rule_user_read": OF_LINE,
    "handover_request_line_rule_user_edit": OF_LINE,
    "handover_card_rule_user_read": OF_CARD,
    "handover_card_rule_user_edit": OF_CARD,
    "handover_request_review_rule_participants": OF_REQUEST,
    "handover_request_rating_rule_participants": OF_REQUEST,
    "handover_customer_rating_rule_participants": OF_REQUEST,
    "handover_training_topic_rule_user_read": OF_REQUEST,
}


def migrate(cr, version):
    """Have the rules of all of our add-ons know them, whatever else they say by now.

    By SQL: the models of the other add-ons are not loaded yet. And who hands over is
    no longer a question for the database alone: people or a team, a list is no column.
    """
    cr.execute(
        "ALTER TABLE handover_request"
        " DROP CONSTRAINT IF EXISTS handover_request_giver_known"
    )
    cr.execute(
        """SELECT rule.id, data.name, rule.domain_force
        FROM ir_rule rule JOIN ir_model_data data ON data.res_id = rule.id
        WHERE data.model = 'ir.rule' AND data.module LIKE 'crm_handover%%'
            AND data.name = ANY(%s)""",
        (list(RULES),),
    )
    others = []
    for rule, name, domain in cr.fetchall():
        if not domain or "predecessor_ids" in domain:
            continue
        path, more = RULES[name]
        new = re.sub(LEAF % re.escape(path), more, domain)
        if new == domain:
            others.append(name)
        cr.execute("UPDATE ir_rule SET domain_force = %s WHERE id = %s", (new, rule))
    if others:
        _logger.warning(
            "Record rules that do not open handovers to several people who give: %s."
            " Their domains are for the administrator to look at.",
            others,
        )
