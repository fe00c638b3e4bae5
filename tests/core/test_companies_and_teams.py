"""Team and company come from the record; what the run would refuse is said before."""

from unittest.mock import patch

from odoo.exceptions import UserError

from ..kinds import KindsCommon


class TestCompaniesAndTeams(KindsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.company_id = cls.company
        cls.team_abroad = cls.make("crm.team", name="Abroad", company_id=cls.abroad.id)
        cls.second = cls.make("crm.team", name="Second", company_id=cls.company.id)
        cls.shared = cls.make("crm.team", name="Everywhere", company_id=False)
        cls.taker = cls.both_companies("taker", cls.team_abroad)

    def findings(self, request, *severities):
        answer = request.with_user(self.anna).preflight()
        severities = severities or ("blocker", "warning")
        return [f for f in answer["findings"] if f["severity"] in severities]

    def hand_over(self, records, **values):
        """Hand over what the check says nothing about, and look that all went."""
        values = {"successor_id": self.taker.id, **values}
        request = self.make_request_of(records, **values)
        self.assertEqual(self.findings(request, "blocker"), [])
        self.bring(request.with_user(self.anna), "transferred")
        self.assertEqual(set(self.codes(request).values()), {"done"})
        return request

    # ------------------------------------------------------------
    # TEAMS
    # ------------------------------------------------------------

    def test_team_of_another_company_is_none_for_the_record(self):
        """Whatever the kind: a member of a team abroad gets records of this company."""
        records = self.make_all()
        request = self.hand_over(records.values())
        for scope, record in records.items():
            with self.subTest(kind=scope.model):
                self.assertEqual(self.owner_of(scope, record), self.taker)
                if scope.team_field_id:
                    self.assertEqual(record[scope.team_field_id.name], self.team)
                if "company_id" in record._fields and scope.model != "res.partner":
                    self.assertEqual(record.company_id, self.company)
        self.assertFalse(request.failed_count)

    def test_of_several_teams_the_one_of_the_records_company(self):
        taker = self.both_companies("member", self.team_abroad, self.second)
        self.assertEqual(taker.sale_team_id, self.team_abroad)
        lead = self.make_lead()
        self.hand_over(lead, successor_id=taker.id)
        self.assertEqual(lead.team_id, self.second)

    def test_a_team_of_no_company_takes_records_of_each(self):
        taker = self.both_companies("everywhere", self.shared)
        here, nowhere = self.make_lead(), self.make_lead(team_id=False)
        nowhere.company_id = False
        self.hand_over(here + nowhere, successor_id=taker.id)
        self.assertEqual((here + nowhere).team_id, self.shared)
        self.assertEqual(here.company_id, self.company)
        self.assertFalse(nowhere.company_id)

    def test_many_records_are_asked_for_their_company_once(self):
        """As core asks each: what is wrong of one is refused, and said of it alone."""
        made = (self.make_lead(name=f"Deal {number}") for number in range(9))
        leads = self.env["crm.lead"].union(*made)
        asked = []
        Team = self.env.registry["crm.team"]
        domain = Team._check_company_domain

        def counted(teams, companies):
            asked.append(companies)
            return domain(teams, companies)

        with patch.object(Team, "_check_company_domain", counted):
            leads.write({"team_id": self.second.id})
        self.assertEqual(len(asked), 1)
        # the lead would follow its team to another company
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = %s WHERE id = %s",
            (self.abroad.id, leads[4].id),
        )
        leads.invalidate_recordset()
        for names in (["team_id"], None):
            with self.assertRaisesRegex(UserError, "Deal 4") as refused:
                leads._check_company(names)
            for number in {*range(9)} - {4}:
                self.assertNotIn(f"Deal {number}", str(refused.exception))

    def test_a_record_of_no_company_stays_in_none(self):
        lead = self.make_lead(team_id=False)
        lead.company_id = False
        taker = self.both_companies("member", self.second)
        self.hand_over(lead, successor_id=taker.id)
        self.assertOwner(lead, taker)
        self.assertFalse(lead.team_id)
        self.assertFalse(lead.company_id)

    def test_an_archived_team_is_no_team_to_come_into(self):
        taker = self.both_companies("member", self.second, self.shared)
        self.second.active = False
        lead = self.make_lead()
        self.hand_over(lead, successor_id=taker.id)
        self.assertEqual(lead.team_id, self.shared)

    def test_the_team_that_was_chosen_where_it_fits_and_a_word_where_not(self):
        here, nowhere = self.make_lead(), self.make_lead(team_id=False)
        nowhere.company_id = False
        request = self.make_request_of(
            here + nowhere, successor_id=self.taker.id, target_team_id=self.second.id
        )
        [found] = [f for f in self.findings(request) if f["code"] == "out_of_team"]
        self.assertEqual((found["res_id"], found["severity"]), (nowhere.id, "warning"))
        self.assertIn("Second", found["message"])
        self.assertIn(nowhere.name, found["message"])
        # many records of one cause are told as one
        lead = self.make_lead(team_id=False)
        lead.company_id = False
        request.with_user(self.anna).add_records("crm.lead", lead.ids)
        causes = request.with_user(self.anna).get_causes()["causes"]
        [cause] = [cause for cause in causes if cause["code"] == "out_of_team"]
        self.assertEqual(cause["count"], 2)
        self.assertNotIn(nowhere.name, cause["message"])
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOwner(here + nowhere, self.taker)
        self.assertEqual((here.team_id, nowhere.team_id.ids), (self.second, []))

    def test_a_team_that_has_moved_away_is_said_before(self):
        """What the run would refuse, the check refuses, in the same words."""
        lead, other = self.make_lead(), self.make_lead(team_id=False)
        request = self.make_request("approved", lead + other)
        self.env.cr.execute(
            "UPDATE crm_team SET company_id = %s WHERE id = %s",
            (self.abroad.id, self.team.id),
        )
        self.env.invalidate_all()
        [found] = self.findings(request, "blocker")
        self.assertEqual((found["code"], found["res_id"]), ("other_company", lead.id))
        self.assertIn("Home Team", found["message"])
        request.with_user(self.approver).action_run()
        self.env.invalidate_all()
        self.assertEqual(self.codes(request), {lead: "other_company", other: "done"})
        line = request.line_ids.filtered("result_message")
        self.assertIn(line.result_message, found["message"])
        self.assertOwner(lead, self.anna)

    # ------------------------------------------------------------
    # COMPANIES
    # ------------------------------------------------------------

    def test_records_of_a_company_that_the_successor_is_not_in(self):
        """Of each kind that has a company: moved there after it was collected."""
        records = self.make_all()
        request = self.make_request_of(records.values())
        for record in records.values():
            self.move_abroad(record)
        messages = {f["res_model"]: f for f in self.findings(request, "blocker")}
        with self.assertRefused(UserError, "cannot go on"):
            request.with_user(self.anna).action_submit()
        for scope in records:
            with self.subTest(kind=scope.model):
                self.assertEqual(messages[scope.model]["code"], "other_company")
                self.assertIn("Abroad", messages[scope.model]["message"])

    def move_abroad(self, record):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET company_id = %s WHERE id = %s",
            (self.abroad.id, record.id),
        )
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # THE WAY BACK
    # ------------------------------------------------------------

    def go_there(self):
        lead = self.make_lead()
        member = self.both_companies("member", self.second)
        request = self.make_request("transferred", lead, successor_id=member.id)
        self.assertEqual(lead.team_id, self.second)
        return lead, request

    def give_back(self, request):
        request.with_user(self.approver).action_return()
        self.env.invalidate_all()
        self.assertEqual(request.state, "returned")

    def test_back_into_the_team_of_before(self):
        lead, request = self.go_there()
        self.give_back(request)
        self.assertEqual((lead.user_id, lead.team_id), (self.anna, self.team))

    def test_a_team_of_before_that_is_gone_keeps_nothing_back(self):
        lead, request = self.go_there()
        self.env.cr.execute("DELETE FROM crm_team WHERE id = %s", self.team.ids)
        self.env.invalidate_all()
        self.give_back(request)
        self.assertEqual((lead.user_id, lead.team_id), (self.anna, self.second))

    def test_a_team_of_before_that_has_moved_keeps_nothing_back(self):
        lead, request = self.go_there()
        self.env.cr.execute(
            "UPDATE crm_team SET company_id = %s WHERE id = %s",
            (self.abroad.id, self.team.id),
        )
        self.env.invalidate_all()
        self.give_back(request)
        self.assertEqual((lead.user_id, lead.team_id), (self.anna, self.second))


