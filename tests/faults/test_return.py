"""There and back again: ten thousand records, and what gets in the way."""

from odoo import Command

from ..common import HandoverCommon
from .common import FaultCase

LEADS, TASKS, CUSTOMERS = 8500, 1000, 500
MEETINGS = 30

# what must be as in the beginning, row by row
ROWS = {
    "leads": """SELECT id, user_id, team_id, date_open, company_id, active, stage_id,
        probability, expected_revenue FROM crm_lead""",
    "customers": "SELECT id, user_id, company_id, active FROM res_partner",
    "assignees": "SELECT task_id, user_id FROM project_task_user_rel",
    "to-dos": "SELECT id, user_id, res_model, res_id FROM mail_activity",
    "meetings": "SELECT id, user_id, start, opportunity_id FROM calendar_event",
    "attendees": "SELECT event_id, partner_id FROM calendar_attendee",
    "guests": """SELECT calendar_event_id, res_partner_id
        FROM calendar_event_res_partner_rel""",
    "followers": """SELECT f.res_model, f.res_id, f.partner_id,
            string_agg(s.mail_message_subtype_id::text, ' '
                ORDER BY s.mail_message_subtype_id)
        FROM mail_followers f LEFT JOIN mail_followers_mail_message_subtype_rel s
            ON s.mail_followers_id = f.id
        WHERE f.res_model IN ('crm.lead', 'project.task', 'res.partner')
        GROUP BY 1, 2, 3""",
}


