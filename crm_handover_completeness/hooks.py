from odoo.addons.crm_handover.hooks import free_todo_types

from .models.handover_check_kinds import GAP_ACTIVITY


def uninstall_hook(env):
    """Leave what people were asked for as plain to-dos."""
    free_todo_types(env, env.ref(GAP_ACTIVITY))
