from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .handover_guard import door, is_id
from .handover_request_unsettled import STOPPED, UNSETTLED


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
        return self._choose_give(self.request_id[:1])

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
            drafts |= lines._continued(user, submits=True)
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
        request._require_settle()
        self.invalidate_recordset()
        if others := self - self.filtered_domain(UNSETTLED | STOPPED):
            raise UserError(
                self.env._(
                    "%s: only what was not handed over is decided on.",
                    others[0].res_name,
                )
            )
        return request

    def _continued(self, successor=None, submits=False):
        """Return a new draft of these records."""
        request = self._check_unsettled()
        return request._continue(self, successor, submits)

    def _choose_give(self, request):
        """Return the dialog that gives these lines to somebody else.

        :param request: their handover; without lines, all that it did not hand over
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give to Somebody Else"),
            "res_model": "handover.request.give",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_request_id": request.id,
                **({"default_line_ids": self.ids} if self else {"default_all": True}),
            },
        }

    def _settle(self):
        """Take these lines as decided on; what was declined beforehand has its end."""
        for request, lines in self.grouped("request_id").items():
            request._settle_lines(Domain("id", "in", lines.ids))
