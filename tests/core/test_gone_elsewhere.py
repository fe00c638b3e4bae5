"""What went to another company or team between the approval and the day stays there."""

from odoo import Command

from ..common import HandoverCommon
from .test_upgrade import migration

GIVEN = "crm_handover/migrations/19.0.1.4.0/post-given.py"
LATER = "2190-01-01 08:00:00"


class TestGoneElsewhere(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.make_user("boss", "sales_team.group_sale_salesman")
        cls.second = cls.make_team("Second Team", cls.boss)

    def approved(self, by, *records, **values):
        values.setdefault("date_planned", LATER)
        request = self.make_request(records=self.env["crm.lead"], by=by, **values)
        for record in records:
            request.with_user(by).add_records(record._name, record.ids)
        self.bring(request.with_user(by), "approved")
        return request

    def run_now(self, request):
        """Run it; answer the causes that the check told just before."""
        self.env.flush_all()
        self.env.invalidate_all()
        causes = {c["code"]: c for c in request.get_causes()["causes"]}
        request.with_user(self.approver).action_run()
        self.env.invalidate_all()
        return causes

    def test_to_another_company(self):
        """Of each kind that names a company; what names none has gone nowhere."""
        # who gives and who takes can work with either: only the record went
        (self.anna | self.bruno).company_ids += self.abroad
        lead = self.make_lead(team_id=False)
        gone = [
            lead,
            self.make_task(project_id=False),
            self.make_customer(company_id=self.company.id),
        ]
        here, shared = self.make_lead(), self.make_customer()
        todo = self.make_todo(lead)
        request = self.approved(self.anna, *gone, here, shared)
        for record in gone:
            record.company_id = self.abroad
        # who gives works there by now, and has taken no shared customer along
        self.anna.write(
            {
                "company_id": self.abroad.id,
                "company_ids": [Command.set(self.abroad.ids)],
            }
        )
        cause = self.run_now(request)["other_company"]
        self.assertEqual(cause["count"], len(gone))
        self.assertIn("Abroad now", cause["message"])
        self.assertIn("remove it", cause["fix"])
        codes = self.codes(request)
        for record in gone:
            with self.subTest(kind=record._name):
                self.assertEqual(codes[record], "other_company")
                self.assertOwner(record, self.anna)
                self.assertEqual(record.company_id, self.abroad)
        self.assertEqual(todo.user_id, self.anna)
        self.assertEqual([codes[here], codes[shared]], ["done", "done"])
        # once it is back it can be tried again
        self.anna.company_ids += self.company
        lead.company_id = self.company
        request.with_user(self.approver).action_retry()
        self.assertOwner(lead, self.bruno)
        self.assertEqual(todo.user_id, self.bruno)

    def test_to_another_team_while_a_team_hands_over(self):
        gone, stays = self.make_lead(self.chen), self.make_lead(self.chen)
        task = self.make_task(self.chen)
        request = self.approved(
            self.leader, gone, stays, task, predecessor_id=False,
            source_team_id=self.team.id,
        )  # fmt: skip
        gone.team_id = self.second
        self.env["res.lang"]._activate_lang("zh_CN")
        self.second.with_context(lang="zh_CN").name = "二组"
        cause = self.run_now(request)["stale_owner"]
        self.assertEqual((cause["count"], cause["severity"]), (1, "warning"))
        self.assertEqual(
            self.codes(request), {gone: "stale_owner", stays: "done", task: "done"}
        )
        self.assertEqual((gone.user_id, gone.team_id), (self.chen, self.second))
        line = request.line_ids.filtered(lambda line: line.res_id == gone.id)
        text = "It is in the team Second Team now, and was left alone."
        self.assertEqual(line.result_message, text)
        # in the words of another language as well, the team's name included
        self.assertEqual(line._outcome_in_words(*line._holders_by_now()[line.id]), text)
        self.assertIn("二组", line.with_context(lang="zh_CN").outcome_text)

    def test_out_of_the_part_of_who_asked_for_it(self):
        """The former team's leader gives what names it, and nothing that has left."""
        gone, stays = self.make_lead(), self.make_lead()
        self.anna_moves()
        request = self.approved(self.leader, gone, stays)
        gone.team_id = self.second
        self.assertEqual(self.run_now(request)["stale_owner"]["count"], 1)
        self.assertEqual(self.codes(request), {gone: "stale_owner", stays: "done"})
        self.assertEqual((gone.user_id, gone.team_id), (self.anna, self.second))

    def test_who_asked_for_it_leads_another_team_by_now(self):
        """What they gave still goes, also the rest, with which somebody goes on."""
        gone, stays, rest = (self.make_lead() for _i in range(3))
        self.anna_moves()
        request = self.approved(
            self.leader, gone, stays, rest, coordinator_id=self.other.id
        )
        given = request.sudo().given_team_ids
        self.assertEqual(given, self.team.ids)
        # as it comes from the version before
        request._trusting().given_team_ids = False
        migration(GIVEN).migrate(self.env.cr, "19.0.1.3.0")
        self.assertEqual(request.sudo().given_team_ids, given)
        line = request.line_ids.filtered(lambda line: line.res_id == rest.id)
        line.with_user(self.bruno).action_decline("No time")
        self.team.user_id = self.boss
        self.make_team("Third Team", self.leader)
        gone.team_id = self.second
        self.run_now(request)
        self.assertEqual(
            self.codes(request),
            {gone: "stale_owner", stays: "done", rest: "declined"},
        )
        draft = line.with_user(self.other)._continued(self.chen)
        self.bring(draft, "transferred")
        self.assertEqual(self.codes(draft), {rest: "done"})
        self.assertOwner(rest, self.chen)
        # who may give all of it goes on with what went to another team as well
        line = request.line_ids.filtered(lambda line: line.res_id == gone.id)
        draft = line.with_user(self.manager)._continued(self.chen)
        self.bring(draft, "transferred")
        self.assertEqual(self.codes(draft), {gone: "done"})

    def anna_moves(self):
        """Anna goes to the second team, and leaves her records to the first."""
        member = self.team.crm_team_member_ids.filtered(
            lambda member: member.user_id == self.anna
        )
        member.action_archive()
        self.second.crm_team_member_ids = [Command.create({"user_id": self.anna.id})]

    def test_people_who_moved_take_nothing_back(self):
        """The predecessor changes the team, the requester the post: all of it goes."""
        lead, task = self.make_lead(), self.make_task()
        records = [lead, self.make_lead(team_id=self.second.id), task]
        request = self.approved(self.leader, *records)
        by_manager = self.approved(self.manager, self.make_lead())
        self.team.crm_team_member_ids.filtered(
            lambda member: member.user_id == self.anna
        ).action_archive()
        self.second.crm_team_member_ids = [Command.create({"user_id": self.anna.id})]
        self.manager.active = False
        for approved in (request, by_manager):
            self.run_now(approved)
            self.assertEqual(set(self.codes(approved).values()), {"done"})
