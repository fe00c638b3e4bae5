"""The main job from the first click to the last signature, by those who do it."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.crm_handover.models.handover_columns import (
    column,
    columns,
    grouped_by,
)

from ..common import MANAGER, PROJECT_USER, SALESMAN, HandoverCommon

SETTLED = "2031-05-05 08:00:00"


class TestWholeWay(HandoverCommon):
    def test_roles_hand_over_and_confirm(self):
        """Each step by the person whose step it is; each owner right at the end."""
        lead, customer, task = self.make_lead(), self.make_customer(), self.make_task()
        foreign = self.make_lead(self.other)
        anna = self.Request.with_user(self.anna)
        request = anna.create(
            {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}
        )
        self.assertRegex(request.name, r"^HO/\d{4}/\d{5}$")
        self.assertEqual(request.requester_id, self.anna)
        self.assertEqual(request.team_ids.sudo(), self.team)
        self.assertTrue(request.action_collect())
        self.assertEqual(
            set(self.codes(request)), {lead, customer, task}, "and nobody else's"
        )
        self.assertTrue(request.action_submit())
        self.assertEqual(request.approver_id, self.leader)
        self.assertOwner(lead, self.anna)

        self.assertTrue(request.with_user(self.leader).action_approve(request.version))
        self.assertEqual(request.state, "transferred")
        self.assertOwner(lead, self.bruno)
        self.assertOwner(customer, self.bruno)
        self.assertOwner(task, self.bruno)
        self.assertOwner(foreign, self.other)

        self.assertTrue(request.with_user(self.bruno).action_confirm("All clear"))
        self.assertEqual(request.state, "transferred")
        self.assertTrue(request.action_confirm())
        self.assertEqual(request.state, "done")
        self.assertEqual(
            request.signoff_ids.sudo().mapped(
                lambda s: (s.user_id, s.role, s.comment, s.signed_by_id)
            ),
            [
                (self.bruno, "successor", "All clear", self.bruno),
                (self.anna, "predecessor", False, self.anna),
            ],
        )
        self.assertEqual(
            request.event_ids.sudo().mapped(lambda e: (e.code, e.actor_id)),
            [
                ("submitted", self.anna),
                ("approved", self.leader),
                ("running", self.leader),
                ("transferred", self.env.ref("base.user_root")),
                ("signed", self.bruno),
                ("signed", self.anna),
                ("done", self.anna),
            ],
        )

    def test_events_form_a_chain(self):
        events = self.make_request("done").event_ids
        self.assertEqual(events[0].previous_hash, "")
        for former, event in zip(events, events[1:], strict=False):
            self.assertEqual(event.previous_hash, former.hash)
        self.assertEqual(len(set(events.mapped("hash"))), len(events))

    def test_several_successors_take_their_own(self):
        leads = self.make_lead() | self.make_lead() | self.make_lead()
        request = self.make_request(records=leads[0])
        anna = request.with_user(self.anna)
        ids = anna.add_records("crm.lead", leads[1:].ids, self.chen.id)
        self.assertEqual(len(ids), 2)
        self.bring(anna, "transferred")
        self.assertOwner(leads[0], self.bruno)
        self.assertOwner(leads[1:], self.chen)
        self.assertEqual(request.successor_ids, self.bruno | self.chen)
        request.with_user(self.chen).action_confirm()
        anna.action_confirm()
        self.assertEqual(request.state, "transferred", "Bruno has not signed")
        request.with_user(self.bruno).action_confirm()
        self.assertEqual(request.state, "done")

    def test_who_got_nothing_does_not_confirm(self):
        lead = self.make_lead()
        request = self.make_request(records=lead, successor_id=self.chen.id)
        request.with_user(self.anna).line_ids.write({"successor_id": self.bruno.id})
        self.bring(request.with_user(self.anna), "transferred")
        with self.assertRefused(AccessError):
            request.with_user(self.chen).action_confirm()
        request.with_user(self.bruno).action_confirm()
        request.with_user(self.anna).action_confirm()
        self.assertEqual(request.state, "done")

    def test_second_signature_changes_nothing(self):
        request = self.make_request("transferred")
        request.with_user(self.bruno).action_confirm()
        with self.assertNothingChanged():
            self.assertTrue(request.with_user(self.bruno).action_confirm())

    def test_second_approval_changes_nothing(self):
        request = self.make_request("transferred")
        with self.assertNothingChanged():
            self.assertTrue(request.with_user(self.approver).action_approve())

    def test_nobody_confirms_before_it_is_handed_over(self):
        request = self.make_request("approved")
        for user in (self.anna, self.bruno):
            with self.assertRefused((UserError, AccessError)):
                request.with_user(user).action_confirm()

    def test_leader_hands_over_a_team(self):
        """Without a predecessor, what the team has; its leader confirms for it."""
        mine, chens = self.make_lead(), self.make_lead(self.chen)
        unowned = self.make_lead(self.env["res.users"], team_id=self.team.id)
        task = self.make_task(self.chen)
        foreign = self.make_lead(self.other)
        target = self.make_team("Second Team", self.other)
        request = self.Request.with_user(self.leader).create(
            {"source_team_id": self.team.id, "target_team_id": target.id}
        )
        request.action_collect()
        leads = mine | chens | unowned
        self.assertEqual(
            set(self.codes(request)) - {task}, set(leads), "leads of the team"
        )
        self.assertIn(task, self.codes(request))
        self.assertEqual(request.line_ids.sudo().successor_id, self.other)
        self.bring(request, "transferred")
        self.assertOwner(leads, self.other)
        self.assertEqual(leads.team_id, target)
        self.assertOwner(task, self.other)
        self.assertOwner(foreign, self.other)
        request.with_user(self.other).action_confirm()
        request.action_confirm()
        self.assertEqual(request.state, "done")

    def give_together(self, by=None, **values):
        """A draft of what Anna and Chen give, with all that they have."""
        people = values.pop("people", self.anna | self.chen)
        request = self.Request.with_user(by or self.leader).create(
            {
                "predecessor_ids": [Command.set(people.ids)],
                "successor_id": self.bruno.id,
                "reason_id": self.reason.id,
                **values,
            }
        )
        request.action_collect()
        return request.with_env(self.env)

    def test_several_people_hand_over_together(self):
        """To several, and to each other: one approval, each line with its own giver."""
        annas, chens = self.make_lead(), self.make_lead(self.chen)
        customer = self.make_customer(self.chen)
        shared, foreign = (
            self.make_task(self.anna, self.chen),
            self.make_lead(self.bruno),
        )
        todo = self.make_todo(chens, self.chen)
        request = self.give_together()
        self.assertIn("Anna + 1", request.display_name)
        by_record = {
            self.env[line.res_model].browse(line.res_id): line
            for line in request.line_ids
        }
        givers = {record: line.predecessor_id for record, line in by_record.items()}
        self.assertEqual(
            set(self.codes(request)), {annas, chens, customer, shared}, "nobody else's"
        )
        self.assertEqual(givers[annas], self.anna)
        self.assertEqual(givers[chens], self.chen)
        mine = request.with_user(self.leader)
        # one of them takes what another one gives, and nobody what is their own
        by_record[annas].with_user(self.leader).successor_id = self.chen
        with self.assertRefused((UserError, psycopg2.errors.CheckViolation)):
            by_record[chens].with_user(self.leader).successor_id = self.chen
        found = {row["code"]: row for row in mine.preflight()["findings"]}
        self.assertEqual(found["several_givers"]["severity"], "info")
        self.assertEqual(found["shared_givers"]["severity"], "warning")

        mine.action_submit()
        self.assertNotIn(request.approver_id, self.leader | self.anna | self.chen)
        request.with_user(self.approver).action_approve(request.version)
        self.assertEqual(set(self.codes(request).values()), {"done"})
        self.assertOwner(annas, self.chen)
        self.assertOwner(chens, self.bruno)
        self.assertOwner(customer, self.bruno)
        self.assertOwner(foreign, self.bruno)
        self.assertEqual(todo.user_id, self.bruno)
        first = givers[shared]
        self.assertEqual(shared.user_ids, (self.anna | self.chen | self.bruno) - first)
        self.assertIn("from Chen to Bruno", self.notes(chens).body)

        # whoever also takes signs once
        parties = request._parties()
        self.assertEqual(
            parties,
            {self.bruno: "successor", self.chen: "successor", self.anna: "predecessor"},
        )
        for user in parties:
            self.assertEqual(request.state, "transferred")
            self.assertTrue(request.with_user(user).waiting_for_me)
            request.with_user(user).action_confirm()
        self.assertEqual(request.state, "done")
        self.assertTrue(request.with_user(self.manager).verify()["ok"])

        request.with_user(self.approver).action_return("Not so")
        self.assertEqual(request.state, "returned")
        self.assertOwner(annas, self.anna)
        self.assertOwner(chens, self.chen)
        self.assertOwner(customer, self.chen)
        self.assertEqual(shared.user_ids, self.anna | self.chen)

    def test_several_people_are_the_only_word_on_who_gives(self):
        self.make_lead()
        both = {"predecessor_ids": [Command.set((self.anna | self.chen).ids)]}
        create = self.Request.with_user(self.manager).create
        taker = {"successor_id": self.bruno.id}
        later = fields.Datetime.now() + timedelta(days=3)
        for values in (
            {"predecessor_ids": [Command.set(self.anna.ids)]},
            {**both, "predecessor_id": self.anna.id},
            {**both, "source_team_id": self.team.id},
            {**both, "kind": "temporary", "date_return": later},
        ):
            with self.subTest(values), self.assertRefused(ValidationError):
                create({**values, **taker})
        for user in (self.portal, self.env.ref("base.user_root"), self.foreigner):
            values = {"predecessor_ids": [Command.set((self.anna | user).ids)]}
            with self.subTest(user.login), self.assertRefused((AccessError, UserError)):
                create({**values, **taker})
        request = self.give_together()
        for values in (
            {"predecessor_ids": [Command.unlink(self.anna.id)]},
            {"predecessor_ids": False, "predecessor_id": self.anna.id},
            {"kind": "temporary", "date_return": later},
        ):
            with self.subTest(values), self.assertRefused(UserError):
                request.with_user(self.leader).write(values)
        self.assertEqual(request.predecessor_ids, self.anna | self.chen)

    def test_a_list_of_givers_changed_behind_the_back(self):
        """What is approved names them; what was approved without them is without."""
        self.make_lead()
        changes = {
            "one less": "DELETE FROM handover_request_giver_rel"
            " WHERE handover_request_id = %(id)s AND res_users_id = %(chen)s",
            "one more": "INSERT INTO handover_request_giver_rel"
            " (handover_request_id, res_users_id) VALUES (%(id)s, %(other)s)",
        }
        together = self.give_together()
        together.with_user(self.leader).action_submit()
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        together._trusting().date_planned = tomorrow
        together.with_user(self.approver).action_approve()
        alone = self.make_request("approved", self.make_lead())
        self.assertNotIn("predecessor_ids", alone.sudo().approved_values)
        for request, names in ((together, changes), (alone, ["one more"])):
            self.assertTrue(request.with_user(self.manager).verify()["ok"])
            for name in names:
                with self.subTest(name), self.env.cr.savepoint() as savepoint:
                    ids = {"id": request.id, "chen": self.chen.id}
                    ids["other"] = self.other.id
                    self.env.cr.execute(changes[name], ids)
                    self.env.invalidate_all()
                    answer = request.with_user(self.manager).verify()
                    codes = [problem["code"] for problem in answer["problems"]]
                    self.assertEqual(codes, ["content_changed"])
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_of_several_people_one_has_left(self):
        self.make_lead()
        lead = self.make_lead(self.chen)
        self.chen.active = False
        request = self.give_together()
        self.assertEqual(request.sudo().superior_ids, self.leader)
        request.with_user(self.leader).action_submit()
        request.with_user(self.approver).action_approve()
        self.assertOwner(lead, self.bruno)
        for user in (self.bruno, self.anna):
            request.with_user(user).action_confirm()
        self.assertEqual(request.state, "transferred")
        manager = request.with_user(self.manager)
        self.assertTrue(manager.waiting_for_me)
        self.assertEqual(request.pending_user_ids, self.chen)
        manager.action_confirm()
        self.assertEqual(request.state, "done")
        signed = request.signoff_ids.sudo().filtered(
            lambda one: one.user_id == self.chen
        )
        self.assertEqual(signed.signed_by_id, self.manager)

    def test_of_several_people_of_one_nothing_went(self):
        """They confirm nothing, and the rest is a handover of theirs alone."""
        annas, chens = self.make_lead(), self.make_lead(self.chen)
        shared = self.make_task(self.anna, self.chen)
        request = self.give_together()
        by_record = {
            self.env[line.res_model].browse(line.res_id): line
            for line in request.line_ids
        }
        # whoever gives and takes reads all lines, and yet no more than their part
        for line in request.line_ids - by_record[chens]:
            line.with_user(self.leader).successor_id = self.chen
        evidence = request.with_user(self.chen).export_evidence()
        self.assertEqual(len(evidence["lines"]), 3)
        self.assertTrue(evidence["partial"])
        self.assertEqual(evidence["approved"], {})
        for line in request.line_ids - by_record[chens]:
            line.with_user(self.leader).successor_id = self.bruno
        giver = by_record[shared].predecessor_id
        tasks = by_record[shared].scope_id
        request.with_user(self.leader).action_submit()
        request.with_user(self.approver).action_approve()
        self.assertOwner(annas, self.bruno)

        # what two of them have is left with the other
        left = self.env["project.task"].sudo().search(request._left_records(tasks))
        self.assertEqual(left, shared)
        self.assertEqual(shared.user_ids, (self.anna | self.chen | self.bruno) - giver)

        chens.user_id = self.chen
        failed = {"state": "failed", "result_code": "error"}
        (request.line_ids - by_record[annas])._trusting().write(failed)
        self.env.flush_all()
        self.env.invalidate_all()
        for user, waits in ((self.anna, True), (self.chen, False)):
            mine = request.with_user(user)
            waiting = mine.search([("waiting_for_me", "=", True)])
            self.assertEqual(request in waiting, waits, user.name)
            self.assertEqual(mine.my_part, "act" if waits else "give")
            self.assertEqual(user in request._parties(), waits)

        action = by_record[chens].with_user(self.leader).action_new_draft()
        draft = self.Request.browse(action["res_id"])
        self.assertEqual(draft.predecessor_id, self.chen)
        self.assertFalse(draft.predecessor_ids)
        self.assertEqual(self.codes(draft).keys(), {chens})

    def test_more_records_of_several_people_take_no_more_queries(self):
        people = self.anna | self.chen | self.other | self.leader

        def queries(count):
            for user in people:
                for _number in range(count):
                    self.make_lead(user)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            request = self.give_together(self.manager, people=people)
            request.with_user(self.manager).preflight()
            request.with_user(self.manager).action_cancel()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(6), queries(1) + 3)

    def test_columns_say_what_the_records_say(self):
        """Of every field, before and after a flush, to the engine and to others."""
        leads = self.make_lead() | self.make_lead()
        request = self.make_request("transferred", leads)
        task = self.env["project.task"].sudo().create(
            {"name": "Call", "user_ids": [(6, 0, (self.anna | self.leader).ids)]}
        )  # fmt: skip
        leads[0].sudo().write({"user_id": False, "date_deadline": "2030-01-01"})
        lines = request.line_ids
        for records in (lines.sudo(), lines.with_user(self.leader), leads.sudo(), task):
            names = [
                name
                for name, field in records._fields.items()
                if (field.store or field.compute)
                and (records.env.su or not field.groups)
                and not field.company_dependent
            ]
            for name in names:
                with self.subTest(model=records._name, field=name, su=records.env.su):
                    relational = records._fields[name].relational
                    told = column(records, name)
                    said = [record[name] for record in records]
                    if relational:
                        said = [value._ids for value in said]
                    self.assertEqual(told, said)
        self.assertEqual(columns(lines), [()] * len(lines))
        answers = grouped_by(
            leads, column(leads, "user_id"), lambda lead: bool(lead.user_id)
        )
        self.assertEqual(answers, {False: leads[0], True: leads[1]})

    def test_team_follows_the_successor(self):
        second = self.make_team("Second Team", self.approver, self.other)
        leads = self.make_lead() | self.make_lead()
        request = self.make_request(records=leads)
        lines = request.with_user(self.anna).line_ids
        lines[0].successor_id = self.other
        self.bring(request.with_user(self.anna), "transferred")
        moved = self.env["crm.lead"].browse(lines[0].res_id)
        self.assertEqual(moved.team_id, second)
        self.assertEqual((leads - moved).team_id, self.team)

    def test_target_team_wins(self):
        target = self.make_team("Target", self.approver)
        lead = self.make_lead()
        self.make_request("transferred", lead, target_team_id=target.id)
        self.assertOwner(lead, self.bruno)
        self.assertEqual(lead.team_id, target)

    def test_target_team_without_successor_gives_to_its_leader(self):
        target = self.make_team("Target", self.other)
        lead = self.make_lead()
        request = self.make_request(
            records=lead, successor_id=False, target_team_id=target.id
        )
        self.assertEqual(request.line_ids.successor_id, self.other)

    def test_closed_records_are_not_collected(self):
        won, lost, archived = self.make_lead(), self.make_lead(), self.make_lead()
        won.action_set_won()
        lost.action_set_lost()
        archived.active = False
        done = self.make_task(state="1_done")
        cancelled = self.make_task(state="1_canceled")
        gone = self.make_customer(active=False)
        lead = self.make_lead()
        request = self.make_request(records=self.env["crm.lead"])
        request.with_user(self.anna).action_collect()
        self.assertEqual(set(self.codes(request)), {lead})
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOwner(won | lost | archived, self.anna)
        self.assertOwner(done | cancelled, self.anna)
        self.assertOwner(gone, self.anna)

    def test_collecting_twice_adds_nothing(self):
        self.make_lead()
        request = self.make_request(records=self.make_lead()).with_user(self.anna)
        request.action_collect()
        lines = request.line_ids
        self.assertEqual(len(lines), 2)
        request.action_collect()
        self.assertEqual(request.line_ids, lines)

    def test_changing_the_successor_spares_choices(self):
        request = self.make_request(records=self.make_lead() | self.make_lead())
        anna = request.with_user(self.anna)
        anna.line_ids[0].successor_id = self.chen
        anna.successor_id = self.other
        self.assertEqual(
            anna.line_ids.sudo().mapped("successor_id"), self.chen | self.other
        )
        self.assertEqual(anna.successor_ids.sudo(), self.chen | self.other)

    def test_predecessor_stays_while_there_are_records(self):
        request = self.make_request()
        with self.assertRefused(UserError, "remove them first"):
            request.with_user(self.manager).write({"predecessor_id": self.chen.id})

    def test_version_counts_changes_and_binds_the_approval(self):
        request = self.make_request(records=self.make_lead() | self.make_lead())
        seen = request.version
        request.with_user(self.anna).line_ids[0].note = "Ask for Mr Li"
        self.assertEqual(request.version, seen + 1)
        request.with_user(self.anna).action_submit()
        for wrong in (seen, 0, "2", {}, True):
            with self.assertRefused(UserError, "changed since|give a whole number"):
                request.with_user(self.approver).action_approve(wrong)
        self.assertTrue(request.with_user(self.approver).action_approve(seen + 1))

    def test_preflight_changes_nothing_and_says_what_happens(self):
        lead, gone = self.make_lead(), self.make_lead()
        request = self.make_request(records=lead | gone)
        lead.user_id = self.other
        gone.unlink()
        with self.assertNothingChanged():
            answer = request.with_user(self.anna).preflight()
        self.assertTrue(answer["ok"])
        self.assertEqual(
            {(f["code"], f["severity"], f["res_id"]) for f in answer["findings"]},
            {
                ("stale_owner", "warning", lead.id),
                ("missing", "warning", gone.id),
            },
        )
        self.assertEqual(answer["counts"]["records"], 2)

    def test_nothing_to_hand_over_is_not_submitted(self):
        request = self.make_request(records=self.env["crm.lead"])
        self.assertFalse(request.with_user(self.anna).preflight()["ok"])
        with self.assertRefused(UserError, "nothing on this handover"):
            request.with_user(self.anna).action_submit()

    def test_record_without_successor_is_not_submitted(self):
        request = self.make_request(successor_id=False)
        with self.assertRefused(UserError, "without a successor: 1"):
            request.with_user(self.anna).action_submit()

    def test_one_open_handover_at_a_time_takes_a_record(self):
        lead = self.make_lead()
        first = self.make_request("submitted", lead)
        second = self.make_request(records=lead, successor_id=self.chen.id)
        with self.assertRefused(UserError, first.name):
            second.with_user(self.anna).action_submit()
        first.with_user(self.anna).action_cancel()
        self.assertTrue(second.with_user(self.anna).action_submit())

    def test_progress_counts(self):
        leads = self.make_lead() | self.make_lead() | self.make_lead()
        request = self.make_request("approved", leads)
        leads[0].user_id = self.other
        leads[1].unlink()
        request.with_user(self.approver).action_run()
        with self.assertNothingChanged():
            answer = request.with_user(self.anna).get_progress()
        self.assertRegex(answer.pop("started_at"), r"^\d{4}-\d\d-\d\dT[\d:]{8}\+00:00$")
        self.assertRegex(answer.pop("finished_at"), r"\+00:00$")
        self.assertEqual(
            answer,
            {
                "state": "transferred",
                "total": 3,
                "todo": 0,
                "done": 1,
                "skipped": 2,
                "failed": 0,
                "progress": 100.0,
                "seconds_left": 0,
                "background": False,
            },
        )


class TestWhatMovesAlong(HandoverCommon):
    def test_lead_keeps_what_it_is_worth(self):
        """Assignment date, probability and company are not the owner's."""
        lead = self.make_lead(probability=37.5, expected_revenue=1200)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET date_open = '2020-02-03 04:05:06' WHERE id = %s",
            lead.ids,
        )
        lead.invalidate_recordset()
        automated = lead.automated_probability
        self.make_request("transferred", lead)
        self.assertOwner(lead, self.bruno)
        self.assertEqual(str(lead.date_open), "2020-02-03 04:05:06")
        self.assertEqual(lead.probability, 37.5)
        self.assertEqual(lead.automated_probability, automated)
        self.assertEqual(lead.company_id, self.company)

    def test_only_the_predecessor_is_replaced_on_a_task(self):
        task = self.make_task(self.anna, self.chen, self.other)
        self.make_request("transferred", task)
        self.assertEqual(task.user_ids, self.bruno | self.chen | self.other)

    def test_todos_of_the_predecessor_move(self):
        lead = self.make_lead()
        mine, chens = self.make_todo(lead), self.make_todo(lead, self.chen)
        elsewhere = self.make_todo(self.make_lead())
        request = self.make_request("transferred", lead)
        self.assertEqual(mine.user_id, self.bruno)
        self.assertEqual(chens.user_id, self.chen)
        self.assertEqual(elsewhere.user_id, self.anna)
        self.assertEqual(request.line_ids.after["activities"], mine.ids)

    def test_todos_stay_when_told_so(self):
        lead = self.make_lead()
        todo = self.make_todo(lead)
        self.make_request("transferred", lead, move_activities=False)
        self.assertOwner(lead, self.bruno)
        self.assertEqual(todo.user_id, self.anna)

    def test_future_meetings_move_and_private_ones_stay(self):
        lead = self.make_lead()
        guest = self.env["res.partner"].create({"name": "Guest"})
        both = [Command.set((self.anna.partner_id | guest).ids)]
        ahead = self.make_meeting(lead, partner_ids=both)
        by_field = self.make_meeting(
            self.make_lead(), opportunity_id=lead.id, res_id=lead.id
        )
        past = self.make_meeting(lead, days=-3)
        private = self.make_meeting(lead, privacy="private")
        chens = self.make_meeting(lead, self.chen)
        self.make_request("transferred", lead)
        self.assertEqual((ahead | by_field).user_id, self.bruno)
        self.assertEqual(ahead.partner_ids, self.bruno.partner_id | guest)
        self.assertEqual((past | private).user_id, self.anna)
        self.assertEqual(private.partner_ids, self.anna.partner_id)
        self.assertEqual(past.partner_ids, self.anna.partner_id)
        self.assertEqual(chens.user_id, self.chen)

    def test_meetings_stay_when_told_so(self):
        lead = self.make_lead()
        meeting = self.make_meeting(lead)
        self.make_request("transferred", lead, move_meetings=False)
        self.assertEqual(meeting.user_id, self.anna)

    def test_followers_change_places(self):
        lead, guest = self.make_lead(), self.env["res.partner"].create({"name": "G"})
        lead.message_subscribe((self.anna.partner_id | guest).ids)
        others = lead.message_partner_ids - self.anna.partner_id
        self.assertIn(self.anna.partner_id, lead.message_partner_ids)
        self.make_request("transferred", lead)
        self.assertEqual(lead.message_partner_ids, others | self.bruno.partner_id)

    def test_predecessor_follows_on_when_told_so(self):
        lead = self.make_lead()
        lead.message_subscribe(self.anna.partner_id.ids)
        self.make_request("transferred", lead, predecessor_follows=True)
        self.assertLessEqual(
            self.anna.partner_id | self.bruno.partner_id, lead.message_partner_ids
        )

    def test_content_of_the_record_stays(self):
        tags = self.env["crm.tag"].create([{"name": "A1"}, {"name": "B2"}])
        lead = self.make_lead(tag_ids=[Command.set(tags.ids)])
        lead.message_post(body="We talked", author_id=self.anna.partner_id.id)
        file = self.make(
            "ir.attachment", name="offer.txt", raw=b"x", res_model="crm.lead",
            res_id=lead.id,
        )  # fmt: skip
        messages = lead.message_ids
        self.make_request("transferred", lead)
        self.assertEqual(lead.tag_ids, tags)
        self.assertEqual((file.res_model, file.res_id), ("crm.lead", lead.id))
        self.assertEqual(lead.message_ids & messages, messages)
        self.assertEqual(len(lead.message_ids), len(messages) + 1)

    def test_one_note_says_it_all(self):
        lead, task, untouched = self.make_lead(), self.make_task(), self.make_lead()
        request = self.make_request(records=lead).with_user(self.anna)
        request.add_records("project.task", task.ids)
        line = request.line_ids.filtered(lambda line: line.res_model == "crm.lead")
        line.write({"note": "Pays <late> & loudly", "risk": "high"})
        count = len(lead.message_ids)
        self.bring(request, "transferred")
        self.assertEqual(len(lead.message_ids), count + 1)
        [note], [task_note] = self.notes(lead), self.notes(task)
        for text in (
            request.name, "Resignation", "Anna", "Bruno", "Pays &lt;late&gt; &amp;",
            "High", f'data-oe-id="{request.id}"',
        ):  # fmt: skip
            self.assertIn(text, note.body)
        self.assertNotIn("Pays", task_note.body)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(note.notification_ids)
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))
        self.assertEqual(
            note.tracking_value_ids.mapped(
                lambda v: (v.field_id.name, v.old_value_char, v.new_value_char)
            ),
            [("user_id", "Anna", "Bruno")],
        )
        self.assertFalse(self.notes(untouched))

    def test_line_knows_before_and_after(self):
        lead = self.make_lead(expected_revenue=99)
        line = self.make_request("transferred", lead).line_ids
        self.assertEqual(line.before["owner"], self.anna.ids)
        self.assertEqual(line.after["owner"], self.bruno.ids)
        for moment in (line.before, line.after):
            self.assertEqual(moment["team"], self.team.id)
            self.assertEqual(moment["company"], self.company.id)
            self.assertEqual(moment["amount"], 99)
        self.assertTrue(line.date_done)

    def test_whole_project_with_its_manager(self):
        project = self.make("project.project", name="Own", user_id=self.anna.id)
        manager = f"{SALESMAN},project.group_project_manager"
        boss = self.make_user("boss", manager)
        request = self.make_request(
            "transferred", project, successor_id=boss.id, by=self.anna
        )
        self.assertEqual(self.codes(request), {project: "done"})
        self.assertOwner(project, boss)

    def test_project_for_invited_people_goes_to_its_new_manager(self):
        project = self.make(
            "project.project", name="Secret", user_id=self.anna.id,
            privacy_visibility="followers",
        )  # fmt: skip
        task = self.make_task(project_id=project.id)
        request = self.make_request(records=project).with_user(self.anna)
        request.add_records("project.task", task.ids)
        self.bring(request, "transferred")
        self.assertEqual(self.codes(request), {project: "done", task: "done"})
        self.assertIn(self.bruno.partner_id, project.message_partner_ids)
        self.assertTrue(project.with_user(self.bruno).has_access("read"))


