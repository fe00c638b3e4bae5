from odoo import api, fields, models


class HandoverRequestLine(models.Model):
    """What became of a record, in the language of whoever reads it.

    The explanation that is kept is evidence, in the language of who requested it.
    """

    _inherit = "handover.request.line"

    outcome = fields.Char(
        string="Outcome by Now",
        compute="_compute_outcome",
        help="What became of the record; of what went back, that.",
    )
    outcome_text = fields.Char(
        string="Outcome in Words",
        compute="_compute_outcome_text",
        help="What became of the record and why, in the reader's language.",
    )

    @api.depends("state", "result_code")
    @api.depends_context("lang")
    def _compute_outcome(self):
        names = dict(self._fields["result_code"]._description_selection(self.env))
        for line in self:
            returned = line.state == "returned" and self.env._("Given back")
            line.outcome = returned or names.get(line.result_code, False)

    @api.depends("result_code", "result_message", "decision", "successor_id")
    @api.depends_context("lang")
    def _compute_outcome_text(self):
        for line in self:
            text = line.result_message
            kept_in = line.request_id.sudo().requester_id.lang
            if text and (self.env.lang or "en_US") != (kept_in or "en_US"):
                text = line._outcome_in_words() or text
            line.outcome_text = text

    def _outcome_in_words(self):
        """Return what the outcome means, or an empty text where only the kept one says.

        What a record, or somebody, has said stays in their words.
        """
        self.ensure_one()
        taker = self._taker().sudo().name or self.env._("Nobody")
        declined = self.decision == "declined"
        words = {
            "already": self.env._("The successor owned it already."),
            "missing": self.scope_id._why_missing(),
            "private": self.env._("It is private to its owner."),
            "declined": self.env._("The successor declined it.")
            if declined
            else self.env._("The successor did not accept it."),
            "stale_owner": self.env._("It belongs to somebody else now."),
            "changed_since": self.env._("It belongs to somebody else since."),
            "closed": self.env._("It is closed and stays with its owner."),
            "locked": self.env._("Somebody else was writing it each time."),
            "overridden": self.env._("Another rule of the database kept the owner."),
            "other_company": self.env._(
                "%s does not work in the company of the record.", taker
            ),
            "successor_no_access": self.env._("%s could not open it.", taker),
            "error": self.env._("Unexpected error; the server's log has the details."),
        }
        return words.get(self.result_code, "")
