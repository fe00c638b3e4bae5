"""Gaps that are filled where they are read, with the reader's own rights."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .test_completeness import CompletenessCase


class TestFill(CompletenessCase):
    def lacks(self, check, *leads):
        """A draft that was checked, and by line what lacks ``check``."""
        leads = self.env["crm.lead"].union(*(leads or (self.make_lead(),)))
        request = self.make_request(records=leads).with_user(self.anna)
        request.check_completeness()
        self.assertEqual(request.get_gap(check.id)["total"], len(leads))
        return request, request.line_ids

    def fill(self, line, check, value, **more):
        answer = line.fill_gap(check.id, value, **more)
        self.env.invalidate_all()
        return answer

    def test_the_count_goes_down_at_once(self):
        first, second = self.make_lead(phone="+4930901820"), self.make_lead()
        request, lines = self.lacks(self.no_mail, first, second)
        gap = request.get_gap(self.no_mail.id)
        self.assertEqual((gap["type"], gap["total"]), ("char", 2))
        self.assertEqual([line["can_fill"] for line in gap["lines"]], [True, True])
        version = request.version
        answer = self.fill(lines[0], self.no_mail, "a@b.test")
        self.assertEqual(answer, {"count": 1, "score": 50})
        self.assertEqual(first.email_from, "a@b.test")
        self.assertEqual(first.write_uid, self.anna)
        both = self.no_mail | self.no_phone
        self.assertRecordValues(
            lines,
            [
                {"score": 100, "gap_count": 0, "gap_ids": []},
                {"score": 0, "gap_count": 2, "gap_ids": both.ids},
            ],
        )
        self.assertEqual(request.version, version)
        self.assertEqual(request.gap_summary[0]["count"], 1)
        # as a check of all of it would have it
        self.assertEqual(request.check_completeness()["score"], 50)
        with self.assertRefused(UserError, "missing no more"):
            self.fill(lines[0], self.no_mail, "a@b.test")

    def test_of_several_who_give_each_fills_their_own(self):
        annas, chens = self.make_lead(), self.make_lead(self.chen)
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.action_collect()
        request.check_completeness()
        lines = {line.res_id: line for line in request.line_ids}
        # who gives, and takes what another one gives
        lines[annas.id].successor_id = self.chen
        request.action_plan_gaps()
        self.assertEqual(self.todos().user_id, self.anna | self.chen)
        for todo in self.todos():
            self.assertIn("(1): No mail", todo.note)
        self.env.invalidate_all()
        mine = request.with_user(self.chen)
        self.assertFalse(mine.can_check)
        self.assertTrue(all(gap["fills"] for gap in mine.gap_summary))
        taking = request.with_user(self.bruno).gap_summary
        self.assertTrue(taking and not any(gap["fills"] for gap in taking))
        [row] = mine.get_gap(self.no_mail.id)["lines"]
        self.assertEqual(row["id"], lines[chens.id].id)
        annas.user_id = self.chen  # they may write it
        for call in (
            lambda: self.fill(
                lines[annas.id].with_user(self.chen), self.no_mail, "a@b.test"
            ),
            mine.check_completeness,
            mine.action_plan_gaps,
        ):
            with self.assertRefused(AccessError):
                call()
        answer = self.fill(
            lines[chens.id].with_user(self.chen), self.no_mail, "a@b.test"
        )
        self.assertEqual(answer["count"], 0)
        self.assertEqual(chens.email_from, "a@b.test")

    def test_each_kind_asks_for_its_own_value(self):
        day = fields.Date.today() + timedelta(days=9)
        for kind, names, field, wrong, good in (
            ("past_date", "date_deadline", "date_deadline", "2020-01-01", str(day)),
            ("email_malformed", False, "email_from", "nobody", "a@b.test"),
            ("phone_malformed", False, "phone", "12", "+49 30 901820"),
            ("field_missing", "expected_revenue", "expected_revenue", 0, 12.5),
            ("field_missing", "priority, city", "city", " ", "Köln"),
        ):
            with self.subTest(kind=kind, field=field):
                check = self.only(kind, kind, names)
                lead = self.make_lead(
                    date_deadline="2021-01-01", email_from="wrong", phone="1",
                    expected_revenue=0, priority=False,
                )  # fmt: skip
                _request, line = self.lacks(check, lead)
                if field == "city":
                    # the first field that is typed: a priority is chosen
                    field, wrong, good = "priority", "9", "2"
                for value in (wrong, False, [1], {"a": 1}):
                    with self.assertRefused((UserError, ValueError)):
                        self.fill(line, check, value)
                self.fill(line, check, good)
                self.assertEqual(lead[field], day if field == "date_deadline" else good)

    def test_a_next_step_is_a_to_do_of_who_has_the_record(self):
        check = self.only("No step", "no_next_step")
        lead = self.make_lead()
        request, line = self.lacks(check, lead)
        self.assertEqual(request.get_gap(check.id)["type"], "todo")
        for wrong in ("soon", False, 5):
            with self.assertRefused(UserError):
                self.fill(line, check, wrong, summary="Call")
        day = str(fields.Date.today() + timedelta(days=2))
        self.fill(line, check, day, summary="Call")
        self.assertRecordValues(
            lead.activity_ids, [{"summary": "Call", "user_id": self.anna.id}]
        )
        self.assertFalse(line.gap_ids)

    def test_what_is_not_typed_has_no_input(self):
        for kind, names in (("field_missing", "partner_id"), ("no_file", False)):
            check = self.only(kind, kind, names)
            request, line = self.lacks(check, self.make_lead())
            self.assertEqual(request.get_gap(check.id)["type"], "")
            with self.assertRefused(UserError, "open the record"):
                self.fill(line, check, "1")

    def test_the_record_is_written_by_who_may(self):
        lead = self.make_lead()
        request, line = self.lacks(self.no_mail, lead)
        # of another team, and nobody's superior there
        lead.sudo().user_id = self.other
        rule = self.env["ir.rule"].create(
            {
                "name": "Own ones",
                "model_id": self.env["ir.model"]._get("crm.lead").id,
                "domain_force": "[('user_id', '=', user.id)]",
                "perm_read": False,
            }
        )
        self.assertFalse(request.get_gap(self.no_mail.id)["lines"][0]["can_fill"])
        with self.assertRefused(AccessError, "may not change"):
            self.fill(line, self.no_mail, "a@b.test")
        rule.unlink()
        for login in ("bruno", "chen", "other", "employee"):
            user = getattr(self, login)
            for call in (
                lambda user=user: request.with_user(user).get_gap(self.no_mail.id),
                lambda user=user: line.with_user(user).fill_gap(self.no_mail.id, "x"),
            ):
                with self.assertRefused(AccessError):
                    call()

    def test_another_check_or_a_later_state_fills_nothing(self):
        request, line = self.lacks(self.no_mail, self.make_lead(phone="+4930901820"))
        for check_id in (self.no_phone.id, 2**30):
            with self.assertRefused(UserError, "missing no more"):
                line.fill_gap(check_id, "a@b.test")
        self.bring(request, "transferred")
        with self.assertRefused(UserError):
            line.fill_gap(self.no_mail.id, "a@b.test")
