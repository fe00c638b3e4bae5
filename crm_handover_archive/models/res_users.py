from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door
from odoo.addons.crm_handover.models.handover_request_leftovers import TODO

from ..exceptions import StillHasWork

# An object has an identity that no caller can send over RPC, a flag has not.
_ANYWAY = object()
# the button has looked at what they have, and kept it, before it writes
_LOOKED = object()


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
        looked = self.with_context(handover_looked=_LOOKED)
        return super(ResUsers, looked).action_archive()

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
        self.env["handover.request"]._prepare_for_archived(reason.strip(), held)
        self.with_context(handover_archive=_ANYWAY).action_archive()
        return True

    def write(self, vals):
        if not self or not vals.keys() & {"active", "group_ids"}:
            return super().write(vals)
        self.check_access("write")
        looked = self.env.context.get("handover_looked") is _LOOKED
        if "active" in vals and not vals["active"] and not looked:
            # while they still have it: what waits for them goes to others then
            leaving = self._handover_leaving()
            leaving._check_leaves_nothing()
            # an Odoo may archive them with their user, however that comes about
            self.env["mail.activity"]._handover_keep(leaving)
        with self._handover_watched():
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_work(self):
        """Refuse what nobody can take back: to-dos are deleted, records are nobody's.

        Of who left, and of users of the portal as well. Where their company does not
        mind, to-dos alone hold it up: there is nobody for whom they could be kept.
        """
        self.sudo()._check_leaves_nothing(deleted=True)

    @contextmanager
    def _handover_watched(self):
        """Look at who of these users works here before and after the block.

        Who is a user of the portal after it, or of nothing, has left like somebody who
        is archived. Who works here again gets back what is still theirs.

        :raise StillHasWork: when such a one has open work
        """
        people = self.sudo()
        before = people._handover_leaving()
        yield
        after = people._handover_leaving()
        shared = (before - after).filtered("active")
        if shared:
            shared._check_leaves_nothing(here=True)
            self.env["mail.activity"]._handover_keep(shared)
            self.env["handover.request"]._note_departure(shared)
            self.env["handover.request"]._end_follows_of(shared)
        if back := after - before:
            self.env["mail.activity"]._handover_give_back(back)

    def _handover_leaving(self):
        """Return those who work here and would not any more, as superuser."""
        return self.sudo().filtered(lambda user: user.active and not user.share)

    def _archived_anyway(self):
        return self.env.context.get("handover_archive") is _ANYWAY

    def _check_archiving(self):
        """Hold nobody up who hands over: what they have is asked, and to-dos are kept.

        See :meth:`_check_leaves_nothing`.
        """

    def _check_leaves_nothing(self, deleted=False, here=False):
        """Raise when one of these users has open work, and their company minds.

        :param bool deleted: whether they are deleted: to-dos count in each company
        :param bool here: whether their user stays, and is no employee's any more
        :raise StillHasWork: with what they have, and the ways out
        """
        if self._archived_anyway():
            return
        guarded = self.filtered("company_id.handover_archive_guard")
        work = self.env["handover.held.work"]
        people = self if deleted else guarded
        held = work._counts(people) if people else {}
        held = {
            user: counts
            for user, counts in held.items()
            if user in guarded or TODO in counts
        }
        if not held:
            return
        parts = work._parts(held)
        told = work._told(parts)
        users = [
            {"id": user.id, "name": user.name, "parts": theirs}
            for user, theirs in parts.items()
        ]
        if deleted:
            text = self._deletion_text(told)
        else:
            text = self._staying_text(told) if here else self._archiving_text(told)
        can_force = self.env.user.has_group("base.group_system")
        hint = self._staying_hint() if here and can_force else ""
        raise StillHasWork(text, {"users": users, "can_force": can_force, "hint": hint})

    @api.model
    def _archiving_text(self, told):
        return self.env._(
            "Still with open work, and so not archived: %s. Hand it over first (CRM,"
            " Handovers, or handover.request over an API). An administrator can archive"
            " all the same, with a reason (action_archive_anyway).",
            told,
        )

    @api.model
    def _staying_text(self, told):
        return self.env._(
            "Still with open work, and so still an employee: %s. Hand it over first"
            " (CRM, Handovers, or handover.request over an API). An administrator can"
            " archive them all the same, with a reason (action_archive_anyway), change"
            " their groups then, and unarchive them.",
            told,
        )

    @api.model
    def _staying_hint(self):
        return self.env._(
            "To make them a user of the portal all the same: archive them, change their"
            " groups then, and unarchive them."
        )

    @api.model
    def _deletion_text(self, told):
        return self.env._(
            "Still with open work, and so not deleted: %s. Deleting a user deletes"
            " their to-dos, and leaves their records to nobody. Hand it over first, or"
            " archive them instead.",
            told,
        )
