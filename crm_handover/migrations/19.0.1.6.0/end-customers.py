"""Records that are on handovers name the company that they are about."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, split_every

BATCH = 20_000


def migrate(cr, version):
    """Fill that in where the record still exists, now that all models are loaded."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for scope in env["handover.scope"].with_context(active_test=False).search([]):
        if not scope._is_gone():
            fill(env, scope)


def fill(env, scope):
    """Fill it in for the records of one kind, a few statements for many of them."""
    env.cr.execute(
        """SELECT DISTINCT res_id FROM handover_request_line
        WHERE scope_id = %s AND customer_id IS NULL""",
        (scope.id,),
    )
    for ids in split_every(BATCH, [row[0] for row in env.cr.fetchall()], list):
        customers = scope._handler()._handover_customers(scope._records(ids))
        if not customers:
            continue
        env.cr.execute(
            SQL(
                """UPDATE handover_request_line line SET customer_id = known.customer_id
                FROM unnest(%s, %s) AS known(res_id, customer_id)
                WHERE line.scope_id = %s AND line.res_id = known.res_id
                    AND line.customer_id IS NULL""",
                [*customers],
                [*customers.values()],
                scope.id,
            )
        )
        env.invalidate_all()