class TestThousandsReturned(FaultCase):
    OPTIONS = ("--max-cron-threads", "2")

    def rows(self):
        return {name: set(self.db.query(query)) for name, query in ROWS.items()}

    def make_work(self):
        """Ten thousand records with what hangs on them; answer the ids of each kind."""
        anna, bruno, chen = (self.ids[name] for name in ("anna", "bruno", "chen"))
        partner = dict(self.db.query("SELECT id, partner_id FROM res_users"))
        leads = self.make_leads(
            LEADS, date_open="timestamp '2020-01-01' + n * interval '1 minute'"
        )
        project = self.rpc("project.project", "create", {"name": "Big"})
        task = self.rpc("project.task", "create", {"name": "T", "project_id": project})
        self.db.query("DELETE FROM project_task_user_rel WHERE task_id = %s", task)
        tasks = self.multiply("project_task", task, TASKS, name="'Task ' || n")
        # each fifth was the successor's as well, each third somebody else's as well
        for user, step in ((anna, 1), (bruno, 5), (chen, 3)):
            self.db.query(
                "INSERT INTO project_task_user_rel (task_id, user_id)"
                " SELECT unnest(%s), %s",
                tasks[::step],
                user,
            )
        values = {"name": "C", "user_id": anna}
        customer = self.rpc("res.partner", "create", values)
        customers = self.multiply(
            "res_partner",
            customer,
            CUSTOMERS,
            name="'Customer ' || n",
            complete_name="'Customer ' || n",
        )
        self.db.query(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)",
            customers,
        )
        todo = self.rpc("crm.lead", "activity_schedule", leads[:1], user_id=anna)[0]
        self.multiply(
            "mail_activity", todo, LEADS // 10, res_id=f"(ARRAY{leads[1::10]})[n]"
        )
        meetings = [
            {
                "name": f"Visit {number}",
                "user_id": anna,
                "opportunity_id": leads[number],
                "start": "2190-01-01 10:00:00",
                "stop": "2190-01-01 11:00:00",
                "partner_ids": [(6, 0, [partner[anna if number % 2 else chen]])],
            }
            for number in range(MEETINGS)
        ]
        self.rpc("calendar.event", "create", meetings)
        self.follow("crm.lead", leads[::2], partner[anna])
        self.follow("crm.lead", leads[::7], partner[bruno])
        self.follow("project.task", tasks[::2], partner[anna])
        return leads, tasks, customers

    def follow(self, model, ids, partner):
        """Some follow everything, and some a single kind of message."""
        subtypes = self.db.column("SELECT id FROM mail_message_subtype ORDER BY id")
        self.db.query(
            """WITH follower AS (
                INSERT INTO mail_followers (res_model, res_id, partner_id)
                SELECT %s, unnest(%s), %s ON CONFLICT DO NOTHING RETURNING id)
            INSERT INTO mail_followers_mail_message_subtype_rel
                (mail_followers_id, mail_message_subtype_id)
            SELECT id, subtype FROM follower, unnest(%s) AS subtype
            WHERE subtype = %s OR id %% 3 = 0""",
            model,
            ids,
            partner,
            subtypes[:3],
            subtypes[0],
        )

    def rpc(self, model, method, *arguments, **options):
        return self.server.call("admin", model, method, *arguments, **options)

    def make_changes(self, leads, tasks):
        """Somebody takes one in a hundred away in between; answer which ones.

        Odoo's mail to each new owner is left out: it takes longer than the way there.
        """
        taken, reassigned = leads[50::100], tasks[50::100]
        quiet = {"context": {"mail_auto_subscribe_no_notify": True}}
        self.server.call(
            "lee", "crm.lead", "write", taken, {"user_id": self.ids["chen"]}, **quiet
        )
        self.server.call(
            "lee",
            "project.task",
            "write",
            reassigned,
            {"user_ids": [(3, self.ids["bruno"]), (4, self.ids["lee"])]},
            **quiet,
        )
        return taken, reassigned

    def test_ten_thousand_go_there_and_back_but_for_what_changed(self):
        leads, tasks, customers = self.make_work()
        request = self.make_request(leads, "draft")
        for model, ids in (("project.task", tasks), ("res.partner", customers)):
            self.server.call(
                "anna", "handover.request", "add_records", [request], model, ids
            )
        self.server.call("anna", "handover.request", "action_submit", [request])
        before = self.rows()
        total = LEADS + TASKS + CUSTOMERS
        self.approve(request)
        self.wait_for_state(request, "transferred")
        self.assertEqual(self.outcomes(request), {("done", "done"): total})
        self.assertEqual(self.owners(leads), {"bruno": LEADS})
        taken, reassigned = self.make_changes(leads, tasks)
        changed = len(taken) + len(reassigned)
        self.server.call(
            "boss", "handover.request", "action_return", [request], "She is back"
        )
        self.wait_for_state(request, "returned")
        self.assertEqual(
            self.outcomes(request),
            {("returned", "done"): total - changed, ("done", "changed_since"): changed},
        )
        self.assertUnchanged(before, taken, reassigned)
        self.assertListed(request, taken + reassigned)
        self.assertEvents(
            request,
            *("submitted", "approved", "running", "transferred"),
            *("returning", "returned"),
        )
        data = self.event_data(request, "returned")
        counts = {"returned": total - changed, "changed": changed, "failed": 0}
        self.assertRegex(data.pop("outcome"), "^[0-9a-f]{64}$")
        self.assertTrue(data.pop("form"), "nobody could verify it later")
        self.assertEqual(data, counts)

    def assertUnchanged(self, before, taken, reassigned):
        """All is as in the beginning, row by row, but for these leads and tasks."""
        but = {
            "leads": (0, set(taken)),
            "assignees": (0, set(reassigned)),
            "to-dos": (3, set(taken)),
            "followers": (1, set(taken) | set(reassigned)),
        }
        for name, rows in self.rows().items():
            column, changed = but.get(name, (0, set()))
            differences = {
                row for row in rows ^ before[name] if row[column] not in changed
            }
            self.assertFalse(sorted(differences, key=repr)[:10], name)
        self.assertEqual(self.owners(taken), {"chen": len(taken)})

    def assertListed(self, request, changed):
        """What was not returned says who has changed it, and when."""
        rows = self.db.query(
            "SELECT res_id, result_message FROM handover_request_line"
            " WHERE request_id = %s AND result_code = 'changed_since'",
            request,
        )
        self.assertEqual({row[0] for row in rows}, set(changed))
        today = self.db.value("SELECT to_char(now() AT TIME ZONE 'UTC', 'Mon FMDD')")
        for _record, message in rows:
            self.assertIn("changed by Lee", message)
            self.assertIn(today, message)


