"""Closed records stay with who closed them, unless somebody ticks them on purpose."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from ..common import HandoverCommon


class TestClosedMeanwhile(HandoverCommon):
    def finding(self, request, user, code="closed_since"):
        findings = request.with_user(user).preflight()["findings"]
        return [f for f in findings if f["code"] == code]

    def test_won_between_approval_and_the_day_stays_with_who_won_it(self):
        won, lead = self.make_lead(), self.make_lead()
        todo = self.make_todo(won)
        request = self.make_request("approved", won | lead)
        won.with_user(self.anna).action_set_won()
        [finding] = self.finding(request, self.approver)
        self.assertEqual(finding["severity"], "warning")
        self.assertEqual(
            (finding["res_model"], finding["res_id"]), ("crm.lead", won.id)
        )
        request.with_user(self.leader).action_run()
        self.assertEqual(self.codes(request), {won: "closed", lead: "done"})
        self.assertOwner(won, self.anna)
        self.assertOwner(lead, self.bruno)
        self.assertEqual(todo.user_id, self.anna)
        self.assertFalse(self.notes(won))
        line = request.line_ids.filtered(lambda line: line.res_id == won.id)
        self.assertEqual(line.state, "skipped")
        self.assertIn("Won", line.result_message)
        self.assertIn("Anna", line.result_message)

    def test_what_closed_ones_are_worth_is_told_to_who_may_open_them(self):
        """How many there are is told to a coordinator who may open none, too."""
        chosen, won = (self.make_lead(expected_revenue=5000) for _n in range(2))
        request = self.make_request(
            "approved", chosen | won, coordinator_id=self.projectuser.id
        )
        (chosen | won).with_user(self.anna).action_set_won()
        line = request.line_ids.filtered(lambda line: line.res_id == chosen.id)
        line._trusting().although_closed = True
        for user, worth in ((self.approver, True), (self.projectuser, False)):
            with self.subTest(user.name):
                told = request.with_user(user).closed_told
                [finding] = self.finding(request, user, "closed_too")
                for text in (told, finding["message"]):
                    self.assertIn(": 1", text)
                    self.assertEqual("5,000" in text, worth)

    def test_open_again_before_the_day_goes(self):
        lost, won = self.make_lead(), self.make_lead()
        stage = won.stage_id
        request = self.make_request("approved", lost | won)
        lost.action_set_lost()
        won.action_set_won()
        self.assertEqual(len(self.finding(request, self.anna)), 2)
        lost.action_unarchive()
        won.write({"stage_id": stage.id, "probability": 20})
        self.assertFalse(self.finding(request, self.anna))
        request.with_user(self.leader).action_run()
        self.assertEqual(self.codes(request), {lost: "done", won: "done"})

    def test_every_kind_asks_when_it_runs(self):
        stage = self.env["project.project.stage"].create({"name": "Over", "fold": True})
        project = self.make("project.project", name="Move", user_id=self.anna.id)
        done, cancelled = self.make_task(), self.make_task(self.anna, self.chen)
        customer, archived = self.make_customer(), self.make_lead()
        # a kind without the mixin, added by the administrator
        self.env["handover.scope"].create(
            {
                "name": "Campaigns",
                "model_id": self.env["ir.model"]._get_id("utm.campaign"),
                "owner_field_id": self.env["ir.model.fields"]
                ._get("utm.campaign", "user_id")
                .id,
                "domain": "[('stage_id.name', '!=', 'Over')]",
            }
        )
        over = self.env["utm.stage"].create({"name": "Over"})
        campaign = self.make("utm.campaign", title="Spring", user_id=self.anna.id)
        closed = [project, done, cancelled, customer, archived, campaign]
        request = self.make_request(records=archived, by=self.manager)
        for record in closed:
            request.with_user(self.manager).add_records(record._name, record.ids)
        self.bring(request.with_user(self.manager), "submitted")
        project.stage_id, campaign.stage_id = stage, over
        done.state, cancelled.state = "1_done", "1_canceled"
        customer.active = archived.active = False
        owners = [self.owners(record) for record in closed]
        request.with_user(self.approver).action_approve()
        self.assertEqual(set(self.codes(request).values()), {"closed"})
        self.assertEqual([self.owners(record) for record in closed], owners)
        self.assertEqual(request.state, "transferred")

    def owners(self, record):
        return record.user_ids if "user_ids" in record._fields else record.user_id

    def test_what_failed_and_was_closed_since_stays(self):
        lead = self.make_lead()
        request = self.make_request("submitted", lead)
        self.put(self.bruno, self.abroad)
        request.with_user(self.approver).action_approve()
        self.assertEqual(request.line_ids.state, "failed")
        self.put(self.bruno, self.company)
        lead.action_set_won()
        request.with_user(self.leader).action_retry()
        self.assertEqual(self.codes(request), {lead: "closed"})
        self.assertOwner(lead, self.anna)

    def put(self, user, company):
        companies = [Command.set(company.ids)]
        user.write({"company_ids": companies, "company_id": company.id})


class TestClosedOnTheWayBack(HandoverCommon):
    def test_what_the_stand_in_won_stays_with_them(self):
        won, lost, lead = self.make_lead(), self.make_lead(), self.make_lead()
        request = self.make_request("transferred", won | lost | lead)
        won.with_user(self.bruno).action_set_won()
        lost.with_user(self.bruno).action_set_lost()
        request.with_user(self.leader).action_return()
        self.env.invalidate_all()
        self.assertEqual(
            self.codes(request), {won: "closed", lost: "closed", lead: "done"}
        )
        self.assertOwner(won | lost, self.bruno)
        self.assertOwner(lead, self.anna)
        self.assertEqual(request.state, "returned")
        self.assertEqual(len(self.notes(won)), 1)

    def test_chosen_on_purpose_comes_back_all_the_same(self):
        won, lead = self.make_lead(expected_revenue=5000), self.make_lead()
        request = self.make_request("transferred", won | lead)
        won.with_user(self.bruno).action_set_won()
        line = request.line_ids.filtered(lambda line: line.res_id == won.id)
        for user in (self.bruno, self.anna, self.other):
            with self.assertRefused(AccessError):
                line.with_user(user).action_choose_return()
        self.assertIn("5,000.00", line.with_user(self.bruno).closed_as)
        # without a choice it stays, and can be chosen afterwards
        line.with_user(self.leader).action_return()
        self.assertOwner(won, self.bruno)
        self.assertEqual(line.result_code, "closed")
        self.env.invalidate_all()
        # a second time it would change nothing, and so says it
        with self.assertRefused(UserError, "choose that for it to take it back"):
            line.with_user(self.leader).action_return()
        with self.assertRefused(AccessError):
            line.with_user(self.bruno).action_return()
        # number and value are there for who decides, and kept for nobody
        [row] = request.with_user(self.leader).preview_return(line.ids)["lines"]
        self.assertIn("5,000.00", row["message"])
        self.assertNotIn("5,000.00", line.result_message)
        action = line.with_user(self.leader).action_choose_return()
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        dialog = dialog.with_user(self.leader)
        self.assertIn("5,000.00", dialog.line_ids.message)
        self.assertIn("1, worth", dialog.closed_told)
        self.assertIn("5,000.00", dialog.closed_told)
        # one that somebody makes up tells nothing
        made = self.env[action["res_model"]].with_user(self.anna).create(
            {
                "request_id": request.id,
                "successor_ids": [Command.set(self.bruno.ids)],
                "line_ids": [
                    Command.create({"line_id": line.id, "result_code": "closed"})
                ],
            }
        )  # fmt: skip
        self.assertFalse(made.closed_told)
        dialog.reason = "By mistake"
        self.assertRecordValues(
            dialog.line_ids, [{"result_code": "closed", "goes_back": False}]
        )
        dialog.line_ids.goes_back = True
        dialog.action_return()
        self.env.invalidate_all()
        self.assertOwner(won, self.anna)
        self.assertEqual(line.state, "returned")
        self.assertOwner(lead, self.bruno)

    def test_lost_and_restored_comes_back(self):
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        lead.action_set_lost()
        lead.action_unarchive()
        request.with_user(self.leader).action_return()
        self.assertOwner(lead, self.anna)

    def test_what_went_although_closed_comes_back(self):
        lead = self.make_lead()
        lead.action_set_won()
        request = self.make_request(records=lead).with_user(self.anna)
        request.line_ids.although_closed = True
        self.bring(request, "transferred")
        self.assertOwner(lead, self.bruno)
        request.with_user(self.leader).action_return()
        self.assertOwner(lead, self.anna)
        self.assertEqual(lead.won_status, "won")


class TestOnPurpose(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.won = cls.make_lead(expected_revenue=5000)
        cls.won.action_set_won()
        cls.lead = cls.make_lead(expected_revenue=70)

    def make_draft(self):
        return self.make_request(records=self.won | self.lead).with_user(self.anna)

    def test_not_ticked_stays(self):
        request = self.make_draft()
        self.assertIn("5,000.00", request.closed_told)
        self.assertIn("Leads and Opportunities: 1", request.closed_told)
        self.bring(request, "transferred")
        self.assertEqual(self.codes(request), {self.won: "closed", self.lead: "done"})
        self.assertOwner(self.won, self.anna)

    def test_nothing_but_closed_records_is_not_submitted(self):
        request = self.make_request(records=self.won).with_user(self.anna)
        with self.assertRefused(UserError, "Everything on this handover is closed"):
            request.action_submit()
        request.line_ids.although_closed = True
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_ticked_in_the_dialog_goes_and_the_approver_sees_it(self):
        request = self.make_draft()
        form = Form(
            self.env["handover.request.closed"]
            .with_user(self.anna)
            .with_context(default_request_id=request.id)
        )
        self.assertIn("5,000.00", form.told)
        dialog = form.save()
        self.assertEqual(dialog.line_ids.mapped("res_id"), self.won.ids)
        dialog.action_include()
        self.assertFalse(request.closed_told)
        request.action_submit()
        findings = request.with_user(self.approver).preflight()["findings"]
        self.assertNotIn("closed_since", {f["code"] for f in findings})
        [finding] = [f for f in findings if f["code"] == "closed_too"]
        self.assertIn("1, worth", finding["message"])
        self.assertIn("5,000.00", finding["message"])
        request.with_user(self.approver).action_approve()
        self.assertOwner(self.won | self.lead, self.bruno)
        self.assertEqual(self.won.won_status, "won")
        self.assertTrue(request.verify()["ok"])

    def test_ticked_only_in_a_draft_and_by_who_may_edit_it(self):
        request = self.make_draft()
        line = request.line_ids.filtered(lambda line: line.res_id == self.won.id)
        for user in (self.bruno, self.leader, self.other):
            with self.assertRefused((AccessError, UserError)):
                line.with_user(user).although_closed = True
        request.action_submit()
        for user in (self.anna, self.manager):
            with self.assertRefused((AccessError, UserError)):
                line.with_user(user).although_closed = True

    def test_tick_is_part_of_what_was_approved(self):
        request = self.make_request("approved", self.won | self.lead)
        self.env.cr.execute(
            "UPDATE handover_request_line SET although_closed = TRUE"
            " WHERE request_id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "needs_review")
        self.assertOwner(self.won | self.lead, self.anna)

    def select(self, records, user, **values):
        context = {"active_model": "crm.lead", "active_ids": records.ids}
        wizards = self.env["handover.request.generate"].with_user(user)
        form = Form(wizards.with_context(**context))
        for name, value in values.items():
            form[name] = value
        return form

    def test_selected_in_a_list(self):
        for tick, owner in ((False, self.anna), (True, self.bruno)):
            with self.subTest(tick=tick):
                form = self.select(
                    self.won | self.lead, self.anna,
                    successor_id=self.bruno, although_closed=tick,
                )  # fmt: skip
                self.assertIn("5,000.00", form.closed_told)
                self.assertNotIn("70.00", form.closed_told)
                action = form.save().action_generate()
                request = self.Request.with_user(self.anna).browse(action["res_id"])
                self.bring(request, "transferred")
                self.assertOwner(self.won, owner)
                self.lead.user_id = self.anna

    def test_nothing_to_tick_among_open_ones(self):
        form = self.select(self.lead, self.anna)
        self.assertFalse(form.closed_told)

    def test_worth_of_what_one_may_not_read_is_not_told(self):
        values = {"res_model": "crm.lead", "res_ids": self.won.ids}
        wizards = self.env["handover.request.generate"]
        self.assertIn("5,000.00", wizards.with_user(self.anna).new(values).closed_told)
        for user in (self.other, self.projectuser):
            self.assertFalse(wizards.with_user(user).new(values).closed_told)

    def test_successor_is_told_of_own_records_only(self):
        request = self.make_draft()
        line = request.line_ids.filtered(lambda line: line.res_id == self.won.id)
        line.successor_id = self.chen
        request.action_submit()
        self.assertIn("5,000.00", request.with_user(self.chen).closed_told)
        self.assertFalse(request.with_user(self.bruno).closed_told)
