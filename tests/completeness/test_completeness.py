"""How complete the records are: measured, shown, asked for, before anything moves."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.crm_handover_completeness import completeness
from odoo.addons.crm_handover_completeness.models import handover_request_completeness

from ..common import HandoverCommon

PICTURE = "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="  # one white point
GAP_TYPE = "crm_handover_completeness.mail_activity_type_gap"


class CompletenessCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.de")
        cls.Check = cls.env["handover.check"]
        cls.no_mail = cls.make_check("No mail", "field_missing", "email_from", weight=3)
        cls.no_phone = cls.make_check("No phone", "field_missing", "phone", weight=1)

    @classmethod
    def make_check(cls, name, kind, field_names=False, scope="crm_lead", **values):
        return cls.Check.create(
            {
                "name": name,
                "kind": kind,
                "field_names": field_names,
                "scope_id": cls.env.ref(f"crm_handover.scope_{scope}").id,
                **values,
            }
        )

    def only(self, *args, **values):
        """Make one check the only one."""
        self.Check.search([]).active = False
        return self.make_check(*args, **values)

    def lacking(self, records, by=None):
        """Which of ``records`` the check finds a gap in, asked as Anna."""
        request = self.make_request(records=records)
        request.with_user(by or self.anna).check_completeness()
        lines = request.line_ids.filtered("gap_ids")
        return records.browse(lines.mapped("res_id"))

    def todos(self, user=None):
        todos = self.env["mail.activity"].search(
            [("activity_type_id", "=", self.env.ref(GAP_TYPE).id)]
        )
        return todos.filtered(lambda todo: not user or todo.user_id == user)


class TestScore(CompletenessCase):
    def test_points_are_what_the_module_says(self):
        self.assertExamples(completeness)

    def test_scores_by_hand(self):
        """Full, three of four points, one of four, none: 8 of 16 points."""
        full = self.make_lead(email_from="a@b.test", phone="+4930901820")
        no_phone = self.make_lead(email_from="a@b.test")
        no_mail = self.make_lead(phone="+4930901820")
        empty = self.make_lead()
        leads = full | no_phone | no_mail | empty
        request = self.make_request(records=leads)
        version = request.version
        answer = request.with_user(self.anna).check_completeness()
        self.assertEqual(
            answer,
            {
                "score": 50,
                "score_before": 50,
                "gaps": {"email_from_missing": 2, "phone_missing": 2},
                "lines": {"total": 4, "with_gaps": 3, "blocked": 0},
            },
        )
        self.assertEqual(
            {line.res_id: (line.score, line.gap_count) for line in request.line_ids},
            {full.id: (100, 0), no_phone.id: (75, 1), no_mail.id: (25, 1),
             empty.id: (0, 2)},
        )  # fmt: skip
        self.assertEqual(request.version, version)
        empty.write({"email_from": "c@d.test"})
        answer = request.with_user(self.anna).check_completeness()
        self.assertEqual((answer["score"], answer["score_before"]), (68, 50))
        self.assertEqual((request.score, request.score_before), (68, 50))

    def test_a_measurement_changes_nothing_else(self):
        request = self.make_request("approved")
        digest = request.digest
        with self.assertNothingChanged("handovers", "lines", "gaps"):
            request.with_user(self.anna).check_completeness()
        self.assertEqual(request.digest, digest)
        self.assertEqual(request.digest, request.sudo()._content_digest())

    def test_others_are_told_the_score_once_it_is_known(self):
        checks = self.no_mail | self.no_phone
        checks.active = False
        request = self.make_request().sudo()
        self.assertEqual(request._report_points(), {})
        checks.active = True
        request.with_user(self.anna).check_completeness()
        self.assertEqual(request._report_points(), {"completeness": request.score})

    def test_records_without_checks_do_not_count(self):
        lead = self.make_lead(email_from="a@b.test")
        request = self.make_request(records=lead)
        request.with_user(self.anna).add_records("project.task", self.make_task().ids)
        answer = request.with_user(self.anna).check_completeness()
        self.assertEqual(answer["score"], 75)
        self.assertEqual(answer["lines"]["total"], 2)
        task = request.line_ids.filtered(lambda line: line.res_model == "project.task")
        self.assertFalse(task.checked)

    def test_deleted_records_do_not_count(self):
        leads = self.make_lead(email_from="a@b.test") | self.make_lead()
        request = self.make_request(records=leads)
        request.with_user(self.anna).check_completeness()
        leads[1].unlink()
        answer = request.with_user(self.anna).check_completeness()
        self.assertEqual(answer["score"], 75)
        gone = request.line_ids.filtered(lambda line: line.res_id not in leads[0].ids)
        self.assertFalse(gone.checked or gone.gap_ids or gone.gap_count)

    def test_without_records_there_is_nothing_to_check(self):
        request = self.make_request(records=self.env["crm.lead"])
        with self.assertRefused(UserError, "collect them first"):
            request.with_user(self.anna).check_completeness()

    def test_a_hundred_records_need_no_more_queries_than_ten(self):
        self.Check.with_context(active_test=False).search([]).active = True
        # writing another moment is another query
        clock = freeze_time(fields.Datetime.now())
        clock.start()
        self.addCleanup(clock.stop)
        counts = []
        for size in (10, 100):
            leads = self.env["crm.lead"].concat(
                *(self.make_lead(email_from=f"{i}@b{size}.test") for i in range(size))
            )
            request = self.make_request(records=leads).with_user(self.anna)
            request.check_completeness()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            request.check_completeness()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLess(counts[0], 80)

    def test_shipped_checks_only_warn(self):
        shipped = self.Check.with_context(active_test=False).search([])
        shipped -= self.no_mail | self.no_phone
        self.assertEqual(set(shipped.mapped("severity")), {"warn"})
        self.assertEqual(
            set(shipped.scope_id.mapped("model")),
            {"res.partner", "crm.lead", "project.task", "sale.order"},
        )
        for check in shipped:
            self.assertEqual(check._problem(), "", check.name)


class TestByItself(CompletenessCase):
    def test_when_records_are_added(self):
        request = self.make_request(records=self.make_lead(email_from="a@b.test"))
        self.assertRecordValues(request, [{"score": 75, "score_before": 75}])
        self.make_lead()
        request.with_user(self.anna).action_collect()
        self.assertRecordValues(request, [{"score": 37, "score_before": 75}])

    def test_a_long_list_is_checked_when_it_is_submitted(self):
        self.patch(handover_request_completeness, "AUTO_LIMIT", 1)
        leads = self.make_lead() | self.make_lead(email_from="a@b.test")
        request = self.make_request(records=leads)
        self.assertFalse(request.score_date)
        request.with_user(self.anna).action_submit()
        self.assertRecordValues(request, [{"score": 37, "score_before": 37}])

    def test_what_takes_too_long_is_left_to_people(self):
        self.patch(handover_request_completeness, "AUTO_LIMIT", 1)
        self.patch(handover_request_completeness, "SUBMIT_LIMIT", 1)
        request = self.make_request(
            "submitted", records=self.make_lead() | self.make_lead()
        )
        self.assertFalse(request.score_date)
        self.assertTrue(request.with_user(self.anna).check_completeness())

    def test_what_was_measured_is_not_measured_again(self):
        lead = self.make_lead()
        request = self.make_request(records=lead)
        lead.email_from = "a@b.test"
        request.with_user(self.anna).action_submit()
        self.assertEqual(request.score, 0)

    def test_without_checks_there_is_no_score(self):
        self.Check.search([]).active = False
        self.assertFalse(self.make_request("submitted").score_date)


class TestKinds(CompletenessCase):
    def test_one_of_several_fields_is_enough(self):
        self.only("Unreachable", "field_missing", "email_from, phone")
        mail = self.make_lead(email_from="a@b.test")
        phone = self.make_lead(phone="+4930901820")
        none = self.make_lead()
        self.assertEqual(self.lacking(mail | phone | none), none)

    def test_numbers_and_relations_can_be_missing(self):
        self.only("Worthless", "field_missing", "expected_revenue")
        self.make_check("Nobody", "field_missing", "partner_id")
        worth = self.make_lead(
            expected_revenue=5, partner_id=self.make_customer(self.other).id
        )
        nothing = self.make_lead()
        self.assertEqual(self.lacking(worth | nothing), nothing)

    def test_email_malformed(self):
        self.only("Bad", "email_malformed")
        good = self.make_lead(email_from='"Ann" <ann@b.test>')
        bad = self.make_lead(email_from="ann at b.test")
        self.assertEqual(self.lacking(good | bad | self.make_lead()), bad)

    def test_email_bounced(self):
        self.only("Bounced", "email_bounced", scope="res_partner")
        good, bad = self.make_customer(), self.make_customer(message_bounce=2)
        self.assertEqual(self.lacking(good | bad), bad)

    def test_phone_malformed(self):
        self.only("Bad", "phone_malformed")
        good = self.make_lead(phone="030 901820", country_id=self.env.ref("base.de").id)
        bad = self.make_lead(phone="12")
        self.assertEqual(self.lacking(good | bad | self.make_lead()), bad)

    def test_duplicate_leads(self):
        self.only("Twice", "duplicate")
        one = self.make_lead(email_from="ann@b.test")
        two = self.make_lead(self.other, email_from='"Ann" <ANN@b.test>')
        phone = self.make_lead(phone="+49 30 901820")
        self.make_lead(self.other, phone="+4930901820")
        alone = self.make_lead(email_from="carl@b.test", phone="+4930901821")
        lost = self.make_lead(self.other, email_from="carl@b.test", active=False)
        self.assertTrue(two and lost)
        self.assertEqual(self.lacking(one | phone | alone), one | phone)

    def test_duplicates_of_other_companies_do_not_count(self):
        self.only("Twice", "duplicate")
        lead = self.make_lead(email_from="ann@b.test")
        self.make_lead(
            self.foreigner, email_from="ann@b.test", company_id=self.abroad.id,
            team_id=False,
        )  # fmt: skip
        self.assertFalse(self.lacking(lead))

    def test_people_of_one_company_are_no_duplicates(self):
        self.only("Twice", "duplicate", scope="res_partner")
        firm = self.make_customer(email="info@b.test", is_company=True, vat="DE1")
        person = self.make_customer(email="info@b.test", parent_id=firm.id)
        self.assertFalse(self.lacking(firm | person))
        twin = self.make_customer(self.other, email="INFO@b.test", is_company=True)
        self.assertTrue(twin)
        self.assertEqual(self.lacking(firm | person), firm | person)

    def test_duplicate_tax_number(self):
        self.only("Twice", "duplicate", scope="res_partner")
        one = self.make_customer(vat="123456", is_company=True)
        self.make_customer(self.other, vat="123456", is_company=True)
        none = self.make_customer(vat="/") | self.make_customer(vat="/")
        self.assertEqual(self.lacking(one | none), one)

    def test_no_next_step(self):
        self.only("Stuck", "no_next_step")
        todo, meeting, past, stuck, done = (self.make_lead() for _i in range(5))
        self.make_todo(todo)
        self.make_meeting(meeting)
        self.make_meeting(past, days=-3)
        self.make_todo(done).action_feedback()
        leads = todo | meeting | past | stuck | done
        self.assertEqual(self.lacking(leads), past | stuck | done)

    def test_a_meeting_with_the_customer_is_a_next_step(self):
        self.only("Stuck", "no_next_step", scope="res_partner")
        met, stuck = self.make_customer(), self.make_customer()
        self.make_meeting(self.make_lead(), partner_ids=[(6, 0, met.ids)])
        self.assertEqual(self.lacking(met | stuck), stuck)

    def test_overdue_todo(self):
        self.only("Late", "overdue_todo")
        today = fields.Date.today()
        late, due = self.make_lead(), self.make_lead()
        self.make_todo(late, date_deadline=today - timedelta(days=2))
        self.make_todo(due, date_deadline=today + timedelta(days=2))
        self.assertEqual(self.lacking(late | due | self.make_lead()), late)

    def test_no_communication(self):
        self.only("Silent", "no_communication", days=30)
        with freeze_time("2026-01-05"):
            silent, wrote, noted, called, met = (self.make_lead() for _i in range(5))
            self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-01-05' WHERE id = ANY(%s)",
            [(silent | wrote | noted | called | met).ids],
        )
        self.env.invalidate_all()
        fresh = self.make_lead()
        wrote.message_post(body="Hello", message_type="email")
        noted.message_post(body="He never answers")
        self.make_todo(called).action_feedback()
        self.make_meeting(met, days=-2)
        leads = silent | wrote | noted | called | met | fresh
        self.assertEqual(self.lacking(leads), silent | noted)

    def test_past_date(self):
        self.only("Over", "past_date", "date_deadline")
        self.make_check("Late", "past_date", "date_deadline", scope="project_task")
        today = fields.Date.today()
        over = self.make_lead(date_deadline=today - timedelta(days=1))
        now = self.make_lead(date_deadline=today)
        self.assertEqual(self.lacking(over | now | self.make_lead()), over)
        late = self.make_task(date_deadline=fields.Datetime.now() - timedelta(hours=1))
        self.assertEqual(self.lacking(late | self.make_task()), late)

    def test_no_file(self):
        self.only("Empty", "no_file")
        lead, empty = self.make_lead(), self.make_lead()
        self.env["ir.attachment"].create(
            {"name": "Offer", "raw": b"-", "res_model": "crm.lead", "res_id": lead.id}
        )
        self.assertEqual(self.lacking(lead | empty), empty)

    def test_no_file_of_a_customer(self):
        self.only("Empty", "no_file", scope="res_partner")
        customer, empty = self.make_customer(), self.make_customer(name="Bare")
        # a picture is a value of the customer, and no file
        empty.image_1920 = PICTURE
        self.env["ir.attachment"].create(
            {
                "name": "Offer", "raw": b"-",
                "res_model": "res.partner", "res_id": customer.id,
            }
        )  # fmt: skip
        self.assertEqual(self.lacking(customer | empty), empty)
        request = self.Request.search([("predecessor_id", "=", self.anna.id)])
        self.assertEqual(
            [(gap["name"], gap["count"]) for gap in request.gap_summary], [("Empty", 1)]
        )

    def test_a_check_must_fit_its_records(self):
        for kind, names, scope in (
            ("field_missing", False, "crm_lead"),
            ("field_missing", "no_such_field", "crm_lead"),
            ("past_date", "name", "crm_lead"),
            ("past_date", "date_deadline, date_open", "crm_lead"),
            ("email_malformed", False, "project_task"),
            ("duplicate", False, "project_task"),
        ):
            with self.subTest(kind), self.assertRefused(ValidationError):
                self.make_check("Wrong", kind, names, scope)

    def test_a_check_whose_field_is_gone_is_not_made(self):
        self.env.cr.execute(
            "UPDATE handover_check SET field_names = 'gone' WHERE id = %s",
            [self.no_mail.id],
        )
        self.env.invalidate_all()
        request = self.make_request().with_user(self.anna)
        self.assertEqual(request.check_completeness()["gaps"], {"phone_missing": 1})


class TestRights(CompletenessCase):
    def test_who_checks(self):
        request = self.make_request("submitted")
        for user in (self.anna, self.leader, self.approver, self.manager, self.admin):
            self.assertEqual(request.with_user(user).check_completeness()["score"], 0)
            self.assertTrue(request.with_user(user).can_check)
        for user in (
            self.bruno, self.other, self.alldocs, self.projectuser, self.employee,
            self.portal, self.foreigner,
        ):  # fmt: skip
            for verb in (
                "check_completeness", "action_check_completeness", "action_plan_gaps",
            ):  # fmt: skip
                with self.subTest(user.login), self.assertRefused(AccessError):
                    getattr(request.with_user(user), verb)()
        self.assertFalse(request.with_user(self.bruno).can_check)

    def test_when_it_is_checked(self):
        for state in ("draft", "submitted", "approved"):
            request = self.make_request(state, client_key=state)
            self.assertTrue(request.with_user(self.anna).check_completeness())
            request.with_user(self.anna).action_cancel()
        request = self.make_request("transferred")
        with self.assertRefused(UserError, "before the handover"):
            request.with_user(self.anna).check_completeness()

    def test_nobody_writes_what_was_measured(self):
        request = self.make_request()
        line = request.line_ids
        for user in (self.anna, self.manager, self.admin):
            for record, values in (
                (request, {"score": 100}),
                (request, {"score_before": 1}),
                (request, {"score_date": "2026-01-01"}),
                (line, {"score": 100}),
                (line, {"gap_count": 0}),
                (line, {"checked": True}),
                (line, {"gap_ids": [(6, 0, self.no_mail.ids)]}),
            ):
                with self.assertRefused(AccessError):
                    record.with_user(user).write(values)

    def test_managers_edit_the_checks(self):
        self.no_mail.with_user(self.manager).write({"weight": 7, "severity": "block"})
        fresh = self.Check.with_user(self.manager).create(
            {"name": "X", "kind": "no_file", "scope_id": self.no_mail.scope_id.id}
        )
        fresh.with_user(self.manager).unlink()
        for user in (self.anna, self.leader, self.approver):
            self.assertTrue(self.no_mail.with_user(user).name)
            with self.assertRefused(AccessError):
                self.no_mail.with_user(user).write({"weight": 1})

    def test_a_successor_sees_the_gaps_of_the_own_records(self):
        leads = self.make_lead() | self.make_lead() | self.make_lead()
        request = self.make_request(records=leads)
        anna = request.with_user(self.anna)
        anna.line_ids[0].write({"successor_id": self.chen.id})
        anna.check_completeness()
        self.bring(anna, "submitted")
        for user, count in ((self.anna, 3), (self.bruno, 2), (self.chen, 1)):
            theirs = request.with_user(user)
            self.assertEqual({gap["count"] for gap in theirs.gap_summary}, {count})
            messages = [
                finding["message"]
                for finding in theirs.preflight()["findings"]
                if finding["code"].startswith("gap_")
            ]
            self.assertEqual(len(messages), 2)
            self.assertTrue(all(f" ({count}):" in text for text in messages))


class TestPreflight(CompletenessCase):
    def gaps(self, request):
        findings = request.with_user(self.anna).preflight()["findings"]
        return [f for f in findings if f["code"].startswith("gap_")]

    def test_warnings_are_counted_not_listed(self):
        leads = self.make_lead() | self.make_lead(email_from="a@b.test")
        request = self.make_request(records=leads)
        found = {(gap["code"], gap["severity"]) for gap in self.gaps(request)}
        self.assertEqual(
            found,
            {("gap_email_from_missing", "warning"), ("gap_phone_missing", "warning")},
        )
        self.bring(request.with_user(self.anna), "submitted")

    def test_a_blocking_gap_keeps_it_from_being_submitted(self):
        self.no_mail.severity = "block"
        bad, good = self.make_lead(name="Bad"), self.make_lead(email_from="a@b.test")
        request = self.make_request(records=bad | good).with_user(self.anna)
        self.assertEqual(
            [(gap["severity"], gap["res_id"]) for gap in self.gaps(request)],
            [("blocker", bad.id), ("warning", 0)],
        )
        with self.assertRefused(UserError, "Bad: No mail"):
            request.action_submit()
        self.assertEqual(request.check_completeness()["lines"]["blocked"], 1)
        bad.email_from = "b@c.test"
        # what was measured before counts no more
        self.assertTrue(request.action_submit())


class TestTodos(CompletenessCase):
    def test_predecessor_is_asked_once_however_many_records_lack_something(self):
        good = self.make_lead(email_from="a@b.test", phone="+4930901820")
        bad = self.make_lead(email_from="a@b.test") | self.make_lead(name="Secret")
        planned = fields.Datetime.to_datetime("2031-05-05 20:00:00")
        self.anna.tz = "Asia/Shanghai"  # there it is the 6th already
        request = self.make_request(records=good | bad, date_planned=planned)
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([])
        self.assertTrue(request.with_user(self.anna).action_plan_gaps())
        todo = self.todos()
        self.assertEqual((todo.res_model, todo.res_id), (request._name, request.id))
        self.assertEqual(todo.user_id, self.anna)
        self.assertEqual(str(todo.date_deadline), "2031-05-05")
        self.assertIn("(2): No phone", todo.note)
        self.assertIn("(1): No mail", todo.note)
        # other successors read it as well
        self.assertNotIn("Secret", todo.note)
        self.assertIn(f"/odoo/handovers/{request.id}/handover-gaps", todo.note)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def test_asked_again_nothing_changes(self):
        request = self.make_request(records=self.make_lead() | self.make_lead())
        request.with_user(self.leader).action_plan_gaps()
        with self.assertNothingChanged("handovers"):
            request.with_user(self.anna).action_plan_gaps()
        self.assertEqual(len(self.todos()), 1)

    def test_nobody_is_asked_any_more_once_it_runs(self):
        request = self.make_request().with_user(self.anna)
        request.action_plan_gaps()
        request.action_submit()
        self.assertTrue(self.todos())
        request.with_user(self.approver).action_approve()
        self.assertFalse(self.todos())

    def test_what_is_there_by_now_is_not_asked_for(self):
        lead = self.make_lead()
        request = self.make_request(records=lead).with_user(self.anna)
        request.action_plan_gaps()
        lead.email_from = "a@b.test"
        request.action_plan_gaps()
        self.assertNotIn("No mail", self.todos().note)
        lead.phone = "+4930901820"
        request.action_plan_gaps()
        self.assertFalse(self.todos())

    def test_to_be_asked_is_no_next_step(self):
        self.only("Stuck", "no_next_step")
        request = self.make_request().with_user(self.anna)
        request.action_plan_gaps()
        self.assertEqual(request.check_completeness()["score"], 0)

    def test_requester_is_asked_once_on_the_handover(self):
        self.no_mail.responsible = "requester"
        request = self.make_request(
            records=self.make_lead() | self.make_lead(), by=self.manager
        )
        request.with_user(self.manager).action_plan_gaps()
        self.assertEqual(len(self.todos(self.anna)), 1)
        self.assertNotIn("No mail", self.todos(self.anna).note)
        todo = self.todos(self.manager)
        self.assertEqual((todo.res_model, todo.res_id), (request._name, request.id))
        self.assertIn("(2): No mail", todo.note)
        self.assertNotIn("No phone", todo.note)

    def test_one_to_do_for_who_requests_and_hands_over(self):
        self.no_mail.responsible = "requester"
        self.make_request().with_user(self.anna).action_plan_gaps()
        self.assertEqual(self.todos().user_id, self.anna)
        self.assertIn("No mail", self.todos().note)
        self.assertIn("No phone", self.todos().note)

    def test_who_cannot_be_reached_is_not_asked(self):
        request = self.make_request(by=self.manager, is_sudden=True)
        request.with_user(self.manager).action_plan_gaps()
        self.assertEqual(self.todos().user_id, self.manager)

    def test_in_place_of_who_has_left_the_requester_is_asked(self):
        lead = self.make_lead()
        request = self.make_request(records=lead, by=self.manager)
        self.anna.with_user(self.env.user).active = False
        request.with_user(self.manager).action_plan_gaps()
        self.assertEqual(self.todos().user_id, self.manager)
        self.assertEqual(self.todos().res_model, "handover.request")

    def test_in_the_language_of_who_is_asked(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.no_mail.with_context(lang="zh_CN").name = "没有邮箱"
        self.anna.lang = "zh_CN"
        request = self.make_request(by=self.manager)
        request.with_user(self.manager).action_plan_gaps()
        self.assertIn("没有邮箱", self.todos().note)
