"""Findings by their cause, and a draft that says what is in its way."""

from inspect import Parameter, signature
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError

from ..common import HandoverCommon


class Causes(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env["crm.lead"].union(*(cls.make_lead() for _ in range(4)))

    def blocked(self):
        """A draft whose successor has no access to any of its records."""
        return self.make_request(records=self.leads, successor_id=self.employee.id)


class TestCauses(Causes):
    def test_one_cause_for_many_records(self):
        request = self.blocked().with_user(self.anna)
        with self.assertNothingChanged():
            answer = request.get_causes()
        self.assertFalse(answer["ok"])
        [cause] = [c for c in answer["causes"] if c["code"] == "successor_no_access"]
        self.assertEqual((cause["count"], cause["severity"]), (4, "blocker"))
        self.assertEqual(sorted(cause["line_ids"]), sorted(request.line_ids.ids))
        self.assertEqual(
            cause["message"],
            "Records: 4. Employee has no access to records of this kind.",
        )
        self.assertTrue(cause["fix"])

    def test_alike_records_are_told_once_whatever_is_found_of_them(self):
        flaws = {
            "stale_owner": lambda leads: leads.write({"user_id": self.chen.id}),
            "closed_since": lambda leads: leads.action_set_won(),
            "reserved": lambda leads: self.make_request("submitted", leads),
            "other_company": lambda leads: leads.write(
                {"company_id": self.abroad.id, "team_id": False}
            ),
            "missing": lambda leads: leads.unlink(),
        }
        (self.anna | self.bruno).company_ids += self.abroad
        pairs = {
            code: self.make_lead(name=f"First {code}")
            + self.make_lead(name=f"Second {code}")
            for code in flaws
        }
        request = self.make_request(records=self.env["crm.lead"].union(*pairs.values()))
        for code, spoil in flaws.items():
            spoil(pairs[code])
        self.env.flush_all()
        self.env.invalidate_all()
        causes = request.with_user(self.anna).get_causes()["causes"]
        for code in flaws:
            with self.subTest(code=code):
                [cause] = [one for one in causes if one["code"] == code]
                self.assertEqual(cause["count"], 2)
                self.assertNotIn("First", cause["message"])
                self.assertNotIn("Second", cause["message"])
        # none is made without a cause, whatever add-on finds it
        single = signature(self.Request._line_finding).parameters
        self.assertIs(single["cause"].default, Parameter.empty)
        self.assertNotIn("line", signature(self.Request._finding).parameters)

    def test_what_an_add_on_refuses_of_alike_records_is_told_of_its_own_alone(self):
        request = self.make_request(records=self.leads)
        mine = request.line_ids[1]
        engine = self.env.registry["handover.engine"]
        asked = engine._obstacles

        def refused(self, lines, **way):
            obstacles = asked(self, lines, **way)
            return obstacles | {mine.id: ("rejected", "Ours says no.")}

        with patch.object(engine, "_obstacles", refused):
            causes = request.with_user(self.anna).get_causes()["causes"]
        [cause] = [cause for cause in causes if cause["code"] == "rejected"]
        self.assertEqual((cause["severity"], cause["line_ids"]), ("blocker", mine.ids))

    def test_check_keeps_its_form(self):
        request = self.blocked().with_user(self.anna)
        answer = request.preflight()
        self.assertEqual(set(answer), {"ok", "findings", "counts"})
        for finding in answer["findings"]:
            self.assertEqual(
                set(finding),
                {"code", "severity", "message", "res_model", "res_id", "fix"},
            )
        self.assertEqual(answer["counts"]["successor_no_access"], 4)

    def test_two_causes_are_two(self):
        mine = self.make_request(records=self.leads[:2]).with_user(self.anna)
        mine.add_records("crm.lead", self.leads[2:].ids, self.employee.id)
        self.leads[:2].user_id = self.chen
        self.env.invalidate_all()
        causes = {c["code"]: c for c in mine.get_causes()["causes"]}
        self.assertEqual(causes["stale_owner"]["count"], 2)
        self.assertEqual(causes["successor_no_access"]["count"], 2)
        order = [c["severity"] for c in mine.get_causes()["causes"]]
        self.assertEqual(order, sorted(order))

    def test_records_without_successor_can_be_opened(self):
        request = self.make_request(records=self.leads)
        request.line_ids[:3]._trusting().write({"successor_id": False})
        [cause] = [
            c
            for c in request.with_user(self.anna).get_causes()["causes"]
            if c["code"] == "no_successor"
        ]
        self.assertEqual(cause["line_ids"], request.line_ids[:3].ids)

    def test_submitting_names_each_cause_once(self):
        request = self.blocked().with_user(self.anna)
        with self.assertRefused(UserError) as caught:
            request.action_submit()
        self.assertEqual(str(caught.exception).count("has no access"), 1)

    def test_all_records_of_a_cause_get_another_successor(self):
        request = self.blocked().with_user(self.anna)
        [cause] = [c for c in request.get_causes()["causes"] if c["line_ids"]]
        lines = request.line_ids.browse(cause["line_ids"])
        self.assertTrue(lines.action_give_to(self.bruno.id))
        self.env.invalidate_all()
        request = self.Request.browse(request.id).with_user(self.anna)
        codes = {c["code"] for c in request.get_causes()["causes"]}
        self.assertNotIn("successor_no_access", codes)


class TestBlockedDraft(Causes):
    def step(self, request, user):
        request.invalidate_recordset()
        return request.with_user(user).next_step

    def submit_buttons(self, request):
        """The looks of the buttons that submit, as the form shows them to Anna."""
        request = request.with_user(self.anna)
        request.invalidate_recordset()
        view = (
            self.env["handover.request"].with_user(self.anna).get_view(view_type="form")
        )
        for button in etree.fromstring(view["arch"]).iter("button"):
            if button.get("name") == "action_submit":
                shown = eval(  # noqa: S307 - our own view
                    f"not ({button.get('invisible')})",
                    {
                        "id": request.id,
                        "can_submit": request.can_submit,
                        "line_count": request.line_count,
                        "can_go_on": request.can_go_on,
                    },
                )
                if shown:
                    yield "btn-primary" in button.get("class", "")

    def test_sentence_and_button_name_the_blocker(self):
        request = self.blocked()
        step = self.step(request, self.anna)
        self.assertIn("cannot be submitted yet", step["text"])
        self.assertIn("Employee has no access", step["text"])
        self.assertIn("another successor", step["todo"])
        self.assertNotIn("then submit it", step["todo"])
        self.assertEqual(list(self.submit_buttons(request)), [False])

    def test_free_draft_is_submitted(self):
        request = self.make_request(records=self.leads)
        self.assertIn("then submit it", self.step(request, self.anna)["todo"])
        self.assertEqual(list(self.submit_buttons(request)), [True])
        self.assertFalse(request.with_user(self.anna).blockers)

    def test_warning_is_no_blocker(self):
        request = self.make_request(records=self.leads)
        self.leads[0].user_id = self.chen
        self.assertTrue(request.with_user(self.anna).can_go_on)

    def test_who_cannot_submit_it_is_told_nothing(self):
        request = self.blocked().with_user(self.leader)
        self.assertIn("Waiting for Anna", self.step(request, self.leader)["text"])
        self.assertFalse(request.blockers)

    def test_opening_a_large_one_looks_at_a_part(self):
        request = self.make_request(records=self.leads).with_user(self.anna)
        request.can_go_on  # noqa: B018 - what is looked up once
        self.env.flush_all()

        def queries():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            request.can_go_on  # noqa: B018
            return self.env.cr.sql_log_count - start

        few = queries()
        more = self.env["crm.lead"].union(*(self.make_lead() for _ in range(20)))
        request.add_records("crm.lead", more.ids)
        self.env.flush_all()
        self.assertLessEqual(queries(), few + 2)
