from odoo.addons.crm_handover.hooks import free_todo_types

from .models.handover_request_alarm import CARE
from .models.handover_request_rate import RATING

MODELS = (
    "handover.request.review",
    "handover.request.rating",
    "handover.customer.rating",
    "handover.followup",
)


def uninstall_hook(env):
    """Take the to-dos back, which nobody could do, and the favourites of its lists."""
    types = env["handover.request"]._todo_types(CARE, RATING)
    todos = env["mail.activity"].with_context(active_test=False)
    todos.search([("activity_type_id", "in", types.ids)]).unlink()
    free_todo_types(env, types)
    env["ir.filters"].search([("model_id", "in", MODELS)]).unlink()
