from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door, single

from .handover_card import STATES as CARD_STATES

# what is approved of a record's briefing; the rest is on its card
TOLD = ("note", "risk")


class HandoverRequestLine(models.Model):
    """The briefing card of a record: what is told of it once the card is released."""

    _inherit = "handover.request.line"

    card_ids = fields.One2many("handover.card", "line_id", string="Cards")
    card_id = fields.Many2one(
        "handover.card", string="Briefing Card", compute="_compute_card_id"
    )
    card_state = fields.Selection(
        CARD_STATES, string="Briefing", compute="_compute_card_id"
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

    def write(self, vals):
        result = super().write(vals)
        told = {name: vals[name] for name in TOLD if name in vals}
        if told and not self._trusted():
            cards = self.env["handover.card"].sudo()
            cards.search([("line_id", "in", self.ids)])._follow_lines(told)
        return result

    @door
    def action_open_card(self):
        """Open the briefing card of the record; who may write one finds it made.

        :return: a window action
        :raise UserError: when there is none that the caller may read
        """
        single(self)
        Card = self.env["handover.card"]
        if not self.card_id and not self.request_id._write_cards_refusal():
            Card._make(SQL("id = %s", self.id))
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

    def _card_sections(self):
        """Return what the database knows of the record, as far as the reader may read.

        :return: what ``handover.mixin._handover_card_sections`` does; nothing when the
            reader may not open the record, or it is gone
        """
        self.ensure_one()
        record = self.with_context(active_test=False)._record()
        if not record or not record.has_access("read"):
            return []
        known = isinstance(record, self.env.registry["handover.mixin"])
        handler = record if known else self.env["handover.mixin"]
        return handler._handover_card_sections(record)

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _told(self):
        told = super()._told()
        cards = self.env["handover.card"].sudo()
        for card in cards.search_fetch(
            [("line_id", "in", self.ids), ("state", "!=", "open")], ["line_id", *TOLD]
        ):
            told[card.line_id.id] = card.note, card.risk
        return told

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
