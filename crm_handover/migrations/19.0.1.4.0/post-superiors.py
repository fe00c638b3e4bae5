"""The rules ask who is a superior, not who leads a team."""

LEADS = r"'((\w+\.)*)team_ids\.user_id', '=', user\.id\)"
SUPERIOR = r"'\1superior_ids', 'in', user.ids)"


def migrate(cr, version):
    """Have the rules of all of our add-ons ask it, whatever else they say by now.

    By SQL: the models of the other add-ons are not loaded yet.
    """
    cr.execute(
        """UPDATE ir_rule SET domain_force = regexp_replace(domain_force, %s, %s, 'g')
        WHERE domain_force LIKE '%%team_ids.user_id%%' AND model_id IN (
            SELECT id FROM ir_model WHERE model LIKE 'handover.%%')""",
        (LEADS, SUPERIOR),
    )
