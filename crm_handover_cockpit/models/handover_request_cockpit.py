import re

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_states import AHEAD, HANDED_OVER, PROPOSED
from odoo.addons.crm_handover.models.handover_values import is_whole

from ..board import NOBODY, deal_out

# cards of a column that are sent at first, and whenever somebody scrolls on: many, as
# all records are looked at for each answer
FIRST = 20
MORE = 200
# so many of a column are sent again to a screen that has them
MOST_SHOWN = 500
# so many are looked at for an answer; one with more opens as its form
MOST_RECORDS = 30_000


class HandoverRequest(models.Model):
    """The cockpit: how a handover opens, in one call.

    Every figure is of what the reader may read: lines and cards by their rules, values,
    stages, to-dos and meetings as far as the reader may open them. Nothing is written
    here: the screen calls the methods that are there for it.
    """

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # DOORS
    # ------------------------------------------------------------

    @door
    def get_cockpit(self, shown=False):
        """Return what the cockpit shows, in one call.

        :param dict shown: how many cards of a column the screen has, by the id of the
            column; so many come again, 500 at the most
        :return: ``{"id", "name", "version", "state", "state_name", "title",
            "subtitle", "days_left", "step", "work", "giver", "takers", "currency_id",
            "figures", "ring", "stages", "columns", "kinds", "is_draft", "buttons",
            "left", "decision", "undo", "report"}``; columns have their first cards, see
            :meth:`get_cockpit_cards` for the rest. The id of a column, and of who takes
            over, is that of a user, below 0 that of a team whose pool takes it, or 0
        :raise AccessError: when the caller may not read the handover
        :raise UserError: when an argument is wrong, or there are too many records for
            one screen
        """
        single(self)
        lengths = self._check_shown(shown)
        self._check_cockpit_size()
        rows = self._cockpit_rows()
        columns = deal_out(rows)
        return {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "state": self.state,
            "state_name": self._cockpit_state_name(),
            "currency_id": self.company_id.sudo().currency_id.id,
            "kinds": self._cockpit_kinds(rows),
            "is_draft": bool(self.can_edit and rows),
            **self._cockpit_head(),
            "figures": self._cockpit_figures(rows),
            "ring": self._cockpit_ring(rows, columns),
            "stages": self._cockpit_stages(),
            "columns": self._cockpit_columns(columns, lengths),
            "buttons": self._cockpit_buttons(rows),
            "left": self._cockpit_left(columns),
            "decision": self._cockpit_decision(rows, columns),
            "undo": self._cockpit_undo(),
            "report": self._cockpit_report(),
        }

    @door
    def get_cockpit_cards(self, successor_id=False, offset=0, pool_team_id=False):
        """Return more cards of a column of the cockpit.

        :param int successor_id: whose column; empty: what nobody takes
        :param int offset: how many are there already
        :param int pool_team_id: of which team's pool, without a successor
        :return: ``{"cards": […], "total": int}``, as in :meth:`get_cockpit`
        :raise AccessError: when the caller may not read the handover
        """
        single(self)
        self._check_cockpit_size()
        taker = successor_id or -(pool_team_id or 0) or NOBODY
        cards = deal_out(self._cockpit_outline()).get(taker, [])
        start = max(0, offset or 0)
        return {
            "cards": self._cockpit_cards(
                self._cockpit_full(cards[start : start + MORE])
            ),
            "total": len(cards),
        }

    @door
    def get_cockpit_moved(self, line_ids=False):
        """Return what is new on the cockpit of a draft whose records were dealt out.

        :param list line_ids: of the records that have got another taker
        :return: ``{"version", "title", "takers", "ring", "left", "columns", "cards"}``:
            ``left`` is what keeps the draft from being submitted alone, the columns
            come without cards, and ``cards`` are those of the customers that these
            records belong to, in each column: as in :meth:`get_cockpit`, with their
            ``place`` in the column, in the order of the places
        :raise AccessError: when the caller may not read the handover
        :raise UserError: when an argument is wrong, or there are too many records for
            one screen
        """
        single(self)
        self._check_cockpit_size()
        moved, rows = {*(line_ids or ())}, self._cockpit_outline()
        customers = {row.bundle for row in rows if row.line_id in moved}
        columns = deal_out(rows)
        places = {
            (card.bundle, card.taker): place
            for column in columns.values()
            for place, card in enumerate(column)
            if card.bundle in customers
        }
        cards = [columns[taker][place] for (_b, taker), place in places.items()]
        cards = self._cockpit_cards(self._cockpit_full(cards))
        for card, place in zip(cards, places.values(), strict=True):
            card["place"] = place
        head = self._cockpit_head()
        return {
            "version": self.version,
            "title": head["title"],
            "takers": head["takers"],
            "ring": self._ring(self._ring_shares()[self.id]),
            "left": [*self._cockpit_left_of_draft(columns)],
            "columns": self._cockpit_columns(columns, dict.fromkeys(columns, 0)),
            "cards": sorted(cards, key=lambda card: card["place"]),
        }

    @door
    def action_open_cockpit(self):
        """Open the cockpit of this handover.

        :return: a client action
        """
        single(self)
        return self._open_cockpit()

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _check_shown(self, shown):
        """Return how many cards of columns are sent: ``{id of the column: number}``.

        The keys come as texts, as JSON has no others.
        """
        if not shown:
            return {}
        wrong = UserError(
            self.env._("Cards that are shown are given as numbers by their columns.")
        )
        if not isinstance(shown, dict):
            raise wrong
        lengths = {}
        for key, count in shown.items():
            if not (re.fullmatch(r"-?\d{1,10}", str(key)) and is_whole(count)):
                raise wrong
            lengths[int(key)] = min(max(count, FIRST), MOST_SHOWN)
        return lengths

    def _fits_cockpit(self):
        """Tell whether all records can be looked at for each answer."""
        return self.line_count <= MOST_RECORDS

    def _check_cockpit_size(self):
        if not self._fits_cockpit():
            raise UserError(
                self.env._(
                    "%s has too many records for this screen: open its form.", self.name
                )
            )

    # ------------------------------------------------------------
    # HOW A HANDOVER OPENS
    # ------------------------------------------------------------

    def _open_cockpit(self):
        if not self._fits_cockpit():
            return self._open_form()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_handover_cockpit.handover_cockpit_action"
        )
        # whoever called may want to know which one it is
        return {**action, "context": {"active_id": self.id}, "res_id": self.id}

    def _open_form(self):
        # what has no records yet is filled in there
        shows = self.line_count and self._fits_cockpit()
        return self._open_cockpit() if shows else super()._open_form()

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    def _cockpit_columns(self, columns, lengths):
        """Return a column for each successor and pool; what nobody takes comes last.

        :param lengths: how many cards are sent, by column, where it is not the usual
        """
        people = self._cockpit_takers(columns)
        before = self._cockpit_before(people)
        notes = self._cockpit_notes(people)
        rows = [
            {
                "id": user.id,
                "name": user.name,
                "note": notes.get(user.id, ""),
                "before": before.get(user.id, False),
                **self._cockpit_column(columns, user.id, lengths),
            }
            for user in people
        ]
        rows += [
            {
                "id": -team.id,
                "name": self._cockpit_pool_name(team),
                "note": "",
                "before": False,
                **self._cockpit_column(columns, -team.id, lengths),
            }
            for team in self._cockpit_pools(columns)
        ]
        if columns.get(NOBODY) or self.can_edit:
            rows.append(
                {
                    "id": NOBODY,
                    "name": self._cockpit_nobody(),
                    "note": "",
                    "before": False,
                    **self._cockpit_column(columns, NOBODY, lengths),
                }
            )
        return rows

    def _cockpit_nobody(self):
        """Return what the column is called of what no successor takes."""
        if self.state in PROPOSED:
            return self.env._("Nobody yet")
        if self.state == "approved":
            return self.env._("Declined")
        return self.env._("Not Handed Over")

    def _cockpit_full(self, cards):
        """Return cards of the outline with all that is known of their records."""
        outline = [row for card in cards for row in card.rows]
        known = {row.line_id: row for row in self._cockpit_rows(outline)}
        return [
            card._replace(rows=[known[line_id] for line_id in card.line_ids])
            for card in cards
        ]

    def _cockpit_column(self, columns, id_, lengths):
        cards = columns.get(id_, [])
        return {
            "total": len(cards),
            "customers": sum(card.is_customer for card in cards),
            "records": sum(len(card.rows) for card in cards),
            "value": sum(card.value for card in cards),
            "called": self._cockpit_called(cards),
            "cards": self._cockpit_cards(cards[: lengths.get(id_, FIRST)]),
        }

    def _cockpit_called(self, cards):
        """Return how many customers have heard from who took them over.

        ``False`` before the handover, or where nobody keeps that.
        """
        known = [card.called for card in cards if card.called is not None]
        return sum(known) if known and self._cockpit_is_over() else False

    def _cockpit_takers(self, columns):
        """Return who takes over, in the order of names: those whom the reader sees."""
        ids = [id_ for id_ in columns if id_ > NOBODY]
        users = self.env["res.users"].sudo().browse(ids)
        if self.can_edit:
            users |= self.sudo().successor_ids | self.sudo().successor_id
        return users.sorted("name")

    def _cockpit_pools(self, columns):
        """Return the teams whose pools take records that the reader sees."""
        ids = [-id_ for id_ in columns if id_ < NOBODY]
        teams = self.env["crm.team"].sudo().browse(ids)
        if self.can_edit:
            teams |= self.sudo().pool_team_ids
        return teams.sorted("name")

    def _cockpit_pool_name(self, team):
        return self.env._("Pool of %s", team.name)

    def _cockpit_before(self, people):
        """Return what the successors have already: ``{user id: records}``.

        For who deals out or decides; who takes over reads the own one.
        """
        if self.state not in AHEAD or not people:
            return {}
        user = self.env.user
        if not (self._is_editor(user) or self._is_operator(user)):
            people &= user
        return self._cockpit_loads(people)

    def _cockpit_notes(self, people):
        """Return which successors leave or are away themselves: ``{user id: text}``."""
        if self.state not in AHEAD or not people:
            return {}
        return people.with_env(self.env)._handover_candidate_notes(self.company_id)

    def _cockpit_kinds(self, rows):
        scopes = self.env["handover.scope"].browse({row.kind for row in rows})
        return {str(scope.id): scope.name for scope in scopes}

    def _cockpit_is_over(self):
        """Tell whether the records have changed hands."""
        return self.state in HANDED_OVER
