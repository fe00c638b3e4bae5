from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .handover_guard import door


class HandoverRequest(models.Model):
    """Both sides sign; the last one completes the handover."""

    _inherit = "handover.request"

    @door
    def action_confirm(self, comment=False):
        """Sign that the handover is complete, as predecessor or successor.

        A manager signs for a predecessor who has left or cannot be reached. The last
        one completes it.

        :param str comment: optional
        :return: ``True``
        """
        if comment and not isinstance(comment, str):
            raise UserError(self.env._("A comment is a text."))
        self._lock()
        for request in self:
            request._sign(comment)
        return True

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _parties(self):
        """Return who confirms: ``{user: role}``."""
        self.ensure_one()
        request = self.sudo()
        parties = dict.fromkeys(self._takers(), "successor")
        giver = request.predecessor_id or request.source_team_id.user_id
        if giver and giver not in parties:
            parties[giver] = "predecessor"
        return parties

    def _takers(self):
        """Return the successors that something was handed over to."""
        groups = (
            self.env["handover.request.line"]
            .sudo()
            ._read_group(
                [("request_id", "=", self.id), ("state", "=", "done")], ["successor_id"]
            )
        )
        users = self.env["res.users"].sudo()
        return users.union(*(successor for [successor] in groups))

    def _unsigned_for(self, user):
        """Return the parties that ``user`` can still sign for."""
        signed = self.sudo().signoff_ids.user_id
        parties = [party for party in self._parties() if party not in signed]
        mine = [party for party in parties if party == user]
        if not mine and self._is_manager(user):
            mine = [party for party in parties if self._needs_stand_in(party)]
        return self.env["res.users"].sudo().union(*mine)

    def _needs_stand_in(self, party):
        """Tell whether ``party`` cannot sign: who has left, or cannot be reached."""
        gives = self._parties()[party] == "predecessor"
        return not party.active or (gives and self.is_sudden)

    def _sign(self, comment):
        self.ensure_one()
        user = self.env.user
        parties = self._parties()
        mine = self._unsigned_for(user) if self.state == "transferred" else None
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
        self._complete_if_signed()

    def _complete_if_signed(self):
        """Complete the handover once everybody has signed."""
        if not set(self._parties()) - set(self.sudo().signoff_ids.user_id):
            self._move("complete", {"date_completed": fields.Datetime.now()})
