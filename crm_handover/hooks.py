from odoo.exceptions import UserError

from .models.handover_grant import LASTING


def make_plain_todos(env, *xml_ids):
    """Have to-dos outlive their type: what people were asked for stays on their lists.

    :param xml_ids: of the types that an add-on takes away with it
    """
    types = env["mail.activity.type"].union(*(env.ref(xml_id) for xml_id in xml_ids))
    todos = env["mail.activity"].sudo().with_context(active_test=False)
    todos.search([("activity_type_id", "in", types.ids)]).write(
        {"activity_type_id": env.ref("mail.mail_activity_data_todo").id}
    )


def uninstall_hook(env):
    """Refuse to leave permissions behind that nobody would take back.

    :raise UserError: while permissions are active, or a handover runs
    """
    lasting = [("state", "in", LASTING)]
    if count := env["handover.grant"].sudo().search_count(lasting):
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
