"""The way back: what is still as the handover left it, and nothing else."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..common import HandoverCommon


class TestReturn(HandoverCommon):
    def give_back(self, request):
        self.assertTrue(request.with_user(self.leader).action_return("Came back"))
        self.env.invalidate_all()

    def test_everything_goes_back_as_it_was(self):
        """Owner, team, to-dos, meetings and followers, of a lead and of a task."""
        second = self.make_team("Second Team", self.approver, self.other)
        lead, task = self.make_lead(), self.make_task(self.anna, self.chen)
        guest = self.env["res.partner"].create({"name": "Guest"})
        for record in (lead, task):
            record.message_subscribe((self.anna.partner_id | guest).ids)
        todo, meeting = self.make_todo(lead), self.make_meeting(lead)
        watched = ("messages", "handovers", "lines", "events", "signatures", "mails")
        watched = (*watched, "attendees", "files")
        before = self.snapshot(*watched)
        request = self.make_request(records=lead, successor_id=self.other.id)
        request.with_user(self.anna).add_records("project.task", task.ids)
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(lead.team_id, second)
        self.assertEqual((todo.user_id, meeting.user_id), (self.other, self.other))
        self.give_back(request)
        self.assertEqual(request.state, "returned")
        self.assertEqual(set(request.line_ids.mapped("state")), {"returned"})
        self.assertOwner(lead, self.anna)
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(task.user_ids, self.anna | self.chen)
        self.assertEqual(todo.user_id, self.anna)
        self.assertEqual(meeting.user_id, self.anna)
        self.assertEqual(meeting.partner_ids, self.anna.partner_id)
        after = self.snapshot(*watched)
        for name in ("leads", "assignees", "meetings", "memberships"):
            self.assertEqual(after[name], before[name], name)
        for name, column in (("followers", 0), ("to-dos", 2)):
            theirs = [
                [
                    row
                    for row in rows[name]
                    if row[column] in ("crm.lead", "project.task")
                ]
                for rows in (before, after)
            ]
            self.assertEqual(*theirs, name)
        self.assertEqual(len(self.notes(lead)), 2)

    def test_what_changed_since_stays(self):
        kept, moved = self.make_lead(), self.make_lead()
        request = self.make_request("transferred", kept | moved)
        moved.with_user(self.approver).user_id = self.chen
        self.env.cr.flush()
        self.give_back(request)
        self.assertOwner(kept, self.anna)
        self.assertOwner(moved, self.chen)
        self.assertEqual(self.codes(request)[moved], "changed_since")
        self.assertEqual(len(self.notes(moved)), 1)
        line = request.line_ids.filtered(lambda line: line.res_id == moved.id)
        self.assertIn("Chen", line.result_message)
        self.assertIn("Approver", line.result_message)
        self.assertEqual(request.state, "returned")

    def test_what_the_successor_had_before_stays_theirs(self):
        """A record of result ``already`` was never the predecessor's to get back."""
        had, got = self.make_lead(), self.make_lead()
        todo = self.make_todo(had)
        request = self.make_request("approved", had | got)
        had.user_id = self.bruno
        request.with_user(self.approver).action_run()
        self.assertEqual(self.codes(request), {had: "already", got: "done"})
        self.assertEqual(todo.user_id, self.bruno)
        self.give_back(request)
        self.assertOwner(got, self.anna)
        self.assertOwner(had, self.bruno)
        self.assertFalse(self.notes(had))
        self.assertEqual(request.state, "returned")
        self.assertFalse(request.failed_count)

    def test_successor_who_was_on_the_task_before_stays_on_it(self):
        task = self.make_task(self.anna, self.bruno)
        request = self.make_request("transferred", task)
        self.assertEqual(self.codes(request), {task: "done"})
        self.assertEqual(task.user_ids, self.bruno)
        self.give_back(request)
        self.assertEqual(task.user_ids, self.anna | self.bruno)

    def test_deleted_since(self):
        gone, kept = self.make_lead(), self.make_lead()
        request = self.make_request("transferred", gone | kept)
        gone.unlink()
        self.give_back(request)
        self.assertOwner(kept, self.anna)
        self.assertEqual(self.codes(request)[gone], "missing")

    def test_nobody_there_to_take_it_back(self):
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        self.anna.active = False
        self.give_back(request)
        self.assertOwner(lead, self.bruno)
        self.assertEqual(self.codes(request), {lead: "successor_no_access"})

    def test_worth_of_a_lead_survives_both_ways(self):
        lead = self.make_lead(probability=37.5)
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE crm_lead SET date_open = '2020-02-03 04:05:06' WHERE id = %s",
            lead.ids,
        )
        lead.invalidate_recordset()
        self.give_back(self.make_request("transferred", lead))
        self.assertOwner(lead, self.anna)
        self.assertEqual(lead.probability, 37.5)
        self.assertEqual(str(lead.date_open), "2020-02-03 04:05:06")

    def test_own_todo_of_the_successor_stays(self):
        lead = self.make_lead()
        moved = self.make_todo(lead)
        request = self.make_request("transferred", lead)
        own = self.make_todo(lead, self.bruno)
        self.give_back(request)
        self.assertEqual((moved.user_id, own.user_id), (self.anna, self.bruno))

    def test_follower_from_before_stays(self):
        lead = self.make_lead()
        lead.message_subscribe(self.bruno.partner_id.ids)
        self.give_back(self.make_request("transferred", lead))
        self.assertIn(self.bruno.partner_id, lead.message_partner_ids)

    def test_teams_records_go_back_to_each_owner(self):
        annas, chens = self.make_lead(), self.make_lead(self.chen)
        unowned = self.make_lead(self.env["res.users"], team_id=self.team.id)
        request = self.Request.with_user(self.leader).create(
            {"source_team_id": self.team.id, "successor_id": self.other.id}
        )
        request.add_records("crm.lead", (annas | chens | unowned).ids)
        self.bring(request, "transferred")
        self.assertOwner(annas | chens | unowned, self.other)
        request.with_user(self.approver).action_return()
        self.env.invalidate_all()
        self.assertOwner(annas, self.anna)
        self.assertOwner(chens, self.chen)
        self.assertFalse(unowned.user_id)
        self.assertEqual((annas | chens | unowned).team_id, self.team)

    def test_twice_is_once(self):
        request = self.make_request("transferred")
        self.give_back(request)
        with self.assertRefused(UserError):
            request.with_user(self.leader).action_return()

    def test_part_of_it(self):
        leads = self.make_lead() | self.make_lead()
        request = self.make_request("transferred", leads)
        line = request.line_ids[0]
        self.assertTrue(line.with_user(self.leader).action_return("This one"))
        self.env.invalidate_all()
        back = self.env["crm.lead"].browse(line.res_id)
        self.assertOwner(back, self.anna)
        self.assertOwner(leads - back, self.bruno)
        self.assertEqual(request.state, "transferred")
        for user in (self.anna, self.bruno, self.other):
            with self.assertRefused(AccessError):
                request.line_ids[1].with_user(user).action_return()

    def test_nothing_to_return_before_it_ran(self):
        for state in ("draft", "submitted", "approved", "refused"):
            request = self.make_request(state, self.make_lead())
            with self.assertRefused(UserError, "cannot become"):
                request.with_user(self.leader).action_return()

    def test_handed_over_again_after_the_return(self):
        lead = self.make_lead()
        self.give_back(self.make_request("transferred", lead))
        again = self.make_request("transferred", lead, successor_id=self.chen.id)
        self.assertOwner(lead, self.chen)
        self.assertEqual(self.codes(again), {lead: "done"})

    def test_older_handover_takes_nothing_from_a_newer_one(self):
        lead = self.make_lead()
        first = self.make_request("transferred", lead)
        second = self.make_request(
            records=lead, by=self.bruno, predecessor_id=self.bruno.id,
            successor_id=self.chen.id,
        )  # fmt: skip
        self.bring(second.with_user(self.bruno), "transferred")
        self.give_back(first)
        self.assertOwner(lead, self.chen)
        self.assertEqual(self.codes(first), {lead: "changed_since"})


