from odoo.addons.crm_handover.hooks import free_todo_types

READING = "crm_handover_briefing.mail_activity_type_briefing"


def uninstall_hook(env):
    """Take the to-dos to read cards back: there are none any more."""
    todos = env["mail.activity"].sudo().with_context(active_test=False)
    todos.search([("activity_type_id", "=", env.ref(READING).id)]).unlink()
    free_todo_types(env, env.ref(READING))
