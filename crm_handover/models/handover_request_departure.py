from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .handover_request_todo import APPROVAL, ATTENTION
from .handover_states import IN_PROGRESS


class HandoverRequest(models.Model):
    """Somebody is archived: what waits for them goes to others, who learn of it."""

    _inherit = "handover.request"

    @api.model
    def _pass_on_todos(self, users):
        """Give the steps of who is about to be archived to who stands in for them.

        Before it happens: archiving deletes open to-dos.
        """
        todos = self.env["mail.activity"].sudo()
        todos = todos.with_context(mail_activity_quick_update=True).search(
            [
                ("user_id", "in", users.ids),
                # whatever the context looks at
                ("active", "=", True),
                ("res_model", "=", self._name),
                "|",
                ("handover_step_date", "!=", False),
                ("activity_type_id", "=", self.env.ref(ATTENTION).id),
            ]
        )
        for request_id, theirs in todos.grouped("res_id").items():
            request = self.sudo().browse(request_id)
            if other := request._caretaker(without=users):
                theirs.write({"user_id": other.id})

    @api.model
    def _note_departure(self, users):
        """Have others go on with what waited for ``users``, who were just archived."""
        requests = self.sudo()
        approved = Domain("approver_id", "in", users.ids)
        approved &= Domain("state", "in", ("approved", "running"))
        approved = requests.search(approved).grouped("approver_id")
        concerned = requests._held_by(users.sudo())
        for user in users.sudo():
            ids = concerned[user] | set(approved.get(user, requests).ids)
            for request in requests.browse(sorted(ids)):
                request._go_on_without(user)

    def _go_on_without(self, user):
        """Ask others for what ``user`` was to do; tell who looks after the handover."""
        if self.state == "submitted" and self.approver_id == user:
            self._ask_next_approver(user)
        for role in self._roles_of_the_departed(user):
            self._call_for_attention(
                lambda env, role=role: self._departure_text(env, role, user.name)
            )

    def _ask_next_approver(self, user):
        """Ask somebody else to decide, now that ``user`` has left."""
        self._todos(APPROVAL).filtered(lambda todo: todo.user_id == user).unlink()
        try:
            approver = self._find_approver()
        except UserError:
            self._call_for_attention(
                lambda env: env._(
                    "%s, who was asked to approve it, has left, and nobody else may:"
                    " take it back to draft and name an approver.",
                    user.name,
                )
            )
            return
        self._trusting().write({"approver_id": approver.id})
        self._log_event("reassigned", people=approver.name)
        self._ask_approver()

    def _roles_of_the_departed(self, user):
        """Yield in which roles ``user``, who has left, is missing here."""
        state = self.state
        if self.approver_id == user and state in ("approved", "running"):
            yield "approver"
        if user in self.successor_ids and state in ("submitted", "approved", "running"):
            yield "successor"
        if self.requester_id == user and state in ("draft", "refused", "needs_review"):
            yield "requester"
        if state == "transferred" and user in self.pending_user_ids:
            yield "party"
        comes_back = self._given_by(user) & self._comes_back_domain()
        if self.search_count(comes_back & Domain("id", "=", self.id), limit=1):
            yield "owner"
        if self.coordinator_id == user and state in IN_PROGRESS:
            yield "coordinator"

    @api.model
    def _departure_text(self, env, role, name):
        """Return what it means that who had ``role`` has left, and the way out."""
        return {
            "approver": env._(
                "%s, who approved it, has left: it does not go on with this approval."
                " Cancel it, take it back to draft and submit it again.",
                name,
            ),
            "successor": env._(
                "%s, who was to take over, has left: choose another successor.", name
            ),
            "requester": env._(
                "%s, who prepared it, has left: a handover manager can submit it or"
                " cancel it.",
                name,
            ),
            "party": env._(
                "%s has left without confirming: a handover manager can confirm.", name
            ),
            "owner": env._(
                "%s, to whom the records come back, has left: hand them over for good"
                " before the agreed time is over.",
                name,
            ),
            "coordinator": env._(
                "%s, who coordinated it, has left: it is up to you now to keep it"
                " going.",
                name,
            ),
        }[role]
