from odoo import api, models


class HandoverRequest(models.Model):
    """The way back of what moved besides records: nothing of it is lost on it.

    One question before any of it changes: can those take it whose it was. What cannot
    go back, or refuses to, is kept, and so is the handover: it is no end.
    """

    _inherit = "handover.request"

    def _besides_givers(self):
        """Return to whom something besides records is to go back, as superuser.

        Extended by super(): each kind of what moved besides records adds its own.
        """
        self.ensure_one()
        return self.env["res.users"].sudo()

    @api.model
    def _can_take_back(self, users):
        """Tell whether all of ``users`` are there to get back what was theirs."""
        return all(user.active and not user.share for user in users.sudo())

    def _give_besides_back(self):
        """Give back what moved besides records, all of it or nothing is tried.

        :return: what the event is to tell of it
        """
        if not self._can_take_back(self._besides_givers()):
            return {}
        return self._return_besides()

    def _return_besides(self):
        """Give it back, and keep what refuses; extended by super().

        :return: what the event is to tell of it, plain values by key
        """
        self.ensure_one()
        return {}

    def _besides_refusals(self):
        """Yield what refused to go back and why, as texts; extended by super()."""
        return iter(())
