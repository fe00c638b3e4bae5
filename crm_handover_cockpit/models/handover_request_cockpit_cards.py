from collections import Counter

from odoo import fields, models

from odoo.addons.crm_handover.models.handover_states import AHEAD, PROPOSED

from ..board import NOBODY
from .handover_request_cockpit_facts import Bundled

# records of a customer that a card names
NAMED = 8
# what shows each rule of the split
ICONS = {
    "talked": "fa-comments-o", "territory": "fa-map-marker", "language": "fa-globe",
    "tag": "fa-tag", "load": "fa-balance-scale", "turn": "fa-refresh",
    "team": "fa-users", "hand": "fa-hand-paper-o",
}  # fmt: skip


class HandoverRequest(models.Model):
    """The cards of the cockpit: customers, with the records that go along."""

    _inherit = "handover.request"

    def _cockpit_cards(self, cards):
        """Return cards as the screen shows them, in their order."""
        if not cards:
            return []
        lines = self.env["handover.request.line"].browse(
            line_id for card in cards for line_id in card.line_ids
        )
        names = self._cockpit_names(cards)
        why, chosen = self._cockpit_why(cards, lines), lines._chosen_texts()
        pooled, givers = self._cockpit_pooled(cards), self._cockpit_givers(lines)
        return [
            {
                **self._cockpit_card(
                    card,
                    name,
                    pooled,
                    [*self._cockpit_chosen(card, chosen), *why.get(index, [])],
                ),
                "from": self._cockpit_from(card, givers),
            }
            for index, (card, name) in enumerate(zip(cards, names, strict=True))
        ]

    def _cockpit_names(self, cards):
        """Return the name of each card's customer, or of what else it is about."""
        lines = self.env["handover.request.line"].browse(
            line_id for card in cards for line_id in card.line_ids
        )
        facts = [Bundled(card.bundle) for card in cards for _row in card.rows]
        places, names = self._bundle_names(lines, facts)
        return [names[places[card.bundle]] or card.main.name for card in cards]

    def _cockpit_givers(self, lines):
        """Return who gives each record, where several do: ``{line id: name}``.

        To one of these it is nothing new: they see what is theirs.
        """
        if self.sudo().predecessor_id or self.env.user in self._givers():
            return {}
        return {line.id: line.predecessor_id.sudo().name for line in lines}

    def _cockpit_from(self, card, givers):
        """Return who gives the records of a card, in words."""
        names = dict.fromkeys(givers.get(line_id) for line_id in card.line_ids)
        return self._in_words([name for name in names if name])

    def _cockpit_pooled(self, cards):
        """Return which kinds of record an editor can put into a team's pool: ids."""
        if not self.can_edit or not self.sudo().pool_team_ids:
            return set()
        scopes = self.env["handover.scope"].browse(
            {row.kind for card in cards for row in card.rows}
        )
        return {scope.id for scope in scopes if scope._has_pool()}

    def _cockpit_card(self, card, name, pooled, why):
        main, (model, id_) = card.main, card.bundle
        rows = sorted(card.rows, key=lambda row: (-row.value, row.itself, row.line_id))
        return {
            "key": f"{model},{id_},{card.taker}",
            "name": name,
            "is_customer": card.is_customer,
            # what of it a pool can hold; the rest always belongs to somebody
            "pooled_ids": [row.line_id for row in card.rows if row.kind in pooled],
            "company": id_ if model == "res.partner" else False,
            "taker": card.taker,
            "line_ids": card.line_ids,
            "line_id": main.line_id,
            "value": card.value,
            "main": "" if main.itself else main.name,
            "stage": main.stage,
            "meeting": self._cockpit_meeting(card.meeting),
            "todos": card.todos,
            "late": card.late,
            "briefing": card.briefing,
            "risk": card.risk,
            "questions": card.questions,
            "decision": card.decision,
            "reason": card.reason,
            # empty where nobody keeps that: not every protocol has a null
            "called": {True: "yes", False: "no"}.get(card.called, ""),
            "can_decide": self._cockpit_may_decide(card),
            "why": why,
            "records": [
                {
                    "id": row.line_id,
                    "name": row.name,
                    "kind": row.kind,
                    "stage": row.stage,
                    "value": row.value,
                }
                for row in rows[:NAMED]
            ],
        }

    def _cockpit_meeting(self, meeting):
        if not meeting:
            return False
        start, _id, name = meeting
        return {
            "date": self._cockpit_date(self._cockpit_reader_day(start)),
            "name": name,
        }

    def _cockpit_may_decide(self, card):
        """Tell whether the reader accepts or declines what of it is undecided."""
        mine = card.taker == self.env.uid and self.state == "approved"
        return mine and any(
            row.decision == "pending" and row.state == "todo" for row in card.rows
        )

    # ------------------------------------------------------------
    # WHY THEY GO TO SOMEBODY
    # ------------------------------------------------------------

    def _cockpit_chosen(self, card, texts):
        """Return by which rule of the split somebody takes a card, as facts."""
        if card.taker == NOBODY or not card.chosen:
            return []
        return [{"icon": ICONS[card.chosen], "text": texts[card.chosen]}]

    def _cockpit_why(self, cards, lines):
        """Return what speaks for who takes each card, by its place: texts.

        For who deals out or decides, as these are figures about colleagues.
        """
        user = self.env.user
        if self.state not in AHEAD or not (
            self._is_editor(user) or self._is_operator(user)
        ):
            return {}
        talked = self._cockpit_talked(lines) if self.state in PROPOSED else {}
        spoken = self._cockpit_languages(cards)
        why = {}
        for index, card in enumerate(cards):
            contacts = sum(talked.get(line_id, 0) for line_id in card.line_ids)
            if contacts:
                why.setdefault(index, []).append(
                    {
                        "icon": "fa-comments-o",
                        "text": self.env._("Contacts: %s", contacts),
                    }
                )
            if text := spoken.get((card.bundle, card.taker)):
                why.setdefault(index, []).append({"icon": "fa-globe", "text": text})
        return why

    def _cockpit_talked(self, lines):
        """Return how often who takes a record was in contact about it, by line."""
        takers = lines.sudo().successor_id
        if not takers:
            return {}
        found = Counter()
        for scope, some in lines.grouped("scope_id").items():
            by_id = {line.res_id: line for line in some}
            records = scope.sudo()._records([*by_id])
            for id_, user_id, count in self._contacts(scope.sudo(), records, takers):
                if by_id[id_].successor_id.id == user_id:
                    found[by_id[id_].id] += count
        return found

    def _cockpit_languages(self, cards):
        """Return the language of customers that is not the company's.

        :return: ``{(bundle, taker): text}``
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        ids = [id_ for model, id_ in {card.bundle for card in cards}
               if model == Partner._name]  # fmt: skip
        if not ids or not Partner.has_access("read"):
            return {}
        usual = self.company_id.sudo().partner_id.lang or "en_US"
        names = dict(self.env["res.lang"].get_installed())
        takers = {card.taker for card in cards if card.taker > NOBODY}
        people = self.env["res.users"].sudo().browse(takers)
        spoken = {user.id: user.lang for user in people.exists()}
        langs = {
            partner.id: partner.lang
            for partner in Partner.search_fetch([("id", "in", ids)], ["lang"])
        }
        found = {}
        for card in cards:
            model, id_ = card.bundle
            lang = model == Partner._name and langs.get(id_)
            if not lang or lang not in names or lang == usual:
                continue
            name = names[lang].split(" / ")[-1]
            if spoken.get(card.taker) == lang:
                name = self.env._("speaks %s", name)
            found[card.bundle, card.taker] = name
        return found

    def _cockpit_reader_day(self, moment):
        """Return the day that ``moment`` (UTC) is on, where the reader is."""
        return fields.Datetime.context_timestamp(self, moment).date()
