from odoo import models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_archive(self):
        """Archive users, unless their work is being handed over.

        Archiving deletes a user's open to-dos, which a handover is to move first.

        :raise UserError: when a user hands over in one that is submitted, approved or
            running
        """
        # whoever may not archive learns nothing about handovers
        self.check_access("write")
        requests = (
            self.env["handover.request"]
            .sudo()
            .search(
                [
                    ("predecessor_id", "in", self.ids),
                    ("state", "in", ("submitted", "approved", "running")),
                ]
            )
        )
        if requests:
            raise UserError(
                self.env._(
                    "%(users)s cannot be archived yet, as their open to-dos would be"
                    " lost: finish, cancel or stop %(handovers)s first.",
                    users=", ".join(requests.predecessor_id.mapped("name")),
                    handovers=", ".join(requests.mapped("name")),
                )
            )
        return super().action_archive()