class TestOutcomes(HandoverCommon):
    """Every result code, and that the other records do not care."""

    def hand_over(self, spoil, **values):
        """Two leads, of which the first is spoilt after the approval."""
        self.bad, self.good = self.make_lead(), self.make_lead()
        request = self.make_request("approved", self.bad | self.good, **values)
        spoil(self.bad)
        self.env.flush_all()
        request.with_user(self.approver).action_run()
        self.assertOwner(self.good, self.bruno)
        codes = self.codes(request)
        self.assertEqual(codes[self.good], "done")
        self.assertEqual(request.state, "transferred")
        self.assertFalse(request.line_ids.filtered("reserved"))
        return request, request.line_ids.filtered(
            lambda line: line.res_id == self.bad.id
        )

    def test_somebody_else_owns_it_now(self):
        _request, line = self.hand_over(lambda lead: lead.write({"user_id": 1}))
        self.assertEqual((line.state, line.result_code), ("skipped", "stale_owner"))
        self.assertEqual(self.bad.user_id.id, 1)
        self.assertFalse(self.notes(self.bad))

    def test_nobody_owns_it_now(self):
        _request, line = self.hand_over(lambda lead: lead.write({"user_id": False}))
        self.assertEqual(line.result_code, "stale_owner")
        self.assertFalse(self.bad.user_id)

    def test_successor_owned_it(self):
        def spoil(lead):
            lead.user_id = self.bruno
            self.todo = self.make_todo(lead)

        _request, line = self.hand_over(spoil)
        self.assertEqual((line.state, line.result_code), ("done", "already"))
        self.assertOwner(self.bad, self.bruno)
        self.assertFalse(self.notes(self.bad))
        self.assertEqual(self.todo.user_id, self.bruno)

    def test_deleted(self):
        _request, line = self.hand_over(lambda lead: lead.unlink())
        self.assertEqual((line.state, line.result_code), ("skipped", "missing"))
        self.assertEqual(line.res_name, "Deal")

    def test_merged(self):
        leads = self.make_lead(name="Head", probability=60) | self.make_lead()
        request = self.make_request("approved", leads)
        head = leads.merge_opportunity(user_id=self.anna.id)
        request.with_user(self.approver).action_run()
        self.assertEqual(self.codes(request), {head: "done", (leads - head): "missing"})
        self.assertOwner(head, self.bruno)

    def test_declined(self):
        def spoil(lead):
            line = self.env["handover.request.line"].search([("res_id", "=", lead.id)])
            line.with_user(self.bruno).action_decline("Too far away")

        request, line = self.hand_over(spoil)
        self.assertEqual((line.state, line.result_code), ("skipped", "declined"))
        self.assertEqual(line.decision_reason, "Too far away")
        self.assertOwner(self.bad, self.anna)
        self.assertIn("declined", request.event_ids.mapped("code"))

    def test_accepted(self):
        def spoil(lead):
            line = self.env["handover.request.line"].search([("res_id", "=", lead.id)])
            line.with_user(self.bruno).action_accept()

        request, line = self.hand_over(spoil)
        self.assertEqual((line.decision, line.result_code), ("accepted", "done"))
        self.assertIn("accepted", request.event_ids.mapped("code"))

    def test_declining_needs_a_reason(self):
        line = self.make_request("approved").line_ids.with_user(self.bruno)
        for reason in ("", "  ", False, None, 5, ["x"]):
            with self.assertRefused(UserError, "why|give a text"):
                line.action_decline(reason)

    def test_nobody_decides_on_a_draft_or_afterwards(self):
        for state in ("draft", "submitted", "running", "transferred", "cancelled"):
            line = self.make_request(state).line_ids.with_user(self.bruno)
            for verb in (
                line.action_accept,
                lambda line=line: line.action_decline("x"),
            ):
                with self.assertRefused(UserError, "decide between"):
                    verb()

    def test_record_of_a_company_of_its_own(self):
        def spoil(lead):
            lead.write({"team_id": False, "company_id": self.abroad.id})
            self.assertEqual(lead.user_id, self.anna)

        self.anna.company_ids += self.abroad
        _request, line = self.hand_over(spoil)
        self.assertEqual((line.state, line.result_code), ("failed", "other_company"))
        self.assertEqual(self.bad.company_id, self.abroad)
        self.assertOwner(self.bad, self.anna)

    def test_successor_without_access_to_this_kind(self):
        lead, second = self.make_lead(), self.make_lead()
        request = self.make_request("approved", lead)
        draft = self.make_request(records=second, successor_id=self.projectuser.id)
        with self.assertRefused(UserError, "no access"):
            draft.with_user(self.anna).action_submit()
        groups = [Command.unlink(self.env.ref(SALESMAN).id)]
        self.bruno.write({"group_ids": groups})
        request.with_user(self.approver).action_run()
        self.assertEqual(self.codes(request), {lead: "successor_no_access"})
        self.assertOwner(lead, self.anna)

    def test_successor_who_could_not_open_the_record(self):
        """Access to the kind is not access to the record."""
        rule = {
            "name": "no wine", "model_id": self.env.ref("crm.model_crm_lead").id,
            "domain_force": "[('name', '!=', 'Wine')]",
        }  # fmt: skip
        self.env["ir.rule"].create(rule)
        _request, line = self.hand_over(lambda lead: lead.write({"name": "Wine"}))
        self.assertEqual(line.result_code, "successor_no_access")
        self.assertOwner(self.bad, self.anna)
        self.assertFalse(self.notes(self.bad))

    def test_private_task_only_comes_when_its_owner_asks(self):
        private = self.make_task(project_id=False, name="Doctor")
        task = self.make_task()
        by_leader = self.make_request(
            records=self.env["crm.lead"], by=self.leader, successor_id=self.chen.id
        )
        by_leader.with_user(self.leader).action_collect()
        self.assertEqual(set(self.codes(by_leader)), {task})
        with self.assertRefused(UserError, "do not exist or do not belong"):
            by_leader.with_user(self.leader).add_records("project.task", private.ids)
        own = self.make_request("transferred", private)
        self.assertEqual(self.codes(own), {private: "done"})
        self.assertOwner(private, self.bruno)

    def test_task_that_became_private(self):
        task = self.make_task()
        request = self.make_request("approved", task, by=self.leader)
        task.project_id = False
        request.with_user(self.approver).action_run()
        self.assertEqual(self.codes(request), {task: "private"})
        self.assertOwner(task, self.anna)

    def refusing(self, bad, error):
        write = type(self.env["crm.lead"]).write

        def refuse(records, vals):
            if bad in records and "user_id" in vals:
                raise error
            return write(records, vals)

        return patch.object(type(self.env["crm.lead"]), "write", refuse)

    def check_refusal(self, error, code, text):
        leads = self.env["crm.lead"].union(*(self.make_lead() for _i in range(7)))
        bad = leads[3]
        request = self.make_request("approved", leads)
        with (
            self.refusing(bad, error),
            mute_logger("odoo.addons.crm_handover.models.handover_engine"),
        ):
            request.with_user(self.approver).action_run()
        self.assertOwner(leads - bad, self.bruno)
        self.assertOwner(bad, self.anna)
        line = request.line_ids.filtered(lambda line: line.res_id == bad.id)
        self.assertEqual((line.state, line.result_code), ("failed", code))
        self.assertIn(text, line.result_message)
        self.assertEqual((request.done_count, request.failed_count), (6, 1))
        self.assertEqual([len(self.notes(lead)) for lead in leads - bad], [1] * 6)
        self.assertFalse(self.notes(bad))
        return request, bad

    def test_one_record_refuses_and_the_rest_goes_on(self):
        self.check_refusal(UserError("It is sealed"), "rejected", "It is sealed")

    def test_one_record_is_forbidden(self):
        self.check_refusal(AccessError("Hands off"), "forbidden", "Hands off")

    def test_one_record_meets_a_bug_whose_text_stays_in_the_log(self):
        request, bad = self.check_refusal(KeyError("secret"), "error", "log")
        line = request.line_ids.filtered(lambda line: line.res_id == bad.id)
        self.assertNotIn("secret", line.result_message)

    def test_retry_takes_what_failed(self):
        request, bad = self.check_refusal(UserError("Sealed"), "rejected", "Sealed")
        with self.assertNothingChanged():
            progress = request.with_user(self.approver).get_progress()
        self.assertEqual(progress["failed"], 1)
        self.assertTrue(request.with_user(self.leader).action_retry())
        self.assertOwner(bad, self.bruno)
        self.assertEqual(request.state, "transferred")
        self.assertEqual(set(self.codes(request).values()), {"done"})
        self.assertEqual(len(self.notes(bad)), 1)
        with self.assertRefused(UserError, "nothing has failed"):
            request.with_user(self.leader).action_retry()

    def trigger(self, when, body):
        self.env.flush_all()
        self.env.cr.execute(
            f"""CREATE FUNCTION handover_test() RETURNS trigger AS
            $$ BEGIN {body} END $$ LANGUAGE plpgsql;
            CREATE TRIGGER handover_test {when} UPDATE ON crm_lead
            FOR EACH ROW EXECUTE FUNCTION handover_test()"""
        )

    def test_database_refuses_one(self):
        def spoil(lead):
            self.trigger(
                "BEFORE",
                f"IF NEW.id = {lead.id} THEN RAISE EXCEPTION 'secret'"
                " USING ERRCODE = '23514'; END IF; RETURN NEW;",
            )

        with mute_logger("odoo.sql_db"):
            _request, line = self.hand_over(spoil)
        self.assertEqual((line.state, line.result_code), ("failed", "rejected"))
        self.assertNotIn("secret", line.result_message)
        self.assertOwner(self.bad, self.anna)

    def test_another_rule_puts_the_owner_back(self):
        def spoil(lead):
            self.trigger(
                "BEFORE",
                f"IF NEW.id = {lead.id} THEN NEW.user_id := OLD.user_id; END IF;"
                " RETURN NEW;",
            )

        _request, line = self.hand_over(spoil)
        self.assertEqual((line.state, line.result_code), ("failed", "overridden"))
        self.assertOwner(self.bad, self.anna)
        self.assertFalse(self.notes(self.bad))

    def test_disk_full_is_nobodys_fault(self):
        """Neither a result nor half a result: the call fails as a whole."""
        lead = self.make_lead()
        request = self.make_request("approved", lead)
        body = "RAISE EXCEPTION 'full' USING ERRCODE = '53100';"
        self.trigger("BEFORE", body)
        with self.assertRefused(psycopg2.OperationalError):
            request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "approved")
        self.assertOwner(lead, self.anna)