class TestAccessForeseen(KindsCommon):
    def hide(self, scope, domain):
        """Add a rule for everybody about records of this kind."""
        self.env["ir.rule"].create(
            {
                "name": "Hidden", "model_id": scope.model_id.id, "domain_force": domain,
            }
        )  # fmt: skip

    def blockers(self, request):
        findings = request.with_user(self.anna).preflight()["findings"]
        return {
            (f["res_model"], f["res_id"]): f["code"]
            for f in findings
            if f["severity"] == "blocker"
        }

    def test_what_the_successor_could_not_open_is_said_before(self):
        for scope, hidden in self.make_all().items():
            with self.subTest(kind=scope.model):
                open_one = self.make_of(scope)
                request = self.make_request("approved", hidden + open_one)
                self.hide(
                    scope,
                    f"[('id', '!=', {hidden.id})] if user.id == {self.bruno.id}"
                    " else [(1, '=', 1)]",
                )
                expected = {(scope.model, hidden.id): "successor_no_access"}
                self.assertEqual(self.blockers(request), expected)
                request.with_user(self.approver).action_run()
                self.env.invalidate_all()
                codes = {hidden: "successor_no_access", open_one: "done"}
                self.assertEqual(self.codes(request), codes)
                self.assertEqual(self.owner_of(scope, hidden), self.anna)

    def test_what_the_change_itself_opens_is_no_finding(self):
        """Rules about owner, team and followers hold once it is theirs."""
        leads = self.env["handover.scope"]._of_model("crm.lead")
        for domain in (
            "[('user_id', '=', user.id)]",
            "[('user_id', 'in', [user.id])]",
            "[('user_id.company_ids', 'in', company_ids)]",
            "[('team_id.member_ids', 'in', [user.id])]",
            "['|', ('name', '=', 'No'), ('message_partner_ids', 'in',"
            " [user.partner_id.id])]",
            "['!', ('user_id', '!=', user.id)]",
        ):
            with self.subTest(domain=domain):
                lead = self.make_lead()
                request = self.make_request("approved", lead)
                self.hide(leads, f"{domain} if user.id == {self.bruno.id} else []")
                self.assertEqual(self.blockers(request), {})
                request.with_user(self.approver).action_run()
                self.env.invalidate_all()
                self.assertEqual(self.codes(request), {lead: "done"})

    def test_a_rule_that_the_change_does_not_open(self):
        leads = self.env["handover.scope"]._of_model("crm.lead")
        for domain in (
            "[('user_id', '!=', user.id)]",
            "[('team_id', '=', False)]",
            "['&', ('user_id', '=', user.id), ('name', '=', 'Other')]",
        ):
            with self.subTest(domain=domain), self.env.cr.savepoint():
                lead = self.make_lead()
                request = self.make_request("approved", lead)
                self.hide(leads, f"{domain} if user.id == {self.bruno.id} else []")
                found = {("crm.lead", lead.id): "successor_no_access"}
                self.assertEqual(self.blockers(request), found)
                request.with_user(self.approver).action_run()
                self.env.invalidate_all()
                self.assertEqual(self.codes(request), {lead: "successor_no_access"})
                self.env["ir.rule"].search([("name", "=", "Hidden")]).unlink()

    def test_a_permission_excuses_only_what_it_can_open(self):
        leads = self.env["handover.scope"]._of_model("crm.lead")
        lead = self.make_lead()
        request = self.make_request(records=lead)
        self.hide(leads, "[('user_id', '!=', user.id)]")
        given = self.make("res.groups", name="Given")
        self.make("handover.grantable", group_id=given.id, description="Something")
        self.env["handover.grant"].with_user(self.anna).create(
            {
                "request_id": request.id, "user_id": self.bruno.id,
                "kind": "group", "group_id": given.id,
            }
        )  # fmt: skip
        found = {("crm.lead", lead.id): "successor_no_access"}
        self.assertEqual(self.blockers(request), found)
        self.env["ir.rule"].create(
            {
                "name": "Opens", "model_id": leads.model_id.id, "groups": given.ids,
                "domain_force": "[(1, '=', 1)]",
            }
        )  # fmt: skip
        self.assertEqual(self.blockers(request), {})

    def test_more_records_take_no_more_queries(self):
        def queries(count):
            leads = self.env["crm.lead"].union(
                *(self.make_lead() for _number in range(count))
            )
            request = self.make_request("submitted", leads)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            request.with_user(self.anna).preflight()
            return self.env.cr.sql_log_count - before

        queries(3)
        self.assertLessEqual(queries(60), queries(20) + 3)
