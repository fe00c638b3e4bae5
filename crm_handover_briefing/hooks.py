from odoo.addons.crm_handover.hooks import end_todos

from .models.handover_request_briefing import ASKING, READING


def uninstall_hook(env):
    """Take the to-dos about cards back: there are none any more."""
    end_todos(env, READING, ASKING)
