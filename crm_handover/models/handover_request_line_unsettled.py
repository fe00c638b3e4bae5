from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .handover_guard import door, is_id
from .handover_request_unsettled import STOPPED, UNSETTLED
from .handover_said import Sentence
from .handover_states import HANDED_OVER
from .handover_transaction import undoing


class HandoverRequestLine(models.Model):
    """What becomes of a record that was not handed over."""

    _inherit = "handover.request.line"

    settled = fields.Boolean(
        string="Dealt With",
        copy=False,
        help="It was not handed over, and somebody has decided what becomes of it.",
    )

    @door
    def action_choose_give(self):
        """Open the dialog that gives these records to somebody else.

        :return: a window action
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give to Somebody Else"),
            "res_model": "handover.request.give",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_request_id": self.request_id[:1].id,
                "default_line_ids": self.ids,
            },
        }

    @door
    def action_give_to(self, successor_id):
        """Give these records to another successor.

        In a draft they simply get this successor. What waits in a team's pool goes to
        a member of the team. What was not handed over goes on a new handover for each
        of theirs, which is submitted at once where nothing stands in the way: a
        successor is part of what is approved.

        :param int successor_id: who takes them over
        :return: ``True`` for drafts or a pool, else a window action with the new
            handovers
        :raise AccessError: when the caller may not decide on them
        :raise UserError: when there is no such user, a record was handed over, or none
            is still with who hands over
        """
        users = self.env["res.users"].sudo()
        user = users.browse(successor_id).exists() if is_id(successor_id) else users
        if not user:
            raise UserError(self.env._("The successor does not exist."))
        if self._were_pooled():
            # one who sees the pool need not see the handover
            self._take_from_pool(user)
            return True
        for request in self.request_id:
            request._check_successor_user(user)
        planned = self.filtered(lambda line: line.request_id.state == "draft")
        planned.write({"successor_id": user.id})
        # always in the same order: each is locked
        rest = (self - planned).sorted(lambda line: line.request_id.id)
        if not rest:
            return True
        drafts = self.request_id.browse()
        for lines in rest.grouped("request_id").values():
            draft = lines._continued(user)
            try:
                with undoing(self.env.cr):
                    draft.action_submit()
            except AccessError:
                raise
            except UserError:
                # its check says on the draft what stands in the way
                self.env.invalidate_all()
            drafts |= draft
        return drafts._open()

    @door
    def action_new_draft(self):
        """Make a new draft of these records, which were not handed over, and open it.

        :return: a window action
        :raise AccessError: when the caller does not look after the handover
        :raise UserError: when a record was handed over, or none is still with who
            hands over
        """
        return self._continued()._open_form()

    @door
    def action_settle(self):
        """Leave these records as they are, though they were not handed over.

        :return: ``True``
        :raise AccessError: when the caller does not look after the handover
        :raise UserError: when a record was handed over
        """
        request = self._check_unsettled()
        self._settle()
        request._log_event("settled", records=len(self))
        request._end_attention_if_settled()
        return True

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _one_request(self):
        if len(self.request_id) > 1:
            raise UserError(self.env._("Choose records of one handover at a time."))
        return self.request_id

    def _check_unsettled(self):
        """Lock the handover, and raise unless the caller may decide on these records.

        :return: the handover
        """
        request = self._one_request()
        request._lock()
        if refusal := request._settle_refusal():
            raise refusal
        self.invalidate_recordset()
        if others := self - self.filtered_domain(UNSETTLED | STOPPED):
            raise UserError(
                self.env._(
                    "%s: only what was not handed over is decided on.",
                    others[0].res_name,
                )
            )
        return request

    def _continued(self, successor=None):
        """Return a new draft of these records; the event says so."""
        request = self._check_unsettled()
        draft = request._continue(self, successor)
        request._log_event("continued", records=draft.line_count, handover=draft.name)
        request._end_attention_if_settled()
        return draft

    def _settle(self):
        """Take these lines as decided on; what was declined beforehand has its end."""
        self._trusting().write({"settled": True})
        declined = self.filtered(lambda line: line.state == "todo")
        for requester, lines in declined.grouped(
            lambda line: line.request_id.sudo().requester_id
        ).items():
            lines = lines.with_context(lang=requester.lang)
            text = Sentence(lines.env, lambda env: env._("The successor declined it."))
            result = {"code": "declined", "message": text}
            lines._record_results(dict.fromkeys(lines.ids, result))
        # nobody tries it again
        for request in self.request_id:
            if request.state in HANDED_OVER:
                request._end_unused_permissions()
        self.env["handover.request"]._give_waiting_tasks(
            Domain("id", "in", self.ids) & Domain("request_id.state", "in", HANDED_OVER)
        )
