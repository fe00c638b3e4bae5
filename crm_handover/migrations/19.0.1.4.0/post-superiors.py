"""The rules ask who is a superior, not who leads a team."""

import logging
import re

_logger = logging.getLogger(__name__)

# who leads a team, compared with the reader, in each way that it is written
LEADS = re.compile(
    r"""(?P<quote>['"])(?P<path>(?:\w+\.)*)team_ids\.user_id(?P=quote)\s*,
    \s*(?P<mark>['"])(?:=|in)(?P=mark)\s*,
    \s*(?:user\.ids?|\[\s*user\.id\s*\])(?=\s*,?\s*[)\]])""",
    re.VERBOSE,
)
# the leader of a pool is no superior by that
LEFT = re.compile(r"\bteam_ids\.user_id\b")
SUPERIOR = r"\g<quote>\g<path>superior_ids\g<quote>, 'in', user.ids"


def migrate(cr, version):
    """Have the rules of all of our add-ons ask it, whatever else they say by now.

    By SQL: the models of the other add-ons are not loaded yet.
    """
    cr.execute(
        """SELECT id, domain_force FROM ir_rule
        WHERE domain_force LIKE '%team_ids.user_id%' AND model_id IN (
            SELECT id FROM ir_model WHERE model LIKE 'handover.%')
        ORDER BY id"""
    )
    changed, others = [], []
    for rule, domain in cr.fetchall():
        new = LEADS.sub(SUPERIOR, domain)
        if new != domain:
            cr.execute(
                "UPDATE ir_rule SET domain_force = %s WHERE id = %s", (new, rule)
            )
            changed.append(rule)
        if LEFT.search(new):
            others.append(rule)
    if changed:
        _logger.info("Record rules that ask for superiors now: %s", changed)
    if others:
        _logger.warning(
            "Record rules that still ask who leads a team, and not for superiors: %s."
            " Their domains are for the administrator to look at.",
            others,
        )
