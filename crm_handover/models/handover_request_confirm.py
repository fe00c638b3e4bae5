from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .handover_guard import door


class HandoverRequest(models.Model):
    """Both sides confirm; the last one completes the handover."""

    _inherit = "handover.request"

    confirm_warning = fields.Text(
        compute="_compute_confirm_warning",
        help="What is still open, for who is about to confirm; they may all the same.",
    )

    @api.depends("state", "signoff_ids", "line_ids.state", "failed_count")
    @api.depends_context("uid", "lang")
    def _compute_confirm_warning(self):
        for request in self:
            warnings = request._confirm_warnings() if request.can_confirm else ()
            request.confirm_warning = "\n".join(warnings) or False

    @door
    def action_confirm(self, comment=False):
        """Confirm that the handover is complete, as predecessor or successor.

        A manager confirms for a predecessor who has left or cannot be reached. The last
        one completes it.

        :param str comment: optional
        :return: ``True``
        """
        if comment and not isinstance(comment, str):
            raise UserError(self.env._("A comment is a text."))
        self._lock()
        for request in self:
            if refusal := request._background_refusal():
                raise refusal
            request._confirm_part(comment)
        return True

    # ------------------------------------------------------------
    # WARNINGS
    # ------------------------------------------------------------

    def _confirm_warnings(self):
        """Yield what is still open, as sentences for the caller; extended by super().

        They keep nobody from confirming. Figures are of what the caller may read.
        """
        self.ensure_one()
        lines = self.env["handover.request.line"]
        failed = [("request_id", "=", self.id), ("state", "=", "failed")]
        if count := lines.search_count(failed):
            yield self.env._("Records that could not be handed over: %s.", count)
        if count := self._open_question_count():
            yield self.env._("Questions without an answer: %s.", count)

    def _open_question_count(self):
        """Return in how many places of the handover a successor has the last word.

        Of somebody who only takes over, their own questions.
        """
        takers = self._takers()
        if self.env.user in takers:
            takers = self.env.user
        if not takers:
            return 0
        self.env.flush_all()
        places = [
            SQL("(model = %s AND res_id IN (%s))", model, ids)
            for model, ids in self._talk_sql()
        ]
        self.env.cr.execute(
            SQL(
                """SELECT count(*) FROM (
                    SELECT DISTINCT ON (model, res_id) author_id FROM mail_message
                    WHERE (%s) AND message_type IN ('comment', 'email')
                    ORDER BY model, res_id, id DESC
                ) word WHERE author_id IN %s""",
                SQL(" OR ").join(places),
                tuple(takers.partner_id.ids),
            )
        )
        return self.env.cr.fetchone()[0]

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _confirm_part(self, comment):
        self.ensure_one()
        user = self.env.user
        parties = self._parties()
        mine = self._unconfirmed_for(user) if self.state == "transferred" else None
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
            # so much was known to who confirmed
            **self._left_note(),
        )
        self.invalidate_recordset(["signoff_ids"])
        self._complete_if_confirmed()

    def _complete_if_confirmed(self):
        """Complete the handover once everybody has confirmed."""
        if not set(self._parties()) - set(self.sudo().signoff_ids.user_id):
            self._move("complete", {"date_completed": fields.Datetime.now()})
