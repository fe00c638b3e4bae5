from odoo.exceptions import UserError


def uninstall_hook(env):
    """Refuse to leave permissions behind that nobody would take back.

    :raise UserError: while permissions are active, or a handover runs
    """
    live = [("state", "in", ("active", "suspended"))]
    if count := env["handover.grant"].sudo().search_count(live):
        raise UserError(
            env._(
                "Handovers have given %s permissions that would stay for ever: end them"
                " under Handovers › Permissions first.",
                count,
            )
        )
    running = env["handover.request"].sudo().search([("state", "=", "running")])
    if running:
        raise UserError(
            env._(
                "%s is running: stop it, or let it end, first.",
                ", ".join(running.mapped("name")),
            )
        )
