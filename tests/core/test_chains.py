"""Handovers of the same records, one after the other, and every order of the ways back.

The cases are those of docs/decisions/22-chains.md.
"""

from datetime import timedelta
from itertools import permutations
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields

from ..common import HandoverCommon

DAY = timedelta(days=1)
# a story lies ahead: whatever makes a handover knows the day of the database as well
START = fields.Datetime.now() + DAY
END = START + 90 * DAY


class TestChains(HandoverCommon):
    """Three handovers in a row; a record for each order in which they go back."""

    def setUp(self):
        super().setUp()
        # so many steps: who is told of them is tested elsewhere
        self.startPatcher(patch.object(self.registry["handover.request"], "_notify"))

    @classmethod
    def link(cls, giver, taker, records, kind="temporary", day=0, **values):
        """Hand records over on a day of the story."""
        if kind == "temporary":
            values.setdefault("date_return", END)
        with freeze_time(START + day * DAY):
            request = cls.make_request(
                records=records, by=giver, predecessor_id=giver.id, kind=kind,
                successor_id=taker.id, **values,
            )  # fmt: skip
            cls.bring(request.with_user(giver), "transferred")
        cls.env.invalidate_all()
        return request

    def give_back(self, lines, day):
        with freeze_time(START + day * DAY):
            lines.with_user(self.approver).action_return()
        self.env.invalidate_all()

    def right_owner(self, links, returned):
        """Say whose it is, by the rules alone.

        :param links: ``(giver, taker, kind)``, the first handover first
        :param returned: numbers of links, in the order of their return
        """
        there = list(links)
        for number in returned:
            link = links[number]
            if link not in there:
                continue
            at = there.index(link)
            lasting = link[2] == "permanent" and any(
                kind == "permanent" for _giver, _taker, kind in there[at + 1 :]
            )
            if not lasting:
                # what was given on by who had it for a time goes with it
                del there[at:]
        return there[-1][1] if there else links[0][0]

    def try_orders(self, kinds, last):
        people = [self.anna, self.bruno, self.chen, last]
        orders = list(permutations(range(3)))
        leads = self.env["crm.lead"].union(
            *(self.make_lead(name=f"Lead {order}") for order in orders)
        )
        todos = [self.make_todo(lead) for lead in leads]
        links = list(zip(people, people[1:], kinds, strict=False))
        requests = [
            self.link(giver, taker, leads, kind, day)
            for day, (giver, taker, kind) in enumerate(links)
        ]
        self.assertOwner(leads, last)
        for step in range(3):
            for number, request in enumerate(requests):
                going = [
                    lead.id
                    for lead, order in zip(leads, orders, strict=True)
                    if order[step] == number
                ]
                lines = request.line_ids.filtered(lambda line: line.res_id in going)  # noqa: B023
                self.give_back(lines, 10 + step)
            for lead, order, todo in zip(leads, orders, todos, strict=True):
                right = self.right_owner(links, order[: step + 1])
                with self.subTest(kinds=kinds, last=last.name, went=order[: step + 1]):
                    self.assertOwner(lead, right)
                    self.assertEqual(todo.user_id, right)
        states = {line.state for request in requests for line in request.line_ids}
        self.assertLessEqual(states, {"returned", "done"})

    def test_three_leaves(self):
        """A stand-in who goes on leave, and the one after them."""
        self.try_orders(["temporary"] * 3, self.other)

    def test_three_leaves_in_a_circle(self):
        """The last stand-in is who was away first, and is back early."""
        self.try_orders(["temporary"] * 3, self.anna)

    def test_two_who_stand_in_for_each_other(self):
        self.try_orders(["temporary"] * 3, self.bruno)

    def test_leave_and_then_for_good(self):
        self.try_orders(["temporary", "permanent", "temporary"], self.other)

    def test_for_good_and_then_leave(self):
        self.try_orders(["permanent", "temporary", "temporary"], self.other)

    def test_for_good_twice_and_then_leave(self):
        self.try_orders(["permanent", "permanent", "temporary"], self.other)

    # ------------------------------------------------------------
    # BY ITSELF
    # ------------------------------------------------------------

    def after(self, moment):
        with freeze_time(moment + timedelta(minutes=1)):
            self.run_cron()

    def test_stand_in_leaves_for_good(self):
        """Who stood in is gone when the time is over: the record comes home all the
        same, from whoever got it from them.
        """
        lead = self.make_lead()
        first = self.link(self.anna, self.bruno, lead)
        second = self.link(self.bruno, self.chen, lead, "permanent", 1)
        self.bruno.active = False
        preview = first.with_user(self.leader).preview_return()
        self.assertEqual(preview["counts"], {"done": 1})
        self.assertIn("Chen", preview["lines"][0]["message"])
        self.after(END)
        self.assertOwner(lead, self.anna)
        self.assertEqual(first.state, "returned")
        self.assertIn("Chen", first.line_ids.result_message)
        self.assertEqual(second.state, "transferred")
        event = second.event_ids[-1]
        self.assertEqual((event.code, event.data["records"]), ("gone_back", 1))

    def test_team_comes_back_as_well(self):
        other = self.make_team("Other Team", self.approver, self.other)
        lead = self.make_lead()
        self.link(self.anna, self.bruno, lead)
        self.link(self.bruno, self.other, lead, day=1)
        self.assertEqual(lead.team_id, other)
        self.after(END)
        self.assertOwner(lead, self.anna)
        self.assertEqual(lead.team_id, self.team)

    def test_stand_in_is_gone_on_the_way_back(self):
        """Nobody takes it back for them; it stays where it is, until it comes home."""
        lead = self.make_lead()
        first = self.link(self.anna, self.bruno, lead)
        second = self.link(self.bruno, self.chen, lead, day=1, date_return=END - DAY)
        self.bruno.active = False
        self.after(END - DAY)
        self.assertOwner(lead, self.chen)
        self.assertEqual(self.codes(second), {lead: "successor_no_access"})
        self.after(END)
        self.assertOwner(lead, self.anna)
        self.assertEqual(first.state, "returned")

    def test_who_was_away_is_gone(self):
        """What somebody gave away for good meanwhile stays; nothing is stuck."""
        lead = self.make_lead()
        first = self.link(self.anna, self.bruno, lead)
        self.link(self.bruno, self.chen, lead, "permanent", 1)
        self.anna.active = False
        self.after(END)
        self.assertOwner(lead, self.chen)
        self.assertEqual(self.codes(first), {lead: "changed_since"})
        self.assertEqual(first.state, "returned")

    def test_second_leave_inside_the_first(self):
        """What came meanwhile goes to another one; each part comes back by itself."""
        lead, late = self.make_lead(), self.make_lead()
        first = self.link(self.anna, self.bruno, lead)
        second = self.link(self.anna, self.chen, late, day=1, date_return=END - DAY)
        self.after(END - DAY)
        self.assertOwner(late, self.anna)
        self.assertOwner(lead, self.bruno)
        self.after(END)
        self.assertOwner(lead | late, self.anna)
        self.assertEqual({first.state, second.state}, {"returned"})

    def test_later_handover_to_the_same_successor_counts(self):
        """It was given back by hand, and handed over for good since."""
        lead = self.make_lead()
        first = self.link(self.anna, self.bruno, lead)
        lead.user_id = self.anna
        self.link(self.anna, self.bruno, lead, "permanent", 1)
        self.after(END)
        self.assertOwner(lead, self.bruno)
        self.assertEqual(self.codes(first), {lead: "changed_since"})
        self.assertIn("later handover", first.line_ids.result_message)

    def test_what_was_put_back_by_hand_goes_back_from_there(self):
        lead = self.make_lead()
        self.link(self.anna, self.bruno, lead)
        self.link(self.bruno, self.chen, lead, day=1)
        lead.user_id = self.bruno
        self.after(END)
        self.assertOwner(lead, self.anna)

    def test_task_with_other_people(self):
        task = self.make_task(self.anna, self.other)
        first = self.link(self.anna, self.bruno, task)
        self.link(self.bruno, self.chen, task, day=1)
        self.assertEqual(task.user_ids, self.chen | self.other)
        self.give_back(first.line_ids, 2)
        self.assertEqual(task.user_ids, self.anna | self.other)

    # ------------------------------------------------------------
    # SAID BEFORE
    # ------------------------------------------------------------

    def findings(self, request, user):
        found = request.with_user(user).preflight()["findings"]
        return {finding["code"]: finding for finding in found}

    def test_what_somebody_has_for_a_time_only_is_said(self):
        lead, own = self.make_lead(), self.make_lead(self.bruno)
        self.link(self.anna, self.bruno, lead)
        second = self.make_request(
            records=lead | own, by=self.bruno, predecessor_id=self.bruno.id,
            successor_id=self.chen.id,
        )  # fmt: skip
        found = self.findings(second, self.bruno)["for_a_time"]
        self.assertEqual(found["severity"], "warning")
        self.assertIn("Anna", found["message"])
        self.assertIn(": 1.", found["message"])
        short = self.make_request(
            records=own, by=self.bruno, predecessor_id=self.bruno.id,
            successor_id=self.chen.id,
        )  # fmt: skip
        self.assertNotIn("for_a_time", self.findings(short, self.bruno))

    def test_what_is_with_a_stand_in_is_said(self):
        first = self.link(self.anna, self.bruno, self.make_lead() | self.make_lead())
        late = self.make_request(records=self.make_lead())
        found = self.findings(late, self.anna)["covered"]
        self.assertIn("Bruno", found["message"])
        self.assertIn(": 2.", found["message"])
        self.assertIn(first.name, found["fix"])
        self.give_back(first.line_ids, 2)
        self.assertNotIn("covered", self.findings(late, self.anna))

    def test_successor_who_is_away_is_said(self):
        self.link(self.bruno, self.chen, self.make_lead(self.bruno))
        request = self.make_request(records=self.make_lead())
        found = self.findings(request, self.anna)["successor_away"]
        self.assertIn("Bruno", found["message"])
        after = self.make_request(
            records=self.make_lead(), date_planned=END + DAY, reason_id=False
        )
        self.assertNotIn("successor_away", self.findings(after, self.anna))
