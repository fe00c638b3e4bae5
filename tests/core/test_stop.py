"""From the submission on, addresses and recurring tasks bring who leaves nothing."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import mute_logger

from odoo.addons.crm_handover.hooks import uninstall_hook
from odoo.addons.crm_handover.models.handover_inflow import without

from .test_new_work import NewWorkCase

ENGINE = "odoo.addons.crm_handover.models.handover_engine"


class TestStop(NewWorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason.leaves = True

    def leaving(self, state, records, **values):
        return self.make_request(
            state, records, **{"reason_id": self.reason.id, **values}
        )

    def addresses(self):
        """Of a team and a project of Anna's."""
        self.project.user_id = self.anna
        team = self.address(self.team, user_id=self.anna.id)
        both = [(6, 0, [self.anna.id, self.chen.id])]
        return team, self.address(self.project, user_ids=both)

    def end(self, name, request):
        """A way in which nothing comes of a handover."""
        leader, anna = request.with_user(self.approver), request.with_user(self.anna)
        {
            "refuse": lambda: leader.action_refuse("No"),
            "draft": anna.action_draft, "cancel": anna.action_cancel,
            "stop": leader.action_cancel, "return": leader.action_return,
        }[name]()  # fmt: skip

    STATES = {
        "refuse": "submitted", "draft": "submitted", "cancel": "approved",
        "stop": "running", "return": "transferred",
    }  # fmt: skip

    def test_mail_is_theirs_no_more_from_the_submission_on(self):
        team, project = self.addresses()
        request = self.leaving("draft", self.project)
        self.assertIn("From the submission on it is theirs no more", self.told(request))
        self.bring(request.with_user(self.anna), "submitted")
        lead, task = self.receive(team), self.receive(project)
        # Odoo gives its leader what comes to a team for nobody
        self.assertEqual((lead.user_id, lead.team_id), (self.leader, self.team))
        self.assertEqual(task.user_ids, self.chen)
        event = request.event_ids.sorted("id")[-1]
        self.assertIn(team.alias_full_name, event.summary)
        # the approver reads where it goes
        self.assertIn("goes to Bruno", self.told(request, self.approver))
        request.with_user(self.approver).action_approve()
        self.assertEqual(request.state, "transferred")
        self.assertEqual(self.receive(team).user_id, self.bruno)
        self.assertEqual(self.receive(project).user_ids, self.bruno | self.chen)
        self.assertTrue(request.with_user(self.manager).verify()["ok"])

    def test_mail_is_theirs_again_when_nothing_comes_of_it(self):
        aliases = self.addresses()
        before = [alias.alias_defaults for alias in aliases]
        for name, state in self.STATES.items():
            with self.subTest(name):
                request = self.leaving(state, self.project)
                for alias in aliases:
                    self.assertNotIn(self.anna.id, self.people(alias))
                self.end(name, request)
                self.assertEqual([a.alias_defaults for a in aliases], before)

    def test_mail_that_no_one_person_takes_over_is_nobodys(self):
        team, project = self.addresses()
        task, before = self.recurring(self.anna), team.alias_defaults
        leads = self.make_lead() | self.make_lead()
        for name in ("pool", "several", "refuse"):
            with self.subTest(name):
                pool = {"to_pool": True, "target_team_id": self.team.id,
                        "successor_id": False}  # fmt: skip
                request = self.leaving(
                    "draft", leads, **pool if name == "pool" else {}
                ).with_user(self.anna)
                if name != "pool":
                    request.successor_id = False
                    first, second = request.line_ids
                    first.successor_id, second.successor_id = self.chen, self.bruno
                    request.add_records("project.task", task.ids)
                    request.line_ids[-1].successor_id = self.chen
                self.assertIn("on it is nobody's", self.told(request))
                self.bring(request, self.STATES.get(name, "transferred"))
                lead = self.receive(team)
                self.assertEqual((lead.user_id, lead.team_id), (self.leader, self.team))
                if name not in self.STATES:
                    self.assertFalse(self.defaults(team)["user_id"])
                    # nothing is left to change, nor to put back twice
                    notes = request.sudo().activity_ids.mapped("note")
                    self.assertNotIn(team.alias_full_name, str(notes))
                    self.assertFalse(request.sudo().stopped_inflow)
                    verified = request.with_user(self.manager).verify()
                    self.assertEqual(verified["problems"], [])
                    request.with_user(self.leader).action_return()
                else:
                    self.end(name, request)
                self.assertEqual(team.alias_defaults, before)
        self.assertIn(self.anna.id, self.people(project)[-1])

    def people(self, alias):
        defaults = self.defaults(alias)
        return [defaults.get("user_id"), *(defaults.get("user_ids") or [[]])[-1]]

    def test_an_address_that_refuses_is_put_back_by_the_next_end(self):
        team, _project = self.addresses()
        before = team.alias_defaults
        Alias = self.env.registry["mail.alias"]
        refusing = patch.object(Alias, "write", side_effect=ValueError("Odd"))
        request = self.leaving("draft", self.project)
        own = request.with_user(self.anna)
        with refusing, mute_logger(ENGINE):
            # nor is a submission held up
            self.bring(own, "submitted")
        self.assertEqual(team.alias_defaults, before)
        notes = request.sudo().activity_ids.mapped("note")
        self.assertIn(team.display_name, str(notes))
        own.action_draft()
        own.action_submit()
        stopped = team.alias_defaults
        self.assertNotEqual(stopped, before)
        with refusing, mute_logger(ENGINE):
            own.action_draft()
        self.assertEqual(team.alias_defaults, stopped)
        own.action_submit()
        own.action_draft()
        self.assertEqual(team.alias_defaults, before)
        self.assertFalse(request.sudo().stopped_inflow)

    def test_what_somebody_has_chosen_meanwhile_stays(self):
        team, _project = self.addresses()
        for end in ("cancel", "run"):
            with self.subTest(end):
                team.alias_defaults = repr({"user_id": self.anna.id})
                later = fields.Datetime.now() + timedelta(days=9)
                request = self.leaving("approved", self.make_lead(), date_planned=later)
                team.alias_defaults = repr({"user_id": self.chen.id})
                if end == "run":
                    request.with_user(self.approver).action_run()
                else:
                    request.with_user(self.anna).action_cancel()
                self.assertEqual(self.defaults(team), {"user_id": self.chen.id})

    def test_another_handover_that_is_under_way_keeps_it_stopped(self):
        team, _project = self.addresses()
        first = self.leaving("submitted", self.make_lead())
        second = self.leaving("submitted", self.project)
        first.with_user(self.anna).action_cancel()
        self.assertFalse(self.defaults(team)["user_id"])
        second.with_user(self.anna).action_cancel()
        self.assertEqual(self.defaults(team)["user_id"], self.anna.id)

    def test_who_stays_or_is_away_for_a_time_has_it_until_it_moves(self):
        team, _project = self.addresses()
        self.make_lead(name="Kept")
        later = fields.Datetime.now() + timedelta(days=9)
        for values in (
            {"reason_id": False}, {"kind": "temporary", "date_return": later},
        ):  # fmt: skip
            request = self.leaving("submitted", self.make_lead(), **values)
            self.assertEqual(self.defaults(team)["user_id"], self.anna.id)
            request.with_user(self.anna).action_cancel()

    def test_what_recurring_tasks_bring_waits_for_the_successor(self):
        later = fields.Datetime.now() + timedelta(days=9)
        task = self.recurring(self.anna, self.chen, steps=(self.anna, self.other))
        alone, other = self.recurring(self.anna), self.recurring(self.anna)
        records = task | alone | other
        request = self.leaving("approved", records, date_planned=later)
        first, ended = self.next_one(task), self.next_one(alone)
        self.assertEqual(first.user_ids, self.chen)
        self.assertEqual(first.child_ids.user_ids, self.other)
        self.assertFalse(ended.user_ids)
        # and what comes after that
        self.env.invalidate_all()
        lonely = self.next_one(ended)
        self.assertFalse(lonely.user_ids)
        # whoever takes it meanwhile keeps it
        taken = self.next_one(other)
        taken.user_ids = self.other
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "transferred")
        self.assertEqual(first.user_ids, self.chen | self.bruno)
        self.assertEqual(first.child_ids.user_ids, self.other | self.bruno)
        self.assertEqual(lonely.user_ids, self.bruno)
        self.assertFalse(ended.user_ids)
        self.assertEqual(taken.user_ids, self.other)
        tasks = self.env["project.task"].with_context(active_test=False)
        self.assertFalse(tasks.search([("handover_line_id", "!=", False)]))

    def test_what_they_brought_is_theirs_again_when_nothing_comes_of_it(self):
        for name in ("refuse", "draft", "cancel"):
            with self.subTest(name):
                task = self.recurring(self.anna)
                request = self.leaving(self.STATES[name], task)
                coming = self.next_one(task)
                self.assertFalse(coming.user_ids)
                self.end(name, request)
                self.assertEqual(coming.user_ids, self.anna)
                self.assertEqual(self.next_one(coming).user_ids, self.anna)

    def test_what_is_over_stops_nothing_again(self):
        _team, alias = self.addresses()
        former, task = self.make_lead(), self.recurring(self.anna)
        over = self.leaving("transferred", former)
        before = alias.alias_defaults
        for name in ("refuse", "draft", "cancel"):
            request = self.leaving(self.STATES[name], self.project)
            self.assertNotEqual(alias.alias_defaults, before)
            self.end(name, request)
            self.assertFalse(over.stopped_inflow)
            self.assertEqual(alias.alias_defaults, before)
        # nor does it with what it has kept
        over._trusting().write({"stopped_inflow": {"aliases": []}})
        over.line_ids._trusting().write(
            {"res_model": "project.task", "res_id": task.id}
        )
        self.assertEqual(self.next_one(task).user_ids, self.anna)

    def test_of_two_handovers_that_stop_it_each_passes_it_on(self):
        team, _project = self.addresses()
        task = self.make_task()
        later = fields.Datetime.now() + timedelta(days=9)
        for earlier in (True, False):
            with self.subTest(earlier=earlier):
                team.alias_defaults = repr({"user_id": self.anna.id})
                first = self.leaving("draft", self.make_lead(), date_planned=later)
                second = self.leaving("draft", task)
                pair = (first, second) if earlier else (second, first)
                for request in pair:
                    self.bring(request.with_user(self.anna), "submitted")
                self.assertFalse(pair[1].stopped_inflow["aliases"])
                self.assertNotIn("stopped", pair[1].event_ids.sorted("id")[-1].data)
                if earlier:
                    second.with_user(self.anna).action_cancel()
                leader = first.with_user(self.approver)
                leader.action_approve()
                leader.action_run()
                self.assertEqual(self.defaults(team), {"user_id": self.bruno.id})
                if not earlier:
                    second.with_user(self.anna).action_cancel()
                self.assertEqual(self.defaults(team), {"user_id": self.bruno.id})

    def test_what_came_goes_with_its_line_when_it_is_stopped_or_tried_again(self):
        later = fields.Datetime.now() + timedelta(days=9)
        for name, owner in (
            ("stop", self.bruno), ("retry", self.bruno), ("settle", self.anna),
            ("return", self.anna),
        ):  # fmt: skip
            with self.subTest(name):
                task = self.recurring(self.anna)
                request = self.leaving("approved", task, date_planned=later)
                coming = self.next_one(task)
                leader, line = request.with_user(self.approver), request.line_ids
                if name == "stop":
                    request._move("start")
                    line._trusting().write({"state": "done", "result_code": "done"})
                    leader.action_cancel()
                    self.assertEqual(coming.user_ids, owner)
                    continue
                line._trusting().write({"state": "failed", "result_code": "locked"})
                leader.action_run()
                self.assertEqual(request.state, "transferred")
                # what may be tried again is nobody's, and so is what follows
                self.assertFalse(coming.user_ids)
                self.env.invalidate_all()
                coming = self.next_one(coming)
                self.assertFalse(coming.user_ids)
                {
                    "retry": leader.action_retry, "settle": leader.action_settle,
                    "return": lambda r=request: r._move("nothing_left"),
                }[name]()  # fmt: skip
                self.assertEqual(coming.user_ids, owner)

    def test_it_waits_on_when_somebody_comes_in_a_colleagues_place(self):
        task = self.recurring(self.anna, self.chen)
        request = self.leaving("submitted", task)
        coming = self.next_one(task)
        self.make_request(
            "transferred", coming, by=self.manager, predecessor_id=self.chen.id,
            successor_id=self.other.id,
        )  # fmt: skip
        self.assertEqual(coming.user_ids, self.other)
        coming.user_ids -= self.other
        request.with_user(self.approver).action_approve()
        self.assertEqual(coming.user_ids, self.bruno)

    def test_uninstalling_starts_what_was_stopped(self):
        _team, alias = self.addresses()
        before = alias.alias_defaults
        later = fields.Datetime.now() + timedelta(days=9)
        task = self.recurring(self.anna)
        request = self.leaving("approved", self.project)
        over = self.leaving("approved", task, date_planned=later)
        coming = self.next_one(task)
        over.line_ids._trusting().write({"state": "failed", "result_code": "locked"})
        over.with_user(self.approver).action_run()
        self.assertEqual((request.state, over.state), ("approved", "transferred"))
        self.assertTrue(coming.handover_line_id)
        uninstall_hook(self.env(su=True))
        self.env.invalidate_all()
        self.assertEqual(alias.alias_defaults, before)
        self.assertEqual(coming.user_ids, self.anna)

    def test_nobody_is_named_however_a_list_names_them(self):
        for value, left in (
            ([Command.link(7), Command.link(8)], [Command.link(8)]),
            ([[4, 7], [4, 7, 0], (4, 7, False), 7, 8], [8]),
            ([Command.set([7, 8])], [(6, 0, [8])]),
            (7, False), (8, 8),
        ):  # fmt: skip
            self.assertEqual(without(value, 7), left)