class TestTurnings(HandoverCommon):
    """Refusals, second thoughts, and what went stale."""

    def test_refused_with_a_reason_and_submitted_again(self):
        request = self.make_request("submitted")
        for reason in ("", "   ", False, None, 7):
            with self.assertRefused(UserError, "why|give a text"):
                request.with_user(self.leader).action_refuse(reason)
        request.with_user(self.leader).action_refuse(" Ask Chen ")
        self.assertEqual(request.state, "refused")
        self.assertEqual(request.refusal_reason, "Ask Chen")
        self.assertFalse(request.line_ids.reserved)
        anna = request.with_user(self.anna)
        anna.action_draft()
        anna.successor_id = self.chen
        anna.action_submit()
        self.assertFalse(request.refusal_reason)
        request.with_user(self.leader).action_approve()
        self.assertOwner(
            self.env["crm.lead"].browse(request.line_ids.res_id), self.chen
        )

    def test_taken_back_before_the_decision(self):
        request = self.make_request("submitted")
        request.with_user(self.anna).action_draft()
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.activity_ids)
        with self.assertRefused(UserError, "Draft"):
            request.with_user(self.leader).action_approve()

    def test_cancelled_before_it_runs(self):
        lead = self.make_lead()
        for state in ("draft", "submitted", "approved"):
            request = self.make_request(state, lead)
            self.assertTrue(request.with_user(self.anna).action_cancel("Stays"))
            self.assertEqual(request.state, "cancelled")
            self.assertEqual(self.codes(request), {lead: "cancelled"})
            self.assertFalse(request.activity_ids)
            self.assertOwner(lead, self.anna)

    def test_cancelled_and_taken_up_again(self):
        request = self.make_request("cancelled")
        request.with_user(self.anna).action_draft()
        self.assertEqual(request.line_ids.state, "todo")
        self.assertFalse(request.line_ids.result_code)
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(request.line_ids.result_code, "done")

    def test_stopped_while_it_runs(self):
        """What is done stays done and is reported so; the rest stays."""
        leads = self.make_lead() | self.make_lead()
        request = self.make_request("running", leads)
        engine = "odoo.addons.crm_handover.models.handover_engine.BATCH_SIZE"
        with patch(engine, 1):
            self.env["handover.engine"]._run_batch(request)
        self.assertTrue(request.with_user(self.leader).action_cancel("Enough"))
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(sorted(self.codes(request).values()), ["cancelled", "done"])
        self.assertEqual(set(leads.user_id), {self.anna, self.bruno})
        self.run_cron()
        self.assertEqual(set(leads.user_id), {self.anna, self.bruno})
        with self.assertRefused(UserError, "in part"):
            request.with_user(self.anna).action_draft()

    def test_wrong_turns_say_so_and_change_nothing(self):
        """Every move from every state that it does not start from."""
        from odoo.addons.crm_handover.models.handover_request import MOVES, STATES

        calls = {
            "submit": (self.anna, lambda r: r.action_submit()),
            "approve": (self.leader, lambda r: r.action_approve()),
            "refuse": (self.leader, lambda r: r.action_refuse("No")),
            "draft": (self.anna, lambda r: r.action_draft()),
            "run": (self.leader, lambda r: r.action_run()),
            "retry": (self.leader, lambda r: r.action_retry()),
        }
        for state in dict(STATES):
            if state in ("returned", "needs_review"):
                continue
            request = self.make_request(state, self.make_lead())
            for move, (user, call) in calls.items():
                if state not in MOVES[move].sources:
                    with (
                        self.subTest(state=state, move=move),
                        self.assertRefused(UserError, "cannot become"),
                    ):
                        call(request.with_user(user))
            if state in ("transferred", "done", "refused", "cancelled"):
                with self.assertRefused(UserError, "cannot become"):
                    request.with_user(self.anna).action_cancel()

    def test_copy_starts_from_nothing(self):
        request = self.make_request("done", client_key="K1")
        copy = request.with_user(self.anna).copy()
        self.assertEqual(copy.state, "draft")
        self.assertEqual(copy.version, 1)
        self.assertEqual(copy.requester_id, self.anna)
        self.assertNotEqual(copy.name, request.name)
        for name in (
            "approver_id", "digest", "date_approved", "event_ids", "signoff_ids",
            "client_key", "refusal_reason", "date_planned",
        ):  # fmt: skip
            self.assertFalse(copy.sudo()[name], name)
        self.assertFalse(copy.line_ids.filtered(lambda line: line.state != "todo"))

    def send(self, user, **values):
        """What a program sends that does not know whether it was heard before."""
        values = {"successor_id": self.bruno.id, "client_key": "K1", **values}
        values.setdefault("predecessor_id", user.id)
        return self.Request.with_user(user).create(values)

    def test_sent_again_with_its_key_it_is_the_same_handover(self):
        first = self.send(self.anna, purpose="Leave")
        with self.assertNothingChanged():
            self.assertEqual(self.send(self.anna, purpose="Leave"), first)
        # whatever became of it: the caller asked for it once
        first.purpose = "Long leave"
        first.add_records("crm.lead", self.make_lead().ids)
        self.bring(first, "transferred")
        with self.assertNothingChanged():
            self.assertEqual(self.send(self.anna, purpose="Leave"), first)

    def test_something_else_with_a_key_is_refused_and_named(self):
        first = self.send(self.anna)
        with self.assertNothingChanged(), self.assertRefused(UserError, first.name):
            self.send(self.anna, purpose="Something else")

    def test_where_giver_and_taker_met_is_nothing_that_was_sent(self):
        met = {"company_id": self.company.id}
        with patch.object(type(self.Request), "_meeting_values", return_value=met):
            first = self.send(self.anna)
        self.assertEqual(self.send(self.anna), first)
        # where what was filled in counted as sent
        sent = {
            "predecessor_id": self.anna.id,
            "successor_id": self.bruno.id,
            "client_key": "K1",
            **met,
        }
        first._trusting().client_digest = self.Request._digest_of_sent(sent)
        self.assertEqual(self.send(self.anna), first)
        with self.assertRefused(UserError, first.name):
            self.send(self.anna, company_id=self.company.id + 1)

    def test_a_key_is_the_callers_own(self):
        first = self.send(self.anna)
        other = self.send(self.chen)
        self.assertNotEqual(first, other)
        self.assertEqual(other.requester_id, self.chen)
        self.assertNotEqual(self.send(self.anna, client_key="K2"), first)

    def test_several_at_once_are_answered_in_their_order(self):
        known = self.send(self.anna)
        values = {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}
        sent = [{**values, "client_key": key} for key in ("K0", "K1", False)]
        made = self.Request.with_user(self.anna).create(sent)
        self.assertEqual(made[1], known)
        self.assertEqual(len(made), 3)
        self.assertEqual(made.mapped("client_key"), ["K0", "K1", False])
        with self.assertRefused(UserError, "key of its own"):
            self.Request.with_user(self.anna).create(
                [{**values, "client_key": "K9"}] * 2
            )

    def test_a_key_of_the_former_version_is_known(self):
        first = self.send(self.anna)
        first._trusting().client_digest = False
        self.assertEqual(self.send(self.anna, purpose="Whatever it was"), first)

    def test_planned_one_waits_for_its_time(self):
        lead = self.make_lead()
        with freeze_time(SETTLED):
            planned = fields.Datetime.now() + timedelta(days=2)
            request = self.make_request("approved", lead, date_planned=planned)
            triggers = self.env["ir.cron.trigger"].search([("call_at", "=", planned)])
            self.assertEqual(triggers.cron_id, self.crons)
            self.run_cron()
            self.assertEqual(request.state, "approved")
            self.assertOwner(lead, self.anna)
        with freeze_time(planned + timedelta(seconds=1)):
            self.run_cron()
        self.assertEqual(request.state, "transferred")
        self.assertOwner(lead, self.bruno)
        root = self.env.ref("base.user_root")
        self.assertEqual(request.event_ids[-1].actor_id, root)

    def test_planned_one_can_be_run_now(self):
        request = self.make_request("approved")
        self.assertTrue(request.with_user(self.leader).action_run())
        self.assertEqual(request.state, "transferred")

    def test_cron_finishes_what_runs(self):
        leads = self.env["crm.lead"].union(*(self.make_lead() for _i in range(5)))
        request = self.make_request("running", leads)
        self.assertOwner(leads, self.anna)
        with patch("odoo.addons.crm_handover.models.handover_engine.BATCH_SIZE", 2):
            self.run_cron()
        self.assertEqual(request.state, "transferred")
        self.assertOwner(leads, self.bruno)
        self.assertEqual([len(self.notes(lead)) for lead in leads], [1] * 5)

    def test_one_bad_handover_does_not_hold_up_the_cron(self):
        bad = self.make_request("approved", self.make_lead(name="Bad"))
        good = self.make_request("approved", self.make_lead())
        start = type(self.Request)._start

        def stumble(request):
            if request == bad:
                raise UserError("This one is broken")
            return start(request)

        with (
            freeze_time(fields.Datetime.now() + timedelta(days=3)),
            patch.object(type(self.Request), "_start", stumble),
            mute_logger(
                "odoo.addons.base.models.ir_cron",
                "odoo.addons.crm_handover.models.handover_background",
            ),
        ):
            self.run_cron()
        self.assertEqual(good.state, "transferred")
        self.assertEqual(bad.state, "approved")

    def test_manager_hands_over_for_somebody_who_left(self):
        lead, todo_lead = self.make_lead(), self.make_lead()
        todo = self.make_todo(todo_lead)
        self.anna.write({"active": False})
        request = self.make_request(records=lead, by=self.manager)
        request.with_user(self.manager).action_collect()
        request.with_user(self.manager).action_submit()
        with self.assertRefused(AccessError):
            request.with_user(self.manager).action_approve()
        self.assertEqual(request.approver_id, self.leader)
        request.with_user(self.leader).action_approve()
        self.assertOwner(lead | todo_lead, self.bruno)
        self.assertEqual(todo.user_id, self.bruno)
        request.with_user(self.bruno).action_confirm()
        self.assertEqual(request.state, "transferred")
        request.with_user(self.manager).action_confirm("Has left")
        self.assertEqual(request.state, "done")
        signature = request.signoff_ids.filtered(lambda s: s.user_id == self.anna)
        self.assertEqual(signature.signed_by_id, self.manager)

    def approved_then(self, spoil):
        lead = self.make_lead()
        request = self.make_request("approved", lead)
        spoil(request)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(request.with_user(self.leader).action_run())
        self.assertEqual(request.state, "needs_review")
        self.assertOwner(lead, self.anna)
        self.assertFalse(self.notes(lead))
        self.assertEqual(request.event_ids[-1].code, "needs_review")
        return request

    def test_content_changed_behind_the_back(self):
        def spoil(request):
            self.env.cr.execute(
                "UPDATE handover_request_line SET successor_id = %s"
                " WHERE request_id = %s",
                [self.chen.id, request.id],
            )

        self.approved_then(spoil)

    def test_line_added_behind_the_back(self):
        lead = self.make_lead()

        def spoil(request):
            self.env.cr.execute(
                """INSERT INTO handover_request_line (request_id, company_id, scope_id,
                    res_model, res_id, predecessor_id, successor_id, risk, decision,
                    state)
                SELECT request_id, company_id, scope_id, res_model, %s, predecessor_id,
                    successor_id, risk, decision, state
                FROM handover_request_line WHERE request_id = %s""",
                [lead.id, request.id],
            )

        self.approved_then(spoil)
        self.assertOwner(lead, self.anna)

    def test_approver_lost_the_role(self):
        group = self.env.ref("sales_team.group_sale_manager")
        self.approved_then(
            lambda _request: self.approver.write(
                {"group_ids": [Command.unlink(group.id)]}
            )
        )

    def test_approver_left(self):
        self.approved_then(lambda _request: self.approver.write({"active": False}))

    def test_successor_left(self):
        request = self.approved_then(
            lambda _request: self.bruno.write({"active": False})
        )
        anna = request.with_user(self.anna)
        anna.action_draft()
        anna.successor_id = self.chen
        self.assertEqual(anna.line_ids.successor_id, self.chen)
        self.bring(anna, "approved")

    def test_stale_approval_is_found_by_the_cron(self):
        request = self.make_request("approved")
        self.bruno.write({"active": False})
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.run_cron()
        self.assertEqual(request.state, "needs_review")


