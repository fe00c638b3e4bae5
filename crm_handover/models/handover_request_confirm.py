from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .handover_guard import door


class HandoverRequest(models.Model):
    """Both sides confirm; the last one completes the handover."""

    _inherit = "handover.request"

    @door
    def action_confirm(self, comment=False):
        """Confirm that the handover is complete, as predecessor or successor.

        A manager confirms for a predecessor who has left or cannot be reached. The last
        one completes it.

        :param str comment: optional
        :return: ``True``
        """
        if comment and not isinstance(comment, str):
            raise UserError(self.env._("A comment is a text."))
        self._lock()
        for request in self:
            request._confirm_part(comment)
        return True

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _confirm_part(self, comment):
        self.ensure_one()
        user = self.env.user
        parties = self._parties()
        mine = self._unconfirmed_for(user) if self.state == "transferred" else None
        if not mine and user in self.sudo().signoff_ids.user_id:
            # a second click
            return
        if not mine and user not in parties:
            raise AccessError(
                self.env._("%s: predecessor and successors confirm.", self.name)
            )
        if not mine:
            raise UserError(
                self.env._("%s: confirm once it is handed over.", self.name)
            )
        self.env["handover.request.signoff"]._trusting().create(
            [
                {
                    "request_id": self.id,
                    "user_id": party.id,
                    "signed_by_id": user.id,
                    "role": parties[party],
                    "date": fields.Datetime.now(),
                    "comment": comment,
                }
                for party in mine
            ]
        )
        self._log_event(
            "signed",
            people=", ".join(mine.mapped("name")),
            signatures=self._signature_digest(),
        )
        self.invalidate_recordset(["signoff_ids"])
        self._complete_if_confirmed()

    def _complete_if_confirmed(self):
        """Complete the handover once everybody has confirmed."""
        if not set(self._parties()) - set(self.sudo().signoff_ids.user_id):
            self._move("complete", {"date_completed": fields.Datetime.now()})
