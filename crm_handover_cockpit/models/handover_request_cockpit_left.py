from odoo import fields, models
from odoo.tools import format_amount

from odoo.addons.crm_handover.models.handover_states import AHEAD

from ..board import NOBODY, deal_out, whole

# what lacks most is named, the rest is on the form
MOST_GAPS = 2
# so many declines are told with their reasons
MOST_DECLINED = 3
# to so many, what nobody takes is given from here; to others in their columns
MOST_GIVES = 2


class HandoverRequest(models.Model):
    """What is left for the reader of the cockpit, each line with its cure.

    A cure is a call of one of our methods, or a list or dialog that the client opens:
    whoever may not do it is refused there, as everywhere.
    """

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def _cockpit_buttons(self, rows):
        """Return the buttons at the top: the way on, for who may go it."""
        env, buttons = self.env, []
        if self.background_step and not self._stop_refusal():
            stop = self._cockpit_cure(env._("Stop"), "action_stop_background")
            buttons.append(stop)
        if self.can_submit and self.line_count and self.state == "draft":
            approver = self._cockpit_approver()
            label = (
                env._("Submit to %s", approver.name) if approver else env._("Submit")
            )
            buttons.append(self._cockpit_cure(label, "action_submit", primary=True))
        if self.can_edit and self.line_count:
            buttons.append(self._cockpit_cure(env._("Split…"), "action_split"))
        if self._cockpit_is_awaited(rows):
            label = env._("Accept All")
            accept = self._cockpit_cure(label, "action_accept_all", primary=True)
            buttons.append(accept)
        if self.can_run:
            ask = env._("The records change owner now, not at the planned time.")
            run = self._cockpit_cure(env._("Hand Over Now"), "action_run", ask=ask)
            buttons.append(run)
        if self.can_confirm:
            buttons.append(self._cockpit_confirm(primary=True))
        if self.can_draft and self.state == "submitted":
            buttons.append(self._cockpit_cure(env._("Take Back"), "action_draft"))
        if self.can_draft and self.state in ("refused", "needs_review"):
            label = env._("Back to Draft")
            buttons.append(self._cockpit_cure(label, "action_draft", primary=True))
        return buttons

    def _cockpit_confirm(self, **more):
        """Return the cure that confirms, which says first what is still open."""
        ask = self.env._(
            "With your confirmation you say that your part of this handover is"
            " complete: you handed over or received what the successor needs."
        )
        if self.confirm_warning:
            ask = f"{self.confirm_warning}\n\n{ask}"
        label = self.env._("Confirm")
        return self._cockpit_cure(label, "action_confirm", ask=ask, **more)

    def _cockpit_is_awaited(self, rows):
        """Tell whether the reader is asked to accept any of it."""
        return self.state == "approved" and any(
            row.taker == self.env.uid
            and row.state == "todo"
            and row.decision == "pending"
            for row in rows
        )

    # ------------------------------------------------------------
    # CURES
    # ------------------------------------------------------------

    def _cockpit_cure(self, label, method, records=None, args=(), **more):
        """Return a cure that calls a public method of ours.

        :param records: of which model; otherwise the handover
        """
        records = self if records is None else records
        return {
            "type": "call",
            "label": label,
            "model": records._name,
            "method": method,
            "args": [records.ids, *args],
            **more,
        }

    def _cockpit_cure_list(self, label, domain):
        """Return a cure that opens records of this handover in a list."""
        return {
            "type": "list",
            "label": label,
            "domain": [("request_id", "=", self.id), *domain],
        }

    def _cockpit_cure_calls(self):
        """Return a cure that opens whom to call next."""
        action = self.env["handover.request.line"]._calls_action()
        label = self.env._("Who to Call Next")
        return action and {"type": "calls", "label": label, "action": action}

    def _cockpit_item(self, key, text, *cures, detail="", done=False):
        """Return a line of what is left."""
        return {
            "key": key,
            "text": text,
            "detail": detail,
            "done": done,
            "cures": [cure for cure in cures if cure],
        }

    # ------------------------------------------------------------
    # WHAT IS LEFT
    # ------------------------------------------------------------

    def _cockpit_left(self, columns):
        """Return what is left for the reader; what is done comes last.

        What a draft needs is ``of_draft``: it changes while records are dealt out.
        """
        cards = [card for column in columns.values() for card in column]
        # nobody briefs on what others give
        briefs = self._briefing_rows([row for card in cards for row in card.rows])
        left = [
            *self._cockpit_left_of_draft(columns),
            *self._cockpit_left_of_end(),
            *self._cockpit_left_elsewhere(),
            *self._cockpit_left_declined(columns),
            *self._cockpit_left_to_brief(whole(briefs)),
            *self._cockpit_left_to_answer(briefs),
            *self._cockpit_left_of_gaps(),
            *self._cockpit_left_of_taker(cards),
            *self._cockpit_left_unsettled(columns),
        ]
        return sorted(left, key=lambda item: item["done"])

    def _cockpit_gives(self, cards):
        """Return the cures that give all of ``cards`` to somebody, or into a pool."""
        request, pooled = self.sudo(), self._cockpit_pooled(cards)
        rows = [row for card in cards for row in card.rows]
        takers = [
            (user.id, user.name, rows)
            for user in request.successor_ids.filtered("active")
        ]
        takers += [
            (-team.id, self._cockpit_pool_name(team), held)
            for team in request.pool_team_ids.filtered("active")
            if (held := [row for row in rows if row.kind in pooled])
        ]
        return [
            {
                "type": "give",
                "label": self.env._("Give to %s", name),
                "taker": id_,
                "line_ids": [row.line_id for row in some],
            }
            for id_, name, some in takers[:MOST_GIVES]
        ]

    def _cockpit_left_of_end(self):
        """Yield the decision on a later end, for who may make it."""
        env = self.env
        if not self.can_decide_extension:
            return
        asked = fields.Datetime.to_string(self.date_return_asked)
        approve, refuse = "action_approve_extension", "action_refuse_extension"
        yield self._cockpit_item(
            "end",
            env._(
                "%(user)s asks to let it last until %(date)s",
                user=self.sudo().return_asked_by_id.name,
                date=self._told_moment(self.date_return_asked),
            ),
            self._cockpit_cure(env._("Let It Last Longer"), approve, args=[asked]),
            self._cockpit_cure(env._("Leave the End"), refuse),
        )

    def _cockpit_draft_item(self, *args, **kwargs):
        return {**self._cockpit_item(*args, **kwargs), "of_draft": True}

    def _cockpit_left_of_draft(self, columns):
        """Yield what keeps an editor's draft from being submitted."""
        env = self.env
        if not self.can_edit:
            return
        if not self.line_count:
            yield self._cockpit_draft_item(
                "collect",
                env._("There are no records yet"),
                self._cockpit_cure(env._("Collect"), "action_collect"),
            )
            return
        alone = columns.get(NOBODY, [])
        ids = [id_ for card in alone for id_ in card.line_ids]
        if ids:
            yield self._cockpit_draft_item(
                "nobody",
                env._("Customers whom nobody takes: %s", len(alone))
                if all(card.is_customer for card in alone)
                else env._("Nobody takes yet: %s", len(alone)),
                *self._cockpit_gives(alone),
                self._cockpit_cure(env._("Split…"), "action_split"),
            )
        for n, blocker in enumerate(self.blockers or ()):
            # the first line says that already
            if ids and blocker["code"] == "no_successor":
                continue
            yield self._cockpit_draft_item(
                f"blocker_{n}", blocker["message"], detail=blocker["fix"]
            )
        if not self.blockers:
            text = env._("Collected, and somebody takes each record")
            yield self._cockpit_draft_item("collected", text, done=True)

    def _cockpit_left_elsewhere(self):
        """Yield other handovers with the same records, to who edits or decides."""
        if not (self.can_edit or self.can_approve):
            return
        for other in self._also_held()[:MOST_GAPS]:
            yield self._cockpit_item(
                f"also_{other['id']}",
                self.env._(
                    "Also on %(handover)s of %(person)s (%(state)s): %(count)s",
                    handover=other["name"],
                    person=other["who"],
                    state=other["state"],
                    count=other["count"],
                ),
                self._cockpit_cure(
                    self.env._("Look at It"),
                    "action_open_cockpit",
                    self.browse(other["id"]),
                ),
            )

    def _cockpit_left_declined(self, columns):
        """Yield what successors declined and why, to who deals out.

        Who decides on it reads it with the decision.
        """
        env, user = self.env, self.env.user
        if self.state != "approved" or not self._is_editor(user):
            return
        if self.can_settle and self._is_operator(user):
            return
        cards = [c for c in columns.get(NOBODY, []) if c.decision == "declined"]
        names = self._cockpit_names(cards[:MOST_DECLINED])
        for card, name in zip(cards, names, strict=False):
            theirs = [("id", "in", card.line_ids)]
            yield self._cockpit_item(
                f"declined_{card.line_ids[0]}",
                env._("Declined: %s", name),
                self._cockpit_cure_list(env._("See Them"), theirs),
                detail=card.reason,
            )
        if more := len(cards[MOST_DECLINED:]):
            declined = [("decision", "=", "declined")]
            yield self._cockpit_item(
                "declined",
                env._("Declined: %s", more),
                self._cockpit_cure_list(env._("See Them"), declined),
            )

    def _cockpit_left_to_brief(self, cards):
        """Yield what the predecessor has still to write."""
        env = self.env
        if not cards or self._write_cards_refusal():
            return
        asked = [card for card in cards if any(row.asked for row in card.rows)]
        # afterwards, what the new owner waits for
        ahead = self.state in (*AHEAD, "needs_review")
        open_cards = asked or [
            card
            for card in cards
            # a released card may be empty: there may be nothing to say
            if ahead and all(row.briefing == "open" for row in card.rows)
        ]
        if not open_cards:
            # of an empty card that was released nobody says that it briefs
            if all(card.is_briefed for card in cards):
                yield self._cockpit_item(
                    "brief", env._("Every customer is briefed"), done=True
                )
            return
        open_cards.sort(key=lambda card: -card.value)
        first = open_cards[0]
        text = (
            env._("The new owner waits for your briefing of: %s", len(asked))
            if asked
            else env._("Customers to brief: %s, the biggest first", len(open_cards))
            if all(card.is_customer for card in open_cards)
            else env._("To brief: %s, the biggest first", len(open_cards))
        )
        yield self._cockpit_item(
            "brief",
            text,
            self._cockpit_cure(
                env._("Start: %s", self._cockpit_worth(first)), "action_brief"
            ),
            self._cockpit_cure(env._("All Cards"), "action_view_cards"),
        )

    def _cockpit_worth(self, card):
        """Return the name of a customer, and what all of it is worth."""
        [name] = self._cockpit_names([card])
        if not card.value:
            return name
        currency = self.company_id.sudo().currency_id
        worth = format_amount(self.env, card.value, currency, trailing_zeroes=False)
        return f"{name} · {worth}"

    def _cockpit_left_to_answer(self, rows):
        """Yield the questions that wait for the reader."""
        env = self.env
        cards = [card for column in deal_out(rows).values() for card in column]
        asked = [card for card in cards if card.questions]
        if not asked or not self._briefs(self.env.user):
            return
        for card in asked[:3]:
            row = next(row for row in card.rows if row.questions)
            line = env["handover.request.line"].browse(row.line_id)
            yield self._cockpit_item(
                f"question_{row.line_id}",
                env._("A question about %s", row.name),
                self._cockpit_cure(env._("Answer"), "action_open_card", line),
            )

    def _cockpit_left_of_gaps(self):
        """Yield what the records lack, where somebody looks for that."""
        if "gap_summary" not in self._fields or self.state not in AHEAD:
            return
        if not (self.can_edit or self.env.user in self._givers()):
            return
        # what is filled in here comes before what needs another look
        gaps = sorted(self.gap_summary or (), key=lambda gap: not gap["fills"])
        for gap in gaps[:MOST_GAPS]:
            env, lacking = self.env, [("gap_ids", "in", [gap["id"]])]
            in_place = {
                "type": "fill",
                "label": env._("Fill In"),
                "check_id": gap["id"],
            }
            yield self._cockpit_item(
                f"gap_{gap['id']}",
                env._("%(what)s: %(count)s", what=gap["name"], count=gap["count"]),
                in_place if gap["fills"] else None,
                self._cockpit_cure_list(env._("See Them"), lacking),
                detail=gap["scope"],
            )

    def _cockpit_left_of_taker(self, cards):
        """Yield what a successor does: accept, read, call."""
        env, mine = self.env, [card for card in cards if card.taker == self.env.uid]
        if not mine:
            return
        pending = [card for card in mine if self._cockpit_may_decide(card)]
        if self.state == "approved":
            if pending:
                yield self._cockpit_item(
                    "accept",
                    env._("Customers to accept: %s", len(pending))
                    if all(card.is_customer for card in pending)
                    else env._("To accept: %s", len(pending)),
                    self._cockpit_cure(env._("Accept All"), "action_accept_all"),
                )
            else:
                yield self._cockpit_item("accept", env._("You have decided"), done=True)
        if self.state in ("approved", "transferred", "done"):
            unread = [card for card in mine if card.briefing == "released"]
            if unread:
                yield self._cockpit_item(
                    "read",
                    env._("Customers to read about: %s", len(unread))
                    if all(card.is_customer for card in unread)
                    else env._("To read about: %s", len(unread)),
                    self._cockpit_cure(env._("Read the Cards"), "action_view_cards"),
                )
        if self._cockpit_is_over() and any(card.called is not None for card in mine):
            silent = [card for card in mine if not card.called]
            yield self._cockpit_item(
                "call",
                env._("Customers to call: %s", len(silent))
                if silent
                else env._("Every customer has heard from you"),
                self._cockpit_cure_calls() if silent else None,
                done=not silent,
            )

    def _cockpit_left_unsettled(self, columns):
        """Yield what was not handed over, and what failed.

        What is told with the decision is not told again.
        """
        env, declined = self.env, self._cockpit_declined_cards(columns)
        told = sum(len(lines) for _card, lines in declined)
        if self.can_settle and (
            told < self.unsettled_count or len(declined) > MOST_DECLINED
        ):
            yield self._cockpit_item(
                "unsettled",
                env._("Not handed over: %s", self.unsettled_count),
                self._cockpit_cure(env._("Give to…"), "action_choose_give"),
                self._cockpit_cure(env._("See Them"), "action_view_unsettled"),
            )
        if self.can_retry:
            yield self._cockpit_item(
                "failed",
                env._("Failed: %s", self.failed_count),
                self._cockpit_cure(env._("Try Again"), "action_retry"),
            )
        if self.can_confirm:
            yield self._cockpit_item(
                "confirm",
                env._("Confirm your part, once it is complete"),
                self._cockpit_confirm(),
            )
