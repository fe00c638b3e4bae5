from odoo import fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverArchiveAnyway(models.TransientModel):
    """Asks an administrator why people are archived although they have open work."""

    _name = "handover.archive.anyway"
    _description = "Archive With Open Work"
    _inherit = ["handover.typed"]

    user_ids = fields.Many2many(
        "res.users",
        string="Users",
        required=True,
        help="Who is archived.",
    )
    reason = fields.Text(
        required=True, help="Why they are archived before their work is handed over."
    )

    @door
    def action_archive(self):
        """Archive the users with this reason, as the caller.

        :return: a window action
        """
        single(self)
        self.user_ids.action_archive_anyway(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
