import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_asked import CHATTER, asks
from odoo.addons.crm_handover.models.handover_guard import door, single, typed
from odoo.addons.crm_handover.models.handover_named import needs
from odoo.addons.crm_handover.models.handover_states import APPROVED_ON, IN_PROGRESS
from odoo.addons.crm_handover.models.handover_statistics import grown
from odoo.addons.mail.models.mail_thread import MailThread

STATES = [
    ("open", "To Write"),
    ("released", "Released"),
    ("understood", "Understood"),
]
# what people write on a card
KNOWLEDGE = ("note", "risk_detail", "risk_measure", "promises", "avoid", "next_steps")
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
        "handover.request.line",
        required=True,
        index=True,
        ondelete="cascade",
        help="The record on the handover that the card is about.",
    )
    request_id = fields.Many2one(
        "handover.request",
        required=True,
        index=True,
        ondelete="cascade",
        help="The handover that it belongs to.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    scope_id = fields.Many2one(related="line_id.scope_id", store=True)
    res_model = fields.Char(related="line_id.res_model")
    res_id = fields.Integer(related="line_id.res_id")
    res_name = fields.Char(related="line_id.res_name", store=True)
    # for who may read the customer, as on the line
    customer_id = fields.Many2one(
        related="line_id.customer_id",
        related_sudo=False,
        depends_context=("uid", "handover_readers", "allowed_company_ids"),
    )
    predecessor_id = fields.Many2one(related="line_id.predecessor_id")
    successor_id = fields.Many2one(related="line_id.successor_id")
    request_state = fields.Selection(related="request_id.state", string="Handover Is")
    state = fields.Selection(
        STATES,
        default="open",
        required=True,
        copy=False,
        help="Whether it is still written, released, or understood.",
    )
    from_data = fields.Boolean(
        string="From Data Only",
        copy=False,
        help="The predecessor could not be reached: nobody has added what only they"
        " know.",
    )
    released_by_id = fields.Many2one(
        "res.users",
        copy=False,
        ondelete="restrict",
        help="Who released it: the predecessor, or a manager in their place.",
    )
    date_released = fields.Datetime(
        string="Released On", copy=False, help="Since when the successor reads it."
    )
    date_understood = fields.Datetime(
        string="Understood On",
        copy=False,
        help="When the successor said that it is understood.",
    )
    date_asked = fields.Datetime(
        string="Asked For On",
        copy=False,
        help="When the new owner of the record asked for what only the predecessor"
        " knows.",
    )
    origin_id = fields.Many2one(
        "handover.card",
        string="Begins With",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The card of the record's last handover, from which this one started.",
    )

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
        help="How likely something goes wrong with the record.",
    )
    risk_detail = fields.Text(
        string="What May Happen", content=True, help="What could go wrong, and why."
    )
    risk_measure = fields.Text(
        string="What to Do About It",
        content=True,
        help="What the successor does so that it does not happen.",
    )
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
    facts = fields.Json(
        compute="_compute_facts",
        help="What the database knows of the record, as far as the reader may read it.",
    )
    can_write = fields.Boolean(
        compute="_compute_can", help="The reader may write the card now."
    )
    can_release = fields.Boolean(
        compute="_compute_can", help="The reader may release the card now."
    )
    can_understand = fields.Boolean(
        compute="_compute_can", help="The reader is asked to say that it is understood."
    )
    can_ask = fields.Boolean(
        compute="_compute_can", help="The reader may ask the predecessor to write it."
    )

    _one_per_record = models.UniqueIndex("(line_id)", "A record has one briefing card.")
    _state_idx = models.Index("(request_id, scope_id, state)")

    def _traverse_related_sql(self, alias, field, query):
        if field.name != "customer_id":
            return super()._traverse_related_sql(alias, field, query)
        # as the reader: the line says whether the customer is for them
        lines, alias = self._fields["line_id"].join(self, alias, query)
        return lines, lines._fields["customer_id"], alias

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("state", "request_id.state", "risk", "risk_measure", "date_asked")
    @api.depends_context("uid")
    @needs("request_id", "line_id")
    def _compute_can(self):
        for card in self:
            card.can_write = not card._write_refusal()
            card.can_release = card.state == "open" and not card._release_refusal()
            card.can_understand = (
                card.state == "released" and not card._understand_refusal()
            )
            card.can_ask = card.state != "open" and not card.line_id._asking_refusal()

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    @needs("line_id")
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

    @typed
    def write(self, vals):
        # what only people know; the rest of a card comes from the database
        knowledge = not self._trusted() and self._content_fields.intersection(vals)
        if knowledge:
            for card in self:
                if refusal := card._write_refusal():
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

        What was written about a record at its last handover is there to begin with.

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
                ON CONFLICT (line_id) DO NOTHING RETURNING id""",
                uid=self.env.uid,
                now=self.env.cr.now(),
                lines=condition,
            )
        )
        made = self.sudo().browse([row[0] for row in self.env.cr.fetchall()])
        grown(self.env.cr, self._table, len(made))
        if made:
            self.env["handover.request.line"].invalidate_model(
                ["card_id", "card_state"], flush=False
            )
            for request, cards in made.grouped("request_id").items():
                if not request._several_givers():
                    cards._begin_with_last(request._person("predecessor"))
                    continue
                # whoever put them together may read what is not for each of them
                by_giver = cards.grouped(lambda card: card.line_id.predecessor_id)
                for giver, theirs in by_giver.items():
                    theirs._begin_with_last(giver)

    def _begin_with_last(self, writer):
        """Begin with what was written last about the same records.

        Of cards of the same company that ``writer``, whose cards these are, may read.
        """
        pairs = self._earlier_cards() if writer else []
        if not pairs:
            return
        earlier = self.with_user(writer).with_context(
            allowed_company_ids=self.company_id.ids
        )
        readable = set(
            earlier.search([("id", "in", [old for _new, old in pairs])])._ids
        )
        # the last one of each wins
        last = {new: old for new, old in pairs if old in readable}
        if not last:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE handover_card card
                SET origin_id = old.id,
                    note = COALESCE(NULLIF(card.note, ''), old.note),
                    risk = CASE card.risk WHEN 'none' THEN old.risk ELSE card.risk END,
                    %(texts)s
                FROM handover_card old, jsonb_each_text(%(last)s::jsonb) AS pair
                WHERE card.id = pair.key::int AND old.id = pair.value::int""",
                texts=SQL(", ").join(
                    SQL("%s = old.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in KNOWLEDGE
                    if name != "note"
                ),
                last=json.dumps(last),
            )
        )
        self.invalidate_recordset(flush=False)

    def _earlier_cards(self):
        """Return earlier cards of the same records: ``[(id, earlier id)]``, by age."""
        self.env.cr.execute(
            SQL(
                """SELECT card.id, old.id
                FROM handover_card card
                JOIN handover_request_line line ON line.id = card.line_id
                JOIN handover_request_line past ON past.res_model = line.res_model
                    AND past.res_id = line.res_id AND past.id != line.id
                    AND past.scope_id = line.scope_id
                JOIN handover_card old ON old.line_id = past.id
                    AND old.company_id IS NOT DISTINCT FROM card.company_id
                WHERE card.id IN %s AND (old.risk != 'none' OR %s)
                ORDER BY old.id""",
                tuple(self.ids),
                SQL(" OR ").join(
                    SQL("old.%s != ''", SQL.identifier(name)) for name in KNOWLEDGE
                ),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        raise UserError(self.env._("Briefing cards are not created by mail."))

    def message_update(self, msg_dict, update_vals=None):
        raise UserError(self.env._("Briefing cards are not changed by mail."))

    def message_post(self, **kwargs):
        # a question reaches who knows, and the answer who asked
        for card in self:
            people = card.request_id._briefers(card.line_id)
            if card.state != "open":
                people |= card.successor_id
            people = people.filtered(card._handover_read_by)
            card.sudo()._message_subscribe(partner_ids=people.partner_id.ids)
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
    def action_ask(self):
        """Ask the predecessor, as the record's new owner, as nothing is on the card.

        :return: a window action, which shows what the database knows
        :raise AccessError: when the caller is not the new owner
        :raise UserError: when something is on it, or the predecessor cannot be asked
        """
        single(self)
        line = self.line_id
        line.action_ask_for_card()
        return line.action_open_card()

    @door
    def action_open_record(self):
        """Open the record that the card is about, with the caller's own rights.

        :return: a window action
        """
        return self.line_id.action_open_record()

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _tells(self):
        """Tell whether anything is written on the card."""
        return self.risk != "none" or any(self[name] for name in KNOWLEDGE)

    def _is_asked_for(self):
        """Tell whether the record's new owner waits for what the predecessor knows."""
        return bool(self.date_asked) and self.line_id.sudo().state == "done"

    def _write_refusal(self):
        """Return the error that keeps the caller from writing, or ``None``."""
        self.ensure_one()
        asked = self._is_asked_for()
        return self.request_id._write_cards_refusal(asked, self.line_id)

    def _release_refusal(self):
        """Return the error that keeps the caller from releasing, or ``None``."""
        self.ensure_one()
        asked = self._is_asked_for()
        if refusal := self.request_id._brief_refusal(asked, self.line_id):
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
            from_data = not all(
                request._briefs(self.env.user, card.line_id) for card in cards
            )
            cards._trusting().write({**values, "from_data": from_data})
            request._log_event("released", cards=len(cards))
            request._plan_reading_todos(cards.successor_id)
            request._close_asking_todo()


class HandoverCardChatter(models.Model):
    """A card, whose chatter looks at what it is asked with."""

    _inherit = "handover.card"


asks(HandoverCardChatter, MailThread, CHATTER[MailThread])
