from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door, single, typed

from .handover_card import KNOWLEDGE
from .handover_card import STATES as CARD_STATES

# what is approved of a record's briefing; the rest is on its card
TOLD = ("note", "risk")


class HandoverRequestLine(models.Model):
    """The briefing card of a record: what is told of it once the card is released."""

    _inherit = "handover.request.line"

    card_ids = fields.One2many(
        "handover.card",
        "line_id",
        string="Cards",
        help="The record's briefing card, if there is one.",
    )
    card_id = fields.Many2one(
        "handover.card",
        string="Briefing Card",
        compute="_compute_card_id",
        help="The record's briefing card, if the reader may read it.",
    )
    card_state = fields.Selection(
        CARD_STATES,
        string="Briefing",
        compute="_compute_card_id",
        help="How far the record's briefing card is.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_card_id(self):
        # with the reader's rights: a successor finds what is released
        cards = self.env["handover.card"].search_fetch(
            [("line_id", "in", self.ids)], ["line_id", "state"]
        )
        by_line = {card.line_id.id: card for card in cards}
        for line in self:
            card = by_line.get(line._origin.id, cards.browse())
            line.card_id, line.card_state = card, card.state

    @typed
    def write(self, vals):
        result = super().write(vals)
        told = {name: vals[name] for name in TOLD if name in vals}
        if told and not self._trusted():
            cards = self.env["handover.card"].sudo()
            # by id: their usual order is that of the lines, and takes long
            cards.search([("line_id", "in", self.ids)], order="id")._follow_lines(told)
        if {"successor_id", "decision"} & vals.keys():
            cards = self.env["handover.card"].sudo()
            cards.search([("line_id", "in", self.ids)])._handover_end_follows()
        return result

    @api.model
    def _hand_to(self, domain, successor_id, pool_team_id):
        concerned = self.sudo()._search(domain)
        cards = self.env["handover.card"].sudo()
        cards = cards.search([("line_id", "in", concerned)], order="id")
        result = super()._hand_to(domain, successor_id, pool_team_id)
        cards._handover_end_follows()
        return result

    @api.model
    def _keep_decision(self, domain, decision, reason):
        count = super()._keep_decision(domain, decision, reason)
        if decision == "declined":
            # who accepts has a part in all that they had a part in
            cards, lines = self.env["handover.card"].sudo(), self.sudo()._search(domain)
            cards.search([("line_id", "in", lines)], order="id")._handover_end_follows()
        return count

    @door
    def action_open_card(self):
        """Open the briefing card of the record; who may write one finds it made.

        The record's new owner finds what the database knows even when the card is not
        released, and can ask for it.

        :return: a window action
        :raise UserError: when there is none that the caller may read
        """
        single(self)
        Card = self.env["handover.card"]
        if not self.card_id and not self.request_id._write_cards_refusal(line=self):
            Card._make(SQL("id = %s", self.id))
        if not self.card_id and self._is_theirs():
            return self.env["handover.request.line.facts"]._open(self)
        if not self.card_id:
            raise UserError(
                self.env._("%s: its briefing card is not released yet.", self.res_name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Briefing Card"),
            "res_model": Card._name,
            "res_id": self.card_id.id,
            "views": [[False, "form"]],
        }

    @door
    def action_ask_for_card(self):
        """Ask the predecessor, as the new owner, for what only they know of records.

        They get one to-do, however many cards they are asked for.

        :return: ``True``
        :raise AccessError: when the caller is not the new owner
        :raise UserError: when it is told already, or the predecessor cannot be asked
        """
        self.request_id._lock()
        for line in self:
            if refusal := line._asking_refusal():
                raise refusal
        for request, lines in self.grouped("request_id").items():
            request._ask_for_cards(lines)
        return True

    def _asking_refusal(self):
        """Return the error that keeps the caller from asking, or ``None``."""
        self.ensure_one()
        if not self._is_theirs():
            return AccessError(
                self.env._(
                    "%s: who took the record over asks for its briefing card.",
                    self.res_name,
                )
            )
        card = self._released_card()
        if card and card._tells():
            return UserError(
                self.env._(
                    "%s: its briefing card is released; ask in its messages.",
                    self.res_name,
                )
            )
        return self.request_id._asking_refusal(self)

    def _is_theirs(self):
        """Tell whether the record was handed over to the caller, and is not back."""
        return self.state == "done" and self.successor_id == self.env.user

    @api.model
    def _untold_domain(self):
        """Return which records nothing is written down about, for who reads that."""
        said = fields.Domain.OR(fields.Domain(name, "!=", False) for name in KNOWLEDGE)
        said |= fields.Domain("risk", "!=", "none")
        said &= fields.Domain("state", "!=", "open")
        untold = fields.Domain("note", "=", False) & fields.Domain("risk", "=", "none")
        return untold & ~fields.Domain("card_ids", "any", said)

    def _shown_sections(self):
        return [*self._written_sections(), *super()._shown_sections()]

    def _written_sections(self):
        """Return what is written on the record's card, if the reader may read it."""
        card = self.card_id
        rows = [
            {
                "text": card._fields[name]._description_string(self.env),
                "detail": card[name],
                "res_model": False,
                "res_id": False,
            }
            for name in KNOWLEDGE
            # what was noted on the record is shown anyway
            if card[name] and card[name] != self.note
        ]
        title = self.env._("What Only the Predecessor Knows")
        return [{"key": "written", "title": title, "rows": rows}] if rows else []

    def _card_buttons(self):
        open_card = {
            "method": "action_open_card",
            "label": self.env._("Briefing Card"),
        }
        there = self.card_id or not self.request_id._write_cards_refusal(line=self)
        if not there and not self._is_theirs():
            return super()._card_buttons()
        return [open_card, *super()._card_buttons()]

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _told(self):
        told = super()._told()
        cards = self.env["handover.card"].sudo()
        for card in cards.search_fetch(
            [("line_id", "in", self.ids)], ["line_id", "state", *TOLD]
        ):
            _note, risk = told[card.line_id.id]
            # the risk was approved; what is written, its writer releases
            released = card.state != "open"
            told[card.line_id.id] = (
                (card.note, card.risk) if released else (False, risk)
            )
        return told

    @api.model
    def _audience_paths(self):
        return (*super()._audience_paths(), "card_ids.state")

    @api.model
    def _audience_told_domain(self):
        unreleased = fields.Domain("card_ids", "any", [("state", "=", "open")])
        return super()._audience_told_domain() & ~unreleased

    @api.model
    def _told_risk_domain(self, risk):
        approved = super()._told_risk_domain(risk)
        released = fields.Domain("state", "!=", "open")
        told = fields.Domain(
            "card_ids", "any", released & fields.Domain("risk", "=", risk)
        )
        return told | (approved & ~fields.Domain("card_ids", "any", released))

    def _released_card(self):
        """Return the card as far as it tells something: before, it is its writer's."""
        return self.card_id.filtered(lambda card: card.state != "open")

    def _report_told(self):
        told = super()._report_told()
        card = self._released_card()
        if not card:
            return told
        known = [
            (self.env._("Promised"), card.promises),
            (self.env._("Not to do"), card.avoid),
            (self.env._("Next"), card.next_steps),
        ]
        risk_known = [
            (self.env._("What May Happen"), card.risk_detail),
            (self.env._("What to Do"), card.risk_measure),
        ]
        return {
            "note": card.note or "",
            "risk": card.risk,
            "known": [*told["known"], *((name, text) for name, text in known if text)],
            "risk_known": [
                *told["risk_known"],
                *((name, text) for name, text in risk_known if text),
            ],
        }

    @api.model
    def _report_columns(self):
        return super()._report_columns() | {
            "risk_detail": self.env._("What May Happen"),
            "risk_measure": self.env._("What to Do"),
            "promises": self.env._("Promised"),
            "avoid": self.env._("Not to Do"),
            "next_steps": self.env._("Next Steps"),
        }

    @api.model
    def _promised_sql(self, line):
        return SQL(
            """EXISTS (SELECT FROM handover_card card WHERE card.line_id = %s
                AND length(trim(COALESCE(card.promises, ''))) > 0)""",
            line,
        )

    def _report_row(self):
        card = self._released_card()
        names = ("risk_detail", "risk_measure", "promises", "avoid", "next_steps")
        return super()._report_row() | {name: card[name] or "" for name in names}