class TestReturnInTrouble(HandoverCommon):
    """Small ways back, each with something in its way."""

    def give_back(self, request):
        request.with_user(self.leader).action_return("Came back")
        self.env.invalidate_all()

    def test_what_failed_to_go_back_goes_back_with_a_retry(self):
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        self.anna.active = False
        self.give_back(request)
        self.assertOwner(lead, self.bruno)
        self.assertEqual(self.codes(request), {lead: "successor_no_access"})
        self.assertIn("Anna", request.line_ids.result_message)
        self.anna.active = True
        request.with_user(self.leader).action_retry()
        self.env.invalidate_all()
        self.assertOwner(lead, self.anna)
        self.assertEqual(request.line_ids.state, "returned")
        self.assertEqual(request.state, "returned")

    def test_the_rest_goes_back_when_one_is_in_trouble(self):
        own, refused = self.make_lead(), self.make_lead(name="Refused")
        request = self.make_request("transferred", own | refused)
        self.env.cr.execute(
            """CREATE FUNCTION fault_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
            CREATE TRIGGER fault_refuse BEFORE UPDATE OF user_id ON crm_lead
            FOR EACH ROW WHEN (NEW.name = 'Refused') EXECUTE FUNCTION fault_refuse()"""
        )
        self.give_back(request)
        self.assertOwner(own, self.anna)
        self.assertOwner(refused, self.bruno)
        self.assertEqual(self.codes(request)[refused], "rejected")
        self.env.cr.execute("DROP FUNCTION fault_refuse CASCADE")
        request.with_user(self.leader).action_retry()
        self.env.invalidate_all()
        self.assertOwner(refused, self.anna)
        self.assertEqual(request.state, "returned")

    def test_a_to_do_that_went_on_to_somebody_else_stays_there(self):
        lead = self.make_lead()
        kept, passed_on = self.make_todo(lead), self.make_todo(lead)
        request = self.make_request("transferred", lead)
        passed_on.user_id = self.chen
        self.give_back(request)
        self.assertEqual((kept.user_id, passed_on.user_id), (self.anna, self.chen))

    def test_a_finished_to_do_is_no_obstacle(self):
        lead = self.make_lead()
        todo = self.make_todo(lead)
        request = self.make_request("transferred", lead)
        todo.with_user(self.bruno).action_feedback()
        self.give_back(request)
        self.assertOwner(lead, self.anna)

    def test_followers_get_back_what_they_followed(self):
        lead = self.make_lead()
        note = self.env.ref("mail.mt_note")
        lead.message_subscribe(self.anna.partner_id.ids, subtype_ids=note.ids)
        request = self.make_request("transferred", lead)
        self.assertNotIn(self.anna.partner_id, lead.message_partner_ids)
        self.give_back(request)
        follower = lead.message_follower_ids.filtered(
            lambda f: f.partner_id == self.anna.partner_id
        )
        self.assertEqual(follower.subtype_ids, note)
        self.assertNotIn(self.bruno.partner_id, lead.message_partner_ids)

    def test_an_organiser_who_did_not_attend_does_not_attend_afterwards(self):
        lead = self.make_lead()
        guests = [Command.set(self.chen.partner_id.ids)]
        meeting = self.make_meeting(lead, partner_ids=guests)
        request = self.make_request("transferred", lead)
        self.assertEqual(meeting.user_id, self.bruno)
        self.give_back(request)
        self.assertEqual(meeting.user_id, self.anna)
        self.assertEqual(meeting.partner_ids, self.chen.partner_id)

    def test_a_meeting_that_went_on_to_somebody_else_stays_there(self):
        lead = self.make_lead()
        meeting = self.make_meeting(lead)
        request = self.make_request("transferred", lead)
        meeting.user_id = self.chen
        self.give_back(request)
        self.assertEqual(meeting.user_id, self.chen)

    def test_an_assignee_who_joined_since_is_listed_with_who_added_them(self):
        task = self.make_task(self.anna, self.other)
        request = self.make_request("transferred", task)
        task.with_user(self.approver).sudo().user_ids = [Command.link(self.chen.id)]
        self.env.cr.flush()
        self.give_back(request)
        self.assertEqual(task.user_ids, self.bruno | self.other | self.chen)
        self.assertEqual(self.codes(request), {task: "changed_since"})

    def test_who_took_a_record_is_named_and_not_who_wrote_it_last(self):
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        lead.with_user(self.approver).user_id = self.chen
        self.env.cr.flush()
        # a later transaction, in which somebody else corrects the text
        self.env.cr.execute(
            "UPDATE crm_lead SET write_uid = %s, write_date = write_date"
            " + interval '1 hour' WHERE id = %s",
            (self.other.id, lead.id),
        )
        lead.invalidate_recordset()
        self.give_back(request)
        self.assertIn("Approver", request.line_ids.result_message)
        self.assertNotIn("Other", request.line_ids.result_message)
