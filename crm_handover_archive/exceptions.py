from odoo.exceptions import UserError


class StillHasWork(UserError):
    """Somebody cannot be archived: a script reads why, a screen offers the way out.

    :param context: ``{"users": [{"id", "name", "parts": [{"name", "count"}]}],
        "can_force": bool, "hint": text}``, for the dialog
    """

    def __init__(self, message, context):
        super().__init__(message)
        self.context = context
