from odoo import api, models

DEPARTURE = "crm_handover_hr.mail_activity_type_departure"


class HandoverRequest(models.Model):
    """A draft that a departure has brought waits for who is to submit it."""

    _inherit = "handover.request"

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(DEPARTURE)

    def _ask_to_prepare(self):
        """Give the requester one to-do: who registered the departure has no part."""
        self._ask(
            DEPARTURE,
            self.sudo().requester_id,
            lambda env: env._("Choose who takes over, and submit"),
            by_mail=True,
        )

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "submit":
            self._todos(DEPARTURE).unlink()
        return result
