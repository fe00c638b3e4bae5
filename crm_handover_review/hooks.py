from .models.handover_request_alarm import CARE
from .models.handover_request_judge import RATING


def uninstall_hook(env):
    """Take back the to-dos of this add-on.

    Their types go with it: Odoo would make ordinary to-dos of the open ones, which
    nobody could do any more, and would keep the types because of those that are done.
    """
    types = env["handover.request"]._todo_types(CARE, RATING)
    todos = env["mail.activity"].sudo().with_context(active_test=False)
    todos.search([("activity_type_id", "in", types.ids)]).unlink()
