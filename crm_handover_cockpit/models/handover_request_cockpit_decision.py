from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.word_texts import labelled

from ..board import NOBODY, whole

# of each list so many are named; the form has all of them
NAMED = 3
# of these fewer, so that the decision needs no scrolling
TOLD = 2


class HandoverRequest(models.Model):
    """What somebody who approves has to know, in one glance."""

    _inherit = "handover.request"

    def _cockpit_decision(self, rows, columns):
        """Return the figures of the decision for who may decide, else ``False``.

        Afterwards it is there again for who decides on what successors declined.
        """
        declined = self._cockpit_declined_cards(columns)
        decides = self.can_approve or (self.state == "submitted" and self.can_refuse)
        if not (decides or declined):
            return False
        cards = [card for column in columns.values() for card in column]
        customers = whole(rows)
        grants = self.grant_ids.filtered(lambda grant: grant.state != "ended")
        stays, warnings = (
            self._cockpit_stays(),
            self._cockpit_warnings() if decides else [],
        )
        return {
            "can_approve": self.can_approve,
            "can_refuse": self.can_refuse,
            "is_over": self._cockpit_is_over(),
            "declines": self._cockpit_declines(declined[:NAMED]),
            "asks_first": bool(self.asks_successors),
            "planned": self.date_planned
            and self._cockpit_date(self._told_day(self.date_planned))
            or "",
            "late": sum(card.late for card in cards),
            "high": sum(card.risk == "high" for card in cards),
            "passes_on": self._names(self._next_deciders()),
            "briefed": sum(card.is_briefed for card in customers),
            "cards": len(customers),
            "grants": [
                {
                    "person": grant.user_id.sudo().name,
                    "thing": grant.thing,
                    "until": day_text(self.env, grant.expires_at),
                }
                for grant in grants[:NAMED]
            ],
            "stays": stays[:TOLD],
            "warnings": warnings[:TOLD],
            "more": {
                "declines": len(declined[NAMED:]),
                "grants": len(grants[NAMED:]),
                "stays": len(stays[TOLD:]),
                "warnings": len(warnings[TOLD:]),
            },
        }

    def _cockpit_declined_cards(self, columns):
        """Return the cards that successors declined and nobody has decided on yet.

        For who looks after the handover and decides on them.

        :return: list of ``(card, lines)``
        """
        if not (self.can_settle and self._is_operator(self.env.user)):
            return []
        undecided = self.env["handover.request.line"].search(
            self._unsettled_domain() & Domain("decision", "=", "declined")
        )
        found = [
            (
                card,
                undecided.filtered(lambda line, ids={*card.line_ids}: line.id in ids),
            )
            for card in columns.get(NOBODY, [])
            if card.decision == "declined"
        ]
        return [(card, lines) for card, lines in found if lines]

    def _cockpit_declines(self, declined):
        """Return what was declined, why, and what can be done about it: items."""
        env = self.env
        names = self._cockpit_names([card for card, _lines in declined])
        return [
            self._cockpit_item(
                f"declined_{lines.ids[0]}",
                env._("Declined: %s", name),
                self._cockpit_cure(env._("Give to…"), "action_choose_give", lines),
                self._cockpit_cure_list(env._("See Them"), [("id", "in", lines.ids)]),
                detail=card.reason,
            )
            for (card, lines), name in zip(declined, names, strict=True)
        ]

    def _cockpit_stays(self):
        """Return what stays with the giver, for who decides on it: texts.

        As the dialog told it, but for where else the database names them: that takes
        too long for a screen that is drawn again and again.
        """
        user = self.env.user
        if self.state != "submitted":
            return []
        if not (self._sees_sealed(user) or self._may_give_all(user)):
            return []
        return [
            f"{labelled(self.env, row['name'], row['count'])} · {row['why']}"
            for row in self._stays_with_giver(elsewhere=False)
        ]

    def _cockpit_warnings(self):
        """Return what else is to be known, the gravest first: texts."""
        return [
            cause["message"]
            for cause in self._causes(self._preflight_findings())
            if cause["severity"] != "blocker"
        ]

    def _cockpit_undo(self):
        """Return how long who approved may take that back, or ``False``.

        :return: ``{"seconds": int, "moved": bool}``: whether records go back by it
        """
        if not self.can_undo:
            return False
        left = self.undo_until - fields.Datetime.now()
        return {
            "seconds": max(0, int(left.total_seconds())),
            "moved": self.state != "approved",
        }