class TestPeople(HandoverCommon):
    """Who can give and take at all."""

    def test_nobody_hands_over_to_themselves(self):
        with self.assertRefused((ValidationError, psycopg2.IntegrityError)):
            self.make_request(successor_id=self.anna.id)

    def test_successor_must_be_an_active_colleague(self):
        gone = self.make_user("gone", SALESMAN, active=False)
        for user in (gone, self.portal, self.foreigner):
            with self.subTest(user=user.login), self.assertRefused(UserError):
                self.make_request(successor_id=user.id)
            request = self.make_request(records=self.make_lead())
            with self.assertRefused(UserError):
                request.with_user(self.anna).line_ids.successor_id = user
            with self.assertRefused(UserError):
                request.with_user(self.anna).add_records(
                    "crm.lead", self.make_lead().ids, user.id
                )

    def test_portal_user_hands_over_nothing(self):
        with self.assertRefused(UserError):
            self.make_request(by=self.manager, predecessor_id=self.portal.id)

    def test_predecessor_is_named(self):
        with self.assertRefused((UserError, psycopg2.IntegrityError)):
            self.make_request(by=self.manager, predecessor_id=False)

    def test_project_user_hands_over_tasks_without_crm(self):
        task = self.make_task(self.projectuser)
        taker = self.make_user("taker", PROJECT_USER)
        request = self.make_request(
            records=task, by=self.projectuser, predecessor_id=self.projectuser.id,
            successor_id=taker.id,
        )  # fmt: skip
        request.with_user(self.projectuser).action_submit()
        request.with_user(self.approver).action_approve()
        self.assertOwner(task, taker)

    def test_leader_asked_first_unless_concerned(self):
        self.assertEqual(self.make_request("submitted").approver_id, self.leader)
        request = self.make_request(
            "submitted", self.make_lead(), successor_id=self.leader.id
        )
        self.assertNotEqual(request.approver_id, self.leader)
        self.assertTrue(
            request.approver_id.has_group("crm_handover.group_handover_approver")
        )

    def test_proposed_approver_is_asked(self):
        request = self.make_request(records=self.make_lead())
        with self.assertRefused(ValidationError, "may not approve"):
            request.with_user(self.anna).approver_id = self.chen
        request.with_user(self.anna).approver_id = self.approver
        request.with_user(self.anna).action_submit()
        self.assertEqual(request.approver_id, self.approver)

    def test_single_manager_approves_when_the_company_allows_it(self):
        boss = self.make_user("boss", f"{SALESMAN},{MANAGER}")
        values = {"predecessor_id": boss.id}
        lead = self.make_lead(boss)
        request = self.make_request("submitted", lead, by=boss, **values)
        with self.assertRefused(AccessError, "does not decide"):
            request.with_user(boss).action_approve()
        self.company.handover_self_approval = True
        request.with_user(boss).action_approve()
        self.assertOwner(lead, self.bruno)
        event = request.event_ids.filtered(lambda e: e.code == "approved")
        self.assertTrue(event.data["self_approval"])
