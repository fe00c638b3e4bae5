from datetime import datetime

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover_briefing.models.handover_card import KNOWLEDGE

from ..board import RISKS, whole
from .handover_request_cockpit_cards import NAMED

# a question is quoted that far
QUOTED = 300


class HandoverRequest(models.Model):
    """Briefing one customer after the other, what matters most first.

    What is written is kept on the card of the record that matters most of a customer;
    sharing releases all cards of the customer.
    """

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # DOORS
    # ------------------------------------------------------------

    @door
    def action_brief(self):
        """Open the customers to brief about, one after the other.

        Of more records than are looked at for an answer, the list of their cards.

        :return: an action
        :raise AccessError: when the caller does not write the briefing
        """
        single(self)
        self._check_brief()
        if not self._fits_cockpit():
            return self.action_view_cards()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_handover_cockpit.handover_briefing_action"
        )
        return {**action, "context": {"active_id": self.id}, "res_id": self.id}

    @door
    def get_briefing(self):
        """Return the customers to brief about, what matters most first.

        Each record gets its card.

        :return: ``{"id", "name", "title", "can_share", "currency_id", "customers":
            [{"name", "line_ids", "value", "risk", "meeting", "is_asked",
            "is_shared"}]}``; of ``line_ids`` the first one matters most: on its card is
            written
        :raise AccessError: when the caller does not write the briefing
        :raise UserError: when there are too many records for this screen
        """
        single(self)
        self._check_brief()
        self._check_cockpit_size()
        self._make_cards()
        cards = self._briefing_customers()
        return {
            "id": self.id,
            "name": self.name,
            "title": self._cockpit_title(self._cockpit_day()),
            "can_share": self.can_brief,
            "currency_id": self.company_id.sudo().currency_id.id,
            "customers": [
                {
                    "name": name,
                    "line_ids": self._briefing_lines(card),
                    "value": card.value,
                    "risk": card.risk,
                    "meeting": self._cockpit_meeting(card.meeting),
                    "is_asked": any(row.asked for row in card.rows),
                    # what was changed since is to be shared again
                    "is_shared": card.main.briefing != "open",
                }
                for card, name in zip(cards, self._cockpit_names(cards), strict=True)
            ],
        }

    @door
    def get_briefing_customer(self, line_ids=False):
        """Return what is written about a customer, and what the database knows.

        :param list line_ids: as in :meth:`get_briefing`; empty: of the first customer
        :return: ``{"card_id", "card_ids", "texts": {field: text}, "risk", "labels":
            {field: label}, "taker", "records": [{"name", "kind"}], "facts": [{"name",
            "text"}], "questions": [{"who", "day", "text"}], "sections"}``; ``card_ids``
            are those of the customer that are not shared
        :raise AccessError: when the caller does not write the briefing
        :raise UserError: when a record is not on this handover
        """
        single(self)
        self._check_brief()
        Line, ids = self.env["handover.request.line"], line_ids or []
        if not ids:
            self._check_cockpit_size()
            self._make_cards()
            for card in self._briefing_customers()[:1]:
                ids = self._briefing_lines(card)
        lines = Line.search([("request_id", "=", self.id), ("id", "in", ids)])
        if self._briefs_own_alone():
            lines = lines.filtered(lambda line: line.predecessor_id == self.env.user)
        if not lines or set(lines.ids) != {*ids}:
            raise UserError(
                self.env._("%s: choose records that are on this handover.", self.name)
            )
        main = lines.browse(ids[0])
        cards, card = lines.card_id, main.card_id
        return {
            "card_id": card.id,
            "card_ids": cards.filtered(lambda card: card.state == "open").ids,
            "texts": {name: card[name] or "" for name in KNOWLEDGE},
            "risk": card.risk or "none",
            "labels": {
                name: card._fields[name]._description_string(self.env)
                for name in (*KNOWLEDGE, "risk")
            },
            "taker": self._names(lines.sudo().successor_id),
            "records": [
                {"name": line.res_name or "", "kind": line.scope_id.name}
                for line in lines[:NAMED]
            ],
            "facts": self._briefing_facts(main),
            "questions": self._briefing_open_questions(cards),
            "sections": main._card_sections(),
        }

    # ------------------------------------------------------------
    # CUSTOMERS
    # ------------------------------------------------------------

    def _check_brief(self):
        if refusal := self._write_cards_refusal():
            raise refusal

    def _briefing_customers(self):
        """Return the customers, whoever takes them, what matters most first."""
        rows = self._briefing_rows(self._cockpit_rows())
        customers = whole(row for row in rows if row.state in ("todo", "done"))
        return sorted(customers, key=self._briefing_order)

    def _briefing_rows(self, rows):
        """Return the rows that the caller briefs on: of several people their own."""
        if not self._briefs_own_alone():
            return rows
        lines = self.env["handover.request.line"].browse(row.line_id for row in rows)
        own = lines.filtered(lambda line: line.predecessor_id == self.env.user)
        mine = set(own.ids)
        return [row for row in rows if row.line_id in mine]

    @api.model
    def _briefing_lines(self, card):
        """Return the lines of a customer, the one that matters most first."""
        main = card.main.line_id
        return [main, *(id_ for id_ in card.line_ids if id_ != main)]

    @api.model
    def _briefing_order(self, card):
        """Return what sorts customers: who waits, value, risk, the next meeting."""
        meeting = card.meeting
        return (
            not any(row.asked for row in card.rows),
            -card.value,
            -RISKS.index(card.risk),
            meeting[0] if meeting else datetime.max,
            card.line_ids[0],
        )

    # ------------------------------------------------------------
    # WHAT IS THERE ALREADY
    # ------------------------------------------------------------

    def _briefing_facts(self, line):
        """Return where the record stands: ``[{"name", "text"}]``."""
        env = self.env
        facts = [
            (env._("Stage"), line.stage),
            (env._("Next step"), line.next_step),
            (env._("Last contact"), day_text(env, line.last_contact)),
        ]
        return [{"name": name, "text": text} for name, text in facts if text]

    def _briefing_open_questions(self, cards):
        """Return the last words on cards, where they are a successor's."""
        asking = self._cockpit_questions(cards, cards.successor_id)
        questions = []
        for card in cards.filtered(lambda card: card.id in asking):
            words = self.env["mail.message"].search(
                [
                    ("model", "=", card._name),
                    ("res_id", "=", card.id),
                    ("message_type", "in", ("comment", "email")),
                ],
                order="id desc",
                limit=1,
            )
            questions += [
                {
                    "who": word.author_id.sudo().name or "",
                    "day": day_text(self.env, self._cockpit_reader_day(word.date)),
                    "text": html2plaintext(word.body or "").strip()[:QUOTED],
                }
                for word in words
            ]
        return questions
