from odoo.addons.crm_handover.hooks import free_todo_types

from .models.handover_request_briefing import ASKING, READING


def uninstall_hook(env):
    """Take the to-dos about cards back: there are none any more."""
    types = env["handover.request"]._todo_types(READING, ASKING)
    todos = env["mail.activity"].sudo().with_context(active_test=False)
    todos.search([("activity_type_id", "in", types.ids)]).unlink()
    free_todo_types(env, types)
