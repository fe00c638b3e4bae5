"""What people still have: told to who may know it, and asked again each time."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.evidence import verify
from odoo.addons.crm_handover.evidence.verify import check as check_export

from ..common import IN_NO_WAY_CONCERNED, HandoverCommon

NOTHING = {
    "records": {},
    "activities": 0,
    "activities_elsewhere": 0,
    "meetings": 0,
    "handovers": 0,
}


class LeftoversCase(HandoverCommon):
    def left(self, user, person=None):
        person = person or self.anna
        return self.Request.with_user(user).get_leftovers(person.id)

    def findings(self, request, user, code="left_behind"):
        request.invalidate_recordset()
        found = request.with_user(user).preflight()["findings"]
        return {f["res_model"]: f for f in found if f["code"] == code}

    def texts(self, request, user, code="left_behind"):
        return {f["message"] for f in self.findings(request, user, code).values()}

    def make_scattered(self):
        """To-dos of Anna on a colleague's deal, a won deal, a contact without owner."""
        won = self.make_lead(name="Won")
        won.action_set_won()
        nobody = self.make("res.partner", name="Nobody's")
        records = (self.make_lead(self.chen), won, nobody)
        return [self.make_todo(record, self.anna) for record in records]

    def open_list(self, request, user, model, **kwargs):
        action = request.with_user(user).action_view_left_behind(model, **kwargs)
        self.assertEqual(action["res_model"], model)
        return self.env[model].sudo().search(action["domain"])


