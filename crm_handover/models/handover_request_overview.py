from collections import defaultdict
from datetime import timedelta
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ..word_texts import labelled, listed
from .handover_guard import model_door
from .handover_states import HANDED_OVER, IN_PROGRESS

# people who left, the most work first; the rest is counted
LISTED = 20
# so many days ahead count as soon
SOON = 7


class HandoverRequest(models.Model):
    """What managers look at first: what runs, waits, is late or failed, who left.

    Every number is of what the reader may read.
    """

    _inherit = "handover.request"

    date_moves = fields.Datetime(
        string="On the Calendar",
        compute="_compute_date_moves",
        store=True,
        help="When the records moved, or are planned to; while nothing is planned, when"
        " the handover was made.",
    )

    @api.depends("date_started", "date_planned")
    def _compute_date_moves(self):
        for request in self:
            planned = request.date_started or request.date_planned
            request.date_moves = planned or request.create_date

    @api.model
    @model_door
    def get_overview(self):
        """Return the numbers of the overview, in one call.

        :return: ``{"cards": [{"key", "name", "count", "detail", "alarm", "domain"}],
            "left": [{"id", "name", "count", "kinds", "handover_id", "handover"}],
            "left_count": int, "pool": {…}}``; a card's domain finds its handovers;
            ``left`` are people who left, and whose open records the reader may hand
            over; ``pool`` is as of :meth:`_overview_pool`
        :raise AccessError: when the caller may read no handovers
        """
        self.check_access("read")
        left = self._overview_left()
        return {
            "cards": self._overview_cards(),
            "left": left[:LISTED],
            "left_count": len(left),
            "pool": self._overview_pool(),
        }

    @api.model
    def _overview_cards(self):
        """Return the cards in order; add-ons append theirs.

        :return: see :meth:`get_overview`
        """
        # one question for all cards of a state alone
        by_state = dict(self._read_group([], ["state"], ["__count"]))
        questions = self._overview_questions()
        return [self._overview_card(by_state, *question) for question in questions]

    @api.model
    def _overview_card(self, by_state, key, name, detail, domain, alarm=False):
        match [*domain]:
            case [("state", "=", state)]:
                count = by_state.get(state, 0)
            case _:
                count = self.search_count(domain)
        return {
            "key": key,
            "name": name,
            "count": count,
            "detail": detail,
            "alarm": bool(alarm and count),
            "domain": list(domain),
        }

    @api.model
    def _overview_questions(self):
        """Return what the cards of the core count.

        :return: ``[(key, name, detail, domain, whether more than none is an alarm)]``;
            what is no alarm may leave that out
        """
        env, state = self.env, partial(Domain, "state", "=")
        mine = Domain("waiting_for_me", "=", True)
        # to the day: the same question all day long
        soon = f"{fields.Date.today() + timedelta(days=SOON)} 23:59:59"
        planned = state("approved") & Domain("date_planned", "<=", soon)
        late = Domain("state", "in", IN_PROGRESS) & Domain("late_step_count", ">", 0)
        failed = Domain("state", "in", ("running", *HANDED_OVER))
        failed &= Domain("line_ids", "any", state("failed"))
        alone = Domain("state", "in", ("draft", "needs_review"))
        lacking = state("todo") & Domain("successor_id", "=", False)
        lacking &= Domain("pool_team_id", "=", False)
        alone &= Domain("line_ids", "any", lacking)
        return [
            ("mine", env._("Waiting for Me"),
                env._("To submit, decide, accept or confirm"), mine),
            ("to_decide", env._("Waiting for a Decision"),
                env._("Submitted, not approved yet"), state("submitted")),
            ("soon", env._("Soon"),
                env._("Approved, within %s days", SOON), planned),
            ("running", env._("Running"),
                env._("Records change owner now"), state("running")),
            ("to_confirm", env._("Waiting for Confirmation"),
                env._("Handed over, not confirmed by all"), state("transferred")),
            ("late", env._("Late Steps"),
                env._("Handovers whose plan is behind"), late, True),
            ("failed", env._("Failed"),
                env._("Some records did not change owner"), failed, True),
            ("needs_review", env._("Approval Lapsed"),
                env._("Approved, but it did not go on"), state("needs_review"), True),
            ("no_successor", env._("Without a Successor"),
                env._("Nobody takes over some of the records yet"), alone, True),
        ]  # fmt: skip

    def _overview_marks(self):
        """Return what is due on the way of these handovers; add-ons append theirs.

        :return: ``{request id: [(date, name)]}``, of what the reader may read
        """
        marks = defaultdict(list)
        steps = self.env["mail.activity"].search_fetch(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("handover_step_date", "!=", False),
            ],
            ["res_id", "date_deadline", "summary", "activity_type_id"],
        )
        for step in steps:
            name = step.summary or step.sudo().activity_type_id.name or ""
            marks[step.res_id].append((step.date_deadline, name))
        return marks

    # ------------------------------------------------------------
    # PEOPLE WHO LEFT
    # ------------------------------------------------------------

    @api.model
    def _overview_left(self):
        """Return who left and still owns open records, the most work first."""
        people = self._left_people()
        if not people:
            return []
        kinds = {}
        for scope in self.env["handover.scope"]._in_use():
            name = scope.with_env(self.env).name
            for person, count in self._left_counts(scope, people):
                kinds.setdefault(person, []).append((name, count))
        going = {}
        named = Domain("predecessor_id", "in", people.ids)
        named |= Domain("predecessor_ids", "in", people.ids)
        under_way = named & Domain("state", "in", IN_PROGRESS)
        for request in self.search(under_way, order="id"):
            going.update(dict.fromkeys(request._givers().ids, request))
        rows = [
            {
                "id": person.id,
                "name": person.name,
                "count": sum(count for _name, count in counts),
                "kinds": listed(
                    self.env, (labelled(self.env, *count) for count in counts)
                ),
                "handover_id": going[person.id].id if person.id in going else False,
                "handover": going[person.id].name if person.id in going else "",
            }
            for person, counts in kinds.items()
        ]
        return sorted(rows, key=lambda row: (-row["count"], row["name"]))

    @api.model
    def _left_people(self):
        """Return the archived users whose work the reader may hand over."""
        user, companies = self.env.user, self.env.companies
        users = self.env["res.users"].sudo().with_context(active_test=False)
        domain = Domain("active", "=", False) & Domain("share", "=", False)
        domain &= Domain("company_ids", "in", companies.ids)
        domain &= Domain("id", "!=", SUPERUSER_ID) & Domain("login", "!=", "default")
        if not user.has_group("crm_handover.group_handover_manager"):
            # archiving a user archives the memberships
            members = self.env["crm.team.member"].sudo().with_context(active_test=False)
            led = members.search([("crm_team_id.user_id", "=", user.id)])
            domain &= Domain("id", "in", led.user_id.ids)
        return users.search(domain)

    @api.model
    def _left_counts(self, scope, people):
        """Return the number of open records by owner: ``[(user, count)]``."""
        domain = scope._collectable_domain(self.env.companies)
        domain &= scope._owner_domain(people)
        owner = scope.owner_field_id.name
        groups = scope._records()._read_group(domain, [owner], ["__count"])
        # a task may have other people as well
        return [(person, count) for person, count in groups if person in people]