class TestTemporary(HandoverCommon):
    def test_goes_back_by_itself_and_not_before(self):
        lead = self.make_lead()
        back = fields.Datetime.now() + timedelta(days=5)
        request = self.make_request(
            "transferred", lead, kind="temporary", date_return=back
        )
        self.run_cron()
        self.assertOwner(lead, self.bruno)
        self.assertEqual(request.state, "transferred")
        with freeze_time(back + timedelta(minutes=1)):
            self.run_cron()
        self.assertOwner(lead, self.anna)
        self.assertEqual(request.state, "returned")
        self.assertEqual(request.event_ids[-1].actor_id, self.env.ref("base.user_root"))
        with freeze_time(back + timedelta(days=1)), self.assertNothingChanged():
            self.run_cron()

    def test_signed_one_goes_back_too(self):
        lead = self.make_lead()
        back = fields.Datetime.now() + timedelta(days=5)
        request = self.make_request("done", lead, kind="temporary", date_return=back)
        with freeze_time(back + timedelta(minutes=1)):
            self.run_cron()
        self.assertOwner(lead, self.anna)
        self.assertEqual(request.state, "returned")

    def test_permanent_one_stays(self):
        lead = self.make_lead()
        request = self.make_request("done", lead)
        with freeze_time(fields.Datetime.now() + timedelta(days=900)):
            self.run_cron()
        self.assertOwner(lead, self.bruno)
        self.assertEqual(request.state, "done")

    def test_end_is_named_and_lies_ahead(self):
        now = fields.Datetime.now()
        for values in (
            {"date_return": False},
            {"date_return": now - timedelta(days=1)},
            {
                "date_planned": now + timedelta(days=3),
                "date_return": now + timedelta(days=2),
            },
        ):
            with self.subTest(values=values), self.assertRefused(UserError):
                request = self.make_request(
                    records=self.make_lead(), kind="temporary", **values
                )
                request.with_user(self.anna).action_submit()

    def test_end_is_not_moved_after_the_approval(self):
        back = fields.Datetime.now() + timedelta(days=5)
        request = self.make_request("approved", kind="temporary", date_return=back)
        for user in (self.anna, self.admin):
            for values in ({"date_return": "2090-01-01"}, {"kind": "permanent"}):
                with self.assertRefused((UserError, AccessError)):
                    request.with_user(user).write(values)
        self.env.cr.execute(
            "UPDATE handover_request SET date_return = '2090-01-01' WHERE id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "needs_review")
