from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door, is_id, single
from odoo.addons.crm_handover.models.handover_states import APPROVED_ON

from .handover_card import WRITTEN

READING = "crm_handover_briefing.mail_activity_type_briefing"
ASKING = "crm_handover_briefing.mail_activity_type_asking"
# opens the handover, and in it the cards that somebody waits for
ASKED_LINK = "/odoo/handovers/%s/asked-handover-cards"


class HandoverRequest(models.Model):
    """The briefing: a card for each record, written, released and understood.

    Of a predecessor who cannot be reached, cards are made from data only.
    """

    _inherit = "handover.request"

    briefing = fields.Json(
        compute="_compute_briefing",
        help="How far the briefing cards are, by kind of record.",
    )
    released_count = fields.Integer(
        string="Briefed",
        compute="_compute_briefing",
        help="Records whose briefing card is released.",
    )
    can_brief = fields.Boolean(
        compute="_compute_can_brief", help="The reader may release briefing cards now."
    )

    @api.depends("line_ids", "state")
    @api.depends_context("uid", "lang")
    def _compute_briefing(self):
        lines = self.env["handover.request.line"]
        cards = self.env["handover.card"]
        mine = [("request_id", "in", self.ids)]
        rows = {}
        for request, scope, count in lines._read_group(
            [*mine, ("state", "in", ("todo", "done"))],
            ["request_id", "scope_id"],
            ["__count"],
        ):
            row = {"id": scope.id, "name": scope.name, "total": count}
            rows.setdefault(request, {})[scope] = {
                **row,
                "released": 0,
                "understood": 0,
            }
        for request, scope, state, count in cards._read_group(
            [*mine, ("line_id.state", "in", ("todo", "done")), ("state", "!=", "open")],
            ["request_id", "scope_id", "state"],
            ["__count"],
        ):
            row = rows.get(request, {}).get(scope)
            if row:
                row["released"] += count
                row["understood"] += count if state == "understood" else 0
        for request in self:
            kinds = [*rows.get(request, {}).values()]
            request.briefing = kinds
            request.released_count = sum(kind["released"] for kind in kinds)

    @api.depends("state", "predecessor_id", "predecessor_ids", "is_sudden", "line_ids")
    @api.depends_context("uid")
    def _compute_can_brief(self):
        for request in self:
            request.can_brief = not request._brief_refusal()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_view_cards(self):
        """Open the briefing cards of this handover.

        Whoever may write them finds one for each record.

        :return: a window action
        """
        single(self)
        if not self._write_cards_refusal():
            self._make_cards()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover_briefing.handover_card_action"
        )
        action["domain"] = [("request_id", "=", self.id)]
        action["context"] = {f"search_default_{self._lines_grouping()}": 1}
        return action

    @door
    def action_release_cards(self, scope_id=False):
        """Release all cards of this handover, or of one kind of record.

        Of several people each releases those of their own records.

        :param int scope_id: the kind of record; empty: all kinds
        :return: ``True``
        :raise AccessError: when the caller may not release them
        :raise UserError: when there is nothing to release, or a high risk says not what
            to do about it; then nothing is released
        """
        single(self)
        if scope_id and not is_id(scope_id):
            raise UserError(self.env._("A kind of record is given by its id."))
        self._lock()
        if refusal := self._brief_refusal():
            raise refusal
        self._make_cards()
        domain = [
            ("request_id", "=", self.id),
            ("state", "=", "open"),
            ("line_id.state", "in", ("todo", "done")),
        ]
        if scope_id:
            domain.append(("scope_id", "=", scope_id))
        if self._briefs_own_alone():
            domain.append(("line_id.predecessor_id", "=", self.env.uid))
        cards = self.env["handover.card"].search(domain)
        if not cards:
            raise UserError(self.env._("%s: every card is released.", self.name))
        cards._release()
        return True

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _briefers(self, lines):
        """Return who writes the cards of ``lines`` as who hands over, as superuser.

        Of several people first whoever hands these over, then who put them together.
        """
        givers = lines.sudo().predecessor_id & self._several_givers()
        return givers | self._person("predecessor")

    def _briefs(self, user, line=None):
        """Tell whether ``user`` writes and releases cards as who hands over.

        :param line: the record that a card is about, where it is about one; without,
            of several people each has cards to write whose records are on it
        """
        if line:
            return user in self._briefers(line)
        return user == self._person("predecessor") or self._briefs_a_part(user)

    def _briefs_a_part(self, user):
        """Tell whether ``user`` is one of several people, with records of their own."""
        if user not in self._several_givers() - self._person("predecessor"):
            return False
        theirs = [
            ("request_id", "in", self.ids),
            ("predecessor_id", "=", user.id),
            ("state", "in", ("todo", "done")),
        ]
        lines = self.env["handover.request.line"].sudo()
        return bool(lines.search_count(theirs, limit=1))

    def _briefs_own_alone(self):
        """Tell whether the caller has no cards to write but those of their records."""
        user = self.env.user
        return self._briefs_a_part(user) and not self._stands_in(user)

    def _stands_in(self, user):
        """Tell whether ``user`` releases cards of somebody who cannot be reached."""
        giver = self._person("predecessor")
        return self._is_unreachable(giver) and self._is_manager(user)

    def _write_cards_refusal(self, asked=False, line=None):
        """Return the error that keeps the caller from writing cards, or ``None``.

        :param bool asked: the record's new owner has asked for it, which is no question
            of time
        :param line: as :meth:`_briefs` has it
        """
        self.ensure_one()
        user = self.env.user
        if not self._briefs(user, line) and not self._is_editor(user):
            return AccessError(
                self.env._("%s: the predecessor writes the briefing cards.", self.name)
            )
        if self.sudo().state not in WRITTEN and not asked:
            return UserError(
                self.env._(
                    "%s is over, its briefing cards stay as they are.", self.name
                )
            )
        return None

    def _brief_refusal(self, asked=False, line=None):
        """Return the error that keeps the caller from releasing cards, or ``None``.

        :param bool asked: as :meth:`_write_cards_refusal` has it
        :param line: as :meth:`_briefs` has it
        """
        self.ensure_one()
        user = self.env.user
        if not self._briefs(user, line) and not self._stands_in(user):
            return AccessError(
                self.env._(
                    "%s: the predecessor releases the briefing cards; of somebody who"
                    " cannot be reached, a handover manager.",
                    self.name,
                )
            )
        return self._write_cards_refusal(asked, line)

    def _make_cards(self):
        """Have a card for each record that is, or is to be, handed over.

        Of several people each makes those of their own records.
        """
        lines = SQL("request_id = %s AND state IN ('todo', 'done')", self.id)
        if self._briefs_own_alone():
            lines = SQL("%s AND predecessor_id = %s", lines, self.env.uid)
        self.env["handover.card"]._make(lines)

    # ------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(READING, ASKING)

    def _handover_end_follows(self):
        cards = self.env["handover.card"].sudo()
        cards.search([("request_id", "in", self.ids)])._handover_end_follows()
        return super()._handover_end_follows()

    def _plan_reading_todos(self, successors):
        """Ask the successors to read, once however many cards are released.

        As for the steps of a plan, no mail is sent.
        """
        self.ensure_one()
        if self.state not in APPROVED_ON:
            return
        for user in successors - self._todos(READING).user_id:
            self._ask(READING, user, lambda env: env._("Read the briefing cards"))

    def _close_reading_todo(self):
        """Close the caller's to-do once nothing is left to read."""
        self.ensure_one()
        mine = self._todos(READING).filtered(lambda todo: todo.user_id == self.env.user)
        if mine and not self._has_unread_cards(self.env.user):
            mine.action_feedback()

    def _has_unread_cards(self, user):
        unread = [
            ("request_id", "=", self.id),
            ("line_id.successor_id", "=", user.id),
            ("line_id.state", "in", ("todo", "done")),
            ("state", "=", "released"),
        ]
        return bool(self.env["handover.card"].sudo().search_count(unread, limit=1))

    def _ask_for_cards(self, lines):
        """Have the predecessor know that the new owner of ``lines`` waits for cards.

        One to-do, however many are asked for; it lists them.
        """
        self.ensure_one()
        cards = self.env["handover.card"].sudo()
        cards._make(SQL("id IN %s", tuple(lines.ids)))
        # an empty one that was released is to be written, too
        cards.search([("line_id", "in", lines.ids)])._trusting().write(
            {
                "date_asked": fields.Datetime.now(),
                "state": "open",
                "date_understood": False,
            }
        )
        lines.invalidate_recordset(["card_id", "card_state"])
        for giver in self._can_be_asked(lines) - self._todos(ASKING).user_id:
            self._ask(
                ASKING,
                giver,
                lambda env: env._("Tell the successor what only you know"),
                by_mail=True,
                note=lambda request: (
                    Markup('<p>%s</p><p><a href="%s">%s</a></p>')
                    % (
                        request.env._(
                            "The new owner of records asks for their briefing card."
                        ),
                        ASKED_LINK % request.id,
                        request.env._("Write the cards, and release them"),
                    )
                ),
            )

    def _can_be_asked(self, lines):
        """Return who can be asked for the cards of ``lines``, as superuser."""
        return self._briefers(lines).filtered(
            lambda giver: not self._is_unreachable(giver) and self._shows_to(giver)
        )

    def _asking_refusal(self, line):
        """Return the error that says why nobody can be asked, or ``None``."""
        self.ensure_one()
        if self._can_be_asked(line):
            return None
        return UserError(
            self.env._(
                "%s: the predecessor cannot be asked any more. What the database knows"
                " is on the card; ask the coordinator for the rest.",
                self.name,
            )
        )

    def _close_asking_todo(self):
        """Close the predecessor's to-do once every card asked for is released.

        Of several people each has one for those of their own records.
        """
        self.ensure_one()
        waiting = [
            ("request_id", "=", self.id),
            ("line_id.state", "=", "done"),
            ("date_asked", "!=", False),
            ("state", "=", "open"),
        ]
        lines = self.env["handover.card"].sudo().search(waiting).line_id
        todos = self._todos(ASKING)
        if lines:
            others = self._several_givers() - self._briefers(lines)
            todos = todos.filtered(lambda todo: todo.user_id in others)
        todos.action_feedback()

    def _talk_sql(self):
        cards = SQL("SELECT id FROM handover_card WHERE request_id = %s", self.id)
        return [*super()._talk_sql(), ("handover.card", cards)]

    def _confirm_warnings(self):
        yield from super()._confirm_warnings()
        Line = self.env["handover.request.line"]
        mine = fields.Domain("request_id", "=", self.id)
        mine &= fields.Domain("state", "=", "done")
        if count := Line.search_count(mine & Line._untold_domain()):
            yield self.env._("Records about which nothing is written down: %s.", count)
        unread = mine & fields.Domain("successor_id", "=", self.env.uid)
        unread &= fields.Domain(
            "card_ids", "any", fields.Domain("state", "=", "released")
        )
        if count := Line.search_count(unread):
            yield self.env._("Briefing cards that you have not read yet: %s.", count)

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "stay":
            for request in self:
                # what went back is neither read nor asked for any more
                request._todos(READING).filtered(
                    lambda todo, request=request: (
                        not request._has_unread_cards(todo.user_id)
                    )
                ).unlink()
                request._close_asking_todo()
        if move == "undo":
            # asked for again by the next approval
            self._todos(READING).unlink()
        if move == "approve":
            for request in self:
                cards = self.env["handover.card"].sudo()
                released = cards.search(
                    [("request_id", "=", request.id), ("state", "=", "released")]
                )
                request._plan_reading_todos(released.successor_id)
        return result
