from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.handover_guard import door, is_id, single
from ..models.handover_request_line import RESULT_CODES

# so many records are listed one by one; the rest is counted
LISTED = 5_000
# what goes back
GOES = ("done", "already")
# what stays unless somebody takes it back all the same
KEPT = ("changed_since", "closed")
# what somebody decides for each record
CHOICES = [("back", "Give Back"), ("stay", "Leave It"), ("ask", "Ask Who Has It")]


class HandoverRequestReturn(models.TransientModel):
    """Shows what giving back would do, and gives back what somebody leaves ticked."""

    _name = "handover.request.return"
    _description = "Give Records Back"
    _inherit = ["handover.request.wizard"]

    reason = fields.Text(help="Why they go back; the history keeps it.")
    # who has left has records as well
    possible_user_ids = fields.Many2many(
        "res.users",
        compute="_compute_possible",
        context={"active_test": False},
        help="Who has records of this handover.",
    )
    successor_ids = fields.Many2many(
        "res.users",
        string="Successors",
        context={"active_test": False},
        help="Whose records go back.",
    )
    line_ids = fields.One2many(
        "handover.request.return.line",
        "wizard_id",
        string="Records",
        help="What would become of each record.",
    )
    unlisted = fields.Json(help="The lines that are not listed, by their successors.")
    back_count = fields.Integer(
        compute="_compute_counts", string="Going Back", help="Records that go back."
    )
    stay_count = fields.Integer(
        compute="_compute_counts",
        string="Staying",
        help="Records that stay with their successor.",
    )
    unlisted_count = fields.Integer(
        compute="_compute_counts",
        string="Not Listed",
        help="Records that are not listed, as there are so many.",
    )
    ask_count = fields.Integer(
        compute="_compute_counts",
        string="Asking About",
        help="Records that stay, and whose owner is asked to give them back.",
    )
    kept_count = fields.Integer(
        compute="_compute_counts",
        string="Changed Since",
        help="Records that were changed or closed since the handover.",
    )

    closed_told = fields.Char(
        compute="_compute_closed_told",
        string="Closed",
        help="How many of the records are closed, and what they are worth.",
    )

    @api.depends("line_ids.result_code", "line_ids.successor_id", "successor_ids")
    @api.depends_context("uid", "lang")
    def _compute_closed_told(self):
        for wizard in self:
            request = wizard.request_id
            closed = wizard._of_chosen().filtered(
                lambda line, request=request: (
                    line.result_code == "closed" and line.line_id.request_id == request
                )
            )
            # whoever may not give it back has not opened this dialog
            if not closed or request._refusal("return"):
                closed = closed.browse()
            wizard.closed_told = request._tell_kinds(
                request._kind_row(scope, Domain("id", "in", lines.mapped("res_id")))
                for scope, lines in closed.line_id.grouped("scope_id").items()
            )

    @api.depends("request_id")
    def _compute_possible(self):
        for wizard in self:
            wizard.possible_user_ids = wizard.request_id.sudo().successor_ids

    @api.depends("line_ids.choice", "line_ids.successor_id", "successor_ids")
    def _compute_counts(self):
        for wizard in self:
            going = len(wizard._ticked()) + len(wizard._unlisted(wizard.successor_ids))
            unlisted = len(wizard._unlisted(wizard.possible_user_ids))
            wizard.back_count = going
            wizard.stay_count = len(wizard.line_ids) + unlisted - going
            wizard.unlisted_count = unlisted
            wizard.ask_count = len(wizard._to_ask())
            wizard.kept_count = len(
                wizard.line_ids.filtered(lambda line: line.result_code in KEPT)
            )

    @api.model
    def _open(self, request, lines=None):
        """Return the action that shows what would go back: of these lines, or all.

        :raise UserError: when there is nothing to give back
        """
        found = request._foresee_return(lines)
        if not found:
            raise UserError(
                self.env._("%s: there is nothing to give back.", request.name)
            )
        # first what somebody has to decide on, then what does not go as a whole
        found.sort(key=lambda row: (row["result_code"] in GOES, not row["message"]))
        browse = self.env["handover.request.line"].browse
        asked = request._asked_back()
        shown, rest = found[:LISTED], found[LISTED:]
        unlisted = browse(row["line_id"] for row in rest).grouped("successor_id")
        wizard = self.create(
            {
                "request_id": request.id,
                "successor_ids": [
                    Command.set(
                        browse(row["line_id"] for row in found).successor_id.ids
                    )
                ],
                "unlisted": {user.id: some.ids for user, some in unlisted.items()},
                "line_ids": [
                    Command.create(
                        {
                            **row,
                            "choice": self._first_choice(
                                row, browse(row["line_id"]), asked
                            ),
                        }
                    )
                    for row in shown
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give Back"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [[False, "form"]],
            "target": "new",
            # what was changed, and by whom, is a sentence
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _first_choice(self, row, line, asked):
        """Return what is proposed for a record: what is asked already stays asked."""
        if (line.res_model, line.res_id) in asked:
            return "ask"
        return "back" if row["result_code"] in GOES else "stay"

    @door
    def action_return(self):
        """Give back what is ticked, as the caller.

        What was changed since and is not taken back stays, and its outcome says so. Who
        has what is asked about gets one to-do with all of it.

        :return: a window action
        """
        single(self)
        ticked = self._ticked()
        lines = (self._told() | ticked).line_id
        lines |= lines.browse(self._unlisted(self.successor_ids))
        forced = ticked.filtered(lambda line: line.result_code in KEPT).line_id
        asked = self._to_ask().line_id
        request = self.request_id
        request._ask_for_return(asked, self.reason)
        # to leave a record is an answer as well
        request._drop_questions(self._of_chosen().line_id - asked)
        if lines or not asked:
            request._give_back(self.reason, lines, forced)
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------
    # WHAT IS CHOSEN
    # ------------------------------------------------------------

    def _of_chosen(self):
        """Return the listed records of the successors that are ticked."""
        chosen = set(self.successor_ids._origin.ids)
        return self.line_ids.filtered(lambda line: line.successor_id.id in chosen)

    def _ticked(self):
        """Return the listed records that go back."""
        return self._of_chosen().filtered("goes_back")

    def _to_ask(self):
        """Return the listed records whose owner is asked to give them back."""
        return self._of_chosen().filtered(
            lambda line: line.choice == "ask" and line.can_go
        )

    def _told(self):
        """Return what stays, and whose outcome is to say why."""
        return self._of_chosen().filtered(
            lambda line: not line.goes_back and line.result_code in (*KEPT, "missing")
        )

    def _unlisted(self, users):
        """Return the ids of the lines of ``users`` that are not listed."""
        unlisted = self.unlisted if isinstance(self.unlisted, dict) else {}
        ids = [unlisted.get(str(id_)) or [] for id_ in users._origin.ids]
        return [id_ for some in ids for id_ in some if is_id(id_)]


class HandoverRequestReturnLine(models.TransientModel):
    """One record of that dialog: what would become of it, and whether it goes back."""

    _name = "handover.request.return.line"
    _description = "Record to Give Back"
    _inherit = ["handover.typed"]

    wizard_id = fields.Many2one(
        "handover.request.return",
        required=True,
        index=True,
        ondelete="cascade",
        help="The dialog that it is listed in.",
    )
    line_id = fields.Many2one(
        "handover.request.line",
        required=True,
        ondelete="cascade",
        help="The record on the handover.",
    )
    res_name = fields.Char(related="line_id.res_name")
    scope_id = fields.Many2one(related="line_id.scope_id")
    successor_id = fields.Many2one(related="line_id.successor_id")
    result_code = fields.Selection(
        RESULT_CODES,
        string="Outcome",
        readonly=True,
        required=True,
        help="What would become of it.",
    )
    message = fields.Text(string="Because", readonly=True, help="Why so.")
    choice = fields.Selection(
        CHOICES,
        required=True,
        default="stay",
        help="Give back: it goes back, also from who has it by now. Leave it: it stays."
        " Ask: it stays, and who has it gets a to-do to give it back.",
    )
    goes_back = fields.Boolean(
        string="Give Back",
        compute="_compute_goes_back",
        inverse="_inverse_goes_back",
        help="Whether it goes back.",
    )
    can_go = fields.Boolean(
        compute="_compute_can_go", help="Whether it can go back at all."
    )

    @api.depends("choice")
    def _compute_goes_back(self):
        for line in self:
            line.goes_back = line.choice == "back"

    def _inverse_goes_back(self):
        for line in self:
            if line.goes_back:
                line.choice = "back"
            elif line.choice == "back":
                line.choice = "stay"

    @api.depends("result_code")
    def _compute_can_go(self):
        for line in self:
            line.can_go = line.result_code in (*GOES, *KEPT)