class TestGetLeftovers(LeftoversCase):
    def test_person_learns_what_they_have(self):
        lead = self.make_lead()
        self.make_lead(active=False)
        self.make_task()
        self.make_todo(lead)
        self.make_scattered()
        self.make_meeting(lead)
        self.make_meeting(lead, days=-3)
        left = self.left(self.anna)
        self.assertEqual(left["records"], {"crm.lead": 1, "project.task": 1})
        # the to-do that a coming meeting brings is that meeting; of a past one, a to-do
        self.assertEqual((left["activities"], left["activities_elsewhere"]), (2, 3))
        self.assertEqual((left["meetings"], left["handovers"]), (1, 0))
        # private ones are theirs to know
        self.make_meeting(lead, privacy="private")
        self.anna.with_user(self.anna).calendar_default_privacy = "private"
        self.make_meeting(lead, privacy="public")
        self.assertEqual(self.left(self.anna)["meetings"], 3)
        for user in (self.leader, self.approver, self.manager):
            self.assertEqual(self.left(user)["meetings"], 1)

    def test_handovers_that_wait_for_somebody_are_counted(self):
        self.assertEqual(self.left(self.leader, self.leader)["handovers"], 0)
        request = self.make_request("submitted")
        self.assertEqual(self.left(self.leader, self.leader)["handovers"], 1)
        request.with_user(self.approver).action_approve()
        self.assertEqual(self.left(self.leader, self.leader)["handovers"], 0)
        self.assertEqual(self.left(self.bruno, self.bruno)["handovers"], 1)
        for user in (self.bruno, self.anna):
            request.with_user(user).action_confirm()
        self.assertEqual(self.left(self.bruno, self.bruno)["handovers"], 0)
        self.assertEqual(self.left(self.anna)["handovers"], 0)

    def test_what_comes_back_is_counted(self):
        end = fields.Datetime.now() + timedelta(days=9)
        self.make_request("done", kind="temporary", date_return=end)
        self.assertEqual(self.left(self.anna)["handovers"], 1)

    def test_follows_are_counted_but_those_of_handovers(self):
        before = self.left(self.anna)["follows"]
        lead = self.make_lead(self.chen)
        request = self.make_request("submitted", self.make_lead(self.anna))
        known = self.left(self.anna)["follows"]
        lead.message_subscribe(self.anna.partner_id.ids)
        request.message_subscribe(self.anna.partner_id.ids)
        # she does not read her colleague's deals: the manager of sales does
        self.assertEqual(self.left(self.anna)["follows"], known)
        self.assertEqual(self.left(self.approver)["follows"], known + 1 - before)

    def test_only_figures_of_what_the_caller_may_read(self):
        self.make_lead()
        self.make_task()
        records = self.left(self.approver)["records"]
        self.assertEqual(records, {"crm.lead": 1, "project.task": 1})
        self.assertEqual(self.left(self.leader)["records"], {"project.task": 1})

    def test_of_who_has_left_as_well(self):
        lead = self.make_lead()
        self.make_todo(lead)
        self.anna.active = False
        left = self.left(self.manager_of_sales())
        self.assertEqual((left["records"], left["activities"]), ({"crm.lead": 1}, 1))

    def manager_of_sales(self):
        groups = "sales_team.group_sale_manager,crm_handover.group_handover_manager"
        return self.make_user("head", groups)

    def test_strangers_are_refused(self):
        users = [getattr(self, login) for login in IN_NO_WAY_CONCERNED]
        for user in (*users, self.bruno, self.foreigner):
            with self.assertRefused(AccessError):
                self.left(user)
        for user in (self.anna, self.leader, self.approver, self.manager, self.admin):
            self.assertIsInstance(self.left(user)["records"], dict)

    def test_whoever_has_moved_to_another_company_left_work_here(self):
        self.make_lead()
        self.anna.write(
            {
                "company_id": self.abroad.id,
                "company_ids": [Command.set(self.abroad.ids)],
            }
        )
        self.assertEqual(self.left(self.approver)["records"], {"crm.lead": 1})

    def test_wrong_arguments_are_named(self):
        for wrong in (0, -1, 2**31 - 7, 2**40, "1", False, None, True, [1], {}, 1.5):
            # by its type, or as nobody's
            with self.assertRefused(UserError, "the id of (one record|an employee)"):
                self.Request.with_user(self.manager).get_leftovers(wrong)
        with self.assertRefused(UserError, "the id of an employee"):
            self.left(self.manager, self.portal)

    def test_ten_times_the_records_take_no_more_queries(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.left(self.anna)
            return self.env.cr.sql_log_count - before

        for _n in range(3):
            self.make_todo(self.make_lead())
        self.left(self.anna)
        few = queries()
        for _n in range(30):
            self.make_todo(self.make_lead())
        self.assertLessEqual(queries(), few)


class TestLeftBehind(LeftoversCase):
    def collected(self, by=None, **values):
        request = self.make_request(records=self.env["crm.lead"], by=by, **values)
        request.with_user(by or self.anna).action_collect()
        return request

    def test_leaver_is_told_what_stays_until_the_last_signature(self):
        lead = self.make_lead()
        moves = self.make_todo(lead)
        scattered = self.make_scattered()
        request = self.collected()
        texts = self.texts(request, self.anna)
        self.assertEqual(texts, {"To-dos of Anna that stay behind: 3."})
        shown = self.open_list(request, self.anna, "mail.activity")
        self.assertEqual(set(shown), set(scattered))

        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(moves.user_id, self.bruno)
        self.assertIn("left_behind", request.event_ids.mapped("code"))
        [attention] = request._todos("crm_handover.mail_activity_type_attention")
        self.assertIn("Anna still has work", attention.note)
        step = request.with_user(self.anna).next_step["text"]
        self.assertIn("Anna still has work", step)
        [part] = request.with_user(self.anna).left_behind["parts"]
        self.assertEqual((part["res_model"], part["count"]), ("mail.activity", 3))
        # by name, those that the reader may read
        self.assertEqual(part["names"], ["Call"] * 3)

        request.with_user(self.anna).action_confirm()
        signed = request.event_ids.filtered(lambda event: event.code == "signed")
        self.assertTrue(signed.data["left"])
        for todo in scattered:
            todo.user_id = self.chen
        request.invalidate_recordset()
        self.assertFalse(request.with_user(self.leader).left_behind)
        request.with_user(self.bruno).action_confirm()
        last = request.event_ids.filtered(lambda event: event.code == "signed")[-1]
        self.assertNotIn("left", last.data)
        self.assertFalse(request.leaves_work)

    def test_it_is_told_after_the_last_signature_while_it_is_so(self):
        self.make_lead()
        scattered = self.make_scattered()
        request = self.collected()
        self.bring(request.with_user(self.anna), "done")
        told = request.with_user(self.leader).left_behind
        self.assertEqual(told["parts"][0]["count"], 3)
        for todo in scattered:
            todo.user_id = self.chen
        request.invalidate_recordset()
        self.assertFalse(request.with_user(self.leader).left_behind)

    def test_people_of_the_house_are_no_customers(self):
        customer = self.make_customer()
        ours = self.anna.partner_id | self.chen.partner_id
        ours.user_id = self.anna
        self.assertEqual(self.left(self.anna)["records"], {"res.partner": 1})
        request = self.collected()
        self.assertEqual(set(self.codes(request)), {customer})
        self.assertFalse(self.findings(request, self.anna))
        wizard = self.env["handover.request.prepare"].with_user(self.anna).create({})
        staying = {row["why"]: row["count"] for row in wizard.portfolio["staying"]}
        self.assertEqual(staying["your own people, no customers"], 2)

    def test_nothing_left_is_no_word(self):
        lead = self.make_lead()
        self.make_todo(lead)
        self.make_meeting(lead)
        request = self.collected()
        self.assertFalse(self.findings(request, self.anna))
        self.bring(request.with_user(self.anna), "done")
        self.assertNotIn("left_behind", request.event_ids.mapped("code"))
        self.assertFalse(request._todos("crm_handover.mail_activity_type_attention"))
        self.assertEqual(
            self.left(self.anna) | {"follows": 0}, NOTHING | {"follows": 0}
        )

    def test_approver_sees_it_and_the_approval_says_so(self):
        self.make_lead()
        self.make_scattered()
        request = self.collected()
        request.with_user(self.anna).action_submit()
        self.assertTrue(self.findings(request, self.approver))
        [todo] = request._todos("crm_handover.mail_activity_type_approval")
        self.assertIn("Anna still has work", todo.note)
        self.assertNotIn("3", todo.note)
        request.with_user(self.approver).action_approve()
        approved = request.event_ids.filtered(lambda event: event.code == "approved")
        self.assertTrue(approved.data["left"])

    def test_successor_learns_that_and_not_what(self):
        self.make_lead()
        self.make_scattered()
        request = self.collected()
        self.assertFalse(self.findings(request, self.bruno))
        self.bring(request.with_user(self.anna), "transferred")
        left = request.with_user(self.bruno).left_behind
        self.assertEqual(left["parts"], [])
        self.assertIn("still has work", left["text"])
        for user in (self.bruno, self.other):
            with self.assertRefused(AccessError):
                request.with_user(user).action_view_left_behind("mail.activity")

    def test_records_and_meetings_elsewhere_are_told(self):
        lead = self.make_lead()
        self.make_meeting(lead)
        self.make_meeting(self.make_lead(self.chen), self.anna)
        self.make_meeting(self.make_lead(self.chen), self.anna, privacy="private")
        self.make_task(project_id=False)
        self.anna.company_ids |= self.abroad
        there = self.make_lead(company_id=self.abroad.id, team_id=False)
        request = self.collected()
        self.assertEqual(
            self.texts(request, self.anna),
            {
                "Leads and Opportunities of Anna that stay behind: 1.",
                "Meetings of Anna that stay behind: 1.",
            },
        )
        self.assertEqual(self.open_list(request, self.anna, "crm.lead"), there)

    def test_what_another_handover_takes_along_is_not_left(self):
        lead, other = self.make_lead(), self.make_lead()
        self.make_todo(other)
        request = self.make_request(records=lead)
        model = "mail.activity"
        self.assertIn(model, self.findings(request, self.anna))
        second = self.make_request(records=other)
        self.assertFalse(self.findings(request, self.anna))
        second.with_user(self.anna).action_cancel()
        self.assertIn(model, self.findings(request, self.anna))

    def test_to_dos_that_are_not_to_move_are_left(self):
        lead = self.make_lead()
        self.make_todo(lead)
        request = self.collected(move_activities=False)
        self.assertIn("mail.activity", self.findings(request, self.anna))

    def test_who_gives_a_part_is_not_alarmed(self):
        lead, _kept = self.make_lead(), self.make_lead()
        request = self.make_request("transferred", lead)
        self.assertFalse(request.leaves_work)
        self.assertFalse(request.with_user(self.anna).left_behind)
        self.assertFalse(request._todos("crm_handover.mail_activity_type_attention"))
        draft = self.make_request(records=self.make_lead())
        finding = self.findings(draft, self.anna)["crm.lead"]
        self.assertEqual(finding["severity"], "info")

    def test_handovers_that_wait_for_the_leaver_are_told(self):
        self.make_lead()
        waiting = self.make_request(
            "submitted", self.make_lead(self.chen), by=self.leader,
            predecessor_id=self.chen.id, coordinator_id=self.anna.id,
        )  # fmt: skip
        request = self.collected()
        found = self.findings(request, self.anna)
        self.assertEqual(list(found), ["handover.request"])
        shown = self.open_list(request, self.anna, "handover.request")
        self.assertEqual(shown, waiting)

    def test_what_a_team_has_handed_over_is_not_left(self):
        outside = self.make_user("outside", "sales_team.group_sale_salesman")
        leads = self.make_lead() | self.make_lead(self.chen)
        request = self.make_request(
            records=self.env["crm.lead"], by=self.leader, predecessor_id=False,
            source_team_id=self.team.id, successor_id=outside.id,
        )  # fmt: skip
        request.with_user(self.leader).action_collect()
        self.bring(request.with_user(self.leader), "transferred")
        self.assertOwner(leads, outside)
        self.assertEqual(leads.team_id, self.team)
        self.assertFalse(request.leaves_work)
        self.assertFalse(request.with_user(self.leader).left_behind)

    def test_to_dos_on_what_was_closed_since_are_told(self):
        won, lead = self.make_lead(), self.make_lead()
        self.make_todo(won)
        self.make_todo(lead)
        request = self.collected()
        self.assertFalse(self.findings(request, self.anna))
        won.action_set_won()
        self.assertEqual(
            self.texts(request, self.anna), {"To-dos of Anna that stay behind: 1."}
        )

    def test_two_handovers_of_one_person_are_no_work_left_for_each_other(self):
        requests = self.Request.union(
            *(self.make_request("transferred", self.make_lead()) for _ in range(2))
        )
        for request in requests:
            self.assertFalse(request.with_user(self.anna).left_behind)
        self.assertEqual(
            self.Request.with_user(self.anna).get_leftovers(self.anna.id)["handovers"],
            2,
        )

    def test_members_of_a_team_keep_to_dos_elsewhere(self):
        self.make_lead()
        self.make_scattered()
        request = self.collected(
            by=self.leader, predecessor_id=False, source_team_id=self.team.id,
            successor_id=self.other.id,
        )  # fmt: skip
        self.assertEqual(
            self.texts(request, self.leader),
            {"To-dos of Home Team that stay behind: 3."},
        )

    def test_only_what_the_giver_has_any_of_is_worked_out(self):
        request = self.make_request()
        asked = []
        work_out = type(request)._left_records

        def seen(request, kind):
            asked.append(kind.model)
            return work_out(request, kind)

        with patch.object(type(request), "_left_records", seen):
            left = request.sudo()._left()
            self.assertEqual(asked, ["crm.lead"])
            self.assertFalse(request._is_anything(left))
            # what is there is found, of whatever kind
            self.make_customer()
            left = request.sudo()._left()
            self.assertEqual({*asked}, {"crm.lead", "res.partner"})
            self.assertTrue(request._is_anything(left))
        kinds = {kind.model for kind in self.env["handover.scope"]._in_use()}
        self.assertLess(kinds, left.keys())

    def test_wrong_lists_are_named(self):
        request = self.make_request()
        for wrong in ("res.users", "x", False, 5, ["crm.lead"]):
            with self.assertRefused(UserError, "Name the model|give a text"):
                request.with_user(self.anna).action_view_left_behind(wrong)


class TestCameSince(LeftoversCase):
    def setUp(self):
        super().setUp()
        self.first, self.taken_off = self.make_lead(), self.make_lead(name="Hers")
        self.request = self.make_request(records=self.env["crm.lead"])
        self.mine = self.request.with_user(self.anna)
        self.mine.action_collect()
        lines = self.mine.line_ids
        lines.filtered(lambda line: line.res_id == self.taken_off.id).unlink()

    def late(self, user=None):
        return self.findings(self.request, user or self.anna, "came_since")

    def test_what_was_there_did_not_come_since(self):
        self.assertFalse(self.late())
        self.assertIn("crm.lead", self.findings(self.request, self.anna))

    def test_new_and_newly_assigned_records_are_told_and_added(self):
        new, given = self.make_lead(), self.make_lead(self.chen)
        given.user_id = self.anna
        finding = self.late()["crm.lead"]
        self.assertIn("after collecting: 2", finding["message"])
        self.assertEqual(finding["severity"], "warning")
        shown = self.open_list(self.request, self.anna, "crm.lead", came_since=True)
        self.assertEqual(shown, new | given)
        self.assertIs(self.mine.action_add_late_records(), True)
        ids = self.mine.line_ids.mapped("res_id")
        self.assertEqual(set(ids), {self.first.id, new.id, given.id})
        self.assertFalse(self.late())

    def test_what_is_on_a_handover_did_not_come_since(self):
        self.make_request(records=self.make_lead())
        self.assertFalse(self.late())

    def test_asked_again_until_it_runs_and_left_then(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.mine.date_planned = tomorrow
        self.mine.action_submit()
        new = self.make_lead()
        self.assertIn("crm.lead", self.late(self.approver))
        with self.assertRefused(UserError, "no draft"):
            self.mine.action_add_late_records()
        self.request.with_user(self.approver).action_approve()
        # who looks after it is asked, once
        reminder = self.env.ref("crm_handover.ir_cron_handover_request_remind")
        for told in (1, 0):
            with self.enter_registry_test_mode():
                reminder.method_direct_trigger()
            todos = self.request._todos("crm_handover.mail_activity_type_attention")
            self.assertEqual(len(todos), told)
            self.assertEqual(str(todos.note).count("came to Anna after"), told)
            todos.action_feedback()
        # nor is anybody asked any more once it is settled; what comes then is new
        again = self.request._trusting()
        again.attention_told = False
        for owner, told in ((self.anna, 1), (self.chen, 0), (self.anna, 1)):
            new.user_id = owner
            again._mind_late()
            todos = self.request._todos("crm_handover.mail_activity_type_attention")
            self.assertEqual(len(todos), told)
        self.request.with_user(self.approver).action_run()
        self.assertOwner(new, self.anna)
        self.assertFalse(self.late())
        left = self.request.with_user(self.anna).left_behind
        self.assertEqual([part["count"] for part in left["parts"]], [2])
        # and it is told apart from what was taken off; not to who may not know it
        self.assertIn("after collecting: 1.", left["text"])
        left = self.request.with_user(self.bruno).left_behind
        self.assertNotIn("after collecting", left["text"])

    def test_each_goes_to_who_has_its_customer_and_the_rest_is_asked(self):
        theirs, others = self.make_customer(), self.make_customer()
        self.mine.action_collect()
        self.mine.write({"late_records": "along", "successor_id": False})
        for line in self.mine.line_ids:
            taker = self.chen if line.res_id == theirs.id else self.bruno
            line.successor_id = taker
        self.mine.action_submit()
        contact = self.make_customer(parent_id=others.id, user_id=False)
        chens = self.make_lead(partner_id=theirs.id)
        brunos = self.make_lead(partner_id=contact.id)
        nobodys = self.make_lead()
        found = self.request.with_user(self.approver).preflight()["findings"]
        found = [one for one in found if one["code"] == "came_since"]
        told = [(one["severity"], one["message"][-2:]) for one in found]
        self.assertEqual(told, [("warning", "1."), ("info", "2.")])
        self.assertIn("not clear who takes them", found[0]["fix"])
        self.request.with_user(self.approver).action_approve()
        self.assertOwner(chens, self.chen)
        self.assertOwner(brunos, self.bruno)
        self.assertOwner(nobodys, self.anna)
        event = self.request.event_ids.filtered(lambda e: e.code == "came_along")
        self.assertEqual(event.data["records"], 2)
        self.assertTrue(self.request.with_user(self.manager).verify()["ok"])

    def test_what_belongs_to_its_taker_as_well_goes_like_what_was_collected(self):
        customer = self.make_customer()
        self.make_task(partner_id=customer.id)
        self.mine.action_collect()
        self.mine.write({"late_records": "along"})
        self.mine.action_submit()
        task = self.make_task(self.anna, self.bruno, partner_id=customer.id)
        finding = self.late(self.approver)["project.task"]
        self.assertEqual((finding["severity"], finding["message"][-2:]), ("info", "1."))
        self.request.with_user(self.approver).action_approve()
        self.assertEqual(task.user_ids, self.bruno)
        self.assertEqual(set(self.request.line_ids.mapped("state")), {"done"})

    def test_they_go_along_where_that_was_approved(self):
        self.mine.late_records = "along"
        self.mine.action_submit()
        new = self.make_lead()
        self.make_customer()  # collected as well, though there was none
        task = self.make_task(self.chen)
        finding = self.late(self.approver)["crm.lead"]
        self.assertEqual(finding["severity"], "info")
        self.assertIn("go along when it runs", finding["fix"])
        [todo] = self.request._todos("crm_handover.mail_activity_type_approval")
        self.assertIn("come after collecting go along", todo.note)
        self.request.with_user(self.approver).action_approve()
        self.env.invalidate_all()
        self.assertEqual(self.request.state, "transferred")
        self.assertOwner(self.first | new, self.bruno)
        self.assertOwner(self.taken_off, self.anna)
        self.assertEqual(task.user_ids, self.chen)
        event = self.request.event_ids.filtered(lambda e: e.code == "came_along")
        self.assertEqual(event.data["records"], 2)
        verification = self.request.with_user(self.manager).verify()
        self.assertTrue(verification["ok"], verification)
        export = self.request.with_user(self.manager).export_evidence()
        self.assertEqual([text for fine, text in check_export(export) if not fine], [])

    def test_they_go_along_where_the_successor_has_to_accept(self):
        """Who accepted what was approved accepted that they do; nobody else has."""
        self.company.handover_acceptance = "needed"
        self.mine.late_records = "along"
        self.mine.action_submit()
        self.request.with_user(self.approver).action_approve()
        new = self.make_lead()
        self.assertEqual(self.request.state, "approved")
        # who has not answered yet may still accept
        self.assertEqual(self.late()["crm.lead"]["severity"], "info")
        self.assertFalse(self.request._late_trouble())
        self.request.line_ids.with_user(self.bruno).action_accept()
        self.run_cron()
        self.assertEqual(self.request.state, "transferred")
        self.assertOwner(self.first | new, self.bruno)
        manager = self.request.with_user(self.manager)
        self.assertEqual(manager.verify()["problems"], [])

    def test_customers_of_who_declined_bring_them_nothing(self):
        """Nor do they go to who takes over everything: somebody is asked."""
        self.company.handover_acceptance = "needed"
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        theirs, others = self.make_customer(), self.make_customer()
        self.mine.action_collect()
        self.mine.write({"late_records": "along", "date_planned": tomorrow})
        lines = self.mine.line_ids
        chens = lines.filtered(lambda line: line.res_id == theirs.id)
        chens.successor_id = self.chen
        self.mine.action_submit()
        self.request.with_user(self.approver).action_approve()
        lead = self.make_lead(partner_id=theirs.id)
        self.make_lead(partner_id=others.id)
        [declined] = lines.filtered(lambda line: line.res_id == others.id)
        self.assertEqual(self.late()["crm.lead"]["severity"], "info")
        chens.with_user(self.chen).action_decline("No time")
        declined.with_user(self.bruno).action_decline("Not this one")
        found = self.request.with_user(self.anna).preflight()["findings"]
        found = [one for one in found if one["code"] == "came_since"]
        told = [(one["severity"], one["message"][-2:]) for one in found]
        self.assertEqual(told, [("warning", "2.")])
        (lines - chens - declined).with_user(self.bruno).action_accept()
        self.request.with_user(self.approver).action_run()
        self.assertOwner(lead, self.anna)

    def test_an_approval_of_an_older_form_has_them_go_along(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.mine.write({"late_records": "along", "date_planned": tomorrow})
        self.mine.action_submit()
        with patch.object(verify, "FORM", 2):
            self.request.with_user(self.approver).action_approve()
        self.assertEqual(self.request.approved_form, 2)
        manager = self.request.with_user(self.manager)
        self.assertTrue(manager.verify()["ok"])
        new = self.make_lead()
        self.request.with_user(self.approver).action_run()
        self.assertOwner(new, self.bruno)
        self.assertEqual(manager.verify()["problems"], [])

    def test_the_approval_says_which_rule_it_approved(self):
        self.mine.action_submit()
        [todo] = self.request._todos("crm_handover.mail_activity_type_approval")
        self.assertIn("is asked about them", todo.note)
        self.request.with_user(self.approver).action_approve()
        event = self.request.event_ids.filtered(lambda e: e.code == "approved")
        self.assertEqual(event.data["late_records"], "ask")
        self.assertIn("is asked about them", event.summary)

    def test_they_stay_where_that_was_approved(self):
        self.mine.late_records = "stay"
        self.mine.action_submit()
        new = self.make_lead()
        self.assertEqual(self.late(self.approver)["crm.lead"]["severity"], "info")
        self.request.with_user(self.approver).action_approve()
        self.assertOwner(new, self.anna)
        self.assertNotIn("came_along", self.request.event_ids.mapped("code"))

    def test_the_rule_is_part_of_what_is_approved(self):
        self.mine.action_submit()
        with self.assertRefused(UserError, "no draft"):
            self.mine.late_records = "along"
        with self.assertRefused(ValueError):
            self.request._trusting().late_records = "all"

    def test_collecting_again_takes_everything(self):
        self.mine.action_collect()
        self.assertEqual(self.request.line_count, 2)

    def test_records_of_kinds_that_were_left_out_did_not_come(self):
        scope = self.env.ref("crm_handover.scope_crm_lead")
        request = self.make_request(records=self.env["crm.lead"])
        request.with_user(self.anna).action_collect([scope.id])
        self.make_customer()
        self.assertEqual(list(self.findings(request, self.anna, "came_since")), [])
        self.assertIn("res.partner", self.findings(request, self.anna))

    def test_others_add_nothing(self):
        self.make_lead()
        for user in (self.bruno, self.leader, self.approver, self.other):
            with self.assertRefused((AccessError, UserError)):
                self.request.with_user(user).action_add_late_records()
