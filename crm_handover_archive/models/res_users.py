from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door

from ..exceptions import StillHasWork

# An object has an identity that no caller can send over RPC, a flag has not.
_ANYWAY = object()


class ResUsers(models.Model):
    """Nobody is archived by whatever door while others do not have their work."""

    _inherit = "res.users"

    def action_archive(self):
        """Archive users, unless they have open work; keep their to-dos.

        :raise StillHasWork: a ``UserError``, when somebody has open work
        """
        if not self:
            # a wizard archives those whom somebody ticked, if any
            return super().action_archive()
        # whoever may not archive learns nothing about anybody's work
        self.check_access("write")
        leaving = self._handover_leaving()
        leaving._check_leaves_nothing()
        self.env["mail.activity"]._handover_keep(leaving)
        return super().action_archive()

    @door
    def action_archive_anyway(self, reason):
        """Archive users although they have open work; an event says who and why.

        Their to-dos are kept for whoever takes them over. A draft of a handover holds
        what they have, unless there is a handover of theirs already.

        :param str reason: why, required
        :return: ``True``
        :raise AccessError: when the caller is no administrator
        :raise UserError: when the reason is missing
        """
        self.env["res.groups"]._handover_decide()
        if not self.env.user._handover_has_group("base.group_system"):
            raise AccessError(
                self.env._("Only administrators archive people who have open work.")
            )
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why they are archived with open work."))
        self.check_access("write")
        held = self.env["handover.held.work"]._counts(self._handover_leaving())
        for user, counts in held.items():
            self.env["handover.request"]._prepare_for_archived(
                user, reason.strip(), counts
            )
        self.with_context(handover_archive=_ANYWAY).action_archive()
        return True

    def write(self, vals):
        if "active" not in vals or not self:
            return super().write(vals)
        if not vals["active"]:
            self.check_access("write")
            self._handover_leaving()._check_leaves_nothing()
            return super().write(vals)
        back = self.sudo().filtered(lambda user: not user.active)
        result = super().write(vals)
        self.env["mail.activity"]._handover_give_back(back)
        return result

    def _handover_leaving(self):
        """Return those who work here and would not any more, as superuser."""
        return self.sudo().filtered(lambda user: user.active and not user.share)

    def _archived_anyway(self):
        return self.env.context.get("handover_archive") is _ANYWAY

    def _check_archiving(self):
        if self._archived_anyway():
            return None
        return super()._check_archiving()

    def _check_leaves_nothing(self):
        """Raise when one of these users has open work, and their company minds.

        :raise StillHasWork: with what they have, and the ways out
        """
        if self._archived_anyway():
            return
        guarded = self.filtered("company_id.handover_archive_guard")
        work = self.env["handover.held.work"]
        if not guarded or not (held := work._counts(guarded)):
            return
        parts = work._parts(held)
        message = self.env._(
            "Still with open work, and so not archived: %s. Hand it over first (CRM,"
            " Handovers, or handover.request over an API). An administrator can archive"
            " all the same, with a reason (action_archive_anyway).",
            work._told(parts),
        )
        users = [
            {"id": user.id, "name": user.name, "parts": theirs}
            for user, theirs in parts.items()
        ]
        can_force = self.env.user.has_group("base.group_system")
        raise StillHasWork(message, {"users": users, "can_force": can_force})
