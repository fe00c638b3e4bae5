from odoo.addons.crm_handover.hooks import make_plain_todos

from .models.handover_check_kinds import GAP_ACTIVITY


def uninstall_hook(env):
    """Leave what people were asked for as plain to-dos."""
    make_plain_todos(env, GAP_ACTIVITY)
