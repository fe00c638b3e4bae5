from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door
from odoo.addons.crm_handover.models.handover_states import APPROVED_ON, IN_PROGRESS

STATES = [
    ("open", "To Write"),
    ("released", "Released"),
    ("understood", "Understood"),
]
# nobody is briefed any more once both sides have confirmed, or nothing comes of it
WRITTEN = (*IN_PROGRESS, "refused")


class HandoverCard(models.Model):
    """What a successor must know about one record, to take the first call prepared.

    The predecessor writes what only they know and releases the card; what the database
    knows is put beside it, as far as the reader may read it. The successor reads what
    is released, asks questions in the chatter, and says that it is understood.
    """

    _name = "handover.card"
    _description = "Briefing Card"
    _inherit = ["handover.guard", "mail.thread"]
    _order = "request_id desc, scope_id, line_id"
    _rec_name = "res_name"
    _mail_post_access = "read"

    line_id = fields.Many2one(
        "handover.request.line", required=True, index=True, ondelete="cascade"
    )
    request_id = fields.Many2one(
        "handover.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    scope_id = fields.Many2one(related="line_id.scope_id", store=True)
    res_model = fields.Char(related="line_id.res_model")
    res_id = fields.Integer(related="line_id.res_id")
    res_name = fields.Char(related="line_id.res_name", store=True)
    predecessor_id = fields.Many2one(related="line_id.predecessor_id")
    successor_id = fields.Many2one(related="line_id.successor_id")
    request_state = fields.Selection(related="request_id.state", string="Handover Is")
    state = fields.Selection(STATES, default="open", required=True, copy=False)
    from_data = fields.Boolean(
        string="From Data Only",
        copy=False,
        help="The predecessor could not be reached: nobody has added what only they"
        " know.",
    )
    released_by_id = fields.Many2one("res.users", copy=False, ondelete="restrict")
    date_released = fields.Datetime(string="Released On", copy=False)
    date_understood = fields.Datetime(string="Understood On", copy=False)

    note = fields.Text(
        string="Special Notes",
        help="What the successor must know about this record.",
        content=True,
    )
    risk = fields.Selection(
        [("none", "None"), ("low", "Low"), ("medium", "Medium"), ("high", "High")],
        default="none",
        required=True,
        content=True,
    )
    risk_detail = fields.Text(string="What May Happen", content=True)
    risk_measure = fields.Text(string="What to Do About It", content=True)
    promises = fields.Text(
        string="Promises Made",
        help="What the customer or a colleague counts on.",
        content=True,
    )
    avoid = fields.Text(
        string="Better Not", help="What the successor should not do.", content=True
    )
    next_steps = fields.Text(
        help="The next three steps, one in each line.", content=True
    )
    facts = fields.Json(compute="_compute_facts")
    can_write = fields.Boolean(compute="_compute_can")
    can_release = fields.Boolean(compute="_compute_can")
    can_understand = fields.Boolean(compute="_compute_can")

    _one_per_record = models.UniqueIndex("(line_id)", "A record has one briefing card.")
    _state_idx = models.Index("(request_id, scope_id, state)")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("state", "request_id.state", "risk", "risk_measure")
    @api.depends_context("uid")
    def _compute_can(self):
        for card in self:
            card.can_write = not card.request_id._write_cards_refusal()
            card.can_release = card.state == "open" and not card._release_refusal()
            card.can_understand = (
                card.state == "released" and not card._understand_refusal()
            )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_facts(self):
        for card in self:
            card.facts = card.line_id._card_sections()

    @api.model
    def _guarded_initial(self):
        return {"state": "open"}

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._("Briefing cards come with the records of a handover.")

    def write(self, vals):
        # what only people know; the rest of a card comes from the database
        knowledge = not self._trusted() and self._content_fields.intersection(vals)
        if knowledge:
            for request in self.request_id:
                if refusal := request._write_cards_refusal():
                    raise refusal
        result = super().write(vals)
        if knowledge:
            # what has changed is to be released, and read, once more
            self.filtered(lambda card: card.state != "open")._trusting().write(
                {"state": "open", "date_understood": False}
            )
            self._tell_lines(
                {name: vals[name] for name in ("note", "risk") if name in vals}
            )
        return result

    def _follow_lines(self, values):
        """Take over what was noted on the records of a draft.

        :param values: new values of ``note`` and ``risk``
        """
        for card in self._trusting():
            if any(card[name] != value for name, value in values.items()):
                card.write({**values, "state": "open", "date_understood": False})

    def _tell_lines(self, values):
        """Keep note and risk of a draft's records, which are approved, the same."""
        lines = self.line_id.filtered(
            lambda line: line.request_id.state == "draft" and line.state == "todo"
        )
        if values and lines:
            lines.write(values)

    @api.model
    def _make(self, condition):
        """Make the cards that lines lack, with what is noted on them already.

        In one statement, as a handover may have very many records.

        :param SQL condition: which lines, in SQL
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO handover_card (
                    line_id, request_id, company_id, scope_id, res_name, state, note,
                    risk, create_uid, create_date, write_uid, write_date)
                SELECT id, request_id, company_id, scope_id, res_name, 'open', note,
                    risk, %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM handover_request_line WHERE %(lines)s
                ON CONFLICT (line_id) DO NOTHING""",
                uid=self.env.uid,
                now=self.env.cr.now(),
                lines=condition,
            )
        )
        if self.env.cr.rowcount:
            self.env["handover.request.line"].invalidate_model(
                ["card_id", "card_state"], flush=False
            )

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        raise UserError(self.env._("Briefing cards are not created by mail."))

    def message_update(self, msg_dict, update_vals=None):
        raise UserError(self.env._("Briefing cards are not changed by mail."))

    def message_post(self, **kwargs):
        # a question reaches who knows, and the answer who asked
        for card in self:
            people = card.request_id._person("predecessor")
            if card.state != "open":
                people |= card.successor_id
            card.sudo()._message_subscribe(
                partner_ids=people.filtered("active").partner_id.ids
            )
        return super().message_post(**kwargs)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_release(self):
        """Release the cards: from now on their successors read them.

        The predecessor releases; of somebody who cannot be reached, a handover manager
        does, and the card says that it was made from data only.

        :return: ``True``
        :raise AccessError: when the caller may not release a card
        :raise UserError: when the handover is over, or a high risk says not what to do
        """
        self._release()
        return True

    @door
    def action_understand(self):
        """Say, as their successor, that what the cards say is understood.

        :return: ``True``
        :raise AccessError: when the caller is not the successor
        :raise UserError: when a card is not released, or the handover is not approved
        """
        self.request_id._lock()
        for card in self:
            if refusal := card._understand_refusal():
                raise refusal
        unread = self.filtered(lambda card: card.state == "released")
        now = fields.Datetime.now()
        unread._trusting().write({"state": "understood", "date_understood": now})
        for request, cards in unread.grouped("request_id").items():
            request._log_event("understood", cards=len(cards))
            request._close_reading_todo()
        return True

    @door
    def action_open_record(self):
        """Open the record that the card is about, with the caller's own rights.

        :return: a window action
        """
        return self.line_id.action_open_record()

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _release_refusal(self):
        """Return the error that keeps the caller from releasing, or ``None``."""
        self.ensure_one()
        if refusal := self.request_id._brief_refusal():
            return refusal
        if self.risk == "high" and not (self.risk_measure or "").strip():
            return UserError(
                self.env._(
                    "%s: the risk is high, so say what to do about it before you"
                    " release the card.",
                    self.res_name,
                )
            )
        return None

    def _understand_refusal(self):
        """Return the error that keeps the caller from this, or ``None``."""
        self.ensure_one()
        if self.successor_id != self.env.user:
            return AccessError(
                self.env._("%s: the successor says that.", self.res_name)
            )
        if self.state == "open" or self.request_id.sudo().state not in APPROVED_ON:
            return UserError(
                self.env._(
                    "%s: say so once the handover is approved and the card released.",
                    self.res_name,
                )
            )
        return None

    def _release(self):
        self.request_id._lock()
        todo = self.filtered(lambda card: card.state == "open")
        for card in todo:
            if refusal := card._release_refusal():
                raise refusal
        values = {
            "state": "released",
            "released_by_id": self.env.uid,
            "date_released": fields.Datetime.now(),
        }
        for request, cards in todo.grouped("request_id").items():
            from_data = self.env.user != request._person("predecessor")
            cards._trusting().write({**values, "from_data": from_data})
            request._log_event("released", cards=len(cards))
            request._plan_reading_todos(cards.successor_id)
