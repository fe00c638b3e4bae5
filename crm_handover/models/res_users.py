from odoo import models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        leaving = self.browse()
        if "active" in vals and not vals["active"]:
            leaving = self.sudo().filtered(lambda user: user.active and not user.share)
        if leaving:
            self.check_access("write")
            self.env["handover.request"]._pass_on_todos(leaving)
        result = super().write(vals)
        if leaving:
            self.env["handover.request"]._note_departure(leaving)
            self.env["handover.request"]._end_follows_of(leaving)
        return result

    def action_archive(self):
        """Archive users, unless their work is being handed over.

        Archiving deletes a user's open to-dos, which a handover is to move first. Steps
        of handovers go to who stands in.

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
        self.env["handover.request"]._pass_on_todos(self)
        return super().action_archive()
