"""The way back: what is still as the handover left it, and nothing else."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..common import HandoverCommon

ENGINE = "odoo.addons.crm_handover.models.handover_engine"


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
        kept, moved, left = (self.make_lead() for _each in range(3))
        request = self.make_request("transferred", kept | moved | left)
        moved.with_user(self.approver).user_id = self.chen
        left.with_user(self.approver).user_id = False
        self.env.cr.flush()
        self.give_back(request)
        self.assertOwner(kept, self.anna)
        self.assertOwner(moved, self.chen)
        self.assertEqual(self.codes(request)[moved], "changed_since")
        self.assertEqual(len(self.notes(moved)), 1)
        line = request.line_ids.filtered(lambda line: line.res_id == moved.id)
        self.assertIn("Chen", line.result_message)
        self.assertIn("Approver", line.result_message)
        line = request.line_ids.filtered(lambda line: line.res_id == left.id)
        self.assertIn("It is nobody's by now", line.result_message)
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


class TestWhatWentBackReadsSo(HandoverCommon):
    """State, outcome and days tell of the return, and the transfer keeps its day."""

    def setUp(self):
        super().setUp()
        self.lead, self.kept = self.make_lead(name="One"), self.make_lead(name="Two")
        with freeze_time("2024-05-06 08:00:00"):
            self.request = self.make_request("transferred", self.lead | self.kept)
        self.line, self.other_line = self.request.line_ids

    def give_back(self, lines, **values):
        lines.with_user(self.leader).action_return(**values)
        self.env.invalidate_all()

    def test_lines_and_days(self):
        with freeze_time("2024-06-07 09:00:00"):
            self.give_back(self.request)
        for line in self.request.line_ids:
            self.assertEqual((line.state, line.result_code), ("returned", "done"))
            self.assertEqual(line.outcome, "Given back")
            self.assertEqual(str(line.date_done), "2024-05-06 08:00:00")
            self.assertEqual(str(line.date_returned), "2024-06-07 09:00:00")
        self.assertEqual(str(self.request.date_finished), "2024-05-06 08:00:00")
        self.assertEqual(str(self.request.date_returned), "2024-06-07 09:00:00")
        progress = self.request.with_user(self.anna).get_progress()
        self.assertEqual(progress["finished_at"], "2024-06-07T09:00:00+00:00")

    def test_a_part_of_it(self):
        """The handover stays one, says how many went back, and tells the people."""
        self.give_back(self.line)
        self.assertEqual(self.request.state, "transferred")
        self.assertEqual(self.request.returned_count, 1)
        self.assertEqual(str(self.request.date_finished), "2024-05-06 08:00:00")
        self.assertFalse(self.request.date_returned)
        self.assertEqual(self.other_line.result_code, "done")
        step = self.request.with_user(self.bruno).next_step
        self.assertIn("Given back: 1.", step["text"])
        notice = self.env["mail.message"].search(
            [
                ("model", "=", "handover.request"),
                ("res_id", "=", self.request.id),
                ("partner_ids", "in", self.anna.partner_id.ids),
            ],
            limit=1,
        )
        self.assertIn("a part of the handover", notice.body)
        self.assertIn("Given back: 1, still with the successors: 1", notice.body)

    def test_one_successors_part(self):
        leads = self.make_lead() | self.make_lead()
        request = self.make_request(records=leads)
        request.line_ids[0].with_user(self.anna).successor_id = self.chen
        self.bring(request.with_user(self.anna), "done")
        chens = request.line_ids.filtered(lambda line: line.successor_id == self.chen)
        self.give_back(chens)
        self.assertOwner(self.env["crm.lead"].browse(chens.res_id), self.anna)
        self.assertEqual(request.state, "done")
        self.assertEqual(set(request.sudo()._takers()), {self.bruno})

    def test_outcome_of_a_stopped_one_that_goes_back(self):
        """What was stopped had no day of its transfer yet."""
        self.request._trusting().write({"state": "cancelled", "date_finished": False})
        self.give_back(self.line)
        self.assertEqual(str(self.request.date_finished), "2024-05-06 08:00:00")

    def test_what_was_tried_again_keeps_the_day(self):
        self.line._trusting().write({"state": "failed", "result_code": "locked"})
        self.lead.user_id = self.anna
        self.request.with_user(self.leader).action_retry()
        self.assertOwner(self.lead, self.bruno)
        self.assertEqual(str(self.request.date_finished), "2024-05-06 08:00:00")


class TestPreviewOfAReturn(HandoverCommon):
    def setUp(self):
        super().setUp()
        self.leads = self.make_lead() | self.make_lead() | self.make_lead()
        self.task = self.make_task(self.anna)
        self.request = self.make_request(records=self.leads)
        mine = self.request.with_user(self.anna)
        mine.add_records("project.task", self.task.ids)
        self.bring(mine, "transferred")
        self.moved, self.gone, self.same = self.leads
        self.moved.with_user(self.approver).user_id = self.chen
        self.gone.unlink()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.line_of = {
            (line.res_model, line.res_id): line for line in self.request.line_ids
        }

    def preview(self, **arguments):
        request = self.request.with_user(self.leader)
        with self.assertNothingChanged():
            return request.preview_return(**arguments)

    def test_it_says_what_the_return_does(self):
        preview = self.preview()
        self.assertEqual(
            preview["counts"], {"done": 2, "changed_since": 1, "missing": 1}
        )
        said = {row["line_id"]: row["result_code"] for row in preview["lines"]}
        changed = self.line_of["crm.lead", self.moved.id]
        [text] = [r["message"] for r in preview["lines"] if r["line_id"] == changed.id]
        self.assertIn("Chen", text)
        self.assertIn("Approver", text)
        self.request.with_user(self.leader).action_return()
        self.env.invalidate_all()
        done = {line.id: line.result_code for line in self.request.line_ids}
        self.assertEqual(said, done)

    def test_of_some_lines(self):
        line = self.line_of["crm.lead", self.same.id]
        self.assertEqual(
            self.preview(line_ids=line.ids),
            {
                "lines": [{"line_id": line.id, "result_code": "done", "message": ""}],
                "counts": {"done": 1},
            },
        )

    def test_what_cannot_go_back_is_said(self):
        self.anna.active = False
        self.assertEqual(self.preview()["counts"]["successor_no_access"], 2)

    def test_while_it_goes_back_the_check_asks_what_is_ahead(self):
        """Not what is on its way back: what became of that is told by its lines."""
        with patch(f"{ENGINE}.HandoverEngine._claim", lambda engine, *_args: ()):
            self.request.with_user(self.leader).action_return()
        self.assertEqual(self.request.state, "running")
        mine = self.request.with_user(self.leader)
        self.assertEqual(mine.preflight()["counts"]["records"], 0)
        ids = [
            id_ for cause in mine.get_causes()["causes"] for id_ in cause["line_ids"]
        ]
        self.assertFalse(ids)

    def test_wrong_lines_and_states(self):
        strange = self.make_request("transferred", self.make_lead()).line_ids.ids
        for ids in (strange, [2**31 - 1], "abc", [True], [1.5]):
            with self.subTest(ids=ids), self.assertRefused(UserError):
                self.preview(line_ids=ids)
        with self.assertRefused(UserError, "cannot become"):
            self.make_request(records=self.make_lead()).with_user(
                self.leader
            ).preview_return()

    def test_rights_are_those_of_the_return(self):
        for user in (self.anna, self.bruno, self.other):
            with self.assertRefused(AccessError):
                self.request.with_user(user).preview_return()

    # ------------------------------------------------------------
    # THE DIALOG
    # ------------------------------------------------------------

    def dialog(self, records=None):
        records = self.request if records is None else records
        action = records.with_user(self.leader).action_choose_return()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_user(self.leader)

    def row(self, wizard, record):
        return wizard.line_ids.filtered(
            lambda row: row.line_id == self.line_of[record._name, record.id]
        )

    def test_dialog_ticks_what_is_unchanged(self):
        wizard = self.dialog()
        ticked = wizard.line_ids.filtered("goes_back").line_id
        self.assertEqual(
            ticked,
            self.line_of["crm.lead", self.same.id]
            | self.line_of["project.task", self.task.id],
        )
        self.assertEqual((wizard.back_count, wizard.stay_count), (2, 2))
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(self.same, self.anna)
        self.assertEqual(self.task.user_ids, self.anna)
        self.assertOwner(self.moved, self.chen)
        self.assertEqual(self.codes(self.request)[self.moved], "changed_since")
        self.assertEqual(self.request.state, "returned")

    def test_what_the_successor_had_already_goes_with_all_of_it(self):
        lead, other = self.make_lead(), self.make_lead()
        request = self.make_request("approved", lead | other)
        lead.user_id = self.bruno
        request.with_user(self.leader).action_run()
        wizard = self.dialog(request)
        self.assertCountEqual(
            wizard.line_ids.mapped("result_code"), ["already", "done"]
        )
        self.assertEqual(wizard.back_count, 2)
        wizard.action_return()
        self.env.invalidate_all()
        self.assertEqual(request.state, "returned")
        self.assertEqual(set(request.line_ids.mapped("state")), {"returned"})
        self.assertEqual(set(request.line_ids.mapped("outcome")), {"Given back"})

    def test_what_was_changed_is_taken_back_by_a_tick(self):
        wizard = self.dialog()
        self.row(wizard, self.moved).goes_back = True
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(self.moved, self.anna)
        self.assertEqual(self.codes(self.request)[self.moved], "done")
        event = self.request.event_ids.filtered(lambda e: e.code == "returning")
        self.assertEqual(event.data["taken_back"], 1)

    def test_what_was_left_is_taken_back_later(self):
        self.request.with_user(self.leader).action_return()
        self.assertEqual(self.request.state, "returned")
        self.env.invalidate_all()
        wizard = self.dialog()
        self.assertEqual(
            wizard.line_ids.line_id, self.line_of["crm.lead", self.moved.id]
        )
        wizard.line_ids.goes_back = True
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(self.moved, self.anna)
        self.assertEqual(self.request.state, "returned")

    def test_task_whose_assignee_was_replaced_is_taken_back(self):
        self.task.user_ids = self.chen | self.other
        wizard = self.dialog()
        self.row(wizard, self.task).goes_back = True
        wizard.action_return()
        self.env.invalidate_all()
        self.assertEqual(self.task.user_ids, self.anna)

    def test_task_whose_successor_got_help_keeps_the_helper(self):
        self.task.user_ids = self.bruno | self.other
        wizard = self.dialog()
        self.row(wizard, self.task).goes_back = True
        wizard.action_return()
        self.env.invalidate_all()
        self.assertEqual(self.task.user_ids, self.anna | self.other)

    def test_dialog_says_what_was_changed_and_by_whom(self):
        author = self.same.with_user(self.bruno)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            author.expected_revenue = 4711
            self.env.cr.flush()
        wizard = self.dialog()
        row = self.row(wizard, self.same)
        self.assertEqual((row.result_code, row.choice), ("done", "back"))
        self.assertIn("Changed since by Bruno: Expected Revenue.", row.message)

    def test_who_has_it_is_asked(self):
        wizard = self.dialog()
        self.row(wizard, self.moved).choice = "ask"
        self.row(wizard, self.same).choice = "ask"
        self.assertEqual((wizard.back_count, wizard.ask_count), (1, 2))
        wizard.reason = "She is back"
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(self.moved, self.chen)
        self.assertOwner(self.same, self.bruno)
        self.assertEqual(self.task.user_ids, self.anna)
        for lead, owner in ((self.moved, self.chen), (self.same, self.bruno)):
            todo = self.asked(owner)
            self.assertEqual(todo.summary, "Give it back to Anna?")
            self.assertIn("She is back", todo.note)
            self.assertIn(lead.name, todo.note)
        event = self.request.event_ids.filtered(lambda e: e.code == "return_asked")
        self.assertEqual(event.data["records"], 2)
        self.assertEqual(self.request.state, "transferred")
        # they say no: it is taken back all the same
        wizard = self.dialog()
        wizard.line_ids.filtered("can_go").choice = "back"
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(self.moved | self.same, self.anna)
        self.assertFalse(self.asked(self.chen | self.bruno))

    def asked(self, users):
        """The to-dos by which people are asked about records of theirs."""
        return self.env["mail.activity"].search(
            [("user_id", "in", users.ids), ("handover_asked_by_id", "!=", False)]
        )

    def ask(self, *leads):
        request = self.make_request("transferred", self.env["crm.lead"].concat(*leads))
        wizard = self.dialog(request)
        wizard.line_ids.choice = "ask"
        wizard.action_return()
        return request

    def test_each_is_asked_once_and_the_last_answer_ends_it(self):
        a, b, c = (self.make_lead(name=f"Deal {n}") for n in "ABC")
        mails = Domain("partner_ids", "in", self.bruno.partner_id.ids)
        count = self.env["mail.message"].search_count(mails)
        request = self.ask(a, b, c)
        todo = self.asked(self.bruno)
        self.assertEqual(todo.summary, "Give them back to Anna?")
        self.assertFalse(todo.res_model)
        for lead in (a, b, c):
            self.assertIn(f"res_id={lead.id}", todo.note)
            self.assertFalse(lead.activity_ids)
        # with the one of the handover itself
        self.assertEqual(self.env["mail.message"].search_count(mails), count + 2)
        self.assertFalse(todo.with_user(self.bruno)._check_access("read"))
        # asked already stays asked, and is not asked again
        wizard = self.dialog(request)
        self.assertEqual(set(wizard.line_ids.mapped("choice")), {"ask"})
        wizard.action_return()
        self.assertEqual(self.asked(self.bruno), todo)
        self.assertEqual(self.env["mail.message"].search_count(mails), count + 2)
        # given, given to somebody else, decided on, gone
        a.with_user(self.bruno).user_id = self.anna
        self.env.cr.flush()
        self.assertNotIn("Deal A", todo.note)
        self.assertIn("Deal B", todo.note)
        # to be given to somebody else now: they are told so, once
        rows = [(b, self.chen), (c, self.anna)]
        self.assertEqual(request._ask_about(self.bruno, "back", rows), 1)
        self.assertEqual(request._ask_about(self.bruno, "back", rows), 0)
        self.assertEqual(self.env["mail.message"].search_count(mails), count + 3)
        self.assertIn("Deal B</a> → Chen", todo.note)
        b.user_id = self.chen
        self.env.cr.flush()
        self.assertEqual(todo.summary, "Give it back to Anna?")
        # what nobody is asked about is followed by nobody
        with patch.object(type(request), "_mind_questions") as mind:
            self.make_lead().user_id = self.chen
            self.env.cr.flush()
        mind.assert_not_called()
        c.unlink()
        self.env.cr.flush()
        self.assertFalse(todo.exists())

    def test_what_is_decided_on_is_asked_no_more(self):
        lead, other = self.make_lead(name="Kept"), self.make_lead(name="Asked")
        request = self.ask(lead, other)
        wizard = self.dialog(request)
        wizard.line_ids.filtered(lambda row: row.res_name == "Kept").choice = "stay"
        wizard.action_return()
        self.assertNotIn("Kept", self.asked(self.bruno).note)
        # all of it goes back: nothing is left to ask
        request.with_user(self.leader).action_return()
        self.assertEqual(request.state, "returned")
        self.assertFalse(self.asked(self.bruno))

    def test_what_is_asked_with_a_return_outlives_it(self):
        lead, other = self.make_lead(name="Asked"), self.make_lead()
        request = self.make_request("transferred", lead | other)
        lead.user_id = self.chen
        wizard = self.dialog(request)
        wizard.line_ids.filtered(lambda row: row.res_name == "Asked").choice = "ask"
        wizard.action_return()
        self.assertEqual(request.state, "returned")
        todo = self.asked(self.chen)
        self.assertEqual(todo.summary, "Give it back to Anna?")
        # a to-do of a handover is nobody's open work, and no one else's to take
        self.assertEqual(self.Request.get_leftovers(self.chen.id)["activities"], 0)
        with self.assertRefused(AccessError):
            todo.with_user(self.other).unlink()
        with self.assertRefused(AccessError):
            todo.with_user(self.chen).handover_asked_by_id = False
        # no is an answer
        todo.with_user(self.chen).action_done()
        self.assertFalse(self.asked(self.chen))
        self.assertOwner(lead, self.chen)

    def test_what_is_not_ticked_stays_handed_over(self):
        wizard = self.dialog()
        self.row(wizard, self.same).goes_back = False
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(self.same, self.bruno)
        self.assertEqual(self.codes(self.request)[self.same], "done")
        self.assertEqual(self.request.state, "transferred")

    def test_successor_who_is_not_ticked_keeps_all(self):
        wizard = self.dialog()
        wizard.successor_ids = False
        self.assertEqual((wizard.back_count, wizard.stay_count), (0, 4))
        with self.assertRefused(UserError, "nothing to give back"):
            wizard.action_return()
        self.assertOwner(self.same, self.bruno)

    def test_more_than_are_listed_go_back_too(self):
        path = "odoo.addons.crm_handover.wizard.handover_request_return.LISTED"
        with patch(path, 2):
            wizard = self.dialog()
        self.assertEqual(len(wizard.line_ids), 2)
        self.assertEqual(
            set(wizard.line_ids.mapped("result_code")), {"changed_since", "missing"}
        )
        self.assertEqual((wizard.back_count, wizard.unlisted_count), (2, 2))
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(self.same, self.anna)
        self.assertOwner(self.moved, self.chen)

    def test_dialog_is_for_who_may_give_back(self):
        for user in (self.anna, self.bruno):
            with self.assertRefused(AccessError):
                self.request.with_user(user).action_choose_return()
            with self.assertRefused(AccessError):
                self.request.line_ids.with_user(user).action_choose_return()
        wizard = self.dialog(self.line_of["crm.lead", self.same.id])
        self.assertEqual(len(wizard.line_ids), 1)
        with self.assertRefused(AccessError):
            wizard.with_user(self.bruno).action_return()

    def test_lines_of_another_handover_are_not_given_back(self):
        lead = self.make_lead()
        strange = self.make_request("transferred", lead).line_ids
        wizard = self.dialog()
        wizard.line_ids[-1].line_id = strange
        wizard.unlisted = {str(self.bruno.id): strange.ids}
        wizard.action_return()
        self.env.invalidate_all()
        self.assertOwner(lead, self.bruno)


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
